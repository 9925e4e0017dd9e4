"""Who moved and who left: for the team alone, and not where it would give deleted answers back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from delphi.reports.audience import Audience
from delphi.reports.html import render_html
from delphi.reports.plain import plain_report
from delphi.reports.same_people import NOTHING
from delphi.services.deletion import stop_and_delete
from delphi.services.rounds import plan_round
from tools.small_second_round import UNCHANGED, rated_again
from tools.small_study import CRITERIA

SECOND_OPENING = datetime(2025, 3, 3, tzinfo=UTC)
LATER = datetime(2025, 3, 5, 9, tzinfo=UTC)


@pytest.fixture
def twice(small_study):
    """Six people rated the same drafts in round 1; four of them again in round 2, one of them lower."""
    codes = small_study.started(2)
    for code in codes:
        for section in small_study.sections:
            small_study.save(code, section=section)
    small_study.close().analyse().publish(decision="rerate_unchanged")
    with small_study.work():
        plan_round(
            study_id=small_study.id,
            number=2,
            items=dict.fromkeys(small_study.sections, 1),
            actor=small_study.lead,
            now=small_study.analysed_at,
        )
    small_study.open(2, now=SECOND_OPENING)
    for code in codes[:4]:
        for section in small_study.sections:
            points = 2 if code == codes[0] else 4
            ratings = dict.fromkeys(CRITERIA, points)
            small_study.save(code, section=section, ratings=ratings, number=2, now=LATER)
    small_study.close(2, now=datetime(2025, 3, 29, tzinfo=UTC)).analyse(2)
    return codes


def test_the_team_reads_who_moved_and_who_left(small_study, twice, content_of):
    content = content_of(Audience.TEAM)
    same = content.same_people
    first = same.moved[0].movement
    assert (first.n_pairs, first.n_same, first.n_up, first.n_down, first.n_in, first.n_out) == (
        4,
        3,
        0,
        1,
        0,
        1,
    )
    assert len(same.moved) == len(small_study.sections) * len(CRITERIA)
    assert (same.first, same.last, same.n_stayed, same.n_left, same.is_few) == (1, 2, 4, 2, True)
    figures = same.leaving[0].figures
    assert (figures.n_completers, figures.n_dropouts) == (
        4 * len(small_study.sections),
        2 * len(small_study.sections),
    )
    assert (figures.pct_agree_dropouts, figures.cliffs_delta) == (100, 0)
    found = same.moved[0].found
    assert (found.n_towards, found.n_away, found.movement.net_change_pct) == (0, 1, 25)
    assert same.moved_words.startswith("Too few people rated both times")
    assert (same.n_items, same.n_lower, same.n_higher) == (len(small_study.sections) * len(CRITERIA), 0, 0)
    assert (same.means.n_completers, same.means.n_dropouts, same.means.cliffs_delta) == (4, 2, 0)
    with small_study.look():
        page = render_html(content)
    assert "So few people say little." in page
    plain = plain_report(content)["same_people"]
    assert (plain["moved"][0]["down"], plain["moved"][0]["steadiness"]) == (1, "too_few")
    assert plain["moved"][0]["p_wilcoxon_holm"] == 1.0
    assert plain["in_words"]["left"].startswith("4 of 6 people came back, 2 did not. Too few left")


def test_a_shared_report_has_none_of_it(small_study, twice, content_of):
    content = content_of()
    assert content.same_people is NOTHING
    with small_study.look():
        page = render_html(content)
    assert "Not given: who changed an answer" in page
    assert "For the team: who moved" not in page
    assert "same_people" not in plain_report(content)


def test_a_deletion_takes_both_comparisons_away(small_study, twice, content_of):
    person = small_study.person(twice[1])
    with small_study.work():
        stop_and_delete(
            study_id=small_study.id, code=twice[1], actor=person, now=datetime(2025, 4, 2, tzinfo=UTC)
        )
    content = content_of(Audience.TEAM)
    assert (content.same_people.moved, content.same_people.leaving) == ((), ())
    assert content.same_people.has_deletion
    with small_study.look():
        page = render_html(content)
    assert page.count("answers were deleted: the shared figures less these") == 1
    assert page.count("answers were deleted, and the shared figures less these") == 1


def test_after_a_deletion_only_pairs_that_give_nobody_away_are_told(small_study, content_of, monkeypatch):
    """What may be told is decided elsewhere; here one of two items may."""
    codes = rated_again(small_study)
    with small_study.work():
        stop_and_delete(
            study_id=small_study.id, code=codes[0], actor=small_study.lead, now=small_study.analysed_at
        )
    assert content_of(Audience.TEAM).same_people.moved == (), "nearly everybody came back"
    monkeypatch.setattr(
        "delphi.queries.movement.may_tell_pairs", lambda _, key, *__: key == f"{UNCHANGED}/clear"
    )
    content = content_of(Audience.TEAM)
    (one,) = content.same_people.moved
    assert (one.criterion, one.movement.n_pairs) == ("clear", 11)
    with small_study.look():
        page = render_html(content)
    assert "only items stand here where the shared figures less these give nobody away" in page
