"""Pages load what they use and nothing else.

The frame of a page, `book/_templates/layout.html`, names its own style sheet and script. What the theme and other
extensions put beside them (icon fonts, frameworks, a search index for every page) is removed after the build, so that
it is neither published nor packed into the copy for reading offline. The search page and the frame are ours, too.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from plain_math import plain
from sphinx.application import Sphinx

GENERATED = "generated"  # what our extensions write into _static while building


def prepare(app: Sphinx) -> None:
    """Switch off Sphinx's own search: it would write an index, and have every page load scripts for it."""
    if app.builder.format == "html":
        app.builder.search = False  # type: ignore[attr-defined]


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page that lists all a search found."""
    yield "search", {"title": "Search"}, "search.html"


def trim(app: Sphinx, failed: Exception | None) -> None:
    """Keep in `_static` what the book put there."""
    if failed or app.builder.format != "html":
        return
    static, own = Path(app.outdir) / "_static", Path(app.srcdir) / "_static"
    keep = {path.relative_to(own) for path in own.rglob("*") if path.is_file()}
    for path in sorted(static.rglob("*"), reverse=True):
        name = path.relative_to(static)
        if path.is_file() and name not in keep and name.parts[0] != GENERATED:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    shutil.rmtree(Path(app.outdir) / "_sphinx_design_static", ignore_errors=True)


def visit_entry(self: Any, node: nodes.entry) -> None:
    """Begin a cell of a table as the theme does; one without words is no heading, one of formulas gets them as text."""
    type(self).visit_entry(self, node)
    if not self.context[-1].startswith("</th") or any(not isinstance(t.parent, nodes.math) for t in words(node)):
        return
    formulas = " ".join(plain(formula.astext()) for formula in node.findall(nodes.math))
    if formulas:  # a screen reader repeats the column's name at every cell: in words, as not every one speaks formulas
        self.body[-1] += f'<div class="unseen">{escape(formulas)}</div><div aria-hidden="true">'
        self.context[-1] = "</div>" + self.context[-1]
    else:
        self.body[-1] = self.body[-1].replace("<th", "<td", 1)
        self.context[-1] = self.context[-1].replace("</th", "</td", 1)


def words(node: nodes.Element) -> list[nodes.Text]:
    """Return the pieces of text in a node that are not blank."""
    return [text for text in node.findall(nodes.Text) if text.strip()]


def depart_entry(self: Any, node: nodes.entry) -> None:
    """End a cell of a table."""
    type(self).depart_entry(self, node)


def visit_citation(self: Any, node: nodes.citation) -> None:
    """Begin a source as the theme does, in the role its list expects."""
    type(self).visit_citation(self, node)
    self.body[-1] = self.body[-1].replace(' role="doc-biblioentry"', ' role="listitem"')


def depart_citation(self: Any, node: nodes.citation) -> None:
    """End a source."""
    type(self).depart_citation(self, node)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.add_node(nodes.entry, override=True, html=(visit_entry, depart_entry))
    app.connect("builder-inited", prepare)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", trim, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
