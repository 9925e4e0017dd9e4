"""Adding people to the panel, one at a time or many, under codes that tell nothing about them.

A code is drawn by the platform, or brought when the study gave codes before it came here. Who a person
is goes into a table of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import Identity, Panellist, Perspective, Tombstone
from delphi.models.studies import Study
from delphi.queries.admission import admission_of
from delphi.queries.identities import identities_of, identity_of
from delphi.queries.studies import groups_of, structure_of
from delphi.services.events import record
from delphi.services.membership import panellist_acted_on, subject_of
from delphi.services.panel_entries import PanelEntry, entry_from, faults_in, marks_of


def register_panellist(
    *,
    study_id: StudyId,
    name: str,
    group: str,
    email: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    format: str = "standard",  # noqa: A002 - the word that the study file and the table use
    mode: str | None = None,
    region: str | None = None,
    perspectives: Iterable[str] = (),
    code: str | None = None,
    actor: Actor,
    now: datetime,
) -> Panellist:
    """Add one person to the panel; nobody is written to before they are invited.

    `group` and `perspectives` are codes of stakeholder groups. Raises InvalidInput with every problem,
    WrongState when the study admits nobody any more.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    study = study_admitting(study_id)
    structure = structure_of(study_id)
    entry = entry_from(
        name=name,
        group=group,
        email=email,
        phone=phone,
        address=address,
        format=format,
        mode=mode,
        region=region,
        perspectives=perspectives,
        code=code,
        structure=structure,
    )
    faults = [*faults_in(entry, structure), *clashes_with_panel(study_id, [entry]).get(0, [])]
    if faults:
        raise InvalidInput(Problem(field, sentence) for field, sentence in faults)
    panellist = add_people(study, [entry], now)[0]
    record("panellist_registered", study_id=study_id, actor=actor, now=now, subject=subject_of(panellist))
    return panellist


def change_contact_details(
    *,
    study_id: StudyId,
    code: str,
    name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Correct a person's name or the ways of reaching them; None leaves a field, an empty text clears it.

    Raises InvalidInput for a bad address or somebody else's, WrongState once the details are deleted.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    identity = identity_of(study_id, code)
    if identity is None:
        raise WrongState(f"The contact details of {code} have been deleted and stay deleted.")
    structure = structure_of(study_id)
    entry = entry_from(
        name=identity.name if name is None else name,
        group=panellist.group.code,
        email=identity.email if email is None else email,
        phone=identity.phone if phone is None else phone,
        address=identity.address if address is None else address,
        format=panellist.format,
        mode=panellist.mode,
        structure=structure,
    )
    clashes = clashes_with_panel(study_id, [entry], leaving_out=code).get(0, [])
    faults = [*faults_in(entry, structure), *clashes]
    if faults:
        raise InvalidInput(Problem(field, sentence) for field, sentence in faults)
    if entry.email != identity.email:
        identity.email_bounced_at = None
    identity.name, identity.email = entry.name, entry.email
    identity.phone, identity.address = entry.phone, entry.address
    db.session.flush()
    subject = subject_of(panellist)
    record("contact_details_changed", study_id=study_id, actor=actor, now=now, subject=subject)


def study_admitting(study_id: StudyId) -> Study:
    """The study, held against others who register people at the same time, if it still admits anybody.

    Raises NotFound, or WrongState with the sentence of its protocol.
    """
    study = db.session.get(Study, study_id, with_for_update={"key_share": True}, populate_existing=True)
    if study is None:
        raise NotFound("There is no such study.")
    admission = admission_of(study)
    if not admission.is_open:
        raise WrongState(admission.sentence)
    return study


def add_people(study: Study, entries: Sequence[PanelEntry], now: datetime) -> list[Panellist]:
    """Write checked entries into the panel, each with its code; the caller records the event."""
    group_ids = {group.code: group.id for group in groups_of(study.id)}
    brought = {entry.code for entry in entries if entry.code}
    drawn = iter(draw_codes(study, sum(1 for entry in entries if not entry.code), taken=brought))
    added = []
    for entry in entries:
        panellist = Panellist(
            study_id=study.id,
            code=entry.code or next(drawn),
            group_id=group_ids[entry.group],
            state=PanellistState.REGISTERED,
            format=entry.format,
            mode=entry.mode,
            region=entry.region,
            registered_at=now,
            perspectives=[Perspective(group_id=group_ids[other]) for other in entry.perspectives],
        )
        db.session.add(panellist)
        added.append(panellist)
    db.session.flush()
    for entry, panellist in zip(entries, added, strict=True):
        db.session.add(
            Identity(
                panellist_id=panellist.id,
                study_id=study.id,
                name=entry.name,
                email=entry.email,
                phone=entry.phone,
                address=entry.address,
            )
        )
    db.session.flush()
    return added


def clashes_with_panel(
    study_id: StudyId, entries: Sequence[PanelEntry], *, leaving_out: str = ""
) -> dict[int, list[tuple[str, str]]]:
    """Where new entries meet people or codes that the panel has already: (field, sentence) by place.

    `leaving_out` is the code of the person who is being changed.
    """
    known = {
        mark: code
        for code, identity in identities_of(study_id)
        if code != leaving_out
        for mark in marks_of(identity.name, identity.email, identity.phone, identity.address)
    }
    taken = _codes_of(study_id)
    clashes: dict[int, list[tuple[str, str]]] = {}
    for place, entry in enumerate(entries):
        met = next(
            ((what, known[what, value]) for what, value in entry.marks if (what, value) in known), None
        )
        if met:
            field = "email" if met[0] == "e-mail address" else "name"
            sentence = f"Somebody with this {met[0]} is on the panel already, with the code {met[1]}."
            clashes.setdefault(place, []).append((field, sentence))
        if entry.code and entry.code in taken:
            sentence = f"The code {entry.code} is or was somebody's on this panel. Choose another one."
            clashes.setdefault(place, []).append(("code", sentence))
    return clashes


def draw_codes(study: Study, n: int, *, taken: Iterable[str] = ()) -> list[str]:
    """`n` free codes of the study's form, drawn at random: neither group nor order shows in them.

    The code of somebody who was deleted is never given again. A form that has run out gets one digit
    more: after P99 comes one of P100 to P999.
    """
    first = str(study.privacy.get("pseudonym_format") or "P01")
    prefix = first.rstrip("0123456789")
    width = len(first) - len(prefix)
    used = _codes_of(study.id) | set(taken)
    free = [code for i in range(1, 10**width) if (code := f"{prefix}{i:0{width}}") not in used]
    while len(free) < n:
        free += [code for i in range(10**width, 10 ** (width + 1)) if (code := f"{prefix}{i}") not in used]
        width += 1
    return secrets.SystemRandom().sample(free, n)


def _codes_of(study_id: StudyId) -> set[str]:
    """Every code that is or was somebody's."""
    living = db.session.scalars(db.select(Panellist.code).where(Panellist.study_id == study_id))
    gone = db.session.scalars(db.select(Tombstone.code).where(Tombstone.study_id == study_id))
    return {*living, *gone}
