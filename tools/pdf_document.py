"""One HTML document of the whole book, made of the built pages, for tools/pdf.py to print."""

import datetime
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from posixpath import relpath
from urllib.parse import quote, unquote

import yaml

from tools.chapters import BookError
from tools.pdf_page import MARK, Entry, Page

STYLE = Path(__file__).parent / "pdf.css"
COVER = "index"  # the site's first page has nothing to read
Parts = list[tuple[str, list[str]]]  # the name of each part, and its pages


@dataclass
class Document:
    """The document's text, with marks for the numbers of pages, and what is in it."""

    text: str
    contents: list[Entry]

    def filled(self, numbers: dict[str, int]) -> str:
        """Return the text with the number of each marked page; three digits where it is not known."""
        return re.sub(MARK.format("(.*?)"), lambda mark: str(numbers.get(mark[1], "000")), self.text)

    @property
    def marked(self) -> set[str]:
        """Return the ids whose pages are asked for."""
        return set(re.findall(MARK.format("(.*?)"), self.text))


def parts(root: Path, names: Iterable[str] = ()) -> Parts:
    """Return the parts of `_toc.yml` with the pages named, or all; one that is a single page has no name."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    every = [("", [toc["root"]])] if toc["root"] != COVER else []
    for part in toc.get("parts", []):
        pages = [page["file"] for page in part["chapters"]]
        every.append(("" if len(pages) == 1 and "numbered" not in part else part["caption"], pages))
    wanted = set(names)
    few = [(caption, [page for page in pages if not wanted or page in wanted]) for caption, pages in every]
    return [(caption, pages) for caption, pages in few if pages]


def assemble(site: Path, folder: Path, every: Parts, citation: dict, address: str | None) -> Document:
    """Return the document of the pages of the built `site` that are in `every`, to be stored in `folder`."""
    names = {name for _, pages in every for name in pages}
    up = relpath(site.as_posix(), folder.as_posix())
    contents: list[Entry] = []
    body: list[str] = []
    heads: list[str] = []
    for caption, pages in every:
        if caption:
            contents.append(Entry(0, f"part:{caption}", caption, caption))
            body.append(f'<section class="book-part" id="part:{caption}"><h1>{caption}</h1></section>')
        for name in pages:
            page = Page(site, name, names, up, address)
            if page.title.get_text(strip=True) == citation["title"]:  # that is the title page here
                page.title.string = "Preface"
            listed = page.contents()
            contents += listed
            key = re.sub(r"\W", "-", name)
            running = listed[0].text.replace("\\", "").replace('"', '\\"')
            heads.append(f'@page {key} {{ @top-left {{ content: "{running}"; }} }} .{key} {{ page: {key}; }}')
            body.append(f'<section class="book-chapter {key}" id="{name}">{page.article.decode_contents()}</section>')
    text = f"""<!DOCTYPE html>
<html lang="en" class="disk" data-theme="light">
<head>
<meta charset="utf-8">
<title>{html.escape(citation["title"])}</title>
<link rel="stylesheet" href="{up}/_static/style.css">
<style>{STYLE.read_text(encoding="utf-8")}{" ".join(heads)}</style>
</head>
<body>
<main>
<article class="bd-article">
{front(citation, address)}
<section class="book-contents" id="contents"><h1>Contents</h1><ol>{"".join(map(line, contents))}</ol></section>
{"".join(body)}
</article>
</main>
</body>
</html>"""
    check(text)
    return Document(text, contents)


def line(entry: Entry) -> str:
    """Return a line of the table of contents."""
    number = f'<i></i><span class="number">{MARK.format(entry.id)}</span>'
    return f'<li class="level-{entry.level}"><a href="#{quote(entry.id)}"><span>{entry.title}</span>{number}</a></li>\n'


def check(text: str) -> None:
    """Raise BookError if an id is given twice, or if a link leads nowhere."""
    ids = [html.unescape(name) for name in re.findall(r'\sid="([^"]*)"', text)]
    links = {unquote(html.unescape(link)) for link in re.findall(r'\shref="#([^"]*)"', text)}
    seen: set[str] = set()
    twice = {name for name in ids if name in seen or seen.add(name)}
    if twice or links - seen:
        raise BookError(f"The document has ids twice: {sorted(twice)}; links to nowhere: {sorted(links - seen)}.")


def front(citation: dict, address: str | None) -> str:
    """Return the title page and the page behind it: edition, license, how to cite."""
    title, version = html.escape(citation["title"]), citation["version"]
    by = html.escape(", ".join(author["name"] for author in citation["authors"]))
    today = datetime.date.today()
    day = f"{today:%B} {today.day}, {today.year}"
    entry = {"author": f"{{{by}}}", "title": title, "version": version, "year": today.year}
    online = ""
    if address:
        entry["url"] = address
        online = f'<p>It is published, page by page and as notebooks to run, at <a href="{address}">{address}</a>.</p>'
    fields = ",\n".join(f"  {name:<7} = {{{value}}}" for name, value in entry.items())
    return f"""
<section class="book-title">
{emblem()}
<h1>{title}</h1>
<hr>
<p class="subtitle">Derived, built in NumPy, checked gradient by gradient, and trained on real data</p>
<p class="by">{by}<br>Version {version}</p>
</section>
<section class="book-edition">
<p><strong>{title}</strong><br>Version {version}, printed on {day}.</p>
{online}
<p>Text and figures are licensed under Creative Commons Attribution 4.0, the code under the MIT license. The data sets
have licenses of their own.</p>
<p>The outputs and figures come from the code of this book. Code that only draws a figure, folded on the website, is
left out here. Solutions to exercises stand at the end of each chapter.</p>
<p><strong>How to cite</strong></p>
<pre>@book{{rnn_from_scratch,
{fields}
}}</pre>
<p>For a method, please cite the paper its chapter names.</p>
</section>"""


def emblem() -> str:
    """Return a drawing of an unrolled network: states in a row, an input below each, the last one read out."""
    steps = range(0, 360, 60)
    shapes = [
        f'<rect x="{x + 2}" y="30" width="30" height="22" rx="6"/><circle cx="{x + 17}" cy="85" r="5"/>' for x in steps
    ]
    lines = [f"M{x + 17} 80v-22m-4 5 4-5 4 5" for x in steps] + [f"M{x + 35} 41h22m-5-4 5 4-5 4" for x in steps[:-1]]
    lines.append(f"M{steps[-1] + 17} 26v-20m-4 5 4-5 4 5")
    drawn = f'{"".join(shapes)}<path d="{"".join(lines)}"/>'
    return f'<svg viewBox="0 0 336 92" role="img" aria-label="A recurrent network, unrolled">{drawn}</svg>'
