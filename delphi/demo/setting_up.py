"""The demo before its first round: study and team, advice, the seal, drafts, the panel and its consent."""

from __future__ import annotations

import csv
import io
import random
from datetime import datetime

from delphi.demo import telling
from delphi.demo.cast import NotJoined, Panellist
from delphi.demo.stage import Stage
from delphi.domain.actors import Operator, PanellistActor
from delphi.extensions import db
from delphi.models.panellists import Identity
from delphi.models.panellists import Panellist as PanelMember
from delphi.queries.studies import has_account
from delphi.services import (
    accounts,
    advisory,
    consent,
    deletion,
    drafts,
    invitations,
    leaving,
    panel,
    panel_import,
    studies,
)

COLUMNS = (
    "code",
    "name",
    "email",
    "phone",
    "address",
    "group",
    "format",
    "mode",
    "region",
    "other_perspectives",
)


def set_up(stage: Stage, now: datetime) -> None:
    """Import the study file and add the team with its roles."""
    with stage.use_case():
        study = studies.import_study(bundle=stage.bundle, actor=Operator(), now=now)
        stage.study_id = study.id
    for person in stage.script.team:
        with stage.use_case():
            if not has_account(person.email):
                accounts.add_account(email=person.email, name=person.name, actor=Operator(), now=now)
            accounts.give_role(
                study_id=stage.study_id, email=person.email, role=person.role, actor=Operator(), now=now
            )
    stage.say(
        f"{stage.bundle.study_file.study.short_title} is set up with a team of {len(stage.script.team)}."
    )


def record_remark(stage: Stage, index: int, now: datetime) -> None:
    """Keep what an advisory member said about the working draft."""
    remark = stage.script.advisory_review.remarks[index]
    with stage.use_case():
        advisory.record_advice(
            study_id=stage.study_id,
            section=remark.section,
            text=remark.text,
            action=remark.action,
            actor=stage.member(remark.by),
            now=now,
        )


def seal(stage: Stage, now: datetime) -> None:
    """Two sign the rule, the lead seals it."""
    for key in (stage.script.sign_off.first, stage.script.sign_off.lead):
        with stage.use_case():
            studies.sign_rule(study_id=stage.study_id, actor=stage.member(key), now=now)
    with stage.use_case():
        checksum = studies.seal_study(
            study_id=stage.study_id, actor=stage.member(stage.script.sign_off.lead), now=now
        )
    stage.say(f"The rule is sealed before any data: {checksum[:16]}…")


def publish_first_drafts(stage: Stage, now: datetime) -> None:
    """Sign off and publish the drafts that round 1 will put."""
    for section in stage.script.round(1).items:
        sign_and_publish(stage, section, 1, now)


def sign_and_publish(stage: Stage, section: str, number: int, now: datetime) -> None:
    """Propose a draft, have two sign it, and publish it."""
    lead = stage.member(stage.script.sign_off.lead)
    with stage.use_case():
        drafts.propose_draft(study_id=stage.study_id, section=section, number=number, actor=lead, now=now)
    for key in (stage.script.sign_off.first, stage.script.sign_off.lead):
        with stage.use_case():
            drafts.sign_draft(
                study_id=stage.study_id, section=section, number=number, actor=stage.member(key), now=now
            )
    with stage.use_case():
        drafts.publish_draft(study_id=stage.study_id, section=section, number=number, actor=lead, now=now)


def import_panel(stage: Stage, now: datetime) -> None:
    """Everybody who was interested by the end of registration, as one panel file."""
    joined = [person for person in stage.script.panellists if person.joined_on is None]
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS)
    writer.writeheader()
    writer.writerows(_row(stage, person) for person in joined)
    free = codes_not_in(stage)
    writer.writerows(
        _row_of_not_joined(person, code) for person, code in zip(stage.script.not_joined, free, strict=True)
    )
    with stage.use_case():
        added = panel_import.import_panel(
            study_id=stage.study_id,
            content=table.getvalue().encode("utf-8"),
            actor=stage.member(stage.script.sign_off.first),
            now=now,
        )
    stage.say(f"{len(added)} people are interested by the end of registration.")


def _row(stage: Stage, person: Panellist) -> dict[str, str]:
    contact = stage.script.contacts[person.code]
    return {
        "code": person.code,
        "name": contact.name,
        "email": contact.email or "",
        "phone": contact.phone,
        "address": contact.address or "",
        "group": person.group,
        "format": person.format,
        "mode": person.mode,
        "region": person.region,
        "other_perspectives": "; ".join(person.other_perspectives),
    }


def codes_not_in(stage: Stage) -> list[str]:
    """Codes for those who will not take part, in no order, and none that the script gives to somebody.

    The platform would draw them too, but then it might draw the one of somebody who joins later.
    """
    codes = [f"P{n}" for n in range(len(stage.script.panellists) + 1, 100)]
    return random.Random(stage.simulation.seed).sample(codes, len(stage.script.not_joined))


def _row_of_not_joined(person: NotJoined, code: str) -> dict[str, str]:
    return {
        "code": code,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "address": "",
        "group": person.group,
        "format": "standard",
        "mode": "self",
        "region": "",
        "other_perspectives": "",
    }


def invite(stage: Stage, now: datetime) -> None:
    """Invite everybody who is offered a place."""
    codes = [person.code for person in stage.script.panellists if person.joined_on is None]
    codes += [_code_of(stage, one.email) for one in stage.script.not_joined if one.status != "not_invited"]
    with stage.use_case():
        invitations.invite(
            study_id=stage.study_id, codes=codes, actor=stage.member(stage.script.sign_off.first), now=now
        )
    stage.say(f"{len(codes)} people are invited.")


def invite_late_joiner(stage: Stage, person: Panellist, now: datetime) -> None:
    """Add and invite somebody who was accepted between two rounds."""
    contact = stage.script.contacts[person.code]
    actor = stage.member(stage.script.sign_off.first)
    with stage.use_case():
        panel.register_panellist(
            study_id=stage.study_id,
            code=person.code,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            group=person.group,
            format=person.format,
            mode=person.mode,
            region=person.region,
            perspectives=person.other_perspectives,
            actor=actor,
            now=now,
        )
        invitations.invite(study_id=stage.study_id, codes=[person.code], actor=actor, now=now)
    stage.say(f"{person.code} is accepted and may join before round 2 opens.")


def consent_of(stage: Stage, person: Panellist, now: datetime) -> None:
    """Somebody follows their link, or sends the form back, and consents."""
    given = {one.id for one in stage.bundle.study_file.consent.statements} | set(person.optional)
    if person.mode == "paper":
        with stage.use_case():
            consent.give_consent(
                study_id=stage.study_id,
                code=person.code,
                given=given,
                how="paper",
                actor=stage.member("marta"),
                now=now,
            )
        return
    actor = _follow_link(stage, person.code, now)
    with stage.use_case():
        consent.give_consent(
            study_id=stage.study_id,
            code=person.code,
            given=given,
            variant="easy_read" if person.format == "easy_read" else "standard",
            actor=actor,
            now=now,
        )


def decline(stage: Stage, person: NotJoined, now: datetime) -> None:
    """Somebody opens the link and says no."""
    code = _code_of(stage, person.email)
    actor = _follow_link(stage, code, now)
    with stage.use_case():
        leaving.decline(study_id=stage.study_id, code=code, actor=actor, now=now)


def leave(stage: Stage, person: Panellist, now: datetime) -> None:
    """Somebody stops, and perhaps asks for their answers to be deleted."""
    stop = person.stops
    if stop is None:
        return
    act = deletion.stop_and_delete if stop.delete_answers else leaving.stop
    with stage.use_case():
        act(study_id=stage.study_id, code=person.code, actor=stage.person(person.code), now=now)
    if stop.delete_answers:
        for sentence in telling.deletion_told(stage.study_id, person.code):
            stage.say(sentence)
    else:
        stage.say(f"{person.code} stops; the answers given so far stay.")


def _follow_link(stage: Stage, code: str, now: datetime) -> PanellistActor:
    """Sign in with a fresh personal link, as from a message."""
    with stage.use_case():
        token = invitations.issue_link(panellist_id=stage.person(code).panellist_id, now=now)
    with stage.use_case():
        return invitations.open_link(token=token, now=now)


def _code_of(stage: Stage, email: str) -> str:
    """The code that the platform drew for somebody; only the player, which plays them, looks it up."""
    code: str = db.session.scalars(
        db.select(PanelMember.code)
        .join(Identity, Identity.panellist_id == PanelMember.id)
        .where(Identity.study_id == stage.study_id, Identity.email == email)
    ).one()
    return code
