"""Readers' own settings: kept in their browser, seen on every page, without an account."""

from __future__ import annotations

import pytest


def classes(page):
    return page.tree.get("class").split()


def chosen(person, path, **settings):
    return person.press(person.get(path), "Use these settings", **settings)


def test_settings_hold_on_every_page_of_this_browser(person, make_person, opened):
    page = chosen(
        person, f"{person.root}/display", size="app-text-larger", spacing="app-spacing", colours="app-dark"
    )
    assert "Pages look like this from now on." in page.words
    for path in (person.root, f"{person.root}/round-1/sections/first-steps", "/code", "/no-such-page"):
        assert {"app-text-larger", "app-spacing", "app-dark"} <= set(classes(person.get(path)))
    assert classes(make_person(opened, opened.codes[1]).get("/code")) == ["govuk-template"]


def test_the_page_shows_what_is_chosen_and_can_be_found_in_the_same_place(person):
    chosen(person, f"{person.root}/display", size="app-text-large")
    page = person.get(person.get(person.root).link("Change text size or colours"))
    assert page.heading == "Change text size or colours"
    assert page.labelled("Large", within="Text size").checked
    assert page.labelled("As my device does it", within="Colours").checked


def test_before_signing_in_it_works_too_and_going_back_to_usual_keeps_nothing(make_person, opened):
    visitor = make_person(opened, opened.codes[0])
    page = chosen(
        visitor, visitor.get(visitor.link(opened.answered_at)).link("Change text size"), colours="app-cream"
    )
    assert "app-cream" in classes(page)
    page = chosen(visitor, "/display", colours="usual")
    assert classes(page) == ["govuk-template"]
    assert visitor.client.get_cookie("display") is None


@pytest.mark.parametrize("value", ["nonsense", 'x" onload="alert(1)', "x" * 5000])
def test_what_nobody_offered_is_taken_for_the_usual(person, value):
    assert classes(chosen(person, f"{person.root}/display", size=value)) == ["govuk-template"]
    person.client.set_cookie("display", "app-dark.made-up")
    assert classes(person.get(person.root)) == ["govuk-template", "app-dark"]


def test_the_cookie_is_ours_alone_and_goes_when_somebody_finishes_here(person):
    chosen(person, f"{person.root}/display", colours="app-dark")
    cookie = person.client.get_cookie("display")
    assert (cookie.value, cookie.http_only, cookie.same_site) == ("app-dark", True, "Lax")
    person.press(person.get(f"{person.root}/finish"), "Finish on this device")
    assert person.client.get_cookie("display") is None


def test_an_old_page_of_settings_comes_back_as_chosen(person):
    page = person.get(f"{person.root}/display")
    page = person.press(page, "Use these settings", csrf_token="old", size="app-text-large")
    assert page.status == 400
    assert page.labelled("Large", within="Text size").checked
