"""Studies, and the parts of them that the pure wings work with: scale, groups, rule, protocol."""

from __future__ import annotations

from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotFound
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.ids import AccountId, StudyId
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale
from delphi.extensions import db
from delphi.models.accounts import Account, TeamRole
from delphi.models.groups import ConsensusPanel, FeedbackGroup, StakeholderGroup
from delphi.models.sections import Criterion
from delphi.models.studies import Study


def study_by_slug(slug: str) -> Study:
    """The study with this short name; NotFound with the names there are."""
    study: Study | None = db.session.scalar(db.select(Study).where(Study.slug == slug))
    if study is None:
        names = ", ".join(db.session.scalars(db.select(Study.slug).order_by(Study.slug)).all())
        raise NotFound(f"There is no study called “{slug}”. Studies here: {names or 'none yet'}.")
    return study


def study_of(study_id: StudyId) -> Study:
    """The study with this id; NotFound otherwise."""
    study = db.session.get(Study, study_id)
    if study is None:
        raise NotFound("There is no such study.")
    return study


def all_studies() -> list[Study]:
    """Every study on this platform, by short name."""
    return list(db.session.scalars(db.select(Study).order_by(Study.slug)).all())


def scale_of(study: Study) -> Scale:
    """The study's scale."""
    return Scale.model_validate(study.scale)


def rule_of(study: Study) -> Rule:
    """The study's consensus rule."""
    return Rule.model_validate(study.rule)


def structure_of(study_id: StudyId) -> GroupStructure:
    """Groups, consensus panels and feedback groups of a study, in their fixed order."""
    groups = groups_of(study_id)

    def union(kind: type[ConsensusPanel] | type[FeedbackGroup], attribute: str) -> tuple[GroupUnion, ...]:
        rows = db.session.scalars(db.select(kind).where(kind.study_id == study_id).order_by(kind.position))
        return tuple(
            GroupUnion(row.code, row.label, tuple(g.code for g in groups if getattr(g, attribute) == row.id))
            for row in rows
        )

    return GroupStructure(
        groups=tuple(Group(group.code, group.label) for group in groups),
        panels=union(ConsensusPanel, "panel_id"),
        feedback_groups=union(FeedbackGroup, "feedback_group_id"),
    )


def groups_of(study_id: StudyId) -> list[StakeholderGroup]:
    """The study's stakeholder groups in their fixed order."""
    return list(
        db.session.scalars(
            db.select(StakeholderGroup)
            .where(StakeholderGroup.study_id == study_id)
            .order_by(StakeholderGroup.position)
        ).all()
    )


def criteria_of(study_id: StudyId) -> list[Criterion]:
    """What is asked of every section, in order."""
    return list(
        db.session.scalars(
            db.select(Criterion).where(Criterion.study_id == study_id).order_by(Criterion.position)
        ).all()
    )


def account_by_email(email: str) -> Account:
    """The account with this e-mail address; NotFound otherwise."""
    account: Account | None = db.session.scalar(
        db.select(Account).where(Account.email == email.strip().lower())
    )
    if account is None:
        raise NotFound(f"Nobody has an account with the address {email}. Add one with “delphi user add”.")
    return account


def has_account(email: str) -> bool:
    """Whether somebody has an account with this e-mail address."""
    return db.session.scalar(db.select(Account.id).where(Account.email == email.strip().lower())) is not None


def member_of(study_id: StudyId, account_id: AccountId) -> TeamMember:
    """An account as an actor in one study, with the roles it has there (perhaps none)."""
    roles = db.session.scalars(
        db.select(TeamRole.role).where(TeamRole.study_id == study_id, TeamRole.account_id == account_id)
    ).all()
    return TeamMember(account_id, study_id, frozenset(roles))


def team_of(study_id: StudyId) -> list[TeamRole]:
    """Who is in the study team, in order of name."""
    return list(
        db.session.scalars(
            db.select(TeamRole)
            .join(Account, Account.id == TeamRole.account_id)
            .where(TeamRole.study_id == study_id)
            .order_by(Account.name, TeamRole.role)
        ).all()
    )
