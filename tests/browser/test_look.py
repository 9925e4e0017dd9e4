"""Every component as a browser draws it: axe finds nothing, nothing scrolls sideways, answers can be hit."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tools.gallery.pages import PAGES, add_gallery
from tools.page_faults import RULES

pytestmark = pytest.mark.browser

OPTIONS = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
DESK, PHONE, SMALL = (1280, 900), (360, 740), (320, 640)
QUESTIONS = ("questions", "long-scales", "easy-read")

# WCAG 2.2, 1.4.12: what a reader may set without losing anything.
TEXT_SPACING = """
  * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
  p { margin-bottom: 2em !important; }
"""


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def gallery(app, address):
    """Where the gallery answers."""
    add_gallery(app)
    return f"{address}/gallery"


@pytest.fixture
def opened(page, gallery):
    """Open a page of the gallery in a window of a size, with everything unfolded."""

    def open_page(name, size=DESK, query="", **media):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(**media)
        response = page.goto(f"{gallery}/{name}{query}")
        assert response.status == 200
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        return page

    return open_page


def _width(page):
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_any_width_in_any_light(opened, name):
    found = []
    for size in (DESK, PHONE):
        for scheme in ("light", "dark"):
            page = opened(name, size, color_scheme=scheme)
            answer = Axe().run(page, options=OPTIONS).response
            found += [
                f"{size[0]} {scheme}: {violation['id']}: {node['html'][:150]}"
                for violation in answer["violations"]
                for node in violation["nodes"]
            ]
    assert not found


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_however_a_reader_sets_the_text(opened, name):
    page = opened(name, SMALL)
    assert _width(page) <= SMALL[0]
    page.evaluate(
        """(text) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(text);
          document.adoptedStyleSheets = [sheet];
        }""",
        TEXT_SPACING,
    )
    assert _width(page) <= SMALL[0]
    page = opened(name, PHONE, "?reading=app-text-larger+app-spacing")
    assert _width(page) <= PHONE[0]


@pytest.mark.parametrize("size", [DESK, PHONE, SMALL], ids=lambda size: str(size[0]))
def test_every_answer_is_large_enough_for_a_finger_and_for_its_words(opened, size):
    for name in QUESTIONS:
        page = opened(name, size)
        boxes = page.evaluate(
            """[...document.querySelectorAll('.govuk-radios__label, .app-link-button')].map((one) => {
              const box = one.getBoundingClientRect();
              return [one.textContent.trim(), box.width, box.height, one.scrollWidth - one.clientWidth];
            })"""
        )
        assert boxes
        assert [box for box in boxes if box[1] < 44 or box[2] < 44] == []
        assert [box for box in boxes if box[3] > 1] == [], "words leave their cell"


def test_an_answer_is_chosen_by_keyboard_and_by_a_click_anywhere_in_its_cell(opened):
    page = opened("questions")
    page.locator("#rating-2").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#rating-2-2").is_checked()
    cell = page.locator(".govuk-radios__item", has=page.locator("#rating-blank-3"))
    cell.click(position={"x": cell.bounding_box()["width"] - 4, "y": 4})
    assert page.locator("#rating-blank-3").is_checked()


@pytest.mark.parametrize("media", [{}, {"color_scheme": "dark"}, {"forced_colors": "active"}], ids=str)
def test_whoever_uses_the_keyboard_sees_where_they_are(opened, media):
    page = opened("questions", **media)
    page.locator("#rating-5").focus()
    page.keyboard.press("ArrowRight")
    outline = page.evaluate(
        """() => {
          const style = getComputedStyle(document.querySelector('input:focus + label'));
          return [style.outlineStyle, parseFloat(style.outlineWidth)];
        }"""
    )
    assert outline[0] == "solid"
    assert outline[1] >= 2


def test_a_page_that_came_back_begins_with_what_to_check(opened):
    page = opened("forms")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    page.get_by_role("link", name="Your comment is 112 characters too long").click()
    assert page.evaluate("document.activeElement.id") == "change"
    page.get_by_role("link", name="Tick the second statement").click()
    assert page.evaluate("document.activeElement.id") == "consent-c2"


def test_characters_left_are_told_once_they_are_few_and_nothing_is_cut(opened):
    page = opened("forms")
    count, box = page.locator("#why-count"), page.locator("#why")
    box.fill("x" * 100)
    assert count.text_content() == "You can write up to 400 characters."
    box.fill("x" * 390)
    assert count.text_content() == "10 characters left."
    box.fill("x" * 401)
    assert count.text_content() == "1 character too many."
    assert len(box.input_value()) == 401


def test_a_double_click_sends_a_form_once(opened):
    page = opened("forms")
    page.evaluate(
        """() => {
          window.sent = 0;
          document.querySelector('form').addEventListener('submit', (event) => {
            event.preventDefault();
            window.sent += 1;
          });
        }"""
    )
    page.get_by_role("button", name="Agree and take part").dblclick()
    assert page.evaluate("window.sent") == 1


def test_the_menu_folds_on_a_phone_only(opened):
    page = opened("team-home", PHONE)
    menu, part = page.get_by_role("button", name="Menu"), page.get_by_role("link", name="Panel", exact=True)
    assert not part.is_visible()
    menu.click()
    assert part.is_visible()
    assert menu.get_attribute("aria-expanded") == "true"
    page = opened("team-home", DESK)
    assert page.get_by_role("link", name="Panel", exact=True).is_visible()
    assert not page.get_by_role("button", name="Menu").is_visible()


def test_without_scripts_the_menu_lies_open(windows, gallery):
    page = windows.open(360, scripts=False).open(f"{gallery}/team-home").page
    assert page.get_by_role("link", name="Panel", exact=True).is_visible()


def _colour(page, selector, what="backgroundColor"):
    return page.evaluate(f"getComputedStyle(document.querySelector({selector!r})).{what}")


def test_a_study_has_its_own_colour_in_both_lights(opened):
    page = opened("words", query="?accent=%237a1f2b", color_scheme="light")
    assert _colour(page, ".app-masthead") == _colour(page, ".govuk-button") == "rgb(122, 31, 43)"
    page = opened("words", query="?accent=%237a1f2b", color_scheme="dark")
    dark = _colour(page, ".govuk-button")
    assert dark not in ("rgb(122, 31, 43)", "rgb(134, 197, 224)")
    found = Axe().run(page, options=OPTIONS).response["violations"]
    assert [violation["id"] for violation in found] == []


def test_a_reader_s_own_choice_is_stronger_than_the_device(opened):
    light = _colour(opened("words", color_scheme="light"), "body")
    dark = _colour(opened("words", color_scheme="dark"), "body")
    assert light != dark
    assert _colour(opened("words", query="?reading=app-dark", color_scheme="light"), "body") == dark
    assert _colour(opened("words", query="?reading=app-light", color_scheme="dark"), "body") == light
    cream = _colour(opened("words", query="?reading=app-cream", color_scheme="dark"), "body")
    assert cream not in (light, dark)


def test_a_print_is_black_on_white_whatever_the_screen_was(opened):
    page = opened("since", query="?accent=%237a1f2b&reading=app-dark", media="print", color_scheme="dark")
    assert _colour(page, "body") == "rgb(255, 255, 255)"
    assert _colour(page, "h1", "color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.querySelector('ins'), '::before').content") == '"[+ "'
    assert not page.locator(".app-switch").first.is_visible()


def test_nothing_moves_for_whoever_asked_for_stillness(opened):
    page = opened("forms", reduced_motion="reduce")
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter((one) => {
          const style = getComputedStyle(one);
          return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
        }).length"""
    )
    assert moving == 0
