"""Keeping the list of themes: made, renamed, put together, deleted. Published feedback keeps what it said."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.answers import CommentTheme, Theme
from delphi.queries.comments import themes_of
from delphi.queries.themes import links_that_may_change, theme_uses
from delphi.services.events import record
from delphi.services.themes import LONGEST_LABEL


def make_theme(*, study_id: StudyId, label: str, actor: Actor, now: datetime) -> Theme:
    """Add a theme that no comment has yet; InvalidInput for a name that is empty, long or there already."""
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    theme = Theme(study_id=study_id, label=_new_label(study_id, label, None))
    db.session.add(theme)
    db.session.flush()
    _record(theme.label, "made", study_id, actor, now)
    return theme


def rename_theme(*, study_id: StudyId, theme_id: int, label: str, actor: Actor, now: datetime) -> None:
    """Give a theme another name on every comment that has it.

    Raises WrongState for a theme that stands in published feedback: it was shown under this name.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    theme = _theme(study_id, theme_id)
    if theme_uses(theme_id).n_published:
        raise WrongState(
            f"“{theme.label}” stands in published feedback under this name. Make a new theme, and put this "
            "one together with it: comments of rounds that are not published move to the new one."
        )
    before, theme.label = theme.label, _new_label(study_id, label, theme)
    db.session.flush()
    _record(theme.label, "renamed", study_id, actor, now, before=before)


def put_together(*, study_id: StudyId, theme_id: int, into_id: int, actor: Actor, now: datetime) -> int:
    """Give every comment of one theme the other instead; how many comments moved.

    Comments of published rounds keep their theme, and the theme then stays in the list for them. Raises
    InvalidInput for a theme and itself, NotFound for one of another study.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    theme, into = _theme(study_id, theme_id), _theme(study_id, into_id)
    if theme.id == into.id:
        raise InvalidInput([Problem("into", "Choose another theme to put it together with.")])
    links = links_that_may_change(theme_id)
    for link in links:
        if db.session.get(CommentTheme, (link.comment_id, into_id)) is None:
            db.session.add(CommentTheme(comment_id=link.comment_id, theme_id=into_id, coded_by=link.coded_by))
        db.session.delete(link)
    db.session.flush()
    label = theme.label
    if not theme_uses(theme_id).n:
        db.session.delete(theme)
        db.session.flush()
    _record(label, "put together", study_id, actor, now, into=into.label)
    return len(links)


def delete_theme(*, study_id: StudyId, theme_id: int, actor: Actor, now: datetime) -> None:
    """Take a theme off the list; WrongState while a comment has it."""
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    theme = _theme(study_id, theme_id)
    if theme_uses(theme_id).n:
        raise WrongState(f"“{theme.label}” is on comments. Put it together with another theme instead.")
    label = theme.label
    db.session.delete(theme)
    db.session.flush()
    _record(label, "deleted", study_id, actor, now)


def _theme(study_id: StudyId, theme_id: int) -> Theme:
    theme = db.session.get(Theme, theme_id)
    if theme is None or theme.study_id != study_id:
        raise NotFound("This study has no such theme.")
    return theme


def _new_label(study_id: StudyId, label: str, own: Theme | None) -> str:
    clean = " ".join(required_words("label", label, at_most=LONGEST_LABEL, missing="Give it a name.").split())
    if "," in clean:
        raise InvalidInput(
            [Problem("label", "A theme has no comma in its name: commas stand between themes.")]
        )
    for other in themes_of(study_id):
        if other is not own and other.label.casefold() == clean.casefold():
            raise InvalidInput([Problem("label", f"There is a theme “{other.label}” already.")])
    return clean


def _record(label: str, what: str, study_id: StudyId, actor: Actor, now: datetime, **more: str) -> None:
    data = {"what": what, **more}
    record("theme_changed", study_id=study_id, actor=actor, now=now, subject=f"theme:{label}", data=data)
