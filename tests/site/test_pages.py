"""Every page, on a desktop and on a phone, on light and on dark: it loads whole from this machine alone, fits, stays
where it is, and axe finds nothing to object to.

A page is opened once for each width; all that is asked of it is asked in that one visit.
"""

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pytest
from looking import PAGES, WIDTHS, opened, unfold

VISIT = (Path(__file__).parent / "visit.js").read_text(encoding="utf-8")
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  const moved = entry.sources.map(({ node }) => node && (node.id || node.className || node.nodeName)).join(", ");
  shifts.push([entry.value, moved]);
})).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """What was found on one page at one width; `contrast` in each color scheme."""

    wrong: list[str]
    shifts: list[tuple[float, str]]
    transfer: int
    wide: list[str]
    rules: list[str]
    contrast: dict[str, list[str]] = field(default_factory=dict)


EACH = [pytest.param((n, w), id=f"{n}-{w}", marks=pytest.mark.xdist_group(f"{n}-{w}")) for n in PAGES for w in WIDTHS]


@pytest.fixture(scope="session")
def visits():
    """Return what was found on the pages visited so far."""
    return {}


@pytest.fixture(params=EACH)
def visit(browser, address, visits, request):
    """Return what was found on each page in turn."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    name, width = request.param
    if request.param not in visits:
        options = {"viewport": WIDTHS[width], "color_scheme": "light"}
        with opened(browser, f"{address}{name}.html", script=SHIFTS, **options) as page:
            visits[request.param] = look(page, files(axe).joinpath("axe.min.js").read_text(encoding="utf-8"))
    return visits[request.param]


def look(page, axe):
    """Visit a page."""
    page.evaluate(VISIT)
    page.evaluate("visit.scroll()")
    shifts, transfer, wide = page.evaluate("[shifts, visit.transfer(), visit.wide()]")
    unfold(page)
    page.evaluate(axe)
    wide += page.evaluate("visit.wide()")
    found = Visit(page.wrong, shifts, transfer, wide, page.evaluate("visit.rules()"))
    found.contrast["light"] = page.evaluate("visit.contrast()")
    page.emulate_media(color_scheme="dark")
    page.evaluate("visit.scroll()")  # the dark pictures are loaded when they come into view
    found.contrast["dark"] = page.evaluate("visit.contrast()")
    return found


def test_a_page_loads_whole_and_from_this_machine_alone(visit):
    assert visit.wrong == []


def test_nothing_sticks_out_sideways(visit):
    assert visit.wide == []


def test_nothing_moves_while_a_page_loads_and_is_scrolled(visit):
    assert sum(value for value, _ in visit.shifts) <= 0.05, visit.shifts


def test_a_page_is_small_even_without_its_figures(visit):
    assert visit.transfer <= 500 * 1024


def test_axe_finds_nothing(visit):
    assert visit.rules == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_contrast(visit, scheme):
    assert visit.contrast[scheme] == []
