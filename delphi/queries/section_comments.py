"""The comments of a section's last round, as cards beside its text: what was said, what was answered."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.ids import CommentId
from delphi.domain.states import CommentState
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.queries.comments import READABLE, comments_of_round
from delphi.queries.decisions import last_round_of

HIDDEN = (CommentState.HELD, CommentState.ESCALATED)
REVIEWED = (CommentState.SHOWN, CommentState.REDACTED)
ASKS_FOR_CHANGE = (DispositionKind.ACCEPTED, DispositionKind.PARTLY)


@dataclass(frozen=True, slots=True)
class CommentCard:
    """A comment with the answer it got; `words` are those the panel may see, "" until it was reviewed.

    `did` is what the team says it does about it, "" when nothing is changed for it.
    """

    id: CommentId
    text: str
    about: str
    answer: str
    words: str
    did: str


def comment_cards(section: Section) -> tuple[CommentCard, ...]:
    """The comments of the section's last round that can be read, but for held ones."""
    last = last_round_of(section)
    if last is None or last.round.state not in READABLE:
        return ()
    return tuple(_card(one) for one in _comments_on(last.round, section))


def _comments_on(round_: Round, section: Section) -> list[Comment]:
    return [
        one
        for one in comments_of_round(round_.id)
        if one.section_id == section.id and one.state not in HIDDEN
    ]


def _card(comment: Comment) -> CommentCard:
    answer = comment.disposition
    kind = DispositionKind(answer.kind) if answer else None
    group = comment.panellist.group.feedback_group.label
    return CommentCard(
        id=comment.id,
        text=comment.text,
        about=f"{group} · C{comment.id}",
        answer=f"{DISPOSITION_WORDS[kind]}. {answer.reason}" if answer and kind else "Not answered yet.",
        words=(comment.shown_text or comment.text) if comment.state in REVIEWED else "",
        did=(answer.reason or "") if answer and kind in ASKS_FOR_CHANGE else "",
    )
