"""What was said about one section, beside its figures. The text of a held comment is in none of it."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.ids import CommentId, SectionId
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.models.sections import CommentPrompt
from delphi.queries.comments import comments_on

HIDDEN = (CommentState.HELD, CommentState.ESCALATED)
MOST = 6
"""How many comments of each kind stand on the page; the others are a link away."""


@dataclass(frozen=True, slots=True)
class SaidCard:
    """A comment as the team reads it: who by group, and what the team answered."""

    id: CommentId
    text: str
    group: str
    answer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Comments of one kind: a heading, the first few, and how many more there are."""

    heading: str
    number: int
    cards: tuple[SaidCard, ...]
    n_more: int


@dataclass(frozen=True, slots=True)
class Said:
    """What was said about a section; `n_held` comments are not shown."""

    kinds: tuple[Cards, ...]
    n_held: int


def said_about(round_: Round, before: Round | None, section_id: SectionId) -> Said:
    """Reasons for changing, comments of this round, and comments of the round before with their answers."""
    now = comments_on(round_.id, section_id)
    earlier = comments_on(before.id, section_id) if before is not None else []
    about_change = _prompts_about_change(round_)
    reasons = [one for one in now if one.prompt in about_change]
    others = [one for one in now if one.prompt not in about_change]
    kinds = [
        _cards("Why people changed", round_.number, reasons),
        _cards(f"Comments of round {round_.number}", round_.number, others),
    ]
    if before is not None:
        kinds.append(_cards(f"What round {before.number} had said", before.number, earlier))
    return Said(
        tuple(one for one in kinds if one.cards),
        sum(one.state in HIDDEN for one in (*now, *earlier)),
    )


def _prompts_about_change(round_: Round) -> frozenset[str]:
    """The prompts that are only asked of people whose answer changed."""
    rows = db.session.execute(
        db.select(CommentPrompt.code, CommentPrompt.conditions).where(
            CommentPrompt.study_id == round_.study_id
        )
    )
    return frozenset(
        code for code, conditions in rows if {"shown_when", "only_if_comparable"} & conditions.keys()
    )


def _cards(heading: str, number: int, comments: list[Comment]) -> Cards:
    readable = [one for one in comments if one.state not in HIDDEN]
    return Cards(heading, number, tuple(_card(one) for one in readable[:MOST]), max(len(readable) - MOST, 0))


def _card(comment: Comment) -> SaidCard:
    answer = comment.disposition
    return SaidCard(
        comment.id,
        comment.text,
        comment.panellist.group.feedback_group.label,
        DISPOSITION_WORDS[DispositionKind(answer.kind)] if answer else "",
        answer.reason if answer else "",
    )
