"""The built pages in a real browser: they load whole, from this machine alone, and fit a phone."""

import contextlib
import functools
import http.server
import re
import threading

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from tools.chapters import pages

PHONE = {"width": 390, "height": 844}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing, not even that there is no icon: browsers ask for one of their own accord."""

    def do_GET(self):
        """Send a file."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site):
    """Return the address of the site on a local server."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@contextlib.contextmanager
def opened(browser, address, name, **options):
    """Open a page; its attribute `wrong` lists all that went wrong on it."""
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.wrong = []

    def elsewhere(url):
        return not url.startswith((f"{address}/", "data:", "blob:"))

    page.on("pageerror", lambda error: page.wrong.append(f"error: {error}"))
    page.on("console", lambda m: page.wrong.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("requestfailed", lambda request: page.wrong.append(f"failed: {request.url}"))
    page.on("response", lambda r: page.wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: page.wrong.append(f"elsewhere: {r.url}") if elsewhere(r.url) else None)
    page.goto(f"{address}/{name}.html", wait_until="networkidle")
    yield page
    context.close()


@pytest.fixture(scope="module", params=pages())
def page(browser, address, request):
    """Return each page of the book in turn, opened once for all that is asked of it."""
    with opened(browser, address, request.param) as page:
        yield page


def test_a_page_loads_whole_and_from_this_machine_alone(page):
    assert page.wrong == []
    assert page.locator("article h1").count() == 1


def test_math_is_set_and_without_errors(page):
    written = page.locator(".math").count()
    page.wait_for_function("n => document.querySelectorAll('.math mjx-container').length >= n", arg=written)
    assert page.locator("mjx-merror").count() == 0


def test_nothing_sticks_out_sideways_on_a_phone(page):
    page.set_viewport_size(PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_search_finds_a_word(browser, address):
    with opened(browser, address, "search") as page:
        page.goto(f"{address}/search.html?q=recurrent", wait_until="networkidle")
        page.wait_for_selector("#search-results li")
        assert page.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_background_follows_the_readers_color_scheme(browser, address, scheme):
    with opened(browser, address, pages()[0], color_scheme=scheme) as page:
        color = page.evaluate("getComputedStyle(document.body).backgroundColor")
        red = int(color.split("(")[1].split(",")[0])
        assert (red > 128) == (scheme == "light")


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_cheat_sheet_prints_on_one_page(browser, address, paper):
    with opened(browser, address, "appendix/cheat-sheet") as page:
        page.wait_for_function("document.querySelectorAll('mjx-container').length > 20")
        printed = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
