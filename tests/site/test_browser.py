"""The built pages in a real browser: they load whole, from this machine alone, and fit a phone."""

import functools
import http.server
import threading

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from tools.chapters import pages

PHONE = {"width": 390, "height": 844}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

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


@pytest.fixture
def visit(browser, address):
    """Return a function that opens a page and returns it with all that went wrong on it."""
    contexts = []

    def visit(name, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(60_000)
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(f"error: {error}"))
        page.on("console", lambda m: page.wrong.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("requestfailed", lambda request: page.wrong.append(f"failed: {request.url}"))
        page.on("response", lambda r: page.wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", lambda r: page.wrong.append(f"elsewhere: {r.url}") if elsewhere(r.url) else None)
        page.goto(f"{address}/{name}.html", wait_until="networkidle")
        return page

    def elsewhere(url):
        return not url.startswith((f"{address}/", "data:", "blob:"))

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", pages())
def test_a_page_loads_whole_and_from_this_machine_alone(visit, name):
    page = visit(name)
    assert page.wrong == []
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("name", pages())
def test_math_is_set_and_without_errors(visit, name):
    page = visit(name)
    written = page.locator(".math").count()
    if written:
        page.wait_for_function("document.querySelectorAll('mjx-container').length > 0")
    page.wait_for_function("n => document.querySelectorAll('.math mjx-container').length >= n", arg=written)
    assert page.locator("mjx-merror").count() == 0


@pytest.mark.parametrize("name", pages())
def test_nothing_sticks_out_sideways_on_a_phone(visit, name):
    page = visit(name, viewport=PHONE)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_the_bare_address_leads_to_the_first_page(visit):
    page = visit("index")
    page.wait_for_url(f"**/{pages()[0]}.html")
    assert page.wrong == []


def test_search_finds_a_word(visit):
    page = visit("search")
    page.goto(page.url + "?q=recurrent", wait_until="networkidle")
    page.wait_for_selector("#search-results li")
    assert page.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_background_follow_the_readers_color_scheme(visit, scheme):
    page = visit(pages()[0], color_scheme=scheme)
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(color.split("(")[1].split(",")[0])
    assert (red > 128) == (scheme == "light")
