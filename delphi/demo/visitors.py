"""A second copy of the demo study, dated from today and left in an open round 1 for visitors to rate."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from delphi.demo.script import load_script
from delphi.domain.actors import Operator, TeamMember
from delphi.domain.calendar import day_of
from delphi.domain.ids import StudyId
from delphi.domain.study_archive import read_folder
from delphi.models.panellists import Panellist
from delphi.queries.studies import account_by_email, has_account, member_of
from delphi.services import accounts, consent, drafts, invitations, panel, rounds, studies
from delphi.unit_of_work import unit_of_work

SLUG = "making-connections-open"


def open_for_visitors(folder: Path, *, now: datetime) -> StudyId:
    """Set the copy up, seal it, and arm its first round, which opened on Monday of this week.

    One visitor is registered for each stakeholder group; all but the first have consented. The round
    opens when the outbox is next worked off.
    """
    script, bundle = load_script(folder), read_folder(folder / "study")
    today = day_of(now, bundle.study_file.study.timezone)
    monday = today - timedelta(days=today.weekday())
    with unit_of_work():
        study_id = studies.import_study(
            bundle=bundle, actor=Operator(), now=now, first_day=monday, slug=SLUG
        ).id
        for person in script.team:
            if not has_account(person.email):
                accounts.add_account(email=person.email, name=person.name, actor=Operator(), now=now)
            accounts.give_role(
                study_id=study_id, email=person.email, role=person.role, actor=Operator(), now=now
            )
    signers = [
        member_of(study_id, account_by_email(person.email).id)
        for key in (script.sign_off.first, script.sign_off.lead)
        for person in script.team
        if person.key == key
    ]
    _seal(study_id, signers, now)
    for section in bundle.study_file.sections:
        _publish(study_id, section.id, signers, now)
    groups = [(group.id, group.label) for group in bundle.study_file.stakeholder_groups]
    given = {statement.id for statement in bundle.study_file.consent.statements}
    for index, (group, label) in enumerate(groups):
        _add_visitor(study_id, group, label, given if index else None, signers[-1], now)
    with unit_of_work():
        rounds.arm_round(study_id=study_id, number=1, actor=signers[-1], now=now)
    return study_id


def _seal(study_id: StudyId, signers: list[TeamMember], now: datetime) -> None:
    with unit_of_work():
        for signer in signers:
            studies.sign_rule(study_id=study_id, actor=signer, now=now)
        studies.seal_study(study_id=study_id, actor=signers[-1], now=now)


def _publish(study_id: StudyId, section: str, signers: list[TeamMember], now: datetime) -> None:
    with unit_of_work():
        drafts.propose_draft(study_id=study_id, section=section, number=1, actor=signers[0], now=now)
        for signer in signers:
            drafts.sign_draft(study_id=study_id, section=section, number=1, actor=signer, now=now)
        drafts.publish_draft(study_id=study_id, section=section, number=1, actor=signers[-1], now=now)


def _add_visitor(
    study_id: StudyId, group: str, label: str, given: set[str] | None, lead: TeamMember, now: datetime
) -> Panellist:
    with unit_of_work():
        visitor = panel.register_panellist(
            study_id=study_id,
            name=f"Visitor, {label}",
            email=f"visitor.{group.replace('_', '.')}@panel.example",
            group=group,
            actor=lead,
            now=now,
        )
        invitations.invite(study_id=study_id, codes=[visitor.code], actor=lead, now=now)
        if given is not None:
            consent.give_consent(
                study_id=study_id, code=visitor.code, given=given, how="phone", actor=lead, now=now
            )
    return visitor
