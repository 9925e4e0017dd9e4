"""What the team decides about each section after seeing its outcome and comments.

A decision can be changed until the round's feedback is published; each change takes the signatures off,
so that what is published is what was signed.
"""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.decisions import ENDS_AS, LEAVES, DecisionKind
from delphi.domain.errors import NotFound, Stale, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import SECTION
from delphi.domain.permissions import Permission, require
from delphi.domain.rule import Outcome
from delphi.domain.states import RoundState, SectionState, StudyState
from delphi.domain.wording import optional_words, required_words
from delphi.extensions import db
from delphi.models.decisions import Decision
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Section
from delphi.queries.decisions import (
    decision_of,
    decisions_digest,
    decisions_of_round,
    last_round_of,
    sections_to_decide,
    undecided_sections,
)
from delphi.queries.results import outcomes_of_round
from delphi.queries.rounds import round_of
from delphi.queries.sections import section_of
from delphi.queries.studies import study_of
from delphi.services.bylines import account_of
from delphi.services.decision_checks import (
    check_decision,
    merge_target,
    require_nothing_follows,
    require_round_left,
)
from delphi.services.drafts import supersede_replaced_drafts
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.sign_offs import sign, unsign, withdraw_signatures
from delphi.services.transitions import move


def decide(
    *,
    study_id: StudyId,
    number: int,
    section: str,
    kind: str,
    reason: str | None = None,
    into: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record the team's decision about a section after round `number`, or change it.

    `kind` is one of DecisionKind; `into` names the section that a merged one goes on in. Takes effect when
    the feedback is published. Raises NotFound when the section was not in that round, WrongState when the
    round is not analysed, is published already, or the protocol leaves no room for the decision,
    InvalidInput when the decision contradicts the computed outcome or lacks its reason.
    """
    require(actor, Permission.DECIDE, study_id)
    round_, row = round_of(study_id, number), section_of(study_id, section)
    _require_deciding(round_)
    entry = _entry_of(round_, row)
    if row.state != SectionState.IN_PLAY:
        raise WrongState(
            f"“{row.title}” is {row.state.value.replace('_', ' ')}, so there is nothing to decide."
        )
    words = optional_words("reason", reason)
    choice = check_decision(kind, words, into, round_=round_, entry=entry)
    target = merge_target(row, into) if choice == DecisionKind.MERGE else None
    before = decision_of(round_.id, row.id)
    given = (choice.value, words, target.id if target else None)
    if before is not None and (before.kind, before.reason, row.merged_into_id) == given:
        return
    data = {"kind": choice.value} | ({"before": before.kind} if before else {})
    if before is None:
        before = Decision(round_id=round_.id, section_id=row.id, study_id=study_id)
        db.session.add(before)
    before.kind, before.reason, row.merged_into_id = given
    before.decided_by, before.decided_at = account_of(actor), now
    db.session.flush()
    withdraw_signatures(study_id, subject_of(number))
    subject = f"round:{number}:section:{section}"
    record("decision_made", study_id=study_id, actor=actor, now=now, subject=subject, data=data)


def keep_agreed(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> int:
    """Decide to keep every agreed section of a round that has no decision yet; how many that were."""
    require(actor, Permission.DECIDE, study_id)
    round_ = round_of(study_id, number)
    _require_deciding(round_)
    outcomes = outcomes_of_round(round_)
    agreed = [
        section
        for section in undecided_sections(round_)
        if section.code in outcomes and outcomes[section.code].outcome == Outcome.AGREED
    ]
    for section in agreed:
        decide(study_id=study_id, number=number, section=section.code, kind="keep", actor=actor, now=now)
    return len(agreed)


def withdraw_decision(*, study_id: StudyId, number: int, section: str, actor: Actor, now: datetime) -> None:
    """Take a decision back, so that the section is undecided again; signatures come off.

    Raises NotFound when nothing was decided, WrongState when the round's feedback is published or
    something that follows from the decision is written or published.
    """
    require(actor, Permission.DECIDE, study_id)
    round_, row = round_of(study_id, number), section_of(study_id, section)
    _require_deciding(round_)
    entry, decision = _entry_of(round_, row), decision_of(round_.id, row.id)
    if decision is None:
        raise NotFound(f"Nothing is decided about “{row.title}” after round {number}.")
    require_nothing_follows(round_, entry)
    data = {"before": decision.kind}
    db.session.delete(decision)
    row.merged_into_id = None
    db.session.flush()
    withdraw_signatures(study_id, subject_of(number))
    subject = f"round:{number}:section:{section}"
    record("decision_withdrawn", study_id=study_id, actor=actor, now=now, subject=subject, data=data)


def sign_decisions(
    *, study_id: StudyId, number: int, digest: str | None = None, actor: Actor, now: datetime
) -> None:
    """Sign all decisions of a round together, once every section has one.

    `digest` is that of the decisions which the person has read (see `decisions_digest`); Stale when they
    have changed since.
    """
    require(actor, Permission.SIGN_OFF, study_id)
    round_ = round_of(study_id, number)
    _require_deciding(round_)
    _require_complete(round_)
    if digest not in (None, decisions_digest(round_.id)):
        raise Stale(
            f"The decisions of round {number} were changed after you opened this page. Read them again "
            "before you sign."
        )
    sign("decisions_signed", subject_of(number), study_id=study_id, actor=actor, now=now)


def unsign_decisions(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> None:
    """Take one's own name from under the decisions of a round whose feedback is not published."""
    require(actor, Permission.SIGN_OFF, study_id)
    _require_deciding(round_of(study_id, number))
    unsign(subject_of(number), study_id=study_id, actor=actor, now=now)


def apply_decisions(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> None:
    """Settle the sections of a round as decided; part of publishing its feedback.

    Sections that go on stay in play; drafts that newer ones have replaced are superseded. Raises
    WrongState when a section has no decision.
    """
    require(actor, Permission.DECIDE, study_id)
    round_ = round_of(study_id, number)
    _require_deciding(round_)
    _require_complete(round_)
    for decision in decisions_of_round(round_.id):
        target = ENDS_AS.get(DecisionKind(decision.kind))
        if target is not None:
            move(
                decision.section,
                SECTION,
                target,
                study_id=study_id,
                actor=actor,
                now=now,
                subject=f"section:{decision.section.code}",
                facts=["decided"],
                data={"round": number},
            )
        supersede_replaced_drafts(decision.section, actor=actor, now=now, ending=round_)


def reopen_section(*, study_id: StudyId, section: str, reason: str, actor: Actor, now: datetime) -> None:
    """Take an agreed section up again, because its text has to change in substance (requirement M18).

    It is then revised and rated in a later round. Raises WrongState when it is not agreed, the study is
    not running, or the protocol leaves no further round.
    """
    require(actor, Permission.DECIDE, study_id)
    study, row = study_of(study_id), section_of(study_id, section)
    if study.state != StudyState.RUNNING:
        raise WrongState(
            f"This study is {study.state.value}; only a running study can take a section up again."
        )
    words = required_words("reason", reason, missing="Say why the agreed text has to change.")
    last = last_round_of(row)
    if last is not None:
        require_round_left(study, last.round.number)
    move(
        row,
        SECTION,
        SectionState.IN_PLAY,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"section:{section}",
        facts=["decided"],
        data={"reason": words},
    )


def subject_of(number: int) -> str:
    """Under which name the decisions of a round are signed."""
    return f"round:{number}:decisions"


def _require_deciding(round_: Round) -> None:
    """Hold the round; stop unless it is analysed and not yet published."""
    hold(round_)
    if round_.state == RoundState.PUBLISHED:
        raise WrongState(
            f"The feedback of round {round_.number} has been published, so its decisions are final."
        )
    if round_.state != RoundState.ANALYSED:
        raise WrongState(
            f"Round {round_.number} is {round_.state.value}. Decisions are taken once it has been analysed."
        )


def _require_complete(round_: Round) -> None:
    missing = undecided_sections(round_)
    if missing:
        titles = ", ".join(f"“{section.title}”" for section in missing)
        raise WrongState(f"These sections of round {round_.number} have no decision yet: {titles}.")
    decisions = {decision.section_id: decision for decision in decisions_of_round(round_.id)}
    for decision in decisions.values():
        target = decisions.get(decision.section.merged_into_id or decision.section_id, decision)
        if decision.kind == DecisionKind.MERGE and target.kind in LEAVES:
            raise WrongState(
                f"“{decision.section.title}” is to be merged into “{target.section.title}”, which does "
                "not go on itself. Change one of the two decisions."
            )


def _entry_of(round_: Round, section: Section) -> RoundSection:
    for entry in sections_to_decide(round_):
        if entry.section_id == section.id:
            return entry
    raise NotFound(f"“{section.title}” is not among the sections that round {round_.number} asked about.")
