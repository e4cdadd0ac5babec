"""The PDF of three pages: what it says about its pages is true, its links lead there, and nothing is cut off."""

import io
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")
pytest.importorskip("pypdf", reason="the extra `test` is not installed")

import pypdf

from tools import pdf

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = "foundations/what-is-an-rnn"
NAMES = (CHAPTER, "appendix/notation", "appendix/references")
MILLIMETER = 72 / 25.4
MARGIN = 20 * MILLIMETER


def plain(text):
    return re.sub(r"\s+", " ", re.sub("[ʼ’]", "'", text)).strip()


@pytest.fixture(scope="module")
def book(site, browser):
    return pypdf.PdfReader(io.BytesIO(pdf.make(browser, ROOT, NAMES)))


@pytest.fixture(scope="module")
def texts(book):
    return [plain(page.extract_text()) for page in book.pages]


@pytest.fixture(scope="module")
def bookmarks(book):
    """Return level, title, and page (from 1) of each bookmark."""

    def walk(items, level):
        for item in items:
            if isinstance(item, list):
                yield from walk(item, level + 1)
            else:
                yield level, plain(item.title), book.get_destination_page_number(item) + 1

    return list(walk(book.outline, 0))


@pytest.fixture(scope="module")
def links(book):
    """Return for each link within the book: its page, the name of the place it leads to, and the page of that."""
    places = {name: book.get_destination_page_number(at) + 1 for name, at in book.named_destinations.items()}
    found = []
    for number, page in enumerate(book.pages, 1):
        for annotation in page.get("/Annots", []):
            target = annotation.get_object().get("/Dest")
            if target is not None:
                found.append((number, unquote(target), places[str(target)]))
    return found


def test_bookmarks_name_parts_pages_and_sections_where_they_are(bookmarks, texts):
    assert [title for level, title, _ in bookmarks if level == 0] == ["Foundations", "Appendix"]
    assert "1. What is a recurrent neural network?" in [title for level, title, _ in bookmarks if level == 1]
    assert (2, "Glossary") in [(level, title) for level, title, _ in bookmarks]
    assert [title for _, title, page in bookmarks if title not in texts[page - 1]] == []


def test_the_contents_name_the_right_pages(bookmarks, texts):
    first = min(page for _, _, page in bookmarks)
    contents = " ".join(texts[:first])
    assert [title for _, title, page in bookmarks if f"{title} {page} " not in f"{contents} "] == []


def test_the_number_on_a_page_is_the_number_a_reader_types(texts, bookmarks):
    chapter = next(page for _, title, page in bookmarks if title.startswith("1. "))
    last = next(page for _, title, page in bookmarks if title == "Solutions")
    for page in range(chapter, last):
        assert f"1. What is a recurrent neural network? {page}" in texts[page - 1]
    assert texts[0].startswith("Recurrent Neural Networks from Scratch Derived")  # no number above the title


def test_links_lead_to_what_they_name(links, texts):
    def letters(text):
        return re.sub(r"\W", "", text).casefold()

    terms = [(target.split(":term-")[1], page) for _, target, page in links if ":term-" in target]
    assert len(terms) > 20
    assert [term for term, page in terms if letters(term) not in letters(texts[page - 1])] == []


def test_exercises_and_solutions_lead_to_each_other(links, texts):
    solved = {target: (here, there) for here, target, there in links if ":answered-" in target}
    assert len(solved) >= 5
    for here, there in solved.values():
        assert f"solution: page {there}" in texts[here - 1]
        assert f"page {here}" in texts[there - 1]
        assert re.search(r"Exercise 1\.\d+", texts[here - 1])
        assert "Solution to Exercise 1." in texts[there - 1]


def test_it_says_what_it_is(book):
    assert book.metadata.title == "Recurrent Neural Networks from Scratch"
    assert book.metadata.author
    assert "NumPy" in book.metadata.subject
    assert "LSTM" in book.metadata["/Keywords"]
    assert book.root_object["/Lang"] == "en"
    assert book.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in book.root_object


def test_every_font_is_inside(book):
    fonts = {}
    for page in book.pages:
        fonts |= {str(font): font.get_object() for font in page["/Resources"].get("/Font", {}).values()}
    assert "/Type3" in {font["/Subtype"] for font in fonts.values()}  # the book's own face, not what stands in for it
    for font in fonts.values():
        if font["/Subtype"] != "/Type3":  # whose letters are drawings in the file
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_no_text_begins_outside_the_margins(book):
    width, height = (float(x) for x in book.pages[0].mediabox[2:])
    outside = []

    def visit(text, user, at, font, size):
        x, y = (at[4] * user[0] + at[5] * user[2] + user[4], at[4] * user[1] + at[5] * user[3] + user[5])
        if text.strip() and not (MARGIN <= x <= width - MARGIN and MARGIN - 8 <= y <= height - 10 * MILLIMETER):
            outside.append((text, x, y))

    for page in book.pages:
        page.extract_text(visitor_text=visit)
    assert outside == []


def test_nothing_is_cut_off_at_the_right(book, browser):
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.emulate_media(media="print")
    page.goto((ROOT / "_build" / "pdf" / "book.html").as_uri())
    page.evaluate(pdf.FIT)
    wide = page.evaluate("""() => {
        const edge = document.querySelector('main').getBoundingClientRect().right + 1;
        return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > edge)
            .map(e => e.outerHTML.slice(0, 100));
    }""")
    page.close()
    assert wide == []
