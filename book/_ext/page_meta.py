"""What a page says about itself: its description, its card on other sites, its icon, and where it is.

A chapter is described by the question at its top, any other page by its first sentences. Where the site is published
(`published.py`), pages also name their address and their card, a picture drawn by `page_cards.py`; and there is a
sitemap, a robots.txt, and a page for addresses that lead nowhere. The tags themselves are in `_templates/head.html`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml
from docutils import nodes
from markupsafe import Markup
from page_cards import Card, Painter
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.display import progress_message

from published import address

SHORTEST, ENOUGH, LONGEST = 50, 90, 160  # characters of a description
QUESTION = "The question."  # how a chapter begins
MATH = "\N{OBJECT REPLACEMENT CHARACTER}"
HELPERS = {  # pages that Sphinx or an extension adds: title and description
    "genindex": (
        "Index",
        "Every name and term that the book explains, in alphabetical order, with links to the places.",
    ),
    "search": ("Search", "Search the chapters, the glossary, and the reference of the package for a word or a name."),
    "404": ("Page not found", "There is no page at this address. Search the book, or choose a page from its contents."),
}


def description(doctree: nodes.document) -> str:
    """Return what a page is about, from its own text: whole sentences without formulas, or else cut after a word."""
    texts = [plain(p) for p in doctree.findall(nodes.paragraph) if isinstance(p.parent, nodes.section | nodes.document)]
    first = next((i for i, text in enumerate(texts) if text.startswith(QUESTION)), 0)
    found = ""
    for text in texts[first:]:
        for sentence in re.split(r"(?<=[.?!])\s+", text.removeprefix(QUESTION).strip()):
            if MATH in sentence and len(found) >= SHORTEST:
                return found
            longer = f"{found} {sentence.replace(MATH, '…')}".strip()
            if len(longer) > LONGEST:
                return found if len(found) >= ENOUGH else re.sub(r"[\s,;:(]+\S*$", "", longer[:LONGEST]) + "…"
            found = longer
        if len(found) >= SHORTEST:
            break
    return found


def plain(node: nodes.Element) -> str:
    """Return the text of a paragraph on one line, with a mark in place of each formula."""
    copy = node.deepcopy()
    for formula in list(copy.findall(nodes.math)):
        formula.parent.replace(formula, nodes.Text(MATH))
    return " ".join(copy.astext().split())


def parts(app: Sphinx) -> dict[str, tuple[str, int]]:
    """Return the name of the part that each page belongs to, and the page's place in it, from the table of contents."""
    trees = app.env.external_site_map.root.subtrees
    return {str(name): (tree.caption or "", i) for tree in trees for i, name in enumerate(tree.items, 1)}


def citation(app: Sphinx) -> dict[str, Any]:
    """Return CITATION.cff, which says what the book is called and who wrote it."""
    path = Path(app.srcdir).parent / "CITATION.cff"
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the templates what `head.html` writes."""
    book, site = app.config.html_title, address()
    numbered = re.fullmatch(r"(?:(\d+)\. )?(.*)", Markup(context.get("title", "")).striptags())
    about = {"book": book, "title": book if page == "index" else numbered[2], "listed": page not in HELPERS}
    if page in HELPERS:
        about["title"], about["description"] = HELPERS[page]
    else:
        own = description(doctree) if doctree is not None else ""
        about["description"] = own or " ".join(citation(app).get("abstract", book).split())
    if page == "404":
        context["content_root"] = prefix()
    if site and about["listed"]:
        name, (part, place) = page.replace("/", "-"), parts(app).get(page, ("", 0))
        kicker = f"{part} · Chapter {numbered[1]}" if numbered[1] else part
        about["url"] = site + ("" if page == "index" else app.builder.get_target_uri(page))
        about["image"] = f"{site}_static/generated/cards/{name}.png"
        about["data"] = structured(about, whole=page in ("index", app.config.root_doc))
        card = Card(about["title"], kicker, book, site.split("//")[1].strip("/"), int(numbered[1] or place))
        app.builder.cards[name] = card  # type: ignore[attr-defined]
    context["about"] = about


def structured(about: dict[str, Any], whole: bool) -> Markup:
    """Return the same for machines: a book, or a chapter of it (schema.org), safe inside a script element."""
    book = {"@type": "Book", "name": about["book"], "url": address()}
    one = book if whole else {"@type": "Chapter", "name": about["title"], "url": about["url"], "isPartOf": book}
    more = {"inLanguage": "en", "license": "https://creativecommons.org/licenses/by/4.0/"}
    return Markup(json.dumps({"@context": "https://schema.org"} | one | more).replace("<", "\\u003c"))


def prefix() -> str:
    """Return the path under which the site is published, with a slash at both ends."""
    return "/" + (address() or "").split("//")[-1].partition("/")[2]


def not_found(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Add the page for addresses that lead nowhere; only a server on the web shows it."""
    if address():
        yield "404", {"title": "Page not found"}, "404.html"


def finish(app: Sphinx, failed: Exception | None) -> None:
    """Write what belongs to the site as a whole."""
    if failed or app.builder.format != "html":
        return
    out = Path(app.outdir)
    generated = out / "_static" / "generated"
    generated.mkdir(parents=True, exist_ok=True)
    write_icons(Path(app.srcdir) / "_static" / "favicon.svg", generated)
    site = address()
    if not site:
        return
    with progress_message("drawing cards"):
        Painter(Path(app.srcdir) / "_static" / "fonts", Path(app.doctreedir)).draw(
            app.builder.cards, generated / "cards"
        )
    names = sorted(app.env.found_docs | ({"index"} if (out / "index.html").exists() else set()))
    urls = [site + ("" if name == "index" else app.builder.get_target_uri(name)) for name in names]
    listed = "".join(f"<url><loc>{escape(url)}</loc></url>\n" for url in urls)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    (out / "sitemap.xml").write_text(f"{head}{listed}</urlset>\n", encoding="utf-8")
    (out / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n", encoding="utf-8")
    # The server shows this page at any depth: its links must not depend on where it seems to be.
    page = out / "404.html"
    relative = r'\b(href|src|action)="(?!#|/|[a-z]+:)'
    page.write_text(re.sub(relative, rf'\1="{prefix()}', page.read_text(encoding="utf-8")), encoding="utf-8")


def write_icons(drawing: Path, folder: Path) -> None:
    """Make of the icon what browsers ask for that know no SVG: favicon.ico, and the one of a phone's home screen."""
    import resvg_py
    from PIL import Image

    if not drawing.exists():
        return
    svg = drawing.read_text(encoding="utf-8")
    small, large = (
        Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size))))
        for size in (32, 180)
    )
    small.save(folder / "favicon.ico", sizes=[(32, 32)])
    paper = Image.new("RGB", large.size, "#fefefe")
    paper.paste(large, mask=large.getchannel("A"))
    paper.quantize(32).save(folder / "touch-icon.png", optimize=True)


def prepare(app: Sphinx) -> None:
    """Begin with no cards."""
    app.builder.cards = {}  # type: ignore[attr-defined]


def configure(app: Sphinx, config: Config) -> None:
    """Tell Sphinx where the site will be."""
    config.html_baseurl = address() or ""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("config-inited", configure)
    app.connect("builder-inited", prepare)
    app.connect("html-collect-pages", not_found)
    app.connect("html-page-context", describe)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
