"""What a panellist checks before sending, and the receipt: their own answers and nobody else's."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.calendar import in_words
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import NotFound
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Comment, Rating, Submission
from delphi.models.rounds import Round
from delphi.models.studies import Seal
from delphi.queries.answers import UNABLE, Answer
from delphi.queries.figures_shown import label_of
from delphi.queries.identities import can_be_mailed
from delphi.queries.joining import when_words
from delphi.queries.limits import rounds_in_all
from delphi.queries.round_outline import RoundOutline, SectionOutline, round_outline
from delphi.queries.section_content import EASY_READ, STANDARD
from delphi.queries.taking_part import PanelVisit


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """A question with the answer given; empty when it was left blank."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class SectionAnswers:
    """One section's answers and comments."""

    code: str
    title: str
    answers: tuple[AnswerLine, ...]
    comments: tuple[AnswerLine, ...]
    n_blank: int

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was said about it."""
        return self.n_blank == len(self.answers) and not self.comments


@dataclass(frozen=True, slots=True)
class WholeQuestion:
    """A question about the guidance as a whole, asked before sending."""

    code: str
    words: str
    text: str
    problem: str = ""
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class SendingPage:
    """Everything that somebody has said in a round, before and after sending."""

    round: int
    of: int
    is_open: bool
    closes: str
    feedback_on: str
    next_round: int | None
    next_opens: str
    sections: tuple[SectionAnswers, ...]
    whole: tuple[WholeQuestion, ...]
    whole_revision: int
    support: str
    is_started: bool
    sent_at: str
    receipt: str
    answers_checksum: str
    rule_seal: str
    rule_sealed_at: str
    has_mail: bool

    @property
    def n_answers(self) -> int:
        """Questions that have an answer."""
        return sum(len(one.answers) - one.n_blank for one in self.sections)

    @property
    def n_asked(self) -> int:
        """Questions of the round."""
        return sum(len(one.answers) for one in self.sections)

    @property
    def n_comments(self) -> int:
        """Comments written, those on the whole included."""
        return sum(len(one.comments) for one in self.sections) + sum(1 for one in self.whole if one.text)

    @property
    def n_sections(self) -> int:
        """Sections about which something was said."""
        return sum(1 for one in self.sections if not one.is_untouched)

    @property
    def with_blanks(self) -> tuple[SectionAnswers, ...]:
        """Sections in which something is left blank."""
        return tuple(one for one in self.sections if one.n_blank)


def sending_page(visit: PanelVisit, number: int) -> SendingPage:
    """One person's answers of one round; NotFound for a round that has not opened."""
    outline = round_outline(visit.study, number)
    round_ = db.session.get_one(Round, outline.round_id)
    ratings = _ratings(visit, outline)
    comments = _comments(visit, outline)
    submission = db.session.get(Submission, (outline.round_id, visit.panellist_id))
    is_sent = submission is not None and submission.state == SubmissionState.SUBMITTED
    sent_at = submission.submitted_at if submission is not None and is_sent else None
    sealed = db.session.get(Seal, visit.study_id)
    following = db.session.scalar(
        db.select(Round)
        .where(Round.study_id == visit.study_id, Round.number > number, Round.state == RoundState.PLANNED)
        .order_by(Round.number)
        .limit(1)
    )
    variant = EASY_READ if visit.format == EASY_READ else STANDARD
    stamp = _stamp(visit, outline, ratings, comments)
    return SendingPage(
        round=number,
        of=rounds_in_all(visit.study, number),
        is_open=round_.state == RoundState.OPEN,
        closes=in_words(round_.closes_on),
        feedback_on=in_words(round_.feedback_on) if round_.feedback_on else "",
        next_round=following.number if following else None,
        next_opens=in_words(following.opens_on) if following else "",
        sections=tuple(
            _section(outline, section, ratings, comments, variant) for section in outline.sections
        ),
        whole=tuple(
            WholeQuestion(one.code, one.words(variant), comments.get((None, one.code), ""))
            for one in outline.prompts_for("round")
        ),
        whole_revision=submission.whole_revision if submission else 0,
        support=(submission.support or "") if submission else "",
        is_started=submission is not None,
        sent_at=when_words(sent_at, visit.frame.timezone) if sent_at else "",
        receipt=f"{visit.code}-{number}-{stamp[:4].upper()}",
        answers_checksum=_in_fours(stamp),
        rule_seal=_in_fours(sealed.checksum) if sealed else "",
        rule_sealed_at=when_words(sealed.sealed_at, visit.frame.timezone) if sealed else "",
        has_mail=can_be_mailed(visit.study_id, visit.code),
    )


def receipt_page(visit: PanelVisit, number: int) -> SendingPage:
    """The receipt of what was sent; NotFound when nothing was."""
    page = sending_page(visit, number)
    if not page.sent_at:
        raise NotFound(f"You have not sent your answers of round {number} yet.")
    return page


def _ratings(visit: PanelVisit, outline: RoundOutline) -> dict[int, Answer]:
    rows = db.session.execute(
        db.select(Rating.item_id, Rating.value).where(
            Rating.round_id == outline.round_id, Rating.panellist_id == visit.panellist_id
        )
    )
    return {row.item_id: UNABLE if row.value is None else row.value for row in rows}


def _comments(visit: PanelVisit, outline: RoundOutline) -> dict[tuple[int | None, str], str]:
    rows = db.session.execute(
        db.select(Comment.section_id, Comment.prompt, Comment.text)
        .where(Comment.round_id == outline.round_id, Comment.panellist_id == visit.panellist_id)
        .order_by(Comment.id)
    )
    return {(row.section_id, row.prompt): row.text for row in rows}


def _section(
    outline: RoundOutline,
    section: SectionOutline,
    ratings: dict[int, Answer],
    comments: dict[tuple[int | None, str], str],
    variant: str,
) -> SectionAnswers:
    answers = tuple(
        AnswerLine(
            item.words(variant),
            label_of(outline.scale, ratings[item.item_id], variant) if item.item_id in ratings else "",
        )
        for item in section.items
    )
    said = tuple(
        AnswerLine(prompt.words(variant), comments[section.section_id, prompt.code])
        for prompt in outline.prompts_for("section")
        if (section.section_id, prompt.code) in comments
    )
    n_blank = sum(1 for line in answers if not line.answer)
    return SectionAnswers(section.code, section.title, answers, said, n_blank)


def _stamp(
    visit: PanelVisit,
    outline: RoundOutline,
    ratings: dict[int, Answer],
    comments: dict[tuple[int | None, str], str],
) -> str:
    """SHA-256 over what was said, in one fixed form: if one answer changes, it changes."""
    said = {
        "study": visit.slug,
        "round": outline.number,
        "code": visit.code,
        "answers": {
            f"{section.code}/{item.criterion}": ratings[item.item_id]
            for section in outline.sections
            for item in section.items
            if item.item_id in ratings
        },
        "comments": sorted([section or 0, prompt, text] for (section, prompt), text in comments.items()),
    }
    return checksum(canonical_json(said))


def _in_fours(digits: str) -> str:
    """The first sixteen digits in groups, to be read aloud and compared."""
    return " ".join(digits[i : i + 4] for i in range(0, 16, 4))
