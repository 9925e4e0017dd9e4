"""Giving a section its final place once the rounds are over: after a meeting, or when nothing came of it.

What a meeting agreed stands beside what the panel said and never over it: a section on which the panel did
not agree ends without agreement, and the reason tells what the meeting made of it (requirement M15).
"""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.decisions import DECISION_WORDS, ENDS_AS, DecisionKind
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import SECTION
from delphi.domain.permissions import Permission, require
from delphi.domain.states import StudyState
from delphi.domain.wording import required_words
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import section_of
from delphi.queries.settling_page import OVER, final_places
from delphi.queries.studies import study_of
from delphi.services.locks import hold
from delphi.services.transitions import move


def settle_section(
    *, study_id: StudyId, section: str, kind: str, reason: str, actor: Actor, now: datetime
) -> None:
    """Give a section that is still open its final place, when no round is left.

    `kind` is a decision that ends a section and is true to what the panel said last. Raises WrongState while
    a round is planned or under way, or when the section has its place; InvalidInput for a decision that does
    not fit or lacks its reason.
    """
    require(actor, Permission.DECIDE, study_id)
    study, row = study_of(study_id), section_of(study_id, section)
    hold(row)
    if study.state != StudyState.RUNNING:
        raise WrongState(f"This study is {study.state.value}; its sections stay where they are.")
    unfinished = [one.number for one in rounds_of(study_id) if one.state not in OVER]
    if unfinished:
        raise WrongState(f"Round {unfinished[0]} is not over. Publish its feedback or cancel it first.")
    possible = final_places(row)
    if not possible:
        raise WrongState(f"“{row.title}” is {row.state.value.replace('_', ' ')}: it has its final place.")
    if kind not in possible:
        words = ", ".join(f"“{DECISION_WORDS[one]}”" for one in possible)
        raise InvalidInput([Problem("kind", f"Choose what is true of “{row.title}”: {words}.")])
    choice = DecisionKind(kind)
    words = required_words("reason", reason, missing="Say why; the report prints it.")
    move(
        row,
        SECTION,
        ENDS_AS[choice],
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"section:{section}",
        facts=["decided"],
        data={"reason": words},
    )
