"""A round's life: planned, armed, opened, extended, closed, opened again, cancelled.

Dates are plans until a person arms the round; from then on the clock opens and closes it through the
same functions, by outbox rows that carry the date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from sqlalchemy.orm.attributes import flag_modified

from delphi.domain.actors import Actor, Clock
from delphi.domain.calendar import day_of, end_of_day, in_words, moment, start_of_day
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import ROUND, SECTION
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState, SectionState, StudyState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.rounds import Item, Round, RoundExtension, RoundSection
from delphi.models.sections import Draft, Section
from delphi.models.studies import Study
from delphi.queries.gates import shut_gate
from delphi.queries.panellists import people_asked
from delphi.queries.readiness import drafts_to_put, readiness_problems
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.studies import criteria_of, study_of
from delphi.services.bylines import account_of
from delphi.services.deviations import record_deviation
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.messages import promise_messages
from delphi.services.outbox import call_off, enqueue
from delphi.services.transitions import move

REMINDER_TIME = time(9, 0)


def plan_round(
    *, study_id: StudyId, number: int, items: Mapping[str, int], actor: Actor, now: datetime
) -> None:
    """Say which sections, in which draft, a round that is not open yet will put to the panel."""
    require(actor, Permission.RUN_ROUNDS, study_id)
    round_ = round_of(study_id, number)
    hold(round_)
    if round_.state != RoundState.PLANNED:
        raise WrongState(f"Round {number} has been opened; what it asks is frozen.")
    known = set(db.session.scalars(db.select(Section.code).where(Section.study_id == study_id)))
    problems = [Problem(code, "This study has no such section.") for code in items if code not in known]
    if problems:
        raise InvalidInput(problems, heading=f"The plan of round {number} was not changed.")
    round_.planned_items = dict(items)
    # Another order alone is no difference to SQLAlchemy, and is one to the panel.
    flag_modified(round_, "planned_items")
    db.session.flush()


def arm_round(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> None:
    """Put a round's dates into force: the clock will open it, remind, and close it.

    Raises WrongState when the study is not running or the round is not planned, InvalidInput with every
    reason why the round could not open.
    """
    require(actor, Permission.RUN_ROUNDS, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    hold(round_)
    if study.state != StudyState.RUNNING:
        raise WrongState("The study has not started. Sign and seal the rule first.")
    if round_.state != RoundState.PLANNED:
        raise WrongState(f"Round {number} is {round_.state.value}; only a planned round can be armed.")
    if round_.armed_at is not None:
        raise WrongState(f"Round {number} is armed already; it opens on {in_words(round_.opens_on)}.")
    if day_of(now, study.timezone) > round_.closes_on:
        raise WrongState(
            f"Round {number} was planned to close on {in_words(round_.closes_on)}. Move its dates first."
        )
    problems = readiness_problems(study, round_)
    if problems:
        raise InvalidInput(problems, heading=f"Round {number} is not ready.")
    round_.armed_at = now
    act = {"study_id": study_id, "number": number}
    enqueue(
        "open_round",
        key=f"open_round:{round_.id}",
        payload=act,
        due_at=start_of_day(round_.opens_on, study.timezone),
        study_id=study_id,
    )
    _schedule_close(study, round_)
    _schedule_reminders(study, round_, [date.fromisoformat(day) for day in round_.reminders_on])
    db.session.flush()
    record("round_armed", study_id=study_id, actor=actor, now=now, subject=f"round:{number}")


def open_round(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> None:
    """Open a round: bind its sections to their drafts, freeze its items, tell the panel."""
    require(actor, Permission.RUN_CLOCK, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    hold(round_)
    drafts = drafts_to_put(round_)
    before = [other for other in rounds_of(study_id) if other.number < number]
    facts = {
        "study_running": study.state == StudyState.RUNNING,
        "armed": round_.armed_at is not None,
        "previous_published": all(
            other.state in (RoundState.PUBLISHED, RoundState.CANCELLED) for other in before
        ),
        "drafts_published": not readiness_problems(study, round_),
    }
    move(
        round_,
        ROUND,
        RoundState.OPEN,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        facts=[name for name, holds in facts.items() if holds],
        data={section.code: draft.number for section, draft in drafts},
        opened_at=now,
    )
    _freeze(round_, drafts)
    for section, _ in drafts:
        if section.state == SectionState.DRAFTING:
            move(
                section,
                SECTION,
                SectionState.IN_PLAY,
                study_id=study_id,
                actor=actor,
                now=now,
                subject=f"section:{section.code}",
            )
    _write_to_panel(study, round_, "round_opened", now)


def extend_round(
    *,
    study_id: StudyId,
    number: int,
    closes_on: date,
    reason: str,
    reminders_on: Sequence[date] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Put off the closing day of an open round; those who have not answered are told (requirement S42)."""
    require(actor, Permission.RUN_ROUNDS, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    hold(round_)
    if round_.state != RoundState.OPEN:
        raise WrongState(f"Round {number} is {round_.state.value}; only an open round can be extended.")
    if not reason.strip():
        raise InvalidInput(
            [Problem("reason", "Say why the round is extended; the reason is printed in the report.")]
        )
    if closes_on <= round_.closes_on:
        raise InvalidInput(
            [Problem("closes_on", f"The new closing day must be later than {in_words(round_.closes_on)}.")]
        )
    before = round_.closes_on
    db.session.add(
        RoundExtension(
            round_id=round_.id,
            closes_on_before=before,
            closes_on_after=closes_on,
            reason=reason.strip(),
            extended_by=account_of(actor),
            extended_at=now,
        )
    )
    record_deviation(
        study_id=study_id,
        subject=f"Closing day of round {number}",
        before=in_words(before),
        after=in_words(closes_on),
        reason=reason,
        actor=actor,
        now=now,
    )
    call_off(_close_key(round_))
    round_.closes_on = closes_on
    round_.reminders_on = sorted({*round_.reminders_on, *(day.isoformat() for day in reminders_on)})
    _schedule_close(study, round_)
    _schedule_reminders(study, round_, reminders_on)
    db.session.flush()
    record(
        "round_extended",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        data={"before": before.isoformat(), "after": closes_on.isoformat(), "reason": reason.strip()},
    )
    _write_to_panel(study, round_, "deadline_extended", now, only_unanswered=True)


def close_round(*, study_id: StudyId, number: int, actor: Actor, now: datetime) -> None:
    """Close a round: from this moment no answer is accepted, and none that was acknowledged is lost."""
    require(actor, Permission.RUN_CLOCK, study_id)
    round_ = round_of(study_id, number)
    shut_gate(round_.id)
    move(
        round_,
        ROUND,
        RoundState.CLOSED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        closed_at=now,
    )
    for day in round_.reminders_on:
        call_off(f"remind:{round_.id}:{day}")
    if not isinstance(actor, Clock):
        call_off(_close_key(round_))


def reopen_round(
    *, study_id: StudyId, number: int, closes_on: date, reason: str, actor: Actor, now: datetime
) -> None:
    """Open a closed round again until a new day; recorded as a deviation."""
    require(actor, Permission.RUN_ROUNDS, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    hold(round_)
    is_ahead = closes_on >= day_of(now, study.timezone)
    facts = [name for name, holds in (("has_reason", reason.strip()), ("new_date", is_ahead)) if holds]
    before = round_.closes_on
    move(
        round_,
        ROUND,
        RoundState.OPEN,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        facts=facts,
        data={"before": before.isoformat(), "after": closes_on.isoformat(), "reason": reason.strip()},
        closes_on=closes_on,
        closed_at=None,
    )
    record_deviation(
        study_id=study_id,
        subject=f"Round {number} opened again",
        before=f"closed, last day {in_words(before)}",
        after=f"open until {in_words(closes_on)}",
        reason=reason,
        actor=actor,
        now=now,
    )
    _schedule_close(study, round_)
    _write_to_panel(study, round_, "deadline_extended", now, only_unanswered=True)


def cancel_round(*, study_id: StudyId, number: int, reason: str, actor: Actor, now: datetime) -> None:
    """Cancel a round that is planned or open; an open one is recorded as a deviation."""
    require(actor, Permission.RUN_ROUNDS, study_id)
    round_ = round_of(study_id, number)
    shut_gate(round_.id)
    hold(round_)
    before = round_.state
    move(
        round_,
        ROUND,
        RoundState.CANCELLED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}",
        facts=["has_reason"] if reason.strip() else [],
        data={"reason": reason.strip()},
    )
    if before == RoundState.OPEN:
        record_deviation(
            study_id=study_id,
            subject=f"Round {number}",
            before="open",
            after="cancelled",
            reason=reason,
            actor=actor,
            now=now,
        )
    call_off_clock(round_)


def call_off_clock(round_: Round) -> None:
    """Take back everything that the clock was to do for a round."""
    call_off(f"open_round:{round_.id}")
    call_off(_close_key(round_))
    for day in round_.reminders_on:
        call_off(f"remind:{round_.id}:{day}")


def _freeze(round_: Round, drafts: Sequence[tuple[Section, Draft]]) -> None:
    """Bind the round to its drafts and make its items, in the order in which they will be asked."""
    criteria = criteria_of(round_.study_id) if round_.kind in ("rating", "mixed") else []
    for position, (section, draft) in enumerate(drafts, start=1):
        db.session.add(
            RoundSection(round_id=round_.id, section_id=section.id, draft_id=draft.id, position=position)
        )
        if section.kind == "introduction":
            continue
        for index, criterion in enumerate(criteria):
            db.session.add(
                Item(
                    study_id=round_.study_id,
                    round_id=round_.id,
                    section_id=section.id,
                    draft_id=draft.id,
                    criterion_id=criterion.id,
                    position=(position - 1) * len(criteria) + index + 1,
                )
            )
    db.session.flush()


def _close_key(round_: Round) -> str:
    """The clock's act of closing on this day; a day that was moved or opened again is another act."""
    return f"close_round:{round_.id}:{round_.closes_on.isoformat()}"


def _schedule_close(study: Study, round_: Round) -> None:
    enqueue(
        "close_round",
        key=_close_key(round_),
        payload={"study_id": round_.study_id, "number": round_.number},
        due_at=end_of_day(round_.closes_on, study.timezone),
        study_id=round_.study_id,
    )


def _schedule_reminders(study: Study, round_: Round, days: Sequence[date]) -> None:
    for day in days:
        enqueue(
            "remind",
            key=f"remind:{round_.id}:{day.isoformat()}",
            payload={"study_id": round_.study_id, "number": round_.number, "day": day.isoformat()},
            due_at=moment(day, REMINDER_TIME, study.timezone),
            study_id=round_.study_id,
        )


def _write_to_panel(
    study: Study, round_: Round, message: str, now: datetime, *, only_unanswered: bool = False
) -> None:
    """Promise a message to everybody whom the round is for, or to those who have not submitted.

    The moment is part of the key: a day can be put off to, and be opened again until, more than once.
    """
    answered = set(
        db.session.scalars(
            db.select(Submission.panellist_id).where(
                Submission.round_id == round_.id, Submission.state == SubmissionState.SUBMITTED
            )
        )
    )
    promise_messages(
        [one for one in people_asked(study, round_) if not (only_unanswered and one in answered)],
        message,
        study_id=study.id,
        occasion=f"{round_.id}:{round_.closes_on.isoformat()}:{now.isoformat()}",
        now=now,
        round_number=round_.number,
    )
