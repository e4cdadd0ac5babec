"""Every built page, read as a file: its links lead somewhere, its parts are in order, its equations are set."""

from functools import cache
from itertools import pairwise
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import pytest

pytest.importorskip("lxml", reason="lxml is not installed")

from looking import PAGES
from lxml import html

from tools.chapters import ROOT
from tools.serve import site_pages

each_page = pytest.mark.parametrize("name", PAGES)


@cache
def read(name):
    return html.parse(str(ROOT / "_build" / "html" / f"{name}.html")).getroot()


@cache
def ids(name):
    """Return every address within a page."""
    return {element.get("id") for element in read(name).iter() if element.get("id")}


def links(name):
    """Return where the links of a page lead."""
    return [a.get("href") for a in read(name).iter("a") if a.get("href") is not None]


def test_the_list_of_pages_is_complete(site):
    assert site_pages(site) == sorted(f"{name}.html" for name in PAGES)


@each_page
def test_every_link_within_the_site_leads_somewhere(site, name):
    lost = []
    for link in links(name):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        path = normpath(join(dirname(name), unquote(parts.path))) if parts.path else f"{name}.html"
        path = join(path, "index.html") if (site / path).is_dir() else path
        page = path.removesuffix(".html")
        there = (site / path).is_file()
        if not there or (parts.fragment and page in PAGES and unquote(parts.fragment) not in ids(page)):
            lost.append(link)
    assert sorted(set(lost)) == []


@each_page
def test_every_link_to_elsewhere_is_encrypted(site, name):
    elsewhere = [link for link in links(name) if urlsplit(link).scheme or link.startswith("//")]
    assert [link for link in elsewhere if not link.startswith("https://")] == []


@each_page
def test_every_file_a_page_needs_is_part_of_the_site(site, name):
    page = read(name)
    needed = [e.get("src") for e in page.iter("script", "img", "source", "iframe") if e.get("src")]
    loading = ("stylesheet", "icon", "preload", "manifest", "apple-touch-icon")
    needed += [e.get("href") for e in page.iter("link") if e.get("rel") in loading]
    assert needed
    files = [link for link in needed if not link.startswith("data:")]
    assert [link for link in files if not (site / normpath(join(dirname(name), urlsplit(link).path))).is_file()] == []


@each_page
def test_no_two_elements_share_an_id(site, name):
    found = [element.get("id") for element in read(name).iter() if element.get("id")]
    assert sorted({one for one in found if found.count(one) > 1}) == []


@each_page
def test_there_is_one_first_heading_and_no_level_is_left_out(site, name):
    levels = [int(e.tag[1]) for e in read(name).iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


@each_page
def test_every_image_says_what_is_seen_and_how_large_it_is(site, name):
    images = list(read(name).iter("img"))
    assert [image.get("src") for image in images if not (image.get("alt") or "").strip()] == []
    sized = [
        image for image in images if (image.get("width") or "").isdigit() and (image.get("height") or "").isdigit()
    ]
    assert [image.get("src") for image in images if image not in sized] == []


@each_page
def test_every_equation_is_set_and_without_errors(site, name):
    page = read(name)
    written = page.xpath("//*[contains(concat(' ', normalize-space(@class), ' '), ' math ')]")
    assert [html.tostring(one)[:200] for one in written if one.find(".//math") is None] == []
    assert [html.tostring(one)[:200] for one in page.xpath("//*[contains(@class, 'temml-error')] | //merror")] == []


def test_chapters_have_equations(site):
    assert all(read(name).find(".//math") is not None for name in PAGES if name.startswith("foundations/"))


@each_page
def test_no_page_carries_styles_of_its_own(site, name):
    assert list(read(name).iter("style")) == []


def test_no_two_pages_have_the_same_title(site):
    titles = [read(name).findtext(".//title").strip() for name in PAGES]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []
