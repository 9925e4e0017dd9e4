"""A study's home: where it stands, what is next, what needs attention, its rounds and sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func

from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import CommentState, InvitationState, RoundState, StudyState
from delphi.domain.wording import with_capital
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.panellists import Invitation
from delphi.models.rounds import Round, RoundSection
from delphi.models.studies import Study
from delphi.queries.audit_page import latest_events
from delphi.queries.comments import READABLE
from delphi.queries.deviations import deviations_of
from delphi.queries.late_requests import late_requests, may_be_late
from delphi.queries.next_step import NextStep, next_step
from delphi.queries.progress import progress_of_round, recruitment_of
from delphi.queries.renewals import telling
from delphi.queries.results import outcomes_of_round
from delphi.queries.results_rows import outcome_mark
from delphi.queries.reviews import passed_on_without_end
from delphi.queries.round_ledger import Axis, RoundRow, round_row
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.setup_checklist import Checklist, filling_in_step, setup_checklist
from delphi.queries.studies import study_of

LATEST = 3
"""How many of the newest events stand on the page."""


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
    show: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one section in one round; `number` is the round whose results say more."""

    mark: str
    words: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section across the rounds."""

    code: str
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
    latest: tuple[str, ...]


def study_home(member: TeamMember, now: datetime) -> StudyHome:
    """The home page of the member's study."""
    study = study_of(member.study_id)
    rounds = rounds_of(study.id)
    today = day_of(now, study.timezone)
    step = filling_in_step(study) or next_step(study, now)
    axis = Axis(rounds, today)
    shown = [one for one in rounds if one.state not in (RoundState.PLANNED, RoundState.CANCELLED)]
    n_deviations = len(deviations_of(study.id))
    return StudyHome(
        next=step,
        may_act=is_allowed(member, step.permission),
        lead=_lead(study, rounds, today),
        attention=tuple(
            one
            for one, permission in (
                *_about_follow_ups(study),
                *_about_comments(study, rounds),
                *_about_late_requests(study, rounds),
                *_about_people(study, rounds),
            )
            if is_allowed(member, permission)
        ),
        months=axis.months,
        today=axis.x(today),
        rounds=tuple(round_row(one, axis) for one in rounds),
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
        latest=latest_events(study, LATEST) if is_allowed(member, Permission.SEE_AUDIT) else (),
    )


def _lead(study: Study, rounds: list[Round], today: date) -> str:
    parts = [f"{in_words(today)}."]
    current = next(
        (one for one in rounds if one.state in (RoundState.CLOSED, RoundState.ANALYSED)), None
    ) or next((one for one in rounds if one.state == RoundState.OPEN), None)
    if current is None:
        return parts[0]
    if current.state == RoundState.OPEN:
        # How many have finished stands in the heading.
        parts.append(
            f"Round {current.number} closes at the end of {in_words(current.closes_on)}"
            f"{_distance(today, current.closes_on)}."
        )
        return " ".join(parts)
    rows = progress_of_round(current)
    parts.append(
        f"{sum(row.n_submitted for row in rows)} of {sum(row.n_asked for row in rows)} people have finished "
        f"round {current.number}."
    )
    if current.feedback_on:
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
    """Comments that are held and whose feedback is not published."""
    found = []
    for one in rounds:
        if one.state not in READABLE or one.state in (RoundState.PUBLISHED, RoundState.CANCELLED):
            continue
        n = db.session.scalar(
            db.select(func.count()).where(Comment.round_id == one.id, Comment.state == CommentState.HELD)
        )
        if n:
            heading = "A comment is held" if n == 1 else f"{n} comments are held"
            link = "Review it" if n == 1 else "Review them"
            sentence = f"Round {one.number}. The panel will not see {'it' if n == 1 else 'them'}."
            attention = Attention("bad", "hold", heading, sentence, link, "comments.show", one.number, "held")
            found.append((attention, Permission.REVIEW_COMMENTS))
    return found


def _about_follow_ups(study: Study) -> list[tuple[Attention, Permission]]:
    """Comments that were passed on, whatever became of their round, until nothing is left to do."""
    waiting = passed_on_without_end(study.id)
    if not waiting:
        return []
    n, number = len(waiting), waiting[0][1]
    attention = Attention(
        "bad",
        "flag",
        "A comment was passed on" if n == 1 else f"{n} comments were passed on",
        "The named person was told. Nobody has written down yet that nothing is left to do.",
        "Write down what was done",
        "comments.show",
        number,
        "passed",
    )
    return [(attention, Permission.REVIEW_COMMENTS)]


def _about_late_requests(study: Study, rounds: list[Round]) -> list[tuple[Attention, Permission]]:
    """People who asked to send late answers and wait for a yes or a no."""
    found = []
    for one in rounds:
        n = sum(asked.is_waiting for asked in late_requests(study, one)) if may_be_late(study, one) else 0
        if n:
            heading = "Somebody asks to be late" if n == 1 else f"{n} people ask to be late"
            sentence = (
                f"Round {one.number}. Decide before you analyse it: afterwards no form enters the figures."
            )
            attention = Attention("warn", "file", heading, sentence, "Read why", "rounds.show", one.number)
            found.append((attention, Permission.ENTER_FORMS))
    return found


def _about_people(study: Study, rounds: list[Round]) -> list[tuple[Attention, Permission]]:
    """Addresses that do not work, people to ask again, and groups that are under their target."""
    found: list[tuple[Attention, Permission]] = []
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
    found += _about_agreeing_again(study)
    has_begun = any(one.opened_at is not None for one in rounds)
    if has_begun and study.state == StudyState.RUNNING:
        found += _about_targets(study)
    return found


def _about_agreeing_again(study: Study) -> list[tuple[Attention, Permission]]:
    """People who have to agree to a new version and have not been written to about it."""
    told = telling(study) if study.consent_asked_at else None
    n = told.n_to_send if told else 0
    if not n:
        return []
    heading = "1 person has to agree again" if n == 1 else f"{n} people have to agree again"
    sentence = "What they agreed to has a new version. Nobody has written to them about it."
    link = "Write to them"
    attention = Attention("warn", "mail", heading, sentence, link, "renewals.index")
    return [(attention, Permission.MANAGE_PANEL)]


def _about_targets(study: Study) -> list[tuple[Attention, Permission]]:
    """Groups with fewer people than were planned, told once for all of them."""
    under = [
        (row.label, row.n_consented, row.target)
        for row in recruitment_of(study.id)
        if row.target and row.n_consented < row.target
    ]
    if not under:
        return []
    heading, sentence = f"{len(under)} groups are under target", "See which, and how many are missing."
    if len(under) == 1:
        label, joined, target = under[0]
        heading, sentence = f"{label}: under target", f"{joined} of {target} joined."
    attention = Attention("warn", "people", heading, sentence, "See progress by group", "panel.index")
    return [(attention, Permission.MANAGE_PANEL)]


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
            cells.append(Cell(outcome_mark(outcome), with_capital(words), one.number))
        rows.append(SectionRow(section.code, f"{place}. {section.title}", tuple(cells)))
    return tuple(rows)


def _cell_unput(before: list[Cell], numbers: list[int], was_put: bool) -> Cell:
    """A round that did not put the section: because it was settled, or not written yet."""
    if not was_put:
        return Cell("none", "Not yet written")
    for number, cell in reversed(list(zip(numbers, before, strict=False))):
        if cell.mark != "none":
            return Cell("none", f"{cell.words} in round {number}")
    return Cell("none", "Not put")
