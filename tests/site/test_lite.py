"""JupyterLite in a real browser, as far as it goes without Pyodide, which comes from its own host."""

import contextlib
import functools
import http.server
import re
import threading

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from tools.chapters import chapters

RUNTIME = "https://cdn.jsdelivr.net/pyodide/"
CHAPTER = chapters()[0].name


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site):
    """Return the address of the site on a local server, below a folder as on GitHub Pages."""
    handler = functools.partial(Quiet, directory=str(site.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{site.name}"
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def opened(browser, address, path):
    """Open a page without the rest of the web; its attribute `wrong` lists all that went wrong but for that."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.wrong = []
    context.route(lambda url: not url.startswith(address), lambda route: route.abort())

    def note(what):
        if RUNTIME not in what:
            page.wrong.append(what)

    page.on("pageerror", lambda error: note(f"error: {error}"))
    page.on("console", lambda m: note(f"console: {m.text} {m.location['url']}") if m.type == "error" else None)
    page.on("requestfailed", lambda request: note(f"failed: {request.url}"))
    page.on("response", lambda r: note(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.goto(f"{address}/{path}")
    yield page
    context.close()


def test_the_bare_address_lists_the_parts_of_the_book(browser, address):
    with opened(browser, address, "lite/") as page:
        for part in {chapter.name.split("/")[0] for chapter in chapters()}:
            page.locator(".jp-DirListing-item", has_text=part).wait_for()
        assert page.wrong == []


def test_a_page_opens_its_own_notebook_in_the_browser(browser, address):
    with opened(browser, address, f"{CHAPTER}.html") as page:
        title = page.locator("article h1").inner_text().rstrip("#")
        page.get_by_role("link", name="Run in the browser").click()
        page.wait_for_url(f"{address}/lite/notebooks/index.html?path={CHAPTER}.ipynb")
        page.locator(".jp-Notebook h1", has_text=re.sub(r"^[\d.]+\s*", "", title).strip()).wait_for()
        page.locator(".jp-Toolbar", has_text="Python (Pyodide)").first.wait_for()
        assert "%pip install --quiet rnn-from-scratch" in page.locator(".jp-CodeCell").first.inner_text()
        assert page.wrong == []


def test_from_a_disk_the_link_that_cannot_work_is_hidden(browser, site):
    page = browser.new_page()
    page.goto((site / f"{CHAPTER}.html").as_uri())
    assert page.get_by_role("link", name="Download .ipynb").is_visible()
    assert page.get_by_role("link", name="Run in the browser").count() == 0
    page.close()
