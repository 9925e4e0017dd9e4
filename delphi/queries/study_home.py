"""A study's home: where it stands, what is next, what needs attention, its rounds and sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func

from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.rule import Outcome
from delphi.domain.states import CommentState, InvitationState, RoundState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.panellists import Invitation
from delphi.models.rounds import Round, RoundSection
from delphi.models.studies import Study
from delphi.queries.comments import READABLE
from delphi.queries.deviations import deviations_of
from delphi.queries.next_step import NextStep, next_step
from delphi.queries.progress import progress_of_round, recruitment_of
from delphi.queries.results import outcomes_of_round
from delphi.queries.rounds import rounds_of
from delphi.queries.rule_trial import MARKS
from delphi.queries.sections import sections_of
from delphi.queries.setup_checklist import Checklist, filling_in_step, setup_checklist
from delphi.queries.studies import study_of
from delphi.queries.team_frame import STATE_WORDS

TONES = {
    RoundState.PUBLISHED: "good",
    RoundState.OPEN: "now",
    RoundState.CLOSED: "now",
    RoundState.ANALYSED: "now",
}
AXIS = 700
"""Width of the time axis in its own units."""


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that a person must look at."""

    tone: str
    sign: str
    heading: str
    sentence: str
    link: str
    endpoint: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the time axis: where it begins, how long it is, and of which kind."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round in the ledger."""

    number: int
    days: str
    sections: str
    state: str
    tone: str
    is_now: bool
    lines: tuple[str, ...]
    bars: tuple[Bar, ...]
    feedback: float | None
    feedback_words: str
    said: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one section in one round: the sign of the mark and the words."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section across the rounds."""

    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class StudyHome:
    """Everything on a study's home page."""

    next: NextStep
    may_act: bool
    lead: str
    attention: tuple[Attention, ...]
    months: tuple[tuple[float, str], ...]
    today: float | None
    rounds: tuple[RoundRow, ...]
    extensions: tuple[str, ...]
    rated: tuple[int, ...]
    sections: tuple[SectionRow, ...]
    seal_words: str
    n_deviations: int
    rule_text: str
    checklist: Checklist | None


def study_home(member: TeamMember, now: datetime) -> StudyHome:
    """The home page of the member's study."""
    study = study_of(member.study_id)
    rounds = rounds_of(study.id)
    today = day_of(now, study.timezone)
    step = filling_in_step(study) or next_step(study, now)
    axis = _Axis(rounds, today)
    shown = [one for one in rounds if one.state not in (RoundState.PLANNED, RoundState.CANCELLED)]
    n_deviations = len(deviations_of(study.id))
    return StudyHome(
        next=step,
        may_act=is_allowed(member, step.permission),
        lead=_lead(study, rounds, today),
        attention=tuple(
            one
            for one, permission in (*_about_comments(study, rounds), *_about_people(study, rounds))
            if is_allowed(member, permission)
        ),
        months=axis.months,
        today=axis.x(today),
        rounds=tuple(_round_row(study, one, axis) for one in rounds),
        extensions=tuple(
            f"Round {one.number} was extended from {in_words(extension.closes_on_before)} to "
            f"{in_words(extension.closes_on_after)}: “{extension.reason}”"
            for one in rounds
            for extension in one.extensions
        ),
        rated=tuple(one.number for one in shown),
        sections=_section_rows(study, shown) if is_allowed(member, Permission.SEE_RESULTS) else (),
        seal_words=(
            f"Sealed on {in_words(day_of(study.seal.sealed_at, study.timezone))}, before any rating."
            if study.seal
            else "Not sealed yet: everything can still be changed."
        ),
        n_deviations=n_deviations,
        rule_text=str(study.rule.get("text") or ""),
        checklist=setup_checklist(study, now) if is_allowed(member, Permission.EDIT_STUDY) else None,
    )


class _Axis:
    """One axis of time for all rounds, from the month of the first day to the end of the last."""

    def __init__(self, rounds: list[Round], today: date) -> None:
        days = [day for one in rounds for day in (one.opens_on, one.closes_on, one.feedback_on) if day]
        self.first = min(days, default=today).replace(day=1)
        last = max(days, default=today)
        self.last = (last.replace(day=28) + timedelta(days=4)).replace(day=1)
        self.length = max((self.last - self.first).days, 1)

    def x(self, day: date) -> float | None:
        """Where a day stands; None when it is not on the axis."""
        if not self.first <= day <= self.last:
            return None
        return round((day - self.first).days / self.length * AXIS, 1)

    @property
    def months(self) -> tuple[tuple[float, str], ...]:
        """The first of each month with its name; not so many that the names run into each other."""
        found = []
        month = self.first
        while month < self.last:
            found.append((self.x(month) or 0.0, f"{month:%B}"))
            month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        every = 1 + len(found) // 8
        return tuple(found[::every])


def _lead(study: Study, rounds: list[Round], today: date) -> str:
    parts = [f"{in_words(today)}."]
    current = next(
        (one for one in rounds if one.state in (RoundState.CLOSED, RoundState.ANALYSED)), None
    ) or next((one for one in rounds if one.state == RoundState.OPEN), None)
    if current is None:
        return parts[0]
    rows = progress_of_round(current)
    parts.append(
        f"{sum(row.n_submitted for row in rows)} of {sum(row.n_asked for row in rows)} people have finished "
        f"round {current.number}."
    )
    if current.state == RoundState.OPEN:
        parts.append(
            f"It closes at the end of {in_words(current.closes_on)}{_distance(today, current.closes_on)}."
        )
    elif current.feedback_on:
        parts.append(
            f"Feedback is planned for {in_words(current.feedback_on)}{_distance(today, current.feedback_on)}."
        )
    return " ".join(parts)


def _distance(today: date, day: date) -> str:
    days = (day - today).days
    if days < 0:
        return ", which is past"
    return {0: ", today", 1: ", tomorrow"}.get(days, f", in {days} days")


def _about_comments(study: Study, rounds: list[Round]) -> list[tuple[Attention, Permission]]:
    """Comments that were passed on or held and whose feedback is not published."""
    found = []
    for one in rounds:
        if one.state not in READABLE or one.state in (RoundState.PUBLISHED, RoundState.CANCELLED):
            continue
        rows = db.session.execute(
            db.select(Comment.state, func.count()).where(Comment.round_id == one.id).group_by(Comment.state)
        )
        counts: dict[CommentState, int] = dict(rows.all())
        for state, tone, words, sentence in (
            (
                CommentState.ESCALATED,
                "bad",
                "passed on",
                "The named person was told. The panel will not see it.",
            ),
            (CommentState.HELD, "bad", "held", "The panel will not see it."),
        ):
            n = counts.get(state, 0)
            if n:
                heading = f"A comment is {words}" if n == 1 else f"{n} comments are {words}"
                link = "Review it" if n == 1 else "Review them"
                attention = Attention(tone, "hold", heading, sentence, link, "comments.show", one.number)
                found.append((attention, Permission.REVIEW_COMMENTS))
    return found


def _about_people(study: Study, rounds: list[Round]) -> list[tuple[Attention, Permission]]:
    """Addresses that do not work, and groups that are under their target."""
    found = []
    n_bounced = db.session.scalar(
        db.select(func.count()).where(
            Invitation.study_id == study.id, Invitation.state == InvitationState.BOUNCED
        )
    )
    if n_bounced:
        heading = "An address does not work" if n_bounced == 1 else f"{n_bounced} addresses do not work"
        sentence = "The invitation came back. Correct the address and send it again."
        found.append(
            (
                Attention("bad", "warn", heading, sentence, "See the panel", "panel.index"),
                Permission.MANAGE_PANEL,
            )
        )
    has_begun = any(one.opened_at is not None for one in rounds)
    for row in recruitment_of(study.id):
        if has_begun and row.target and row.n_consented < row.target:
            attention = Attention(
                "warn",
                "people",
                f"{row.label}: under target",
                f"{row.n_consented} of {row.target} joined.",
                "See progress by group",
                "panel.index",
            )
            found.append((attention, Permission.MANAGE_PANEL))
    return found


def _round_row(study: Study, round_: Round, axis: _Axis) -> RoundRow:
    n_sections = len(round_.sections) or len(round_.planned_items)
    lines = []
    if round_.opened_at is not None:
        rows = progress_of_round(round_)
        lines.append(f"{sum(r.n_submitted for r in rows)} of {sum(r.n_asked for r in rows)} finished")
    if round_.analysed_at is not None:
        outcomes = outcomes_of_round(round_)
        n_agreed = sum(one.outcome == Outcome.AGREED for one in outcomes.values())
        if outcomes:
            lines.append(f"{n_agreed} of {len(outcomes)} sections agreed")
    if round_.state == RoundState.PLANNED:
        lines.append("Opens by itself" if round_.armed_at else "Not armed yet")
    days = f"{_short(round_.opens_on)} to {_short(round_.closes_on)}"
    feedback = axis.x(round_.feedback_on) if round_.feedback_on else None
    return RoundRow(
        number=round_.number,
        days=f"{days}, planned" if round_.state == RoundState.PLANNED else days,
        sections=(
            "Sections not yet chosen"
            if not n_sections
            else f"{n_sections} {'section' if n_sections == 1 else 'sections'}"
        ),
        state=STATE_WORDS[round_.state],
        tone=TONES.get(round_.state, ""),
        is_now=round_.state in (RoundState.OPEN, RoundState.CLOSED, RoundState.ANALYSED),
        lines=tuple(lines),
        bars=tuple(_bars(round_, axis)),
        feedback=feedback,
        feedback_words=f"feedback {_short(round_.feedback_on)}" if round_.feedback_on else "",
        said=f"Round {round_.number} runs from {in_words(round_.opens_on)} to {in_words(round_.closes_on)}.",
    )


def _bars(round_: Round, axis: _Axis) -> list[Bar]:
    """The round on the axis: as planned, as run, and by how much it was extended."""
    kind = "plan" if round_.state in (RoundState.PLANNED, RoundState.CANCELLED) else "accent"
    begin, end = axis.x(round_.opens_on) or 0.0, axis.x(round_.closes_on + timedelta(days=1)) or float(AXIS)
    if not round_.extensions:
        return [Bar(kind, begin, round(max(end - begin, 3), 1))]
    first_end = axis.x(round_.extensions[0].closes_on_before + timedelta(days=1)) or end
    return [
        Bar(kind, begin, round(max(first_end - begin, 3), 1)),
        Bar("ext", first_end, round(max(end - first_end, 2), 1)),
    ]


def _section_rows(study: Study, rounds: list[Round]) -> tuple[SectionRow, ...]:
    put: dict[int, set[int]] = {}
    for section_id, number in db.session.execute(
        db.select(RoundSection.section_id, Round.number)
        .join(Round, Round.id == RoundSection.round_id)
        .where(Round.study_id == study.id)
    ):
        put.setdefault(section_id, set()).add(number)
    outcomes = {one.number: outcomes_of_round(one) for one in rounds if one.analysed_at is not None}
    rows = []
    for place, section in enumerate((s for s in sections_of(study.id) if s.kind != "introduction"), start=1):
        cells: list[Cell] = []
        for one in rounds:
            if one.number not in put.get(section.id, set()):
                was_put = any(number < one.number for number in put.get(section.id, ()))
                cells.append(_cell_unput(cells, [each.number for each in rounds], was_put))
                continue
            outcome = outcomes.get(one.number, {}).get(section.code)
            if outcome is None:
                is_open = one.state == RoundState.OPEN
                cells.append(Cell("wait", "Being rated" if is_open else "Waiting for analysis"))
                continue
            words = outcome.label or OUTCOME_WORDS[outcome.outcome]
            cells.append(Cell(MARKS[outcome.outcome], words[0].upper() + words[1:]))
        rows.append(SectionRow(f"{place}. {section.title}", tuple(cells)))
    return tuple(rows)


def _cell_unput(before: list[Cell], numbers: list[int], was_put: bool) -> Cell:
    """A round that did not put the section: because it was settled, or not written yet."""
    if not was_put:
        return Cell("none", "Not yet written")
    for number, cell in reversed(list(zip(numbers, before, strict=False))):
        if cell.mark != "none":
            return Cell("none", f"{cell.words} in round {number}")
    return Cell("none", "Not put")


def _short(day: date) -> str:
    return f"{day.day} {day:%B}"
