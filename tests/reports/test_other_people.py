"""A round on some people's answers: shared only where nothing follows about those who are left out (T11)."""

from __future__ import annotations

import json

import pytest

from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.panellists import Panellist
from delphi.models.studies import Study
from delphi.queries.other_people import ALONE, COMPLETERS, NOT_LATE, PeopleCounted, people_counted
from delphi.reports.audience import Audience
from delphi.reports.html import render_html
from delphi.services.deletion import stop_and_delete
from tools.small_study import CRITERIA, SECTIONS


def play(study, on_paper):
    """Eight people a group, everybody's answers over all points; these places of each group on paper."""
    study.codes = study.started(8)
    for place, code in enumerate(study.codes):
        for section in SECTIONS:
            ratings = {name: 1 + (place % 8 + i) % 5 for i, name in enumerate(CRITERIA)}
            study.save(code, section=section, ratings=ratings)
    paper = [code for place, code in enumerate(study.codes) if place % 8 in on_paper]
    with study.look():
        people = db.select(Panellist.id).where(Panellist.code.in_(paper))
        db.session.execute(
            db.update(Submission).where(Submission.panellist_id.in_(people)).values(mode="paper")
        )
        db.session.commit()
    return study.close().analyse().publish(decision="report_no_agreement")


@pytest.mark.parametrize(("on_paper", "is_shown"), [((0, 1, 2, 5), True), ((), None)])
def test_enough_people_left_out_of_every_kind_make_a_table(small_study, content_of, on_paper, is_shown):
    play(small_study, on_paper)
    found = {one.code: one for one in content_of().other_people}
    if is_shown is None:
        assert found == {}, "everybody answered alike"
        return
    alone = found[ALONE]
    assert (alone.note, alone.n_people, alone.n_sections) == ("", 12, 2)
    some, every = alone.shares["first-steps/clear"]
    assert (every.k, every.n) == (6, 24)
    assert (some.k, some.n) == (6, 12)
    assert alone.largest is not None
    assert alone.largest[1] == 25.0
    page = render_html(content_of())
    assert "Without paper, phone or supported answers" in page
    assert "+25 points" in page


def test_one_person_left_out_is_not_given_away(small_study, content_of, write):
    play(small_study, (0,))
    with small_study.look():
        db.session.execute(db.update(Submission).where(Submission.panellist_id > 1).values(mode="self"))
        db.session.commit()
    (alone,) = content_of().other_people
    assert alone.note.startswith("Not shown")
    assert (alone.n_people, alone.shares, alone.reached) == (None, {}, {})
    report = json.loads(write()["small-study-report.json"].path.read_text(encoding="utf-8"))
    (plain,) = report["on_other_answers"]
    assert set(plain) == {"round", "set", "set_label", "note"}
    assert content_of(Audience.TEAM).other_people[0].n_people == 23


def test_who_took_part_in_every_round_is_told_when_there_is_no_round_to_come(small_study, content_of):
    play(small_study, (0, 1, 2, 5))
    assert COMPLETERS not in {one.code for one in content_of().other_people}


def test_what_a_report_told_before_the_end_is_not_told_apart_by_who_stayed(
    small_study, content_of, monkeypatch
):
    """Those who stayed are all who answered by themselves and two more: both tables would tell of the two."""
    play(small_study, (0, 1, 2, 5))
    before = content_of().other_people
    assert [(one.code, one.n_people) for one in before] == [(ALONE, 12)]

    def with_two_more(study, round_, groups):
        found = people_counted(study, round_, groups)
        alone, everybody = found[ALONE].group_of, found[NOT_LATE].group_of
        two = [person for person in everybody if person not in alone][:2]
        stayed = alone | {person: everybody[person] for person in two}
        return found | {COMPLETERS: PeopleCounted(stayed, len(everybody) - len(stayed))}

    monkeypatch.setattr("delphi.reports.other_people.people_counted", with_two_more)
    with small_study.look():
        db.session.get_one(Study, small_study.id).state = "finished"
        db.session.commit()
    after = {one.code: one for one in content_of().other_people}
    assert after[ALONE] == before[0]
    assert after[COMPLETERS].note.startswith("Not shown")


def test_a_round_with_deleted_answers_has_no_such_table(small_study, content_of):
    play(small_study, (0, 1, 2, 5))
    with small_study.work():
        stop_and_delete(
            study_id=small_study.id,
            code=small_study.codes[0],
            actor=small_study.lead,
            now=small_study.analysed_at,
        )
    assert content_of().other_people == content_of(Audience.TEAM).other_people == ()
