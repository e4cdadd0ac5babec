"""Each rule of the book finds what it is for, and nothing where all is well."""

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from tools import booklint

ENDING = "\n## What can go wrong\n\n## Exercises\n\n## Summary in five lines\n"


@pytest.fixture
def clean(scratch):
    scratch.page.write_text(scratch.page.read_text() + ENDING)
    return scratch


def findings(book):
    root = book.root
    return [*booklint.check_files(root), *booklint.check_pages(root), *booklint.check_chapters(root)]


def test_a_book_that_keeps_the_rules_has_no_findings(clean, capsys):
    assert findings(clean) == []
    assert booklint.main(clean.root)
    assert capsys.readouterr().out == "The book's own rules: 0 findings.\n"


@pytest.mark.parametrize("section", ["What can go wrong", "Exercises", "Summary"])
def test_a_missing_section(clean, capsys, section):
    clean.edit(clean.page, f"## {section}", "## Other")
    assert findings(clean) == [f"book/part/short.md: no section {section!r}"]
    assert not booklint.main(clean.root)


def test_front_matter(clean):
    clean.edit(clean.page, "  name: python3", "  name: julia")
    assert findings(clean) == ["book/part/short.md: the kernel in the front matter has to be python3"]


def test_a_page_that_is_not_in_the_contents(clean):
    (clean.root / "book" / "lost.md").write_text("# Lost\n")
    (clean.root / "book" / "_drafts").mkdir()
    (clean.root / "book" / "_drafts" / "draft.md").write_text("# Not a page\n")
    assert findings(clean) == ["book/lost.md: not in _toc.yml"]


def test_a_page_twice_in_the_contents(clean):
    clean.edit(clean.root / "_toc.yml", "      - file: part/short", "      - file: part/short\n      - file: preface")
    assert findings(clean) == ["_toc.yml: preface is there more than once"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("![ ](a.svg)", True),
        ("![A curve.](a.svg)", False),
        ("```{figure} a.svg\n:name: f\n\nCaption\n```", True),
        ("```{figure} a.svg\n:alt: A curve.\n\nCaption\n```", False),
        (":::{image} a.svg\n---\nalt: A curve.\n---\n:::", False),
        (":::{image} a.svg\n:alt:\n:::", True),
    ],
)
def test_pictures_need_a_text(clean, text, found):
    clean.page.write_text(clean.page.read_text() + "\n" + text + "\n")
    assert bool(findings(clean)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 1\nplot(x)", True),
        ("plot(x);", False),
        ("for x in (1, 2):\n    plot(x)", False),
        ("x = plot()", False),
    ],
)
def test_a_cell_that_draws_does_not_show_its_value_too(clean, source, found):
    cell = "\n```{{code-cell}} ipython3\n---\nmystnb:\n  image:\n    alt: A curve.\n---\n{}\n```\n"
    clean.page.write_text(clean.page.read_text() + cell.format(source))
    said = [finding.split(": ", 1)[1] for finding in findings(clean)]
    assert said == (["without a final semicolon the cell shows its value too"] if found else [])


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("pip install {}", True),
        ("pip install -q --upgrade {}", True),
        ("%pip3 install '{}'", True),
        ("pip install {}-from-scratch", False),
        ("pip install ./{}", False),
    ],
)
def test_the_unrelated_package_is_never_installed(clean, command, found):
    (clean.root / "notes.txt").write_text("first\n" + command.format("rnn") + "\n")
    expected = ["notes.txt:2: the package index has an unrelated project of that name"]
    assert findings(clean) == (expected if found else [])


def test_notebooks_and_big_files_are_not_kept(clean):
    (clean.root / "a.ipynb").write_text("{}")
    (clean.root / "big.bin").write_bytes(bytes(1_000_001))
    assert findings(clean) == [
        "a.ipynb: notebooks are derived from the pages and not kept in git",
        "big.bin: 1,000,001 bytes; git holds nothing over 1,000,000",
    ]
