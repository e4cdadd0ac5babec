"""What the PDF and the offline copy are made of, without a browser: one document of many pages, links, small files."""

import io
import shutil
import zipfile

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")
pytest.importorskip("pypdf", reason="the extra `test` is not installed")

import pypdf

from tools import downloads, offline
from tools.chapters import BookError
from tools.pdf_document import assemble, check, parts
from tools.pdf_pack import packed

CITATION = {"title": "The Book", "version": "1", "authors": [{"name": "A & B"}]}
TOC = """\
format: jb-book
root: index
parts:
- caption: Start
  chapters:
  - file: preface
- caption: First
  numbered: 1
  chapters:
  - file: a/one
- caption: Last
  chapters:
  - file: b/two
  - file: b/three
"""
PREFACE = "<h1>The Book</h1><p>See <a href='a/one.html#same'>one</a>, <a href='search.html'>search</a>.</p>"
ONE = """
<h1>1. One<a class="headerlink" href="#one">#</a></h1>
<section id="same"><h2>Exercises <math><mi>h</mi></math></h2>
<img class="only-light" src="../_images/x.svg" alt="x" loading="lazy">
<img class="only-dark" src="../_images/y.svg" alt="y">
<div class="exercise admonition" id="ask">
<p class="admonition-title"><span class="caption-number">Exercise 1.1 </span></p></div>
<details class="solution admonition" id="told"><summary>Solution to Exercise 1.1</summary><p>42</p></details>
<details class="admonition"><summary>What is wrong?</summary><p>Nothing.</p></details>
<details class="hide"><summary>Code</summary><pre>draw()</pre></details>
<pre>12345</pre><p><a href="../b/two.html">two</a> <a href="https://example.org/">out</a></p></section>
<hr><p><em>A question, or something wrong on this page?</em></p>
"""
TWO = "<h1>Two</h1><section id='same'><h2>Same</h2></section><p><a href='#same'>here</a></p>"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "_toc.yml").write_text(TOC)
    for name, text in {
        "preface": PREFACE,
        "a/one": ONE,
        "b/two": TWO,
        "b/three": "<h1>Three</h1>",
        "index": "",
    }.items():
        path = tmp_path / "site" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        places = "<div>\n<!--pdf-->\n<!--offline-->\n</div>"
        path.write_text(f"<!DOCTYPE html>{places}<article><section>{text}</section></article>")
    return tmp_path


@pytest.fixture
def document(root):
    return assemble(root / "site", root / "pdf", parts(root), CITATION, "https://example.org/book/")


def test_the_pages_are_those_of_the_contents_without_the_cover(root):
    assert parts(root) == [("", ["preface"]), ("First", ["a/one"]), ("Last", ["b/two", "b/three"])]
    assert parts(root, ["b/two"]) == [("Last", ["b/two"])]


def test_contents_list_parts_pages_and_sections(document):
    listed = [(entry.level, entry.text) for entry in document.contents]
    assert listed == [
        (1, "Preface"),
        (0, "First"),
        (1, "1. One"),
        (2, "Exercises h"),
        (2, "Solutions"),
        (0, "Last"),
        (1, "Two"),
        (2, "Same"),
        (1, "Three"),
    ]


def test_links_lead_to_the_place_on_their_own_page(document):
    text = document.text
    assert '<a href="#a/one%3Asame">one</a>' in text
    assert '<a href="#b/two%3Asame">here</a>' in text
    assert '<a href="#b/two">two</a>' in text
    assert '<a href="https://example.org/book/search.html">search</a>' in text
    assert '<a href="https://example.org/">out</a>' in text


def test_without_a_published_site_what_is_not_in_the_book_is_no_link(root):
    text = assemble(root / "site", root / "pdf", parts(root), CITATION, None).text
    assert "</a>, search." in text


def test_what_is_there_to_be_clicked_goes(document):
    body = document.text[document.text.index('class="book-part"') :]
    for gone in ("headerlink", "only-dark", "draw()", "<details", "A question", "<hr", "loading="):
        assert gone not in body
    assert 'src="../site/_images/x.svg"' in body
    assert '<pre style="--columns: 5">' in body


def test_solutions_stand_at_the_end_and_name_pages_both_ways(document):
    filled = document.filled({"a/one:answered-0": 12, "a/one:ask": 7, "a/one:answered-1": 13, "a/one:asked-1": 8})
    text = filled[filled.index('id="a/one"') :]
    assert (
        text.index("solution: page 12") < text.index("What is wrong? Answer on page 13.") < text.index("Solutions</h2>")
    )
    assert text.index("Solutions</h2>") < text.index("page 7</a>Solution to Exercise 1.1") < text.index("42")
    assert text.index("42") < text.index("page 8</a>What is wrong?") < text.index("Nothing.")
    assert document.marked >= {"a/one:answered-0", "a/one:ask", "preface", "part:Last"}


def test_a_link_to_nowhere_and_an_id_given_twice_are_errors():
    check('<a href="#x%20y">x</a><p id="x y">')
    with pytest.raises(BookError, match="nowhere"):
        check('<a href="#x">x</a>')
    with pytest.raises(BookError, match=r"twice: \['x'\]"):
        check('<p id="x"><p id="x">')


def test_a_page_that_was_not_built_is_named(root):
    (root / "site" / "a" / "one.html").unlink()
    with pytest.raises(BookError, match=r"one\.html is missing"):
        assemble(root / "site", root / "pdf", parts(root), CITATION, None)


def test_a_packed_pdf_is_smaller_and_reads_the_same():
    writer = pypdf.PdfWriter()
    for size in range(100, 400):
        writer.add_blank_page(width=size, height=size)
        writer.add_outline_item(title=f"page of {size}", page_number=size - 100)
    writer.add_metadata({"/Title": "endobj (stream)"})
    plain = io.BytesIO()
    writer.write(plain)
    data = packed(plain.getvalue())
    assert len(data) < len(plain.getvalue()) / 3
    reader = pypdf.PdfReader(io.BytesIO(data), strict=True)
    assert [page.mediabox[2] for page in reader.pages] == list(range(100, 400))
    assert [item.title for item in reader.outline] == [f"page of {size}" for size in range(100, 400)]
    assert reader.metadata.title == "endobj (stream)"
    with pytest.raises(ValueError, match="no plain table"):
        packed(data)


def test_a_download_is_linked_once_from_every_page_and_can_be_taken_away(root):
    site, file = root / "site", root / "x.pdf"
    file.write_bytes(b"x" * 1_200_000)
    before = (site / "a" / "one.html").read_text()
    for _ in range(2):
        downloads.place(site, file, "pdf", "<svg></svg>PDF", "All of it")
    assert (site / "x.pdf").read_bytes() == file.read_bytes()
    page = (site / "a" / "one.html").read_text()
    assert page.count('<a class="pdf" href="../x.pdf" title="All of it (1.2 MB)"><svg></svg>PDF</a>') == 1
    assert 'href="x.pdf"' in (site / "preface.html").read_text()
    assert downloads.without(page, "pdf") == before


def test_the_same_site_makes_the_same_archive_whatever_was_linked_since(root):
    site = root / "site"
    (site / "lite").mkdir()
    (site / "lite" / "index.html").write_text("needs a server")
    (site / ".buildinfo").write_text("x")
    offline.pack(site, root / "first.zip")
    shutil.copyfile(root / "first.zip", root / f"{offline.TOP}.zip")
    downloads.place(site, root / f"{offline.TOP}.zip", "offline", "Offline", "All of it")
    offline.pack(site, root / "second.zip")
    assert (root / "first.zip").read_bytes() == (root / "second.zip").read_bytes()
    with zipfile.ZipFile(root / "second.zip") as archive:
        names = archive.namelist()
    assert names == [f"{offline.TOP}/READ-ME-FIRST.txt", *sorted(names[1:])]
    assert f"{offline.TOP}/a/one.html" in names
    assert not [name for name in names if "lite" in name or ".zip" in name or "/." in name]
