"""Reporting checklists: all items, answers from the record alone, and a plain word on how far they go."""

from __future__ import annotations

from collections import Counter

import pytest

from delphi.reports.checklist_items import ACCORD, CHECKLISTS, DELPHISTAR
from delphi.reports.checklists import _SENTENCES, DRAFT, NOT_RECORDED, answers_to
from delphi.reports.html import render_html


def test_each_checklist_has_as_many_items_as_its_authors_say():
    parts = Counter(item.id[0] for item in ACCORD.items)
    assert parts == {"T": 1, "I": 3, "M": 21, "R": 5, "D": 2, "O": 3}
    parts = Counter(item.part for item in DELPHISTAR.items)
    assert [parts[name] for name in ("Title and abstract", "Context", "Results", "Discussion")] == [
        3,
        7,
        4,
        4,
    ]
    assert len(DELPHISTAR.items) == 38


def test_every_item_is_answered_or_left_to_a_person():
    for checklist in CHECKLISTS:
        assert len({item.id for item in checklist.items}) == len(checklist.items)
        assert [item.id for item in checklist.items if not item.facts and not item.to_write] == []


def test_no_sentence_is_asked_for_that_cannot_be_made_and_none_is_made_in_vain():
    asked = {name for checklist in CHECKLISTS for item in checklist.items for name in item.facts}
    assert asked == set(_SENTENCES)


def test_what_the_record_does_not_hold_is_not_guessed(small_study, content_of):
    small_study.started(2)
    content = content_of()
    content.setting.study.information = {
        name: said for name, said in content.setting.study.information.items() if name != "funder"
    }
    said = {one.item.id: one.said for one in answers_to(ACCORD, content)}
    assert (said["O3"], said["R3"], said["M17"]) == (NOT_RECORDED, NOT_RECORDED, NOT_RECORDED)
    assert said["D2"] == ""


def test_answers_are_those_of_the_report(published, content_of):
    content = content_of()
    said = {one.item.id: one.said for one in answers_to(ACCORD, content)}
    assert said["R3"] == "Answered: 6 in round 1; by group in part 2."
    assert said["R4"].startswith(content.summary.finding)
    assert "sealed on" in said["M1"]


@pytest.mark.parametrize("said", [DRAFT, *(one.doi for one in CHECKLISTS)])
def test_the_page_says_how_far_the_checklists_go_and_where_the_originals_are(
    published, content_of, small_study, said
):
    content = content_of()
    with small_study.look():
        assert said in render_html(content)
