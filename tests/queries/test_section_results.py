"""One section in full: who sees its comments, and who moved since the round before."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from delphi.consensus.context import Need
from delphi.consensus.crosstab import CrossTab
from delphi.domain.actors import Role
from delphi.domain.errors import NotFound
from delphi.extensions import db
from delphi.models.rounds import RoundSection
from delphi.models.sections import Draft
from delphi.models.studies import Study
from delphi.queries.panellists import panel_of
from delphi.queries.results import in_format, newest_snapshot
from delphi.queries.results_page import results_page
from delphi.queries.revisions import revision_of
from delphi.queries.round_counts import round_counts
from delphi.queries.rounds import round_of
from delphi.queries.section_results import section_result
from delphi.queries.sections import section_of
from delphi.queries.studies import scale_of, structure_of
from delphi.services import comments, decisions, dispositions, feedback, revisions, rounds
from tools.small_study import CRITERIA, SECTIONS
from tools.small_team import opened_team

FIRST, SECOND = SECTIONS
OPENED_AT, SAVED_AT = datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 4, 12, tzinfo=UTC)
CLOSED_AT = datetime(2025, 4, 20, tzinfo=UTC)


@pytest.fixture
def analysed(small_study):
    """Round 1 is analysed: six people did not agree on the second section."""
    team = opened_team(small_study)
    small_study.close().analyse()
    return team


@pytest.fixture
def put_again(analysed):
    """Round 2 put the second section again unchanged: of six, four went from 2 to 4, one did not come."""
    study = analysed.study
    for comment_id in analysed.comment_ids.values():
        analysed(comments.review_comment, comment_id=comment_id, state="shown")
        analysed(dispositions.answer_comment, comment_id=comment_id, kind="noted", reason="Thank you.")
    analysed(decisions.decide, number=1, section=FIRST, kind="keep")
    analysed(decisions.decide, number=1, section=SECOND, kind="rerate_unchanged", reason="Close enough.")
    analysed(
        revisions.write_revision,
        section=SECOND,
        for_round=2,
        kind="rerating",
        from_number=1,
        to_number=1,
        comparable="same",
        comparable_reason="Not a word changed.",
        summary="Put again with reasons.",
        changes=[([analysed.comment_ids["scores"]], "No scores.", "You see why others scored so.")],
    )
    analysed.sign(decisions.sign_decisions, number=1)
    analysed(feedback.publish_feedback, number=1)
    analysed(rounds.plan_round, number=2, items={SECOND: 1})
    analysed(rounds.arm_round, number=2)
    analysed(rounds.open_round, number=2, now=OPENED_AT)
    with study.look():
        codes = sorted(one.code for one in panel_of(study.id))
    for n, code in enumerate(codes[:5]):
        value = 4 if n < 4 else 2
        study.save(code, SECOND, dict.fromkeys(CRITERIA, value), number=2, now=SAVED_AT)
    study.close(2, now=CLOSED_AT).analyse(2)
    return analysed


def test_only_who_may_review_comments_sees_them_beside_the_figures(analysed):
    with analysed.study.look():
        assert section_result(analysed.study.lead, 1, SECOND).said.kinds[0].cards
        assert section_result(analysed.as_role(Role.ANALYST), 1, SECOND).said is None


def test_a_section_of_the_first_round_has_nothing_to_compare_with(analysed):
    with analysed.study.look():
        page = section_result(analysed.study.lead, 1, SECOND)
    assert page.chosen.moved is None
    assert page.not_comparable == ""
    assert "put for the first time" in page.draft_words


def test_a_section_that_was_not_put_is_not_found(analysed):
    with analysed.study.look(), pytest.raises(NotFound, match="no results for a section"):
        section_result(analysed.study.lead, 1, "nowhere")


def test_people_who_rated_both_times_are_counted_by_where_they_went(put_again):
    with put_again.study.look():
        page = section_result(put_again.study.lead, 2, SECOND)
    moved = page.chosen.moved
    assert moved.sentence == "0 of 6 agreed in round 1 (0%), 4 of 5 in round 2 (80%)."
    assert (
        moved.detail == "5 people rated it both times: 4 moved into agreement, nobody moved out, "
        "and 1 gave the same answer."
    )
    assert [cell.n for cell in moved.rows[1][1]] == [0, 1, 0, 4, 0]
    assert [cell.way for cell in moved.rows[1][1]] == ["down", "same", "up", "up", "up"]


def test_the_round_before_and_who_was_lost_are_what_a_rule_may_look_at(put_again):
    study = put_again.study
    with study.look():
        found = db.session.get_one(Study, study.id)
        round_, structure = round_of(study.id, 2), structure_of(study.id)
        counted = round_counts(found, round_, structure.group_codes, scale_of(found), needs={Need.ATTRITION})
        context = counted.context(section_of(study.id, SECOND).id)
    assert context.is_comparable
    assert sum(one.k for one in context.attrition.values()) == 1
    assert sum(one.n for one in context.attrition.values()) == 6
    earlier = context.earlier[CRITERIA[0]]
    assert earlier.counts.pooled.counts == (0, 6, 0, 0, 0)
    everybody = sum(earlier.pairs.values(), start=CrossTab.empty(1, 5))
    assert list(everybody.cells()) == [(2, 2, 1), (2, 4, 4)]


def test_results_kept_before_pairs_were_in_them_are_compared_as_they_were_kept(put_again):
    with put_again.study.look():
        content = json.loads(newest_snapshot(round_of(put_again.study.id, 2)).content)
    assert [one["from_round"] for one in content["pairs"]] == [1, 1]
    old = in_format(content, "delphi-results/1")
    assert old["format"] == "delphi-results/1"
    assert set(content) - set(old) == {"pairs"}
    assert in_format(content, content["format"]) == content


def test_the_table_since_the_round_before_says_who_moved(put_again):
    with put_again.study.look():
        view = results_page(put_again.study.lead, 2, view="moved").view
    assert [cell.main for cell in view.rows[0].cells] == ["Round 1", "0% → 80%", "0% → 80%"]
    assert view.rows[0].cells[1].small == "4 in, 0 out, 1 of 5 the same"


def test_a_new_draft_is_never_compared(put_again):
    """Requirement M7: a change of the text is not a change of mind."""
    study = put_again.study
    with study.work():
        revision = revision_of(section_of(study.id, SECOND).id, 2)
        entry = db.session.get_one(RoundSection, (round_of(study.id, 2).id, revision.section_id))
        other = Draft(study_id=study.id, section_id=revision.section_id, number=2, created_at=SAVED_AT)
        db.session.add(other)
        db.session.flush()
        entry.draft_id = revision.to_draft_id = other.id
        revision.kind, revision.comparable, revision.change_class = "revision", "no", "material"
        revision.comparable_reason = "The meaning changed."
    with study.look():
        page = section_result(study.lead, 2, SECOND)
        view = results_page(study.lead, 2, view="moved").view
    assert page.chosen.moved is None
    assert page.not_comparable == "The meaning changed."
    assert view.rows[0].cells[0].small == "new draft, not comparable"
    assert view.rows[0].cells[1].main == "–"
