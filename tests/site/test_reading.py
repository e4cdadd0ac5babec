"""Ways of reading other than online with everything switched on: from a disk, without JavaScript, on paper, without
motion; and the colors a reader chose.
"""

import re

import pytest
from looking import CHAPTER, WIDTHS, opened

from tools.chapters import pages

each_width = pytest.mark.parametrize("width", WIDTHS)


# ---- from a disk ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [pages()[0], CHAPTER, "appendix/cheat-sheet", "search"])
def test_a_page_works_from_a_disk(browser, site, name):
    with opened(browser, (site / f"{name}.html").as_uri()) as page:
        assert page.wrong == []
        page.keyboard.press("/")  # the search loads what it needs
        page.wait_for_load_state("networkidle")
        assert page.wrong == []


def test_links_lead_from_page_to_page_on_a_disk(browser, site):
    with opened(browser, (site / f"{CHAPTER}.html").as_uri()) as page:
        page.locator("a[rel=next]").click()
        page.wait_for_url(re.compile(r"^file:.*/foundations/forward-pass\.html$"))
        assert page.wrong == []


def test_the_face_of_the_text_is_used_on_a_disk(browser, site):
    with opened(browser, (site / f"{CHAPTER}.html").as_uri()) as page:
        page.evaluate("document.fonts.ready.then(() => null)")
        assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
            '"Source Serif Disk"'
        )
        assert page.evaluate("[...document.fonts].some(f => f.family.includes('Disk') && f.status === 'loaded')")


# ---- without JavaScript -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=WIDTHS)
def plain(browser, address, request):
    """Return a chapter where no script runs."""
    with opened(browser, f"{address}{CHAPTER}.html", viewport=WIDTHS[request.param], java_script_enabled=False) as page:
        yield page


def test_text_and_equations_are_there_without_javascript(plain):
    assert plain.wrong == []
    assert plain.locator("main h1").is_visible()
    assert plain.locator("main p").last.is_visible()
    assert plain.locator("main math").first.bounding_box()["width"] > 1


def test_the_contents_can_be_reached_without_javascript(plain):
    link = plain.locator(".contents a", has_text="Backpropagation")
    if not link.is_visible():
        plain.locator(".contents summary").click()
    assert link.is_visible()


def test_solutions_and_hidden_code_open_without_javascript(plain):
    for kind in ("details.solution", "details.hide"):
        fold = plain.locator(kind).first
        inside = fold.locator("p, pre").last
        assert not inside.is_visible()
        fold.locator("summary").click()
        assert inside.is_visible()


def test_no_control_is_shown_that_would_need_javascript(plain):
    assert [b.inner_text() for b in plain.locator("button").all() if b.is_visible()] == []


# ---- light and dark ---------------------------------------------------------------------------------------------


def is_dark(page):
    """Say whether a page has a dark ground, which is painted behind all of it."""
    channels = re.findall(r"[\d.]+", page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    return sum(map(float, channels[:3])) < 3 * 128


def choose(page, scheme):
    """Press the button until it says that this is the color scheme now."""
    button = page.locator("#theme")
    for _ in range(3):
        if button.get_attribute("aria-label").endswith(scheme):
            return
        button.click()
    raise AssertionError(f"no color scheme {scheme!r}")


def test_the_color_scheme_follows_the_system_until_the_reader_chooses(browser, address):
    with opened(browser, f"{address}{CHAPTER}.html", color_scheme="dark") as page:
        assert is_dark(page)
        page.emulate_media(color_scheme="light")
        assert not is_dark(page)
        choose(page, "dark")
        assert is_dark(page)
        choose(page, "as the system")
        assert not is_dark(page)
        page.emulate_media(color_scheme="dark")
        assert is_dark(page)


@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
def test_the_chosen_color_scheme_is_remembered_and_figures_follow_it(browser, address, system, chosen):
    with opened(browser, f"{address}{CHAPTER}.html", color_scheme=system) as page:
        choose(page, chosen)
        page.reload()
        assert is_dark(page) == (chosen == "dark")
        assert page.locator(f"img.only-{chosen}").first.is_visible()
        assert not page.locator(f"img.only-{system}").first.is_visible()
        page.goto(f"{address}appendix/notation.html")
        assert is_dark(page) == (chosen == "dark")
        choose(page, "as the system")
        page.reload()
        assert is_dark(page) == (system == "dark")


# ---- on paper ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_cheat_sheet_prints_on_one_page(browser, address, paper):
    with opened(browser, f"{address}appendix/cheat-sheet.html") as page:
        assert page.locator("math").count() > 20
        printed = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize("chosen", ["as the system", "dark"])
def test_a_page_prints_dark_on_white_and_without_what_only_leads_elsewhere(browser, address, chosen):
    with opened(browser, f"{address}{CHAPTER}.html", color_scheme="dark") as page:
        choose(page, chosen)
        page.emulate_media(media="print", color_scheme="dark")
        for selector in (".bar", ".contents", ".toc", ".neighbors", ".skip", ".copy", ".launch"):
            assert [one for one in page.locator(selector).all() if one.is_visible()] == []
        assert page.locator("article h1").is_visible()
        color = page.evaluate("getComputedStyle(document.querySelector('article p')).color")
        assert sum(map(float, re.findall(r"[\d.]+", color)[:3])) < 3 * 80
        assert page.locator("img.only-light").first.is_visible()
        assert not page.locator("img.only-dark").first.is_visible()


# ---- without motion ---------------------------------------------------------------------------------------------

MOVING = """
[...document.querySelectorAll("*")].filter(element => ["", "::before", "::after"].some(part => {
  const { transitionDuration, animationDuration, scrollBehavior } = getComputedStyle(element, part || null);
  const longest = Math.max(...`${transitionDuration},${animationDuration}`.split(",").map(parseFloat));
  return longest > 0.01 || scrollBehavior === "smooth";
})).map(element => `${element.localName}.${element.className}`)
"""


@pytest.mark.parametrize("name", [pages()[0], CHAPTER])
def test_nothing_moves_for_a_reader_who_asked_for_that(browser, address, name):
    with opened(browser, f"{address}{name}.html", reduced_motion="reduce") as page:
        assert page.evaluate(MOVING) == []
    with opened(browser, f"{address}{name}.html", reduced_motion="no-preference") as page:
        assert page.evaluate(MOVING) != []  # or this would prove nothing


# ---- what is offered --------------------------------------------------------------------------------------------


def test_a_copy_button_copies_the_code(browser, address):
    permissions = ["clipboard-read", "clipboard-write"]
    with opened(browser, f"{address}{CHAPTER}.html", permissions=permissions) as page:
        block = page.locator(".highlight", has=page.locator("button.copy")).first
        block.hover()
        block.locator("button.copy").click()
        page.wait_for_function("document.querySelector('button.copy').textContent === 'Copied'")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == block.locator("pre").text_content().rstrip("\n")
        assert "import" in copied


def test_what_is_offered_for_download_downloads(browser, address):
    with opened(browser, f"{address}{CHAPTER}.html") as page:
        with page.expect_download() as download:
            page.locator("a[download][href$='.ipynb']").click()
        assert download.value.suggested_filename.endswith(".ipynb")
        assert download.value.path().stat().st_size > 10_000


@each_width
def test_a_link_into_a_solution_opens_it(browser, address, width):
    with opened(browser, f"{address}{CHAPTER}.html", viewport=WIDTHS[width]) as page:
        name = page.locator("details.solution[id]").first.get_attribute("id")
        page.goto(f"{address}{CHAPTER}.html#{name}")
        page.wait_for_function("name => document.getElementById(name).open", arg=name)
