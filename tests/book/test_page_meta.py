"""What pages say about themselves: description, card, address; and what the site says about its pages."""

import hashlib
import io
import json
import re
import shutil
import sys
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
import yaml

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

from docutils import nodes
from PIL import Image

from tests.book.test_extensions import EXTENSIONS, ROOT, build
from tools.chapters import pages

ASKED = (
    "**The question.** Why does $h_t$ grow? "
    "Which of *two* [words](part/other.md) is `the` “same” & how <do> you know it for sure?"
)
SAYS = "A first sentence of a length that will do, ninety letters or more, if they are counted one by one."
ENOUGH = "One sentence, which is long enough to say what it is about."
SPACED = "Short.\nLine  breaks and spaces are one space in a description, as on a page."
LONG = "No formula here, " + "but a sentence that is much longer than what a search engine shows of it, " * 3 + "is it?"


def site(folder, repository):
    """Build the sample book with the templates of this one, as it is published or on a reader's machine."""
    static = folder / "book" / "_static"
    shutil.copytree(ROOT / "book" / "_templates", folder / "book" / "_templates")
    shutil.copytree(ROOT / "book" / "_static" / "fonts", static / "fonts")
    shutil.copy(ROOT / "book" / "_static" / "favicon.svg", static)
    shutil.copy(ROOT / "CITATION.cff", folder)
    cells = {
        "asked": ["A first paragraph, which is not what the page is about.", ASKED, "And more."],
        "long": [LONG],
    }
    pages = {name: [nbformat.v4.new_markdown_cell(text) for text in texts] for name, texts in cells.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BOOK_REPOSITORY", raising=False)
        if repository:
            patch.setenv("BOOK_REPOSITORY", repository)
        build(folder, pages)
    return folder / "out" / "html"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return site(tmp_path_factory.mktemp("published"), "Someone/a-book")


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    return site(tmp_path_factory.mktemp("local"), None)


@pytest.fixture(scope="module")
def meta():
    sys.path.insert(0, str(EXTENSIONS))
    import page_meta

    sys.path.remove(str(EXTENSIONS))
    return page_meta


def head(root, page):
    """Return the tags of a page's head by name, unescaped."""
    html = (root / f"{page}.html").read_text(encoding="utf-8").split("</head>")[0]
    tags = [dict(re.findall(r'([\w:-]+)="([^"]*)"', tag)) for tag in re.findall(r"<(?:meta|link)[^>]*>", html)]
    found = {t.get("name") or t.get("property") or t.get("rel"): t.get("content") or t.get("href") for t in tags}
    found["title"] = re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1)
    return {key: unescape(value) for key, value in found.items() if key}


def paragraphs(*texts):
    """Return a page with these paragraphs, formulas between dollars."""
    document = nodes.document(None, None)
    section = nodes.section()
    document += section
    for text in texts:
        pieces = enumerate(text.split("$"))
        section += nodes.paragraph("", "", *[nodes.math("", t) if i % 2 else nodes.Text(t) for i, t in pieces])
    return document


# ---- descriptions -----------------------------------------------------------------------------------------------


def test_a_chapter_is_described_by_its_question(published):
    # the first sentence is too short to stand alone, so its formula is left out with a mark
    wanted = "Why does … grow? Which of two words is the “same” & how <do> you know it for sure?"
    said = head(published, "asked")
    assert said["description"] == said["og:description"] == said["twitter:description"] == wanted


def test_a_page_without_a_paragraph_is_described_as_a_part_of_the_book(published):
    abstract = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["abstract"]
    assert head(published, "appendix/notation")["description"] == abstract


def test_a_long_sentence_is_cut_after_a_word(published):
    text = head(published, "long")["description"]
    assert 140 < len(text) <= 160
    assert LONG.startswith(text.removesuffix("…"))
    assert LONG[len(text) - 1] in " ,"


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        ([f"{ENOUGH} $x$ is next."], ENOUGH),
        (["Short.", ENOUGH, "Not this."], f"Short. {ENOUGH}"),
        ([f"{SAYS} {'x' * 90}."], SAYS),
        ([SPACED], " ".join(SPACED.split())),
        ([], ""),
    ],
)
def test_sentences_are_whole_and_without_formulas(meta, texts, wanted):
    assert meta.description(paragraphs(*texts)) == wanted


def test_notes_and_captions_do_not_describe_a_page(meta):
    document = paragraphs("What the page is about is here, in fifty letters or more.")
    document[0].insert(
        0, nodes.note("", nodes.paragraph("", "A note that comes first and is long enough, but beside it."))
    )
    assert meta.description(document) == "What the page is about is here, in fifty letters or more."


def test_what_machines_read_cannot_end_its_script(meta, monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "a/b")
    about = {"title": "</script><b>", "book": "The book", "url": "https://a.github.io/b/x.html"}
    data = meta.structured(about, whole=False)
    assert "<" not in data
    assert json.loads(data)["name"] == "</script><b>"
    assert json.loads(data)["isPartOf"] == {"@type": "Book", "name": "The book", "url": "https://a.github.io/b/"}


# ---- the site, published and not --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["preface", "asked", "part/sample", "appendix/notation"])
def test_a_published_page_names_its_address_and_a_card_that_exists(published, page):
    said = head(published, page)
    assert said["canonical"] == said["og:url"] == f"https://someone.github.io/a-book/{page}.html"
    assert said["og:image"] == said["twitter:image"]
    assert said["twitter:card"] == "summary_large_image"
    card = published / said["og:image"].removeprefix("https://someone.github.io/a-book/")
    with Image.open(card) as image:
        assert (image.format, *image.size) == ("PNG", 1200, 630)
    assert card.stat().st_size < 60_000


def test_each_card_is_of_its_page(published):
    cards = list((published / "_static" / "generated" / "cards").iterdir())
    assert len(cards) == 6
    assert len({hashlib.sha256(card.read_bytes()).digest() for card in cards}) == 6


def test_the_same_card_is_drawn_as_the_same_file(published, tmp_path, meta):
    painter = meta.Painter(ROOT / "book" / "_static" / "fonts", tmp_path)
    card = meta.Card("A title, $5 and more", "Part · Chapter 3", "The book", "a.github.io/b", 3)
    assert painter.png(card) == painter.png(card)
    longer = meta.Card("A title of many words, which takes three lines and smaller letters", "", "The book", "a", 0)
    assert Image.open(io.BytesIO(painter.png(longer))).size == (1200, 630)


def test_a_local_page_names_no_address_and_no_card(local):
    said = head(local, "part/sample")
    assert not {"canonical", "og:url", "og:image", "twitter:image"} & set(said)
    assert said["twitter:card"] == "summary"
    assert "github.io" not in (local / "part" / "sample.html").read_text(encoding="utf-8").split("</head>")[0]
    assert not [name for name in ("sitemap.xml", "robots.txt", "404.html") if (local / name).exists()]
    assert not (local / "_static" / "generated" / "cards").exists()


def test_the_sitemap_lists_exactly_the_pages(published):
    found = ElementTree.parse(published / "sitemap.xml").getroot()
    urls = [loc.text for loc in found.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    pages = ("appendix/notation", "asked", "long", "part/other", "part/sample", "preface")
    wanted = [f"https://someone.github.io/a-book/{page}.html" for page in pages]
    assert sorted(urls) == sorted(
        [*wanted, *["https://someone.github.io/a-book/"] * (published / "index.html").exists()]
    )
    assert "Sitemap: https://someone.github.io/a-book/sitemap.xml" in (published / "robots.txt").read_text()


def test_the_page_for_what_is_not_found_works_at_any_depth(published):
    html = (published / "404.html").read_text(encoding="utf-8")
    links = re.findall(r'\b(?:href|src|action)="([^"]*)"', html)
    own = [link for link in links if not re.match(r"#|https?:", link)]
    assert len(own) > 10
    assert all(link.startswith("/a-book/") for link in own)
    targets = [link.removeprefix("/a-book/").split("#")[0] for link in own]
    assert [t for t in targets if t.endswith(".html") and not (published / t).exists()] == []
    assert 'data-content_root="/a-book/"' in html
    assert html.count('name="q"') == 2
    assert head(published, "404")["robots"] == "noindex"
    assert "robots" not in head(published, "part/sample")


def test_the_icon_is_there_for_every_browser(local):
    said = (local / "part" / "sample.html").read_text(encoding="utf-8").split("</head>")[0]
    icons = re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="([^"]*)"', said)
    assert [Path(icon).name for icon in icons] == ["favicon.ico", "favicon.svg", "touch-icon.png"]
    assert all((local / "part" / icon).exists() for icon in icons)
    with Image.open(local / "part" / icons[0]) as small, Image.open(local / "part" / icons[2]) as large:
        assert (small.size, large.size) == ((32, 32), (180, 180))
    assert "prefers-color-scheme: dark" in (local / "part" / icons[1]).read_text(encoding="utf-8")


def test_the_color_of_the_browser_is_that_of_the_page():
    style = (ROOT / "book" / "_static" / "style.css").read_text(encoding="utf-8")
    light, dark = re.search(r"--bg: light-dark\((#\w+), (#\w+)\)", style).groups()
    template = (ROOT / "book" / "_templates" / "head.html").read_text(encoding="utf-8")
    assert re.findall(r'name="theme-color" content="(#\w+)" media="\(prefers-color-scheme: (\w+)\)"', template) == [
        (light, "light"),
        (dark, "dark"),
    ]


# ---- the pages of this book -------------------------------------------------------------------------------------


def test_every_page_of_the_book_has_a_title_and_a_description_of_its_own(site):
    said = {page: head(site, page) for page in [*pages(), "genindex", "search"]}
    for what in ("title", "description"):
        texts = [found[what] for found in said.values()]
        assert sorted(texts) == sorted(set(texts)), what
    assert {
        page: found["description"] for page, found in said.items() if not 50 <= len(found["description"]) <= 160
    } == {}
    assert [page for page, found in said.items() if re.search(r"[<>\\$]|\s\s", found["description"])] == []
