"""The cover in a browser, opened from the disk: words change places by mouse, keys, and taps; the network follows."""

import contextlib
import re

import pytest

from tools import cover_network as cover

FIRST = "this film is not bad it is good"


@contextlib.contextmanager
def opened(browser, site, **options):
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto((site / "index.html").as_uri())
    yield page
    assert page.wrong == []
    context.close()


@pytest.fixture
def page(browser, site):
    with opened(browser, site, viewport={"width": 1280, "height": 800}) as page:
        yield page


def sentence(page):
    return " ".join(page.locator(".net-word").all_text_contents())


def percents(page):
    return page.locator(".net-steps .net-percent").all_text_contents()


def word(page, k):
    return page.locator(".net-word").nth(k)


def follows(page):
    """Say whether what is shown is what the package computes for the words that are shown."""
    states, p = cover.read(cover.load(), sentence(page).split())
    shades = page.eval_on_selector_all(
        ".net-step", "all => all.map(s => [...s.querySelectorAll('i')].map(i => i.title))"
    )
    return percents(page) == [f"{round(100 * q)}%" for q in p] and shades == [
        [f"{h:.2f}" for h in state] for state in states
    ]


def test_two_words_that_are_chosen_change_places_and_the_meaning_turns(page):
    assert sentence(page) == FIRST
    assert follows(page)
    before, bag = percents(page)[-1], page.locator(".net-bag .net-percent").text_content()
    word(page, 4).click()
    assert word(page, 4).get_attribute("aria-pressed") == "true"
    word(page, 7).click()
    assert sentence(page) == "this film is not good it is bad"
    assert follows(page)
    assert int(before.rstrip("%")) > 90 > 10 > int(percents(page)[-1].rstrip("%"))
    assert page.locator(".net-bag .net-percent").text_content() == bag
    page.get_by_text("Start again").click()
    assert sentence(page) == FIRST


def test_arrow_keys_carry_a_word_along_and_keep_the_focus_on_it(page):
    word(page, 4).focus()
    page.keyboard.press("ArrowLeft")
    assert sentence(page) == "this film is bad not it is good"
    assert page.evaluate("document.activeElement.textContent") == "bad"
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert sentence(page) == "this film is not it is good bad"
    assert page.evaluate("document.activeElement.textContent") == "bad"
    page.keyboard.press("Delete")
    assert sentence(page) == "this film is not it is good"
    assert page.evaluate("document.activeElement.textContent") == "good"
    assert follows(page)


def test_the_keyboard_alone_exchanges_two_words_and_escape_lets_go(page):
    word(page, 3).press("Enter")
    page.keyboard.press("Escape")
    assert page.locator('.net-word[aria-pressed="true"]').count() == 0
    word(page, 3).press("Space")
    word(page, 4).press("Enter")
    assert sentence(page) == "this film is bad not it is good"


def test_a_word_is_dragged_with_the_mouse(page):
    start, end = word(page, 3).bounding_box(), word(page, 7).bounding_box()
    page.mouse.move(start["x"] + 9, start["y"] + 9)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 9, steps=12)
    page.mouse.up()
    assert sentence(page) == "this film is bad it is good not"
    assert page.locator('.net-word[aria-pressed="true"]').count() == 0
    assert follows(page)


def test_words_are_added_replaced_and_removed_within_bounds(page):
    vocabulary = page.locator(".net-vocabulary")
    vocabulary.get_by_text("dull", exact=True).click()
    assert sentence(page) == f"{FIRST} dull"
    vocabulary.get_by_text("great", exact=True).click(force=True)  # one more than fits
    assert sentence(page) == f"{FIRST} dull"
    word(page, 8).click()
    vocabulary.get_by_text("great", exact=True).click()
    assert sentence(page) == f"{FIRST} great"
    assert follows(page)
    for _ in range(12):
        page.locator(".net-remove").click(force=True)  # the last word stays
    assert sentence(page) == "this"


def test_a_change_is_announced_once_it_is_over(page):
    word(page, 4).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    status = page.get_by_role("status")
    assert status.text_content() == ""
    page.wait_for_function("document.querySelector('[role=status]').textContent")
    assert re.search(r"after “good”, \d+% positive; as a bag of words, \d+%", status.text_content())


@pytest.mark.parametrize("width", [360, 390, 820, 1152])
def test_the_longest_sentence_of_the_longest_words_fits(browser, site, width):
    with opened(browser, site, viewport={"width": width, "height": 740}) as page:
        for k in range(8):
            word(page, k).click()
            page.locator(".net-vocabulary").get_by_text("gripping", exact=True).click()
        page.locator(".net-vocabulary").get_by_text("gripping", exact=True).click()
        assert page.locator(".net-word").count() == 9
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert page.eval_on_selector_all(".net-word", "all => all.every(b => b.scrollWidth <= b.clientWidth)")


def test_on_a_phone_the_first_screen_has_the_way_in_and_the_network(browser, site):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    with opened(browser, site, **phone) as page:
        assert page.locator(".net-help").bounding_box()["y"] < 740
        word(page, 4).tap()
        word(page, 7).tap()
        assert sentence(page) == "this film is not good it is bad"


def test_on_a_desktop_one_screen_holds_it_all(page):
    box = page.locator(".cover-live").bounding_box()
    assert box["y"] + box["height"] < 800
    tops = [page.locator(f".cover {part}").bounding_box()["y"] for part in ("h1", "h1 + p", ".cover-ways")]
    assert tops == sorted(tops)


def test_a_page_without_scripts_shows_the_drawing_instead(browser, site):
    with opened(browser, site, java_script_enabled=False) as page:
        assert not page.locator(".net").is_visible()
        drawing = page.locator(".cover-still img").locator("visible=true")
        assert drawing.count() == 1
        assert "opposite sides" in drawing.get_attribute("alt")


def test_nothing_moves_for_readers_who_asked_for_that(browser, site):
    for motion, moves in (("reduce", False), ("no-preference", True)):
        with opened(browser, site, reduced_motion=motion) as page:
            duration = page.evaluate("getComputedStyle(document.querySelector('.net-state i')).transitionDuration")
            assert (duration != "0s") == moves
