"""The panellist's path with nothing but a keyboard, in a later round: from the link to the receipt."""

from __future__ import annotations

import pytest

from delphi import clock
from delphi.queries.answers import saved_page
from delphi.queries.panellists import panellist_of
from delphi.queries.round_outline import outline_of
from delphi.services import invitations
from tools.small_second_round import ANSWERED_AT, CHANGED, UNCHANGED, opened_second_round

pytestmark = pytest.mark.browser

FOCUSED = """() => {
  const one = document.activeElement;
  const group = one.type === "radio" ? one.closest("fieldset").querySelector("legend").innerText : "";
  const words = one.labels?.[0]?.innerText ?? one.getAttribute("aria-label") ?? one.innerText ?? "";
  return `${group} ${words}`.replace(/\\s+/g, " ").trim();
}"""
SEEN = """() => {
  const box = (document.activeElement.labels?.[0] ?? document.activeElement).getBoundingClientRect();
  return box.bottom > 0 && box.top < window.innerHeight && box.width > 0;
}"""
MOST_STEPS = 60


@pytest.fixture
def study(small_study, monkeypatch):
    """The small study in its second round: one section changed, one put again."""
    small_study.codes = opened_second_round(small_study)
    monkeypatch.setattr(clock, "now", lambda: ANSWERED_AT)
    return small_study


@pytest.fixture
def keys(study, windows):
    """A browser of somebody who answered round 1 with "Disagree"; the mouse is not touched from here on."""
    with study.work():
        person = panellist_of(study.id, study.codes[0])
        link = invitations.issue_link(panellist_id=person.id, now=ANSWERED_AT)
    return Keys(windows.open().open(link))


class Keys:
    """Walks with the tab key, and sees where it is."""

    def __init__(self, window):
        self.window, self.page = window, window.page

    def to(self, words):
        """Tab until the focus is on what begins with these words; wherever it comes by can be seen."""
        passed = []
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            passed.append(self.page.evaluate(FOCUSED))
            assert self.page.evaluate(SEEN), f"the focus went out of sight on “{passed[-1]}”"
            if passed[-1].startswith(words):
                return self
        raise AssertionError(f"never came to “{words}”, only by {passed}")

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def type(self, words):
        self.page.keyboard.type(words)
        return self

    def at(self, heading):
        self.window.at(heading)
        return self


def saved(study, section):
    with study.look():
        outline = outline_of(study.id, 2)
        person = study.person(study.codes[0]).panellist_id
        return saved_page(outline.round_id, person, outline.section(section))


def test_a_later_round_from_the_link_to_the_receipt(study, keys):
    keys.to("Continue").press("Enter").at("Your sections in round 2")
    keys.to("Skip to main content").press("Enter")
    keys.to("Start: First steps").press("Enter").at("First steps")

    keys.to("What we changed, and why").press("Enter")
    keys.to("New text").press("Enter")
    keys.page.wait_for_url("**show=new**")
    keys.to("Changes").press("Enter")
    keys.page.wait_for_url("**show=changes**")

    keys.to("See each group, and a table").press("Enter")
    table = keys.page.get_by_role("table", name="Clear: number of people who gave each answer in round 1")
    assert table.is_visible()
    keys.to("Clear: number of people")
    keys.to("Question 1 of 2").press("Space", "ArrowRight", "ArrowRight", "ArrowRight")
    keys.to("Question 2 of 2").press("ArrowLeft")
    keys.to("What would you change?").type("By keyboard.")
    keys.to("Save and continue").press("Enter").at("Next steps")
    for question in ("Question 1 of 2", "Question 2 of 2"):
        keys.to(question).press("Space", "ArrowRight")
    keys.to("Save and continue").press("Enter").at("Check your answers, then send")
    keys.to("Change your answers on First steps")
    keys.to("Send my answers").press("Enter").at("Your answers are sent")

    assert saved(study, CHANGED).ratings == {"clear": 4, "feasible": "unable"}
    assert saved(study, CHANGED).comments == {"change": "By keyboard."}
    assert saved(study, UNCHANGED).ratings == {"clear": 2, "feasible": 2}
