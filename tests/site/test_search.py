"""Search and previews in a browser: typed, with the keyboard alone, on the search page, from a disk."""

import functools
import http.server
import threading
import time

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

CHAPTER = "foundations/gated-networks.html"


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
def page(browser):
    """Return a page of its own on which no error may happen."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def results(page, query):
    """Type a query into the field; return the addresses of what the panel shows."""
    page.fill("#search-field", query)
    page.wait_for_function(
        "q => document.querySelector('.panel .all')?.href.endsWith(encodeURIComponent(q))", arg=query
    )
    return page.locator(".panel [role=option]").evaluate_all("all => all.map(a => a.getAttribute('href'))")


@pytest.fixture(scope="module")
def found(browser, address):
    """Return a function that searches, all on one page."""
    page = browser.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/{CHAPTER}")
    page.focus("#search-field")
    yield lambda query: [url.removeprefix(f"{address}/") for url in results(page, query)]
    page.close()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("cell state", "appendix/notation.html#term-cell-state"),
        ("padding", "appendix/notation.html#term-padding"),
        ("clip_grad_norm", "appendix/api.html#rnn.clip_grad_norm"),
        ("rnn.LSTM", "appendix/api.html#rnn.LSTM"),
        ("gated-gates", "foundations/gated-networks.html#equation-gated-gates"),
        ("one step of an lstm", "foundations/gated-networks.html#gated-lstm-step"),
        ("A network reads arrays, and a batch", "case-studies/imdb-sentiment.html#sequences-of-one-length-or-of-many"),
    ],
)
def test_what_is_called_exactly_so_is_found_first(found, query, wanted):
    assert found(query)[0] == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("gradient of W_hh", "foundations/backpropagation-through-time.html#equation-eq-bptt-dwhh"),
        ("LSTM", "appendix/api.html#rnn.LSTM"),
        ("grad_norm", "appendix/api.html#rnn.clip_grad_norm"),
        ("teacher forcng", "appendix/notation.html#term-teacher-forcing"),
        ("vanishing gradients", "appendix/notation.html#term-vanishing-gradient"),
    ],
)
def test_what_is_meant_is_found_among_the_first_three(found, query, wanted):
    assert wanted in found(query)[:3]


@pytest.mark.parametrize("query", ["cell state", "LSTM gates"])
def test_equations_are_found_by_what_they_compute(found, query):
    assert any("#equation-gated-" in url for url in found(query))


def test_an_answer_comes_at_once(found, browser):
    found("state")
    page = browser.contexts[-1].pages[-1]
    spent = page.evaluate("""() => {
      const field = document.querySelector("#search-field"), start = performance.now();
      for (const query of ["s", "st", "sta", "stat", "state", "state o", "state of"]) {
        field.value = query;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return (performance.now() - start) / 7;
    }""")
    assert spent < 250  # milliseconds a keystroke; a tenth of it on a quiet machine


def test_nothing_is_loaded_before_somebody_searches(page, address):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{CHAPTER}", wait_until="networkidle")
    assert not [url for url in asked if "search" in url or "previews" in url]
    page.focus("#search-field")
    page.wait_for_selector("#search-list", state="attached")
    assert any(url.endswith("search-index.js") for url in asked)


def test_the_keyboard_alone_is_enough(page, address):
    page.goto(f"{address}/{CHAPTER}")
    page.keyboard.press("/")
    page.keyboard.type("forget gate")
    page.wait_for_selector(".panel [role=option]")
    field = page.locator("#search-field")
    assert field.get_attribute("role") == "combobox"
    assert field.get_attribute("aria-expanded") == "true"
    assert page.locator(f"#{field.get_attribute('aria-controls')}").get_attribute("role") == "listbox"
    assert "results" in page.locator(".search [role=status]").text_content()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    first = page.locator(".panel [role=option]").first
    assert field.get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert first.get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert page.locator(".panel").is_hidden()
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "forget gate"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/appendix/notation.html#term-forget-gate")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "search-field"


def test_enter_without_a_choice_leads_to_the_page_of_all_results(page, address):
    page.goto(f"{address}/{CHAPTER}")
    page.focus("#search-field")
    page.keyboard.type("truncated")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=truncated")
    page.wait_for_selector("#search-results .found")
    said = page.locator("#search-results [role=status]").text_content()
    assert f"{page.locator('#search-results .found').count()} results for “truncated”" in said
    assert page.locator("#search-results mark").first.text_content().lower().startswith("trunc")
    page.fill("#search-field", "xqzxqz")
    page.wait_for_function(
        "document.querySelector('#search-results [role=status]').textContent.startsWith('No results')"
    )


def test_searching_works_from_a_disk(page, site):
    page.goto((site / "search.html").as_uri() + "?q=perplexity")
    page.wait_for_selector("#search-results .found")
    first = page.locator("#search-results .found").first
    assert first.get_attribute("href") == (site / "appendix" / "notation.html").as_uri() + "#term-perplexity"


def test_without_javascript_the_search_page_leads_on(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/search.html")
    links = page.locator("main a:visible").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert {"index.html", "appendix/notation.html", "genindex.html"} <= set(links)
    context.close()


# ---- previews ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leads", "said"),
    [
        ("../appendix/notation.html#term-forget-gate", "1 keeps it, 0 clears it"),
        ("../appendix/references.html#id", "Long short-term memory"),
        ("#equation-gated-state", "(6)"),
        ("#gated-fig-span", "Figure 7.7"),
        ("#gated-peephole", "peephole"),
    ],
)
def test_pointing_at_a_reference_shows_what_it_leads_to(page, site, leads, said):
    page.goto((site / CHAPTER).as_uri())
    link = page.locator(f"article p a.internal[href^='{leads}']:visible").first
    link.hover()
    preview = page.locator("#preview")
    preview.wait_for()
    assert said in preview.text_content()
    assert link.get_attribute("aria-describedby") == "preview"
    assert preview.locator("[id], a").count() == 0
    box, screen = preview.bounding_box(), page.viewport_size
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= screen["width"]
    assert box["y"] + box["height"] <= screen["height"]
    preview.hover(position={"x": 5, "y": 5})
    time.sleep(0.5)  # longer than a preview stays once it is left
    assert preview.is_visible()
    page.keyboard.press("Escape")
    assert preview.is_hidden()
    assert link.get_attribute("aria-describedby") is None


def test_a_preview_comes_with_the_keyboards_focus_and_goes_with_it(page, address):
    page.goto(f"{address}/{CHAPTER}")
    link = page.locator("article a.internal[href*='#term-']").first
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.wait_for_selector("#preview:visible")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "document.activeElement.getAttribute('aria-describedby') || document.querySelector('#preview').hidden"
    )
    assert link.get_attribute("aria-describedby") is None


def test_a_tap_follows_a_reference_and_shows_no_preview(browser, address):
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/{CHAPTER}")
    page.locator("article a.internal[href*='#term-']").first.tap()
    page.wait_for_url("**/appendix/notation.html#term-*")
    context.close()
