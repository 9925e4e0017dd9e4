"""Recording consensus meetings after the rounds: who came, and how they voted on each section (M15).

A vote stands beside what the panel said and changes no outcome; where a section ends is settled apart.
"""

from __future__ import annotations

from datetime import date, datetime

from delphi.domain.actors import Actor
from delphi.domain.calendar import day_of
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.wording import optional_words, required_words
from delphi.extensions import db
from delphi.models.meetings import Meeting, MeetingVote
from delphi.queries.meetings import NOT_VOTED_ON, meeting_of, why_no_meeting
from delphi.queries.sections import section_of
from delphi.queries.studies import study_of
from delphi.services.bylines import account_of
from delphi.services.events import record
from delphi.services.upsert import upsert

MOST_VOTES = 9_999


def record_meeting(
    *, study_id: StudyId, held_on: date, who: str, how: str = "", actor: Actor, now: datetime
) -> Meeting:
    """Record that a meeting was held: when, who came, how it voted.

    Raises WrongState while a round is not over or the study is not under way, InvalidInput for a day to come
    or without words on who came.
    """
    require(actor, Permission.DECIDE, study_id)
    _require_after_rounds(study_id)
    if held_on > day_of(now, study_of(study_id).timezone):
        raise InvalidInput([Problem("held_on", "A meeting is recorded once it has been held.")])
    meeting = Meeting(
        study_id=study_id,
        held_on=held_on,
        who=required_words("who", who, missing="Say who came, by group and number."),
        how=optional_words("how", how),
        recorded_by=account_of(actor),
        recorded_at=now,
    )
    db.session.add(meeting)
    db.session.flush()
    record(
        "meeting_recorded",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"meeting:{meeting.id}",
        data={"held_on": held_on.isoformat()},
    )
    return meeting


def record_vote(
    *,
    study_id: StudyId,
    meeting_id: int,
    section: str,
    question: str,
    n_for: int,
    n_against: int,
    n_abstained: int,
    changes: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Record how a meeting voted on a section; recording it again puts a slip right, and the log keeps both.

    Raises NotFound for another study's meeting or section, InvalidInput for counts that cannot be.
    """
    require(actor, Permission.DECIDE, study_id)
    _require_after_rounds(study_id)
    meeting, row = meeting_of(study_id, meeting_id), section_of(study_id, section)
    if row.state in NOT_VOTED_ON:
        raise WrongState(f"“{row.title}” has left the guidance, so no meeting votes on it.")
    counted = {"n_for": n_for, "n_against": n_against, "n_abstained": n_abstained}
    wrong = [
        Problem(name, f"Give a number from 0 to {MOST_VOTES}.")
        for name, n in counted.items()
        if not 0 <= n <= MOST_VOTES
    ]
    if not wrong and not any(counted.values()):
        wrong = [Problem("n_for", "Nobody voted. Give at least one number above 0.")]
    if wrong:
        raise InvalidInput(wrong)
    values = {
        "question": required_words("question", question, missing="Say what was voted on."),
        "changes": optional_words("changes", changes),
        "recorded_by": account_of(actor),
        "recorded_at": now,
        **counted,
    }
    key = {"meeting_id": meeting.id, "section_id": row.id}
    upsert(MeetingVote, [key | values], update=tuple(values))
    db.session.expire(meeting, ["votes"])
    record(
        "meeting_vote_recorded",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"section:{section}",
        data={"meeting": meeting.id, **counted},
    )


def _require_after_rounds(study_id: StudyId) -> None:
    obstacle = why_no_meeting(study_id)
    if obstacle:
        raise WrongState(obstacle)
