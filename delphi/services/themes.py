"""Coding comments by theme, so that feedback and reports can group what was said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.answers import CommentTheme, Theme
from delphi.queries.comments import themes_of
from delphi.services.bylines import account_of
from delphi.services.comments import comment_to_work_on
from delphi.services.events import record

LONGEST_LABEL = 100


def set_themes(
    *, study_id: StudyId, comment_id: CommentId, labels: Iterable[str], actor: Actor, now: datetime
) -> None:
    """Give a comment exactly these themes; a theme that the study does not have yet is made.

    Labels that differ only in capitals or blanks are one theme. Whoever gave a theme first keeps standing
    beside it. Raises NotFound, WrongState as reviewing does, InvalidInput for an empty or long label.
    """
    require(actor, Permission.REVIEW_COMMENTS, study_id)
    comment = comment_to_work_on(study_id, comment_id)
    known = {_key(theme.label): theme for theme in themes_of(study_id)}
    wanted: dict[str, Theme] = {}
    for label in labels:
        clean = " ".join(required_words("themes", label, at_most=LONGEST_LABEL).split())
        theme = known.get(_key(clean))
        if theme is None:
            theme = Theme(study_id=study_id, label=clean)
            db.session.add(theme)
            known[_key(clean)] = theme
        wanted[_key(clean)] = theme
    db.session.flush()
    given = {link.theme_id: link for link in comment.themes}
    comment.themes = [
        given.get(theme.id) or CommentTheme(theme_id=theme.id, coded_by=account_of(actor))
        for theme in wanted.values()
    ]
    db.session.flush()
    record("comment_coded", study_id=study_id, actor=actor, now=now, subject=f"comment:{comment_id}")


def _key(label: str) -> str:
    return label.casefold()
