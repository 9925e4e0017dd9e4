"""What follows for a round once it has results or is over, and what keeps a planned one from opening."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.calendar import day_of, in_words
from delphi.domain.states import RoundState, StudyState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.next_step import NextStep, next_step, step_after_analysis
from delphi.queries.rounds import rounds_of

OVER = (RoundState.PUBLISHED, RoundState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a planned round cannot be armed now, and where that is mended: here when no address is given."""

    sentence: str
    words: str = ""
    endpoint: str = ""
    number: int | None = None


def blocked(study: Study, round_: Round, now: datetime) -> Blocked | None:
    """What keeps a planned round from being armed, apart from what it puts; None when nothing does."""
    if study.state != StudyState.RUNNING:
        return Blocked("The study has not started.", "Sign and seal the rule first", "rule.show")
    if day_of(now, study.timezone) > round_.closes_on:
        return Blocked(
            f"It was planned to close on {in_words(round_.closes_on)}, which is past. Move its dates."
        )
    before = [one for one in rounds_of(study.id) if one.number < round_.number]
    unfinished = [one for one in before if one.state not in OVER]
    if not unfinished:
        return None
    number = unfinished[-1].number
    sentence = f"It opens once the feedback of round {number} is published."
    return Blocked(sentence, f"Go to round {number}", "rounds.show", number)


def what_follows(study: Study, round_: Round, now: datetime) -> NextStep | None:
    """What is done next once a round has its results, or is over; None before."""
    if round_.state in OVER:
        return next_step(study, now)
    return step_after_analysis(study, round_)


def why_cancelled(round_: Round) -> str:
    """The reason that was given when a round was cancelled; empty for any other."""
    if round_.state != RoundState.CANCELLED:
        return ""
    data = db.session.scalar(
        db.select(Event.data)
        .where(
            Event.study_id == round_.study_id,
            Event.subject == f"round:{round_.number}",
            Event.kind.in_(["round_cancelled", "open_round_cancelled"]),
        )
        .order_by(Event.number.desc())
        .limit(1)
    )
    return str(json.loads(data).get("reason", "")) if data else ""
