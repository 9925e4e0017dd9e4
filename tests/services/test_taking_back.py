"""Decisions and signatures taken back in time; nobody signs what they have not read."""

from __future__ import annotations

import pytest

from delphi.domain.errors import NotFound, Stale, WrongState
from delphi.extensions import db
from delphi.models.decisions import Decision
from delphi.models.studies import SignOff
from delphi.queries.decisions import decisions_digest
from delphi.queries.rounds import round_of
from delphi.queries.sections import section_of
from delphi.services.decisions import (
    decide,
    keep_agreed,
    sign_decisions,
    unsign_decisions,
    withdraw_decision,
)
from delphi.services.drafts import propose_draft, sign_draft, unsign_draft
from delphi.services.feedback import publish_feedback
from delphi.services.revisions import withdraw_revision, write_revision
from delphi.services.sections import add_section
from tools.small_study import SECTIONS
from tools.small_team import Team, answer_and_decide

AGREED, NOT_AGREED = SECTIONS


def decided(team) -> list[str]:
    with team.study.look():
        return sorted(db.session.scalars(db.select(Decision.kind)))


def n_signed(team, subject: str) -> int:
    with team.study.look():
        return len(db.session.scalars(db.select(SignOff).where(SignOff.subject == subject)).all())


def digest(team) -> str:
    with team.study.look():
        return decisions_digest(round_of(team.study.id, 1).id)


def test_all_agreed_sections_are_kept_at_once_and_no_others(analysed):
    analysed(keep_agreed, number=1)
    assert decided(analysed) == ["keep"]
    analysed(keep_agreed, number=1)
    assert analysed.events("decision_made") == [(f"round:1:section:{AGREED}", '{"kind":"keep"}')]


def test_keeping_all_leaves_what_was_decided_before(analysed):
    analysed(decide, number=1, section=AGREED, kind="remove", reason="Not ours to say.")
    analysed(keep_agreed, number=1)
    assert decided(analysed) == ["remove"]


def test_a_decision_is_taken_back_with_its_signatures(analysed):
    answer_and_decide(analysed)
    analysed(withdraw_decision, number=1, section=NOT_AGREED)
    assert decided(analysed) == ["keep"]
    assert n_signed(analysed, "round:1:decisions") == 0
    assert analysed.events("decision_withdrawn") == [(f"round:1:section:{NOT_AGREED}", '{"before":"revise"}')]
    analysed.refused(NotFound, "Nothing is decided", withdraw_decision, number=1, section=NOT_AGREED)


def test_a_decision_taken_back_merges_nothing(analysed):
    analysed(decide, number=1, section=NOT_AGREED, kind="merge", into=AGREED, reason="One text.")
    analysed(withdraw_decision, number=1, section=NOT_AGREED)
    with analysed.study.look():
        assert section_of(analysed.study.id, NOT_AGREED).merged_into_id is None


def test_a_decision_stands_while_something_follows_from_it(analysed):
    taken_back = {"number": 1, "section": NOT_AGREED}
    analysed(decide, number=1, section=NOT_AGREED, kind="rerate_unchanged", reason="Close.")
    analysed(
        write_revision,
        section=NOT_AGREED,
        for_round=2,
        kind="rerating",
        from_number=1,
        to_number=1,
        comparable="same",
        comparable_reason="The same.",
        summary="Nothing changed.",
        changes=[],
    )
    analysed.refused(WrongState, "Withdraw that first", withdraw_decision, **taken_back)
    analysed(withdraw_revision, section=NOT_AGREED, for_round=2)
    analysed(withdraw_decision, **taken_back)


def test_a_split_stands_once_a_part_is_there(analysed):
    analysed(decide, number=1, section=NOT_AGREED, kind="split", reason="Two things in one.")
    part = {"code": "next-a", "title": "Next, first half", "origin": "Split.", "added_in_round": 2}
    analysed(add_section, **part, split_from=NOT_AGREED)
    analysed.refused(WrongState, "so the decision stands", withdraw_decision, number=1, section=NOT_AGREED)
    analysed.refused(WrongState, "has to stay “split”", decide, number=1, section=NOT_AGREED, kind="revise")


def test_nothing_is_taken_back_once_the_panel_has_read_it(published):
    published.refused(WrongState, "are final", withdraw_decision, number=1, section=AGREED)
    published.refused(WrongState, "are final", unsign_decisions, number=1)


def test_somebody_takes_their_own_signature_back_and_no_other(analysed):
    answer_and_decide(analysed)
    analysed(unsign_decisions, number=1)
    assert n_signed(analysed, "round:1:decisions") == 1
    analysed.refused(WrongState, "does not stand under this", unsign_decisions, number=1)
    analysed.refused(WrongState, "signed off", publish_feedback, number=1)
    assert analysed.events("signature_withdrawn") == [("round:1:decisions", "{}")]


def test_the_same_person_signs_only_once(analysed):
    analysed(keep_agreed, number=1)
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    analysed(sign_decisions, number=1)
    analysed.refused(WrongState, "You have signed this already", sign_decisions, number=1)


def test_decisions_that_changed_since_they_were_read_are_not_signed(analysed):
    analysed(keep_agreed, number=1)
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    read = digest(analysed)
    analysed(decide, number=1, section=NOT_AGREED, kind="remove", reason="Not needed.")
    analysed.refused(Stale, "Read them again", sign_decisions, number=1, digest=read)
    analysed(sign_decisions, number=1, digest=digest(analysed))


@pytest.fixture
def proposed(small_study):
    team = Team(small_study)
    team(propose_draft, section=AGREED, number=1)
    return team


def test_a_draft_that_changed_since_it_was_read_is_not_signed(proposed):
    draft = {"section": AGREED, "number": 1}
    proposed.refused(Stale, "Read it again", sign_draft, **draft, revision=7)
    proposed(sign_draft, **draft, revision=1)


def test_a_signature_under_a_draft_is_taken_back(proposed):
    draft = {"section": AGREED, "number": 1}
    proposed(sign_draft, **draft)
    proposed(unsign_draft, **draft)
    assert n_signed(proposed, f"draft:{AGREED}:1") == 0
