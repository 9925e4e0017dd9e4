"""The team decides after the outcome, true to it and to the protocol, and signs what it decided."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Role
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.domain.states import SectionState
from delphi.extensions import db
from delphi.models.decisions import Decision
from delphi.models.sections import Section
from delphi.models.studies import SignOff
from delphi.queries.sections import section_of
from delphi.services.decisions import apply_decisions, decide, reopen_section, sign_decisions
from delphi.services.drafts import propose_draft, publish_draft, sign_draft, write_draft
from delphi.services.feedback import publish_feedback
from delphi.services.revisions import withdraw_revision, write_revision
from tools.small_study import SECTIONS
from tools.small_team import answer_and_decide

AGREED, NOT_AGREED = SECTIONS
"""What each came out as in round 1."""


def decisions_saved(team) -> dict[str, tuple[str, str | None]]:
    with team.study.look():
        return {
            code: (kind, reason)
            for code, kind, reason in db.session.execute(
                db.select(Section.code, Decision.kind, Decision.reason).join(Section)
            )
        }


def states_saved(team) -> dict[str, str]:
    with team.study.look():
        return {
            code: state.value for code, state in db.session.execute(db.select(Section.code, Section.state))
        }


def signatures(team) -> int:
    with team.study.look():
        return len(db.session.scalars(db.select(SignOff).where(SignOff.subject == "round:1:decisions")).all())


# --- True to the outcome --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "kind"),
    [(AGREED, "keep"), (NOT_AGREED, "revise"), (AGREED, "revise"), (NOT_AGREED, "report_no_agreement")]
    + [(NOT_AGREED, kind) for kind in ("rerate_unchanged", "split", "remove", "take_to_meeting")],
)
def test_a_decision_that_fits_the_outcome_is_kept_with_its_reason(analysed, section, kind):
    analysed(decide, number=1, section=section, kind=kind, reason=" As found. ")
    assert decisions_saved(analysed) == {section: (kind, "As found.")}
    assert states_saved(analysed)[section] == "in_play"


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        (NOT_AGREED, "keep"),
        (NOT_AGREED, "leave_out"),
        (NOT_AGREED, "report_not_assessable"),
        (AGREED, "report_no_agreement"),
        (AGREED, "leave_out"),
        (AGREED, "report_not_assessable"),
    ],
)
def test_no_decision_says_something_else_than_the_panel(analysed, section, kind):
    analysed.refused(
        InvalidInput,
        "true to the outcome",
        decide,
        number=1,
        section=section,
        kind=kind,
        reason="We like it.",
    )
    assert decisions_saved(analysed) == {}


@pytest.mark.parametrize(
    ("section", "kind"),
    [
        (NOT_AGREED, "rerate_unchanged"),
        (NOT_AGREED, "split"),
        (NOT_AGREED, "remove"),
        (NOT_AGREED, "take_to_meeting"),
        (NOT_AGREED, "report_no_agreement"),
        (AGREED, "revise"),
    ],
)
def test_what_the_outcome_does_not_explain_needs_a_reason(analysed, section, kind):
    analysed.refused(InvalidInput, "Say why", decide, number=1, section=section, kind=kind, reason="  ")


def test_an_unknown_decision_is_refused_with_those_there_are(analysed):
    analysed.refused(
        InvalidInput, "rerate_unchanged, revise", decide, number=1, section=AGREED, kind="postpone"
    )


# --- True to the protocol -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["revise", "rerate_unchanged", "split"])
def test_after_the_last_round_nothing_is_put_again(analysed_under, kind):
    team = analysed_under(max_rounds=1, admit_until={"round": 1, "event": "closes"})
    team.refused(
        WrongState,
        "ends the study after round 1",
        decide,
        number=1,
        section=NOT_AGREED,
        kind=kind,
        reason="Once more.",
    )
    team(decide, number=1, section=NOT_AGREED, kind="report_no_agreement", reason="The panels differ.")


def test_a_draft_is_rated_no_more_often_than_the_protocol_allows(analysed_under):
    team = analysed_under(max_ratings_per_draft=1)
    team.refused(
        WrongState,
        "which is the limit",
        decide,
        number=1,
        section=NOT_AGREED,
        kind="rerate_unchanged",
        reason="Close.",
    )


@pytest.mark.parametrize("stage", ["opened", "closed"])
def test_nothing_is_decided_before_the_analysis(stage, request):
    team = request.getfixturevalue(stage)
    team.refused(WrongState, "once it has been analysed", decide, number=1, section=AGREED, kind="keep")


def test_published_decisions_are_final(published):
    published.refused(WrongState, "final", decide, number=1, section=NOT_AGREED, kind="revise", reason="x")
    published.refused(WrongState, "final", sign_decisions, number=1)


def test_only_sections_of_the_round_are_decided(analysed):
    with analysed.study.work():
        db.session.add(Section(study_id=analysed.study.id, code="later", title="Later", position=3))
    analysed.refused(NotFound, "not among the sections", decide, number=1, section="later", kind="revise")
    analysed.refused(NotFound, "no section", decide, number=1, section="nowhere", kind="revise")
    analysed.refused(NotFound, "no round 9", decide, number=9, section=AGREED, kind="keep")


def test_a_merged_section_goes_on_in_another_one(analysed):
    merge = {"number": 1, "section": NOT_AGREED, "kind": "merge", "reason": "They overlap."}
    analysed.refused(InvalidInput, "into which section", decide, **merge)
    analysed.refused(InvalidInput, "into itself", decide, into=NOT_AGREED, **merge)
    analysed(decide, into=AGREED, **merge)
    analysed.refused(
        InvalidInput,
        "does not go on itself",
        decide,
        number=1,
        section=AGREED,
        kind="merge",
        reason="The other way round.",
        into=NOT_AGREED,
    )
    with analysed.study.look():
        target = section_of(analysed.study.id, AGREED)
        assert section_of(analysed.study.id, NOT_AGREED).merged_into_id == target.id
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    with analysed.study.look():
        assert section_of(analysed.study.id, NOT_AGREED).merged_into_id is None


def test_deciding_is_for_those_who_code(analysed):
    analyst = analysed.as_role(Role.ANALYST)
    analysed.refused(NotAllowed, "decide", decide, number=1, section=AGREED, kind="keep", actor=analyst)
    analysed.refused(NotAllowed, "sign off", sign_decisions, number=1, actor=analyst)
    analysed.refused(NotAllowed, "decide", apply_decisions, number=1, actor=analyst)
    analysed.refused(NotAllowed, "decide", reopen_section, section=AGREED, reason="x", actor=analyst)


# --- Signing and changing -------------------------------------------------------------------------------


def test_decisions_are_signed_together_once_all_are_taken(analysed):
    analysed(decide, number=1, section=AGREED, kind="keep")
    analysed.refused(WrongState, "“Next steps”", sign_decisions, number=1)
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    analysed(sign_decisions, number=1)
    assert signatures(analysed) == 1
    assert analysed.events("decisions_signed") == [("round:1:decisions", "{}")]


def test_a_changed_decision_takes_the_signatures_off(analysed):
    analysed(decide, number=1, section=AGREED, kind="keep")
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    analysed.sign(sign_decisions, number=1)
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    assert signatures(analysed) == 2, "nothing was changed, so the signatures stand"
    analysed(decide, number=1, section=NOT_AGREED, kind="revise", reason="Said more clearly.")
    assert signatures(analysed) == 0
    assert analysed.events("decision_made")[-1] == (
        "round:1:section:next-steps",
        '{"before":"revise","kind":"revise"}',
    )


def test_feedback_waits_for_the_signatures(analysed):
    answer_and_decide(analysed)
    analysed(decide, number=1, section=NOT_AGREED, kind="revise", reason="Changed after signing.")
    analysed.refused(WrongState, "signed off", publish_feedback, number=1)
    assert states_saved(analysed) == {AGREED: "in_play", NOT_AGREED: "in_play"}


def test_a_decision_cannot_leave_what_was_written_for_the_next_round_in_the_air(analysed):
    analysed(decide, number=1, section=NOT_AGREED, kind="rerate_unchanged", reason="Close.")
    analysed(
        write_revision,
        section=NOT_AGREED,
        for_round=2,
        kind="rerating",
        from_number=1,
        to_number=1,
        comparable="same",
        comparable_reason="Not a word was changed.",
        summary="Put again with figures.",
        changes=[],
    )
    other = {"number": 1, "section": NOT_AGREED, "kind": "report_no_agreement", "reason": "Enough."}
    analysed.refused(WrongState, "Withdraw that first", decide, **other)
    analysed(withdraw_revision, section=NOT_AGREED, for_round=2)
    analysed(decide, **other)
    assert decisions_saved(analysed)[NOT_AGREED] == ("report_no_agreement", "Enough.")


def test_a_published_new_draft_ties_the_decision_to_revise(analysed):
    analysed(decide, number=1, section=NOT_AGREED, kind="revise")
    analysed(write_draft, section=NOT_AGREED, texts={"standard": "# Next steps\n\nAnother.\n"})
    analysed(propose_draft, section=NOT_AGREED, number=2)
    analysed.sign(sign_draft, section=NOT_AGREED, number=2)
    analysed(publish_draft, section=NOT_AGREED, number=2)
    analysed.refused(
        WrongState, "has to", decide, number=1, section=NOT_AGREED, kind="remove", reason="Rather not."
    )


# --- What follows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "kind", "state"),
    [
        (AGREED, "keep", SectionState.AGREED),
        (NOT_AGREED, "report_no_agreement", SectionState.NO_AGREEMENT),
        (NOT_AGREED, "remove", SectionState.REMOVED),
        (NOT_AGREED, "split", SectionState.SPLIT),
        (NOT_AGREED, "revise", SectionState.IN_PLAY),
        (NOT_AGREED, "rerate_unchanged", SectionState.IN_PLAY),
        (NOT_AGREED, "take_to_meeting", SectionState.IN_PLAY),
    ],
)
def test_each_decision_leaves_its_section_where_it_belongs(analysed, section, kind, state):
    other = NOT_AGREED if section == AGREED else AGREED
    analysed(decide, number=1, section=section, kind=kind, reason="As found.")
    analysed(decide, number=1, section=other, kind="revise", reason="As found.")
    analysed(apply_decisions, number=1)
    assert states_saved(analysed) == {section: state.value, other: "in_play"}


def test_a_merged_section_is_settled_with_the_round(analysed):
    analysed(decide, number=1, section=AGREED, kind="keep")
    analysed(decide, number=1, section=NOT_AGREED, kind="merge", reason="They overlap.", into=AGREED)
    analysed(apply_decisions, number=1)
    assert states_saved(analysed) == {AGREED: "agreed", NOT_AGREED: "merged"}


def test_nothing_is_applied_while_a_section_is_undecided(analysed):
    analysed(decide, number=1, section=AGREED, kind="keep")
    analysed.refused(WrongState, "“Next steps”", apply_decisions, number=1)
    assert states_saved(analysed) == {AGREED: "in_play", NOT_AGREED: "in_play"}


def test_an_agreed_section_is_taken_up_again_only_with_a_reason_and_a_round_to_come(published):
    published.refused(InvalidInput, "Say why", reopen_section, section=AGREED, reason=" ")
    published.refused(WrongState, "in play, so it cannot", reopen_section, section=NOT_AGREED, reason="x")
    published(reopen_section, section=AGREED, reason="The law changed.")
    assert states_saved(published)[AGREED] == "in_play"
    assert published.events("section_reopened") == [("section:first-steps", '{"reason":"The law changed."}')]
    published(write_draft, section=AGREED, texts={"standard": "# First steps\n\nAs the law says now.\n"})
    published(propose_draft, section=AGREED, number=2)
    published.sign(sign_draft, section=AGREED, number=2)
    published(publish_draft, section=AGREED, number=2)
    with published.study.look():
        drafts = section_of(published.study.id, AGREED).drafts
        assert [draft.state.value for draft in drafts] == ["superseded", "published"]


def test_after_the_last_round_agreed_text_stays_agreed(analysed_under):
    team = analysed_under(max_rounds=1, admit_until={"round": 1, "event": "closes"})
    team(decide, number=1, section=AGREED, kind="keep")
    team(decide, number=1, section=NOT_AGREED, kind="report_no_agreement", reason="The panels differ.")
    team(apply_decisions, number=1)
    team.refused(WrongState, "ends the study after round 1", reopen_section, section=AGREED, reason="x")


def test_no_section_is_merged_into_one_that_leaves(analysed):
    analysed(decide, number=1, section=NOT_AGREED, kind="merge", reason="They overlap.", into=AGREED)
    analysed(decide, number=1, section=AGREED, kind="remove", reason="Not needed.")
    analysed.refused(WrongState, "does not go on itself", sign_decisions, number=1)
    analysed.refused(WrongState, "does not go on itself", apply_decisions, number=1)
