"""The archive, unpacked somewhere else, is the whole site without a network."""

import zipfile

import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

from tools import offline
from tools.chapters import pages

OPENED = (pages()[0], "foundations/backpropagation-through-time", "appendix/api", "search")


@pytest.fixture(scope="module")
def unpacked(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("offline")
    offline.pack(site, folder / "book.zip")
    with zipfile.ZipFile(folder / "book.zip") as archive:
        archive.extractall(folder)
    return folder / offline.TOP


@pytest.mark.parametrize("name", OPENED)
def test_a_page_opens_from_a_disk_and_asks_for_nothing_that_is_not_there(unpacked, browser, name):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    wrong = []
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else wrong.append(r.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto((unpacked / f"{name}.html").as_uri())
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").count() == 1
    assert wrong == []
    context.close()


def test_every_page_is_in_it_and_starts_are_easy_to_find(unpacked):
    assert [name for name in pages() if not (unpacked / f"{name}.html").exists()] == []
    assert "index.html" in (unpacked / "READ-ME-FIRST.txt").read_text(encoding="utf-8")
    assert not (unpacked / "lite").exists()
