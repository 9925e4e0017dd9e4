"""The themes of a study and how often each is used, in which rounds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func

from delphi.domain.actors import TeamMember
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.answers import Comment, CommentTheme, Theme
from delphi.models.rounds import Round


@dataclass(frozen=True, slots=True)
class ThemeUse:
    """How many comments have a theme, and how many of them are in rounds whose feedback is published."""

    n: int
    n_published: int


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme in the list; `rounds` are (number, how many comments)."""

    id: int
    label: str
    n: int
    rounds: tuple[tuple[int, int], ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class ThemesPage:
    """The list of themes."""

    rows: tuple[ThemeRow, ...]
    n_comments_without: int


def themes_page(member: TeamMember) -> ThemesPage:
    """Every theme of the member's study with its use by round, by label."""
    uses: dict[int, list[tuple[int, int, bool]]] = {}
    for theme_id, number, state, n in db.session.execute(
        db.select(CommentTheme.theme_id, Round.number, Round.state, func.count())
        .join(Comment, Comment.id == CommentTheme.comment_id)
        .join(Round, Round.id == Comment.round_id)
        .where(Comment.study_id == member.study_id)
        .group_by(CommentTheme.theme_id, Round.number, Round.state)
        .order_by(Round.number)
    ):
        uses.setdefault(theme_id, []).append((number, n, state == RoundState.PUBLISHED))
    themes = db.session.scalars(
        db.select(Theme).where(Theme.study_id == member.study_id).order_by(func.lower(Theme.label))
    )
    rows = tuple(
        ThemeRow(
            one.id,
            one.label,
            sum(n for _, n, _ in uses.get(one.id, [])),
            tuple((number, n) for number, n, _ in uses.get(one.id, [])),
            any(is_published for _, _, is_published in uses.get(one.id, [])),
        )
        for one in themes
    )
    without = db.session.scalar(
        db.select(func.count())
        .select_from(Comment)
        .where(Comment.study_id == member.study_id, ~Comment.themes.any())
    )
    return ThemesPage(rows, without or 0)


def theme_uses(theme_id: int) -> ThemeUse:
    """How often a theme is used."""
    published = func.coalesce(func.sum(case((Round.state == RoundState.PUBLISHED, 1), else_=0)), 0)
    n, n_published = db.session.execute(
        db.select(func.count(), published)
        .select_from(CommentTheme)
        .join(Comment, Comment.id == CommentTheme.comment_id)
        .join(Round, Round.id == Comment.round_id)
        .where(CommentTheme.theme_id == theme_id)
    ).one()
    return ThemeUse(n, n_published)


def links_that_may_change(theme_id: int) -> list[CommentTheme]:
    """The comments with a theme whose round is not published: what was published is final."""
    return list(
        db.session.scalars(
            db.select(CommentTheme)
            .join(Comment, Comment.id == CommentTheme.comment_id)
            .join(Round, Round.id == Comment.round_id)
            .where(CommentTheme.theme_id == theme_id, Round.state != RoundState.PUBLISHED)
        )
    )
