"""What is still open once the rounds are over, and which final places are true of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.decisions import CONSEQUENCES, DECISION_WORDS, DecisionKind, fits_outcome
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import SECTION
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import RoundState, SectionState
from delphi.domain.wording import with_capital
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.sections import Section
from delphi.queries.decisions import last_round_of
from delphi.queries.results import outcomes_of_round
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import published_draft_of, sections_of

FINAL = (
    DecisionKind.KEEP,
    DecisionKind.LEAVE_OUT,
    DecisionKind.REPORT_NO_AGREEMENT,
    DecisionKind.REPORT_NOT_ASSESSABLE,
    DecisionKind.REMOVE,
)
CLOSING = tuple(
    one.event
    for one in SECTION.transitions
    if one.target not in (SectionState.DRAFTING, SectionState.IN_PLAY)
)
"""Events after which a section has its final place; one with a reason came after the rounds."""

OVER = (RoundState.PUBLISHED, RoundState.CANCELLED)


@dataclass(frozen=True, slots=True)
class OpenSection:
    """A section without a final place: what was decided last, and the places that are true of it."""

    code: str
    title: str
    standing: str
    choices: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class SettlingPage:
    """What is left; `waits_for` is the round that has to be over first, None when all are."""

    sections: tuple[OpenSection, ...]
    waits_for: int | None
    may_settle: bool


def settling_page(member: TeamMember) -> SettlingPage:
    """Every section of the member's study that has no final place."""
    unfinished = [one.number for one in rounds_of(member.study_id) if one.state not in OVER]
    return SettlingPage(
        sections=tuple(
            OpenSection(
                one.code,
                one.title,
                _standing(one),
                tuple(
                    (kind.value, with_capital(words), CONSEQUENCES[kind])
                    for kind in final_places(one)
                    for words in (DECISION_WORDS[kind],)
                ),
            )
            for one in sections_of(member.study_id)
            if one.kind != "introduction" and one.state in (SectionState.IN_PLAY, SectionState.DRAFTING)
        ),
        waits_for=unfinished[0] if unfinished else None,
        may_settle=is_allowed(member, Permission.DECIDE),
    )


def final_places(section: Section) -> tuple[DecisionKind, ...]:
    """The decisions that can end a section now, true to what the panel said last; none once settled."""
    if section.state == SectionState.DRAFTING:
        return (DecisionKind.REMOVE,)
    if section.state != SectionState.IN_PLAY:
        return ()
    last = last_round_of(section)
    found = outcomes_of_round(last.round).get(section.code) if last and last.round.analysed_at else None
    outcome = found.outcome if found else None
    newest = published_draft_of(section)
    # What the panel agreed on is kept only as long as no other text has taken its place.
    is_same = last is not None and newest is not None and newest.id == last.draft.id
    return tuple(
        kind for kind in FINAL if fits_outcome(kind, outcome) and (is_same or kind != DecisionKind.KEEP)
    )


def _standing(section: Section) -> str:
    if section.state == SectionState.DRAFTING:
        return "No round has put it to the panel."
    last = last_round_of(section)
    if last is None or last.decision is None:
        return "Nothing was decided about it."
    words = DECISION_WORDS[DecisionKind(last.decision.kind)]
    why = f" {last.decision.reason}" if last.decision.reason else ""
    return f"Decided after round {last.round.number}: {words}.{why}"


def closing_reasons(study_id: StudyId) -> dict[str, str]:
    """Why sections were given their final place after the rounds, by code, as the log keeps it."""
    rows = db.session.execute(
        db.select(Event.subject, Event.data)
        .where(Event.study_id == study_id, Event.kind.in_(CLOSING))
        .order_by(Event.number)
    )
    found = ((subject.removeprefix("section:"), json.loads(data).get("reason")) for subject, data in rows)
    return {code: str(reason) for code, reason in found if reason}
