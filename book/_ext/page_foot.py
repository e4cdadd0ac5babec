"""The foot of each page: how its results came about, how to report an error, how to cite it, its license.

What a chapter ran on is read from the record its execution left (`tools/execute.py`), who wrote the book and under
which licenses from CITATION.cff: nothing of it is typed twice. The words are in `_templates/foot.html`.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from markupsafe import Markup
from sphinx.application import Sphinx

import rnn
from published import address, repository
from rnn.datasets.registry import DATASETS
from tools.chapters import Chapter
from tools.data import BUILT_IN
from tools.execute import read_record

LIBRARIES = {"python": "Python", "numpy": "NumPy", "matplotlib": "Matplotlib"}
LICENSES = {"MIT": "https://opensource.org/license/mit", "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}


def run(record: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is said of an execution: when, for how long, on what; None for a page that was not executed."""
    if not record:
        return None
    stamp, when = record["stamp"], record.get("when")
    versions = dict(each.split(" ", 1) for each in stamp["versions"].split(", "))
    data = json.loads(stamp["data"])
    return {
        "date": datetime.fromisoformat(when) if when else None,  # not in records of before it was kept
        "duration": duration(record["seconds"]),
        "cores": record.get("cores"),
        "versions": [f"{name} {versions[key]}" for key, name in LIBRARIES.items()] + [f"rnn {rnn.__version__}"],
        "real": [DATASETS[name] for name, files in data.items() if not files.startswith(BUILT_IN)],
        "built_in": [DATASETS[name] for name, files in data.items() if files.startswith(BUILT_IN)],
    }


def duration(seconds: float) -> str:
    """Return a time as a reader would say it."""
    whole = max(1, round(seconds))
    if whole < 100:
        return f"{whole} second{'s' * (whole > 1)}"
    return f"{whole // 60} minute{'s' * (whole >= 120)} {whole % 60} seconds".replace(" 0 seconds", "")


def bibtex(citation: dict[str, Any], title: str, page: str, url: str, year: str) -> str:
    """Return the entry for a page, or for the book if the page has the book's title."""
    book, whole = citation["title"], title == citation["title"]
    names = " and ".join(f"{{{author['name']}}}" for author in citation["authors"])
    fields = {"author": names, "title": f"{{{title}}}"} | ({} if whole else {"booktitle": f"{{{book}}}"})
    fields |= {"year": year, "version": citation["version"], "url": url}
    key = "rnn_from_scratch" + ("" if whole else "_" + re.sub(r"\W", "_", page.split("/")[-1]))
    width = max(map(len, fields))
    lines = [f"  {name:<{width}} = {{{value}}}" for name, value in fields.items()]
    return f"@{'book' if whole else 'incollection'}{{{key},\n" + ",\n".join(lines) + "\n}"


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Give `foot.html` what it writes; pages that Sphinx made have no foot."""
    root = Path(app.srcdir).parent
    source = root / "CITATION.cff"
    if doctree is None or not source.exists():
        return
    citation = yaml.safe_load(source.read_text(encoding="utf-8"))
    title = re.sub(r"^\d+\. ", "", Markup(context["title"]).striptags())
    project = f"https://github.com/{repository()}" if repository() else citation["repository-code"]
    url = (address() or citation["url"]) + ("" if page == app.config.root_doc else app.builder.get_target_uri(page))
    context["foot"] = {
        "run": run(read_record(Chapter(page, root))),
        "report": f"{project}/issues/new?title={quote(f'{title}: ')}",
        "edit": f"{project}/edit/main/book/{page}.md",
        "bibtex": bibtex(citation, title, page, url, app.config.copyright),
        "licenses": {name: LICENSES[name] for name in citation["license"]},
    }


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", describe)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
