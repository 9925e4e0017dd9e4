"""The panellist's first round, from the link to the receipt, as a browser without scripts sends it."""

from __future__ import annotations


def test_a_panellist_goes_from_link_to_receipt(person):
    home = person.get(person.root)
    assert home.status == 200
    assert home.heading == "Your sections in round 1"
    assert "You have done 0 of 2 sections." in home.words
    page = person.get(home.link("Start: First steps"))
    assert page.title == "First steps, section 1 of 2 – Small study"
    agree = page.labelled("Agree", within="This section is easy to understand.")
    page = person.press(
        page, "Save and continue", rating__clear=agree.get("value"), rating__feasible="unable",
        comment__change="Say who helps.",
    )  # fmt: skip
    assert page.heading == "Next steps"
    page = person.press(page, "Save and continue", rating__clear="2", rating__feasible="5")
    assert page.heading == "Check your answers, then send"
    assert "Say who helps." in page.words
    page = person.press(page, "Send my answers", comment__missing="A word on money.", support="My sister")
    assert page.heading == "Your answers are sent"
    assert "2 of 2 sections, 4 of 4 answers, 2 comments" in page.words
    home = person.get(person.root)
    assert "Your answers are sent." in home.words
