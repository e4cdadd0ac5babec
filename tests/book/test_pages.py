"""The built pages, read as files: they show what the chapters computed, and need nobody else's server."""

from html.parser import HTMLParser

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from tools.chapters import chapters, pages

LOADING = {"script": "src", "img": "src", "source": "src", "iframe": "src", "link": "href"}


class Page(HTMLParser):
    """The ids of a page, and the addresses it loads without being asked."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.loaded = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag in LOADING and attributes.get("rel") not in ("canonical", "index", "search", "next", "prev"):
            self.loaded.append(attributes.get(LOADING[tag]) or "")


def read(site, name):
    return (site / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", pages())
def test_a_page_loads_nothing_from_another_host_and_its_ids_are_unique(site, name):
    page = Page(read(site, name))
    assert [address for address in page.loaded if "//" in address] == []
    assert sorted({i for i in page.ids if page.ids.count(i) > 1}) == []


@pytest.mark.parametrize("name", [chapter.name for chapter in chapters()])
def test_a_chapter_shows_outputs_and_no_unrun_cell(site, name):
    text = read(site, name)
    assert "cell_output" in text
    assert "Traceback (most recent call last)" not in text or "raises-exception" in text
    assert "\r" not in text


def test_the_first_page_is_found_at_the_address_of_the_site(site):
    assert pages()[0] == "index"
    assert "Start reading" in read(site, "index")
