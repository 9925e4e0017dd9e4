"""Comments and what the team has still to do about them.

While a round is open nobody reads its comments (requirement M21): these functions refuse, and only
`comment_counts` answers, with numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import selectinload

from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import CommentId, RoundId, SectionId, StudyId
from delphi.domain.states import CommentState, RoundState
from delphi.extensions import db
from delphi.models.answers import Comment, CommentTheme, Disposition, Theme
from delphi.models.decisions import Revision, RevisionChange, RevisionChangeComment
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.sections import Section

READABLE = (RoundState.CLOSED, RoundState.ANALYSED, RoundState.PUBLISHED, RoundState.CANCELLED)


@dataclass(frozen=True, slots=True)
class CommentCount:
    """How many comments a section has in a round; `section` is None for those on the whole."""

    section: str | None
    n: int
    n_unreviewed: int
    n_unanswered: int


def require_readable(round_: Round) -> None:
    """Stop while comments may not be read; WrongState says when they can be."""
    if round_.state not in READABLE:
        raise WrongState(
            f"Round {round_.number} is {round_.state.value}. Its comments can be read once it has closed."
        )


def comment_of(study_id: StudyId, comment_id: CommentId) -> Comment:
    """One comment of a study; NotFound for any other, WrongState while its round is open."""
    row = db.session.execute(
        db.select(Comment, Round)
        .join(Round, Round.id == Comment.round_id)
        .where(Comment.study_id == study_id, Comment.id == comment_id)
    ).first()
    if row is None:
        raise NotFound(f"This study has no comment {comment_id}.")
    comment: Comment = row[0]
    require_readable(row[1])
    return comment


def comments_of_round(round_id: RoundId) -> list[Comment]:
    """Every comment of a round: by section, those on the whole last, each in the order of writing.

    Disposition, themes, and the writer's code and groups are loaded with it. WrongState while the round
    is open.
    """
    return _comments(round_id)


def comments_on(round_id: RoundId, section_id: SectionId) -> list[Comment]:
    """The comments of a round on one section, in the order of writing; as `comments_of_round`."""
    return _comments(round_id, Comment.section_id == section_id)


def unreviewed_comments(round_id: RoundId) -> list[Comment]:
    """The comments of a round about which nobody has decided whether the panel may see them."""
    return _comments(round_id, Comment.state == CommentState.NEW)


def unanswered_comments(round_id: RoundId) -> list[Comment]:
    """The comments of a round that have no answer from the team, held and escalated ones included."""
    return _comments(round_id, ~Comment.disposition.has())


def comment_counts(round_id: RoundId) -> list[CommentCount]:
    """How many comments each section of a round has, in the order of sections; answers in any state."""
    is_new = func.sum(func.cast(Comment.state == CommentState.NEW, db.Integer))
    rows = db.session.execute(
        db.select(Section.code, func.count(), is_new, func.count() - func.count(Disposition.comment_id))
        .select_from(Comment)
        .outerjoin(Section, Section.id == Comment.section_id)
        .outerjoin(Disposition, Disposition.comment_id == Comment.id)
        .where(Comment.round_id == round_id)
        .group_by(Section.code, Section.position)
        .order_by(Section.position.is_(None), Section.position)
    )
    return [CommentCount(code, n, int(new), unanswered) for code, n, new, unanswered in rows]


def changes_behind(round_id: RoundId) -> dict[CommentId, list[tuple[Revision, RevisionChange]]]:
    """What each comment of a round led to: the "you said, we did" lines that name it, in order."""
    rows = db.session.execute(
        db.select(RevisionChangeComment.comment_id, Revision, RevisionChange)
        .join(RevisionChange, RevisionChange.id == RevisionChangeComment.change_id)
        .join(Revision, Revision.id == RevisionChange.revision_id)
        .join(Comment, Comment.id == RevisionChangeComment.comment_id)
        .where(Comment.round_id == round_id)
        .order_by(Revision.for_round, Revision.id, RevisionChange.position)
    )
    found: dict[CommentId, list[tuple[Revision, RevisionChange]]] = {}
    for comment_id, revision, change in rows:
        found.setdefault(comment_id, []).append((revision, change))
    return found


def themes_of(study_id: StudyId) -> list[Theme]:
    """The themes of a study, by label."""
    return list(db.session.scalars(db.select(Theme).where(Theme.study_id == study_id).order_by(Theme.label)))


def _comments(round_id: RoundId, *conditions: ColumnElement[bool]) -> list[Comment]:
    round_ = db.session.get(Round, round_id)
    if round_ is None:
        raise NotFound("There is no such round.")
    require_readable(round_)
    statement = (
        db.select(Comment)
        .outerjoin(Section, Section.id == Comment.section_id)
        .where(Comment.round_id == round_id, *conditions)
        .order_by(Section.position.is_(None), Section.position, Comment.id)
        .options(
            selectinload(Comment.disposition),
            selectinload(Comment.themes).joinedload(CommentTheme.theme),
            selectinload(Comment.panellist)
            .joinedload(Panellist.group)
            .joinedload(StakeholderGroup.feedback_group),
        )
    )
    return list(db.session.scalars(statement))
