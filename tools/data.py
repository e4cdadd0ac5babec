"""Which data a chapter would find now, the real files or the built-in corpora: part of what its results depend on."""

import re
from pathlib import Path

from rnn.datasets.folders import folders
from rnn.datasets.registry import DATASETS


def data_state(sources: str) -> dict[str, str]:
    """Return, for each data set that the code `sources` loads, the file it would find, or "built-in"."""
    return {name: _found(name) for name in DATASETS if re.search(rf"\bload_{name}\b", sources)}


def _found(name: str) -> str:
    for folder in folders():
        for file in DATASETS[name].names:
            path = Path(folder) / file
            if path.is_file():
                about = path.stat()
                return f"{file}, {about.st_size} bytes, changed {about.st_mtime_ns}"
    return "built-in"
