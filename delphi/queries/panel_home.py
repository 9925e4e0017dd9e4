"""Where a panellist stands: which round counts now, which sections are done, what comes next, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func

from delphi.domain.calendar import day_of, in_words
from delphi.domain.ids import DraftId, SectionId
from delphi.domain.states import PanellistState, RoundState, SectionState, StudyState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Rating, SectionSave, Submission
from delphi.models.rounds import Item, Round, RoundExtension
from delphi.models.sections import DraftVariant, Section
from delphi.queries.frozen import kept
from delphi.queries.late_requests import NOT_ASKED, LateStanding, late_standing
from delphi.queries.limits import rounds_in_all
from delphi.queries.panellists import is_asked
from delphi.queries.round_outline import RoundOutline, SectionOutline, round_outline
from delphi.queries.rounds import rounds_of
from delphi.queries.section_content import EASY_READ, STANDARD, minutes_for
from delphi.queries.taking_part import PanelVisit
from delphi.text.markdown import split_title

LONGEST_HEADING = 300
"""Characters from the start of a text within which its heading stands."""


class Standing(StrEnum):
    """What the home page is about; one template for each."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    NOT_ASKED = "not_asked"
    CLOSED = "closed"
    BETWEEN = "between"
    FINISHED = "finished"
    STOPPED = "stopped"


class Progress(StrEnum):
    """How far somebody is with a section."""

    DONE = "done"
    PART = "part"
    NOT_STARTED = "todo"


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section in the list: how far, what kind, how long."""

    code: str
    title: str
    progress: Progress
    status: str
    what: str
    minutes: int
    n_answered: int
    n_asked: int
    is_next: bool


@dataclass(frozen=True, slots=True)
class HomePage:
    """The page a panellist comes back to."""

    standing: Standing
    round: int | None
    of: int
    round_line: str
    today: str
    closes: str
    days_left: str
    moved: str
    opens: str
    feedback_on: str
    next_opens: str
    next_round: int | None
    lines: tuple[SectionLine, ...]
    n_done: int
    minutes_left: int
    has_submitted: bool
    has_answers: bool
    late: LateStanding
    agreed: tuple[str, ...]
    feedback_rounds: tuple[int, ...]

    @property
    def next_line(self) -> SectionLine | None:
        """The section to carry on with."""
        return next((line for line in self.lines if line.is_next), None)

    @property
    def is_all_done(self) -> bool:
        """Whether nothing is left to answer."""
        return bool(self.lines) and self.n_done == len(self.lines)


def home_page(visit: PanelVisit, now: datetime) -> HomePage:
    """Where this person stands in their study."""
    rounds = rounds_of(visit.study_id)
    today = day_of(now, visit.frame.timezone)
    current, standing = _standing(visit, rounds)
    following = next(
        (
            r
            for r in rounds
            if r.state == RoundState.PLANNED and (current is None or r.number > current.number)
        ),
        None,
    )
    lines: tuple[SectionLine, ...] = ()
    submitted = False
    is_taken = current is not None and current.state not in (RoundState.PLANNED, RoundState.CANCELLED)
    if current is not None and is_taken and standing is not Standing.STOPPED:
        lines = section_lines(visit, round_outline(visit.study, current.number))
        submitted = _has_submitted(visit, current)
    of = rounds_in_all(visit.study, max((one.number for one in rounds), default=1))
    return HomePage(
        standing=standing,
        round=current.number if current else None,
        of=of,
        round_line=_round_line(standing, current, following, of, _coming(current, today)),
        today=in_words(today),
        closes=in_words(current.closes_on) if current else "",
        days_left=days_left(current.closes_on, today) if current else "",
        moved=_moved(current) if current is not None and standing is Standing.OPEN else "",
        opens=_coming(current, today),
        feedback_on=in_words(current.feedback_on) if current and current.feedback_on else "",
        next_opens=_coming(following, today),
        next_round=following.number if following else None,
        lines=lines,
        n_done=sum(1 for line in lines if line.progress is Progress.DONE),
        minutes_left=sum(line.minutes for line in lines if line.progress is not Progress.DONE),
        has_submitted=submitted,
        late=(
            late_standing(visit.study, current, visit.panellist_id)
            if current is not None and standing is Standing.CLOSED
            else NOT_ASKED
        ),
        has_answers=any(line.progress is not Progress.NOT_STARTED for line in lines),
        agreed=_agreed(visit),
        feedback_rounds=tuple(r.number for r in rounds if r.state == RoundState.PUBLISHED),
    )


def _standing(visit: PanelVisit, rounds: Sequence[Round]) -> tuple[Round | None, Standing]:
    """The round that counts now, and what it means for this person."""
    taken = [r for r in rounds if r.state not in (RoundState.PLANNED, RoundState.CANCELLED)]
    planned = next((r for r in rounds if r.state == RoundState.PLANNED), None)
    if visit.state in (PanellistState.STOPPED, PanellistState.ERASED):
        return (taken[-1] if taken else None), Standing.STOPPED
    if visit.study.state in (StudyState.FINISHED, StudyState.ARCHIVED):
        return (taken[-1] if taken else None), Standing.FINISHED
    if not taken:
        return planned, Standing.NOT_OPEN
    current = next((r for r in taken if r.state == RoundState.OPEN), taken[-1])
    if current.state == RoundState.OPEN:
        asked = is_asked(visit.study_id, visit.study.protocol, current.number, visit.panellist_id)
        return current, Standing.OPEN if asked else Standing.NOT_ASKED
    if current.state == RoundState.PUBLISHED:
        return current, Standing.BETWEEN
    return current, Standing.CLOSED


def _coming(round_: Round | None, today: date) -> str:
    """The day on which a round is to open, in words; empty when there is none, or a plan has slipped."""
    return in_words(round_.opens_on) if round_ is not None and round_.opens_on >= today else ""


def _round_line(
    standing: Standing, current: Round | None, following: Round | None, of: int, opens: str
) -> str:
    """Which round and until when, for the top of each page."""
    if standing is Standing.FINISHED:
        return "This study is finished."
    if standing is Standing.STOPPED or current is None:
        return ""
    if standing is Standing.NOT_OPEN:
        return f"Not open yet. Round {current.number} opens on {opens}." if opens else "Not open yet."
    if current.state == RoundState.OPEN:
        return open_line(current.number, of, in_words(current.closes_on))
    if standing is Standing.BETWEEN and following is not None:
        return (
            f"Between round {current.number} and round {following.number}. "
            "There is nothing you have to do now."
        )
    return f"Round {current.number} of {of} has closed."


def days_left(closes_on: date, today: date) -> str:
    """How far the last day is, as a sentence; empty once it is past."""
    days = (closes_on - today).days
    if days < 0:
        return ""
    return {0: "That is today.", 1: "That is tomorrow."}.get(days, f"That is {days} days from today.")


def _moved(round_: Round) -> str:
    """That the last day was put off, and why."""
    last: RoundExtension | None = db.session.scalar(
        db.select(RoundExtension)
        .where(RoundExtension.round_id == round_.id)
        .order_by(RoundExtension.id.desc())
        .limit(1)
    )
    if last is None:
        return ""
    reason = last.reason.strip().rstrip(".")
    return (
        f"We have moved the last day from {in_words(last.closes_on_before)} to "
        f"{in_words(last.closes_on_after)}: {reason}."
    )


def _has_submitted(visit: PanelVisit, round_: Round) -> bool:
    found = db.session.scalar(
        db.select(Submission.state).where(
            Submission.round_id == round_.id, Submission.panellist_id == visit.panellist_id
        )
    )
    return bool(found == SubmissionState.SUBMITTED)


def _agreed(visit: PanelVisit) -> tuple[str, ...]:
    return tuple(
        db.session.scalars(
            db.select(Section.title)
            .where(Section.study_id == visit.study_id, Section.state == SectionState.AGREED)
            .order_by(Section.position)
        )
    )


def section_lines(visit: PanelVisit, outline: RoundOutline) -> tuple[SectionLine, ...]:
    """The sections of a round with how far this person is; the first unfinished one is next."""
    rows = db.session.execute(
        db.select(Item.section_id, func.count().label("n"))
        .join(Rating, Rating.item_id == Item.id)
        .where(Rating.round_id == outline.round_id, Rating.panellist_id == visit.panellist_id)
        .group_by(Item.section_id)
    )
    counts: dict[SectionId, int] = {row.section_id: row.n for row in rows}
    saved = set(
        db.session.scalars(
            db.select(SectionSave.section_id).where(
                SectionSave.round_id == outline.round_id, SectionSave.panellist_id == visit.panellist_id
            )
        )
    )
    before = _rated_before(visit, outline)
    lengths = kept(
        ("lengths", outline.study_id, outline.number), lambda: _lengths(outline), is_fixed=outline.is_fixed
    )
    variant = EASY_READ if visit.format == EASY_READ else STANDARD
    titles = easy_titles(outline) if variant == EASY_READ else {}
    lines: list[SectionLine] = []
    for section in outline.sections:
        n, asked = counts.get(section.section_id, 0), len(section.items)
        progress = _progress(n, asked, is_saved=section.section_id in saved)
        words = lengths.get((section.section_id, variant)) or lengths.get((section.section_id, STANDARD), 0)
        minutes = minutes_for(0 if progress is Progress.PART else words, asked - n, variant)
        is_next = progress is not Progress.DONE and not any(line.is_next for line in lines)
        status = {
            Progress.DONE: "Done",
            Progress.PART: f"Started: {n} of {asked} answered",
            Progress.NOT_STARTED: "Not started",
        }[progress]
        what = _what(section, outline.number, has_rated=section.section_id in before)
        if progress is not Progress.DONE:
            about = f"About {minutes} minute{'' if minutes == 1 else 's'}"
            what = f"{what} {about}{' left' if progress is Progress.PART else ''}.".strip()
        lines.append(
            SectionLine(
                section.code,
                titles.get(section.draft_id, section.title),
                progress,
                status,
                what,
                minutes,
                n,
                asked,
                is_next,
            )
        )
    return tuple(lines)


def _progress(n_answered: int, n_asked: int, *, is_saved: bool) -> Progress:
    if n_answered == n_asked and is_saved:
        return Progress.DONE
    return Progress.PART if is_saved else Progress.NOT_STARTED


def _rated_before(visit: PanelVisit, outline: RoundOutline) -> frozenset[SectionId]:
    """The sections that this person rated the last time they were put."""
    last = {section.last.round_id for section in outline.sections if section.last is not None}
    if not last:
        return frozenset()
    rated = (
        db.select(Item.section_id)
        .join(Rating, Rating.item_id == Item.id)
        .where(Rating.round_id.in_(last), Rating.panellist_id == visit.panellist_id)
    )
    return frozenset(db.session.scalars(rated.distinct()))


def _what(section: SectionOutline, number: int, *, has_rated: bool) -> str:
    """What is special about a section in a later round."""
    if number == 1:
        return ""
    if section.last is None:
        return f"New. {section.origin.rstrip('.')}." if section.origin else "New."
    if section.last.draft_id != section.draft_id:
        return "Changed since you rated it." if has_rated else f"Changed since round {section.last.number}."
    return "Not changed. Other people’s reasons to read."


def easy_titles(outline: RoundOutline) -> dict[DraftId, str]:
    """The headings of the Easy Read texts of a round, by draft; a draft without one is left out."""
    return kept(
        ("easy-titles", outline.study_id, outline.number),
        lambda: _easy_titles([section.draft_id for section in outline.sections]),
        is_fixed=outline.is_fixed,
    )


def _easy_titles(drafts: Sequence[DraftId]) -> dict[DraftId, str]:
    rows = db.session.execute(
        db.select(DraftVariant.draft_id, func.substr(DraftVariant.text, 1, LONGEST_HEADING)).where(
            DraftVariant.draft_id.in_(drafts), DraftVariant.variant == EASY_READ
        )
    )
    titles = {draft_id: split_title(text)[0] for draft_id, text in rows}
    return {draft_id: title for draft_id, title in titles.items() if title}


def _lengths(outline: RoundOutline) -> dict[tuple[SectionId, str], int]:
    """About how many words each section has, by variant: six characters a word, marks included."""
    sections = {section.draft_id: section.section_id for section in outline.sections}
    rows = db.session.execute(
        db.select(DraftVariant.draft_id, DraftVariant.variant, func.length(DraftVariant.text)).where(
            DraftVariant.draft_id.in_(sections)
        )
    )
    return {(sections[draft_id], variant): length // 6 for draft_id, variant, length in rows}


def round_line_of(visit: PanelVisit, number: int, *, is_open: bool, closes: str) -> str:
    """The line at the top of a page of one round, open or not; `closes` is its last day in words."""
    of = rounds_in_all(visit.study, number)
    return open_line(number, of, closes) if is_open else f"Round {number} of {of} has closed."


def open_line(number: int, of: int, closes: str) -> str:
    """The line at the top of a page of an open round."""
    return f"Round {number} of {of}. Open until the end of {closes}."
