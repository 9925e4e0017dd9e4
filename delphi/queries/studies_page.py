"""The studies that one account works on, each with where it stands and what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import Role
from delphi.domain.calendar import day_of, in_words
from delphi.domain.ids import AccountId
from delphi.domain.setup.marks import TO_FILL_IN
from delphi.domain.states import StudyState
from delphi.extensions import db
from delphi.models.accounts import TeamRole
from delphi.models.log import Event
from delphi.models.studies import Study
from delphi.queries.next_step import next_step
from delphi.queries.setup_checklist import filling_in_step
from delphi.queries.team_frame import roles_in_words


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One study in the list."""

    slug: str
    title: str
    organisation: str
    state: str
    tone: str
    next_step: str
    role: str
    changed: str


@dataclass(frozen=True, slots=True)
class StudiesPage:
    """The studies of one account; finished and archived ones apart."""

    rows: tuple[StudyRow, ...]
    finished: tuple[StudyRow, ...]
    may_import: bool


def studies_page(account_id: AccountId, now: datetime, search: str = "") -> StudiesPage:
    """Every study in whose team the account is, by title; `search` keeps those whose title has the words."""
    roles: dict[int, set[Role]] = {}
    for row in db.session.scalars(db.select(TeamRole).where(TeamRole.account_id == account_id)):
        roles.setdefault(row.study_id, set()).add(row.role)
    studies = db.session.scalars(
        db.select(Study).where(Study.id.in_(list(roles))).order_by(Study.title, Study.slug)
    ).all()
    wanted = search.casefold().split()
    rows: list[StudyRow] = []
    finished: list[StudyRow] = []
    for study in studies:
        if not all(word in f"{study.title} {study.short_title}".casefold() for word in wanted):
            continue
        is_over = study.state in (StudyState.FINISHED, StudyState.ARCHIVED)
        (finished if is_over else rows).append(_row(study, frozenset(roles[study.id]), now))
    may_import = any(Role.LEAD in held for held in roles.values())
    return StudiesPage(tuple(rows), tuple(finished), may_import)


def first_led_study(account_id: AccountId) -> TeamRole | None:
    """A study that this account leads, if there is one; whoever leads a study may bring another."""
    found: TeamRole | None = db.session.scalar(
        db.select(TeamRole)
        .where(TeamRole.account_id == account_id, TeamRole.role == Role.LEAD)
        .order_by(TeamRole.study_id)
        .limit(1)
    )
    return found


def _row(study: Study, roles: frozenset[Role], now: datetime) -> StudyRow:
    step = filling_in_step(study) or next_step(study, now)
    changed: datetime | None = db.session.scalar(
        db.select(Event.at).where(Event.study_id == study.id).order_by(Event.number.desc()).limit(1)
    )
    return StudyRow(
        slug=study.slug,
        title=study.short_title,
        organisation=TO_FILL_IN.sub("", str(study.information.get("organisation") or "")),
        state=step.standing,
        tone=step.tone,
        next_step=step.heading,
        role=roles_in_words(roles),
        changed=in_words(day_of(changed or study.created_at, study.timezone)),
    )
