"""The index of the search: what can be found in the book, and where.

It is collected while the pages are written, and stored as `_static/generated/search-index.js`, a script that sets a
global. Pages load it when a reader first turns to the search field; a script can be loaded without a server, too.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from page_records import KINDS, Reader, Record, words_of
from sphinx.application import Sphinx


class Index:
    """The records of all pages of a build."""

    def __init__(self) -> None:
        self.pages: dict[str, list[tuple[Record, int]]] = {}
        self.symbols: dict[str, str] = {}

    def collect(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Read a page whose references are resolved, so that "see Figure 7.1" is found as it is read."""
        if app.builder.format == "html":
            reader = Reader(app, docname)
            reader.inside(doctree, None)
            self.pages[docname] = reader.records
            self.symbols.update(reader.symbols)

    def tables(self, app: Sphinx) -> dict[str, Any]:
        """Return the pages' addresses and titles, and the records, each with the rows of its page and its section."""
        addresses, listed = [], []  # type: ignore[var-annotated]
        for page, (name, records) in enumerate(sorted(self.pages.items())):
            addresses.append([app.builder.get_target_uri(name), words_of(app.env.titles[name])])
            start = len(listed)
            for record, _ in records:
                if record.kind == "equation":  # what a symbol means leads to where it is computed
                    computed = re.findall(r"(?:^|[;,] )([A-Za-z]\w*)(?= =)", record.parts[0])
                    record.names += dict.fromkeys(self.symbols[name] for name in computed if name in self.symbols)
            listed += [record.listed(page, section + start if section >= 0 else -1) for record, section in records]
        return {"kinds": KINDS, "pages": addresses, "records": listed}

    def write(self, app: Sphinx, failed: Exception | None) -> None:
        """Write the index as a script."""
        if failed or app.builder.format != "html":
            return
        folder = Path(app.outdir) / "_static" / "generated"
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.tables(app), ensure_ascii=False, separators=(",", ":"))
        (folder / "search-index.js").write_text(f"window.bookIndex={text};\n", encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    index = Index()
    app.connect("doctree-resolved", index.collect, priority=900)
    app.connect("build-finished", index.write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
