"""Which data a chapter would find now, the real files or the built-in corpora: part of what its results depend on."""

import os
import re

from rnn.datasets.fetch import local_files
from rnn.datasets.imdb import cache_file
from rnn.datasets.registry import DATASETS

BUILT_IN = "built-in"


def data_state(sources: str) -> dict[str, str]:
    """Return, for each data set that the code `sources` loads, the files it would find, or that it would find none.

    A call that asks for the built-in corpus, `source="mini"`, gets it whatever files there are, and does not count.
    """
    sources = re.sub(r"\bload_\w+\(source=[\"']mini[\"']\)", "", sources)
    return {name: _found(name) for name in DATASETS if re.search(rf"\bload_{name}\b", sources)}


def _found(name: str) -> str:
    entry = DATASETS[name]
    about = [(path.name, path.stat()) for path in local_files(entry)]
    if about:
        return "; ".join(f"{file}, {s.st_size} bytes, changed {s.st_mtime_ns}" for file, s in about)
    if name == "imdb" and cache_file(entry).is_file():
        return "unpacked"
    offline = os.environ.get("RNN_OFFLINE", "0") not in ("", "0")  # else a download is tried first
    return f"{BUILT_IN}, offline" if offline else BUILT_IN
