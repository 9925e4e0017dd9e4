"""One round as its team sees it: plan and readiness, progress while it is open, what can be done next.

While a round is open there are only counts here: nobody sees what was answered (requirement M21).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import in_words
from delphi.domain.errors import Problem
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import DraftState, RoundState, SectionState, StudyState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.comments import comment_counts
from delphi.queries.finished_by_day import FinishedByDay, finished_by_day
from delphi.queries.late_forms import LateFormSeen, late_forms
from delphi.queries.late_requests import LateAsked, late_requests, may_be_late
from delphi.queries.next_step import NextStep
from delphi.queries.panel_progress_page import GroupRow, group_rows, total_of
from delphi.queries.plan_suggestion import suggested_items
from delphi.queries.readiness import readiness_problems
from delphi.queries.round_after import Blocked, blocked, what_follows, why_cancelled
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.studies import study_of
from delphi.queries.team_frame import STATE_WORDS

SETTLED = (
    SectionState.AGREED,
    SectionState.LEFT_OUT,
    SectionState.REMOVED,
    SectionState.MERGED,
    SectionState.SPLIT,
)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One section that a planned round could put: its drafts as choices, and the one that is chosen.

    `is_suggested` when that follows from a decision and is not saved in the plan yet.
    """

    code: str
    title: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    problem: str
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class FormSeen:
    """A paper or phone form that was entered."""

    code: str
    mode: str
    received: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Everything on a round's page, and what its reader may do there."""

    number: int
    kind: str
    purpose: str
    state: str
    state_words: str
    heading: str
    opens: str
    closes: str
    feedback: str
    is_armed: bool
    problems: tuple[Problem, ...]
    blocked: Blocked | None
    plan: tuple[PlanRow, ...]
    rows: tuple[GroupRow, ...]
    total: GroupRow | None
    n_asked: int
    n_finished: int
    n_part: int
    n_not_started: int
    days: FinishedByDay | None
    next: NextStep | None
    why_cancelled: str
    extensions: tuple[str, ...]
    n_comments: int
    forms: tuple[FormSeen, ...]
    late_requests: tuple[LateAsked, ...]
    late_forms: tuple[LateFormSeen, ...]
    takes_late: bool
    may_run: bool
    may_add: bool
    may_enter: bool
    may_analyse: bool

    @property
    def can_preview(self) -> bool:
        """Whether there is anything that the panel sees, or will see."""
        return self.state != RoundState.CANCELLED.value and (
            self.state != RoundState.PLANNED.value
            or any(row.chosen and not row.is_suggested for row in self.plan)
        )


def round_page(member: TeamMember, number: int, now: datetime) -> RoundPage:
    """A round of the member's study."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    is_planned = round_.state == RoundState.PLANNED
    problems = tuple(readiness_problems(study, round_)) if is_planned else ()
    rows = group_rows(study, round_) if round_.opened_at is not None else ()
    total = total_of(rows)
    return RoundPage(
        number=number,
        kind=round_.kind,
        purpose=round_.purpose or "",
        state=round_.state.value,
        state_words=STATE_WORDS[round_.state],
        heading=_heading(round_, total, len(problems)),
        opens=in_words(round_.opens_on),
        closes=in_words(round_.closes_on),
        feedback=in_words(round_.feedback_on) if round_.feedback_on else "",
        is_armed=round_.armed_at is not None,
        problems=problems,
        blocked=blocked(study, round_, now) if is_planned else None,
        plan=_plan(study, round_, problems) if is_planned else (),
        rows=rows,
        total=total,
        n_asked=total.n_asked if total else 0,
        n_finished=total.n_finished if total else 0,
        n_part=total.n_part if total else 0,
        n_not_started=total.n_not_started if total else 0,
        days=finished_by_day(study, round_, total.n_asked, now) if total else None,
        next=what_follows(study, round_, now),
        why_cancelled=why_cancelled(round_),
        extensions=tuple(
            f"Extended from {in_words(one.closes_on_before)} to {in_words(one.closes_on_after)}: "
            f"“{one.reason}”"
            for one in round_.extensions
        ),
        n_comments=sum(row.n for row in comment_counts(round_.id)),
        forms=_forms(round_) if is_allowed(member, Permission.ENTER_FORMS) else (),
        late_requests=late_requests(study, round_) if is_allowed(member, Permission.ENTER_FORMS) else (),
        late_forms=late_forms(study, round_) if is_allowed(member, Permission.ENTER_FORMS) else (),
        takes_late=may_be_late(study, round_),
        may_run=is_allowed(member, Permission.RUN_ROUNDS),
        may_add=_may_add(member, study, number),
        may_enter=is_allowed(member, Permission.ENTER_FORMS),
        may_analyse=is_allowed(member, Permission.ANALYSE),
    )


def _may_add(member: TeamMember, study: Study, number: int) -> bool:
    """On the page of the last round, while the study is under way: another one could follow it."""
    is_last = number == rounds_of(study.id)[-1].number
    return is_last and study.state == StudyState.RUNNING and is_allowed(member, Permission.RUN_ROUNDS)


def round_to_look_at(member: TeamMember) -> int | None:
    """The round that somebody most likely wants: under way, else next, else the last; None without rounds."""
    rounds = rounds_of(member.study_id)
    under_way = (RoundState.OPEN, RoundState.CLOSED, RoundState.ANALYSED)
    for wanted in (under_way, (RoundState.PLANNED,)):
        for one in rounds:
            if one.state in wanted:
                return one.number
    return rounds[-1].number if rounds else None


def codes_to_enter(member: TeamMember, number: int) -> tuple[tuple[str, str], ...]:
    """The people whose form can be entered, by code, with whether one is in already."""
    round_ = round_of(member.study_id, number)
    rows = db.session.execute(
        db.select(Panellist.code, Submission.submitted_at)
        .outerjoin(Submission, (Submission.panellist_id == Panellist.id) & (Submission.round_id == round_.id))
        .where(Panellist.study_id == member.study_id, Panellist.state == "active")
        .order_by(Panellist.code)
    )
    return tuple((code, f"{code} (has answered)" if at else code) for code, at in rows)


def _heading(round_: Round, total: GroupRow | None, n_problems: int) -> str:
    name = f"Round {round_.number}"
    if round_.state == RoundState.PLANNED:
        if n_problems:
            return (
                f"{name} is planned: {n_problems} {'thing is' if n_problems == 1 else 'things are'} missing"
            )
        return f"{name} is armed" if round_.armed_at else f"{name} is planned and ready"
    if round_.state == RoundState.OPEN and total:
        return f"{name} is open: {total.n_finished} of {total.n_asked} have finished"
    if round_.state == RoundState.CLOSED:
        return f"{name} is closed"
    return f"{name} is {round_.state.value}"


def _plan(study: Study, round_: Round, problems: tuple[Problem, ...]) -> tuple[PlanRow, ...]:
    """Planned sections in the plan's order, then the others that could still be put."""
    sentences = {problem.where: problem.sentence for problem in problems}
    planned = {str(code): int(number) for code, number in round_.planned_items.items()}
    chosen = planned | suggested_items(study, round_)
    sections = {one.code: one for one in sections_of(study.id)}
    order = [code for code in planned if code in sections]
    order += [code for code, one in sections.items() if code not in planned and one.state not in SETTLED]
    return tuple(
        PlanRow(
            code,
            sections[code].title,
            _choices(sections[code], chosen.get(code)),
            str(chosen.get(code, "")),
            sentences.get(code, ""),
            is_suggested=code in chosen and code not in planned,
        )
        for code in order
    )


def _choices(section: Section, chosen: int | None) -> tuple[tuple[str, str], ...]:
    numbers = {draft.number: draft.state for draft in section.drafts}
    choices = [("", "Not in this round")]
    choices += [
        (str(number), f"Draft {number}{'' if state == DraftState.PUBLISHED else f' ({state.value})'}")
        for number, state in numbers.items()
        if state != DraftState.SUPERSEDED or number == chosen
    ]
    if chosen is not None and chosen not in numbers:
        choices.append((str(chosen), f"Draft {chosen} (not written yet)"))
    return tuple(choices)


def _forms(round_: Round) -> tuple[FormSeen, ...]:
    rows = db.session.execute(
        db.select(Submission, Panellist.code)
        .join(Panellist, Panellist.id == Submission.panellist_id)
        .where(Submission.round_id == round_.id, Submission.mode.in_(["paper", "phone"]))
        .order_by(Panellist.code)
    )
    return tuple(
        FormSeen(
            code,
            submission.mode,
            in_words(submission.received_on) if submission.received_on else "",
            submission.is_late,
        )
        for submission, code in rows
    )
