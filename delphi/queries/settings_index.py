"""The list of a study's settings, and what is still missing before the first round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import StudyState
from delphi.extensions import db
from delphi.models.studies import Picture, Study
from delphi.queries.settings_page import SettingsLink, settings_links
from delphi.queries.setup_checklist import Checklist, setup_checklist
from delphi.queries.studies import study_of, team_of


@dataclass(frozen=True, slots=True)
class SettingsIndex:
    """Everything on the first page of the settings."""

    links: tuple[SettingsLink, ...]
    checklist: Checklist | None
    standing: str
    is_draft: bool
    n_people: int
    accent: str
    has_logo: bool
    n_pictures: int
    has_versions: bool
    may_export: bool


def settings_index(member: TeamMember, now: datetime) -> SettingsIndex:
    """The first page of the settings of the member's study."""
    study = study_of(member.study_id)
    return SettingsIndex(
        links=settings_links(study),
        checklist=setup_checklist(study, now),
        standing=_standing(study.state),
        is_draft=study.state == StudyState.DRAFT,
        n_people=len({row.account_id for row in team_of(study.id)}),
        accent=str(study.look.get("accent") or ""),
        has_logo=bool(study.look.get("logo")),
        has_versions=study.state == StudyState.RUNNING,
        n_pictures=len(picture_names(study)),
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def picture_names(study: Study) -> tuple[str, ...]:
    """The names of a study's pictures for texts; its logo is none."""
    names = db.session.scalars(
        db.select(Picture.name).where(Picture.study_id == study.id).order_by(Picture.name)
    )
    return tuple(one for one in names if one != study.look.get("logo"))


def _standing(state: StudyState) -> str:
    if state == StudyState.DRAFT:
        return "Nothing is sealed yet, so everything here can still be changed."
    if state == StudyState.ARCHIVED:
        return "The study is in the archive and can only be read."
    if state == StudyState.RUNNING:
        return (
            "The study has started. Name, contact, look and team can still change, information and consent "
            "by a new version; the rest is fixed."
        )
    return "The study is finished. Name, contact, look and team can still change; the rest is fixed."
