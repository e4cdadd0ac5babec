"""The foot of a page says what its results stand on, how to report an error, and how to cite it."""

import json
import platform
import re
import shutil
import sys
from datetime import UTC, datetime
from html import unescape
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

import yaml
from pybtex.database import parse_string

import rnn
from tests.book.test_extensions import EXTENSIONS, ROOT, build

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
VERSIONS = f"python {platform.python_version()}, numpy {version('numpy')}, matplotlib {version('matplotlib')}, tqdm 9.9"
DATA = {"imdb": "aclImdb_v1.tar.gz, 1 bytes, changed 2", "weather": "built-in, offline"}
RECORD = {"stamp": {"versions": VERSIONS, "data": json.dumps(DATA)}, "seconds": 3.2}
KEPT = {"when": "2026-02-03T04:05:06+00:00", "cores": 2}


def site(folder, record, repository=None):
    """Build the sample book with a record of its one page with code; return how to read a page's foot."""
    shutil.copytree(ROOT / "book" / "_templates", folder / "book" / "_templates")
    shutil.copy(ROOT / "CITATION.cff", folder)
    path = folder / "_build" / "stamps" / "part" / "sample.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(record), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("BOOK_REPOSITORY", raising=False)
        if repository:
            patch.setenv("BOOK_REPOSITORY", repository)
        build(folder, {})

    def foot(page):
        html = (folder / "out" / "html" / f"{page}.html").read_text(encoding="utf-8")
        (found,) = re.findall(r'<footer class="foot">.*?</footer>', html, re.DOTALL)
        return found

    return foot


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    return site(tmp_path_factory.mktemp("local"), RECORD | KEPT)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return site(tmp_path_factory.mktemp("published"), RECORD, "Someone/a-book")


@pytest.fixture(scope="module")
def extension():
    sys.path.insert(0, str(EXTENSIONS))
    import page_foot

    sys.path.remove(str(EXTENSIONS))
    return page_foot


def text(html):
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def links(html):
    return {text(words): unescape(href) for href, words in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', html)}


def entry(html):
    (found,) = parse_string(
        unescape(re.search(r"<pre>(.*?)</pre>", html, re.DOTALL).group(1)), "bibtex"
    ).entries.items()
    return found


def test_it_says_when_for_how_long_and_with_what_the_code_ran(local):
    foot = local("part/sample")
    assert '<time datetime="2026-02-03">3 February 2026</time>' in foot
    said = (
        "The code of this page ran on 3 February 2026 in 3 seconds on 2 processor cores, with "
        f"Python {platform.python_version()}, NumPy {version('numpy')}, Matplotlib {version('matplotlib')}, "
        f"and rnn {rnn.__version__}."
    )
    assert said in text(foot)


def test_it_names_the_data_and_says_plainly_where_it_is_not_the_real_one(local):
    said = text(local("part/sample"))
    assert "Its data: Large Movie Review Dataset v1.0. In place of" in said
    assert re.search(r"In place of [^.]*temperature[^.]* it used the small corpus built into the package\.", said, re.I)


def test_a_record_of_before_the_date_was_kept_leaves_it_out(published):
    foot = published("part/sample")
    assert "<time" not in foot
    assert "The code of this page ran in 3 seconds, with Python" in text(foot)


def test_a_page_without_code_speaks_of_no_run(local):
    assert "The code" not in text(local("preface"))
    assert "Report an error on this page" in text(local("preface"))


@pytest.mark.parametrize(
    ("kind", "project"), [("local", CITATION["repository-code"]), ("published", "https://github.com/Someone/a-book")]
)
def test_an_error_is_reported_with_the_name_of_the_page(kind, project, request):
    found = links(request.getfixturevalue(kind)("part/sample"))
    report = urlsplit(found["Report an error on this page"])
    assert report.geturl().startswith(f"{project}/issues/new?")
    assert parse_qs(report.query) == {"title": ["A sample chapter: "]}
    assert found["Edit this page"] == f"{project}/edit/main/book/part/sample.md"


@pytest.mark.parametrize(
    ("kind", "address"), [("local", CITATION["url"]), ("published", "https://someone.github.io/a-book/")]
)
def test_a_page_is_cited_by_its_title_and_address(kind, address, request):
    key, found = entry(request.getfixturevalue(kind)("part/sample"))
    assert (key, found.type) == ("rnn_from_scratch_sample", "incollection")
    assert {name: value.strip("{}") for name, value in found.fields.items()} == {
        "title": "A sample chapter",
        "booktitle": CITATION["title"],
        "year": "2026",
        "version": CITATION["version"],
        "url": f"{address}part/sample.html",
    }
    (author,) = found.persons["author"]
    assert str(author).strip("{}") == CITATION["authors"][0]["name"]


def test_a_page_with_the_title_of_the_book_is_the_book(extension):
    key, found = entry(f"<pre>{extension.bibtex(CITATION, CITATION['title'], 'preface', 'https://a/', '2026')}</pre>")
    assert (key, found.type) == ("rnn_from_scratch", "book")
    assert "booktitle" not in found.fields


def test_the_licenses_are_those_of_the_citation_file(local):
    assert {"CC-BY-4.0", "MIT"} == set(CITATION["license"])
    assert "Text and figures: CC BY 4.0. Code: MIT." in text(local("preface"))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 second"),
        (1.4, "1 second"),
        (19.6, "20 seconds"),
        (99.4, "99 seconds"),
        (100, "1 minute 40 seconds"),
        (120, "2 minutes"),
        (174.2, "2 minutes 54 seconds"),
    ],
)
def test_durations_are_said_as_people_say_them(extension, seconds, said):
    assert extension.duration(seconds) == said


def test_a_page_that_never_ran_has_no_run(extension):
    assert extension.run({}) is None
    assert extension.run(RECORD | KEPT)["date"] == datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
