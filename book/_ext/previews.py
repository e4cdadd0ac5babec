"""What a reference shows when a reader points at it: the term, the source, the equation it leads to.

On its own page the script `_static/previews.js` copies it from there. For references from other pages, what they lead
to is stored once the pages are written, a script for each page referred to: `_static/generated/previews-PAGE.js`.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from sphinx.application import Sphinx

REFERENCE = re.compile(r'<a class="[^"]*\binternal\b[^"]*" href="([^"#:]+)#([^"]+)"')
KINDS = "dt, div.math, div.citation, div.exercise, figure, table"


def references(pages: dict[str, str]) -> dict[str, set[str]]:
    """Return the anchors that are referred to from other pages, by the page they are on."""
    found: dict[str, set[str]] = {}
    for address, html in pages.items():
        for path, anchor in REFERENCE.findall(html):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(address), path))
            if target in pages and target != address:
                found.setdefault(target, set()).add(unquote(anchor))
    return found


def extract(html: str, anchors: set[str]) -> dict[str, str]:
    """Return the elements with these anchors that are worth a preview, a term together with its definition."""
    article = BeautifulSoup(html, "html.parser").find("article")
    found = {}
    for element in article.select(KINDS) if isinstance(article, Tag) else ():
        anchor = str(element.get("id", ""))
        if anchor in anchors:
            after = element.find_next_sibling("dd") if element.name == "dt" else None
            found[anchor] = f"<dl>{element}{after}</dl>" if after else str(element)
    return found


def write(app: Sphinx, failed: Exception | None) -> None:
    """Write the scripts."""
    if failed or app.builder.format != "html":
        return
    builder: Any = app.builder
    files = {builder.get_target_uri(name): Path(builder.get_outfilename(name)) for name in app.env.found_docs}
    pages = {address: file.read_text(encoding="utf-8") for address, file in files.items()}
    folder = Path(app.outdir) / "_static" / "generated"
    folder.mkdir(parents=True, exist_ok=True)
    for address, anchors in sorted(references(pages).items()):
        found = extract(pages[address], anchors)
        if found:
            page = address.removesuffix(".html")
            script = f"(window.bookPreviews ??= {{}})[{json.dumps(page)}]={json.dumps(found, ensure_ascii=False)};\n"
            name = f"previews-{page.replace('/', '-')}.js"
            (folder / name).write_text(script, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("build-finished", write)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
