"""The keyboard alone reaches everything, operates it, and always sees where it is."""

import pytest
from looking import CHAPTER, WIDTHS, opened

from tools.chapters import pages

# Everything a keyboard should reach; and a note of each stop: what it is, whether it is marked, whether it is in view.
WATCH = """
const kinds = "a[href], button, input, select, textarea, summary, [tabindex='0']";
window.reachable = [...document.querySelectorAll(kinds)].filter(element => {
  const box = element.getBoundingClientRect();
  return !element.disabled && element.checkVisibility({ visibilityProperty: true }) && box.width && box.height;
});
window.stops = [];
window.note = () => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
  const marked = (outlineStyle !== "none" && parseFloat(outlineWidth) >= 1.5) || boxShadow !== "none";
  const box = element.getBoundingClientRect();
  const bar = document.querySelector("header.bar").getBoundingClientRect();
  const top = element.closest("header.bar, .skip") ? 0 : bar.bottom;
  const seen = box.bottom > top && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  stops.push({ element, marked, seen });
};
const name = element => `${element.localName}.${element.className} ${element.textContent.trim().slice(0, 40)}`;
window.report = () => ({
  missed: reachable.filter(element => !stops.some(stop => stop.element === element)).map(name),
  unmarked: stops.filter(stop => !stop.marked).map(stop => name(stop.element)),
  unseen: stops.filter(stop => !stop.seen).map(stop => name(stop.element)),
});
"""


def focused(page, expression):
    """Evaluate an expression about the element that has the focus, `e`."""
    return page.evaluate(f"(e => {expression})(document.activeElement)")


@pytest.mark.parametrize("name", [pages()[0], CHAPTER, "search"])
@pytest.mark.parametrize("width", WIDTHS)
def test_tab_reaches_everything_and_shows_where_it_is(browser, address, name, width):
    with opened(browser, f"{address}{name}.html", viewport=WIDTHS[width]) as page:
        page.wait_for_load_state("networkidle")  # what scrolls sideways becomes reachable when the browser is idle
        page.evaluate(WATCH)
        count = page.evaluate("reachable.length")
        assert count > 4
        for _ in range(3 * count):  # a browser may stop at more places than these: at whatever scrolls
            page.keyboard.press("Tab")
            if page.evaluate("[document.body, stops[0]?.element].includes(document.activeElement)"):
                break  # once around
            page.evaluate("note()")
        report = page.evaluate("report()")
        assert report == {"missed": [], "unmarked": [], "unseen": []}
        assert page.wrong == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_first_stop_skips_to_the_text(browser, address, width):
    with opened(browser, f"{address}{CHAPTER}.html", viewport=WIDTHS[width]) as page:
        page.keyboard.press("Tab")
        assert focused(page, "e.getAttribute('href')") == "#main"
        assert focused(page, "e.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert focused(page, "Boolean(e.closest('main'))")


def test_the_contents_open_and_close_on_a_phone(browser, address):
    with opened(browser, f"{address}{CHAPTER}.html", viewport=WIDTHS["phone"]) as page:
        link = page.locator(".contents a", has_text="Backpropagation")
        page.locator(".contents summary").focus()
        assert not link.is_visible()
        page.keyboard.press("Enter")
        assert link.is_visible()
        page.keyboard.press("Tab")
        assert focused(page, "Boolean(e.closest('.contents'))")
        page.keyboard.press("Escape")
        assert not link.is_visible()
        assert focused(page, "e.localName") == "summary"
        page.keyboard.press("Enter")
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/backpropagation-through-time.html")


def test_the_color_scheme_changes(browser, address):
    with opened(browser, f"{address}{CHAPTER}.html", color_scheme="light") as page:
        page.locator("#theme").focus()
        labels = []
        for key in ("Enter", "Space", "Enter"):
            page.keyboard.press(key)
            labels.append(focused(page, "e.getAttribute('aria-label')"))
        assert sorted(labels) == [f"Color scheme: {name}" for name in ("as the system", "dark", "light")]


@pytest.mark.parametrize("kind", ["solution", "hide"])
def test_what_is_folded_opens_and_closes(browser, address, kind):
    with opened(browser, f"{address}{CHAPTER}.html") as page:
        fold = page.locator(f"details.{kind}").first
        inside = fold.locator("p, pre").last
        fold.locator("summary").focus()
        assert not inside.is_visible()
        for key in ("Enter", "Space"):
            page.keyboard.press(key)
            assert inside.is_visible()
            page.keyboard.press(key)
            assert not inside.is_visible()


def test_code_is_copied(browser, address):
    permissions = ["clipboard-read", "clipboard-write"]
    with opened(browser, f"{address}{CHAPTER}.html", permissions=permissions) as page:
        button = page.locator("button.copy").first
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('button.copy').textContent === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()").strip()


def test_a_slash_leads_to_the_search_and_enter_to_all_it_found(browser, address):
    with opened(browser, f"{address}{CHAPTER}.html") as page:
        page.keyboard.press("/")
        assert focused(page, "e.id") == "search-field"
        page.keyboard.type("sigmoid")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=sigmoid")


@pytest.mark.parametrize("selector", ["pre", ".pst-scrollable-table-container"])
def test_what_is_wider_than_a_phone_scrolls_by_arrow_keys(browser, address, selector):
    with opened(browser, f"{address}{CHAPTER}.html", viewport=WIDTHS["phone"]) as page:
        wide = page.locator(f"main {selector}[tabindex='0']")
        wide.first.wait_for()
        wide.first.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.scrollLeft > 20")
