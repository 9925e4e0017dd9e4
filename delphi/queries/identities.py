"""Who the panellists are. Nothing here joins to ratings or comments, and nothing there joins to here.

Only services/identities.py (which leaves an event), the services that keep contact details, and the
background work that addresses messages read from this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.errors import NotFound
from delphi.domain.ids import PanellistId, RoundId, StudyId
from delphi.domain.states import PanellistState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Identity, Invitation, Panellist
from delphi.models.rounds import Round
from delphi.queries.panellists import panellist_of

WRITTEN_TO = (PanellistState.REGISTERED, PanellistState.ACTIVE)
"""Whom the study may write to: nobody who has stopped."""


@dataclass(frozen=True, slots=True)
class PersonalDetails:
    """One person's name and how to reach them; `has_bounced` while messages to the address come back."""

    code: str
    name: str
    email: str | None
    phone: str | None
    address: str | None
    has_bounced: bool = False


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a message goes, and in which format."""

    panellist_id: PanellistId
    study_id: StudyId
    code: str
    name: str
    email: str
    format: str


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One person on the panel page: contact and progress by round, never an answer.

    `person` is None once the contact details are deleted. `progress` maps round numbers to "started" or
    "submitted"; a round that is missing was not begun.
    """

    code: str
    group: str
    state: str
    invitation: str
    format: str
    mode: str
    region: str | None
    person: PersonalDetails | None
    progress: dict[int, str]


@dataclass(frozen=True, slots=True)
class PanelPage:
    """The panel as the people see it who look after it."""

    rounds: tuple[int, ...]
    rows: tuple[PanelRow, ...]


def panel_page(study_id: StudyId) -> PanelPage:
    """Everybody on the panel by code. Behind services/identities.open_panel_page, which leaves an event."""
    rounds = db.session.execute(
        db.select(Round.id, Round.number).where(Round.study_id == study_id).order_by(Round.number)
    ).all()
    progress = _progress(study_id, {row.id: row.number for row in rounds})
    people = db.session.execute(
        db.select(
            Panellist.id, Panellist.code, StakeholderGroup.label, Panellist.state, Invitation.state,
            Panellist.format, Panellist.mode, Panellist.region,
            Identity.name, Identity.email, Identity.phone, Identity.address, Identity.email_bounced_at,
        )
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .outerjoin(Invitation, Invitation.panellist_id == Panellist.id)
        .outerjoin(Identity, Identity.panellist_id == Panellist.id)
        .where(Panellist.study_id == study_id)
        .order_by(Panellist.code)
    ).all()  # fmt: skip
    return PanelPage(
        rounds=tuple(row.number for row in rounds),
        rows=tuple(
            PanelRow(
                code=code,
                group=group,
                state=state.value,
                invitation=invited.value if invited else "",
                format=format_,
                mode=mode,
                region=region,
                person=_details_in(code, *who),
                progress=progress.get(panellist_id, {}),
            )
            for panellist_id, code, group, state, invited, format_, mode, region, *who in people
        ),
    )


def _progress(study_id: StudyId, numbers: dict[RoundId, int]) -> dict[PanellistId, dict[int, str]]:
    found: dict[PanellistId, dict[int, str]] = {}
    rows = db.session.execute(
        db.select(Submission.panellist_id, Submission.round_id, Submission.state)
        .where(Submission.study_id == study_id)
        .order_by(Submission.round_id)
    )
    for panellist_id, round_id, state in rows:
        found.setdefault(panellist_id, {})[numbers[round_id]] = SubmissionState(state).value
    return found


def details_of(study_id: StudyId, code: str) -> PersonalDetails:
    """Name and contact of one person; NotFound for an unknown code and once the details are deleted."""
    identity = identity_of(study_id, code)
    if identity is None:
        raise NotFound(f"The contact details of {code} have been deleted, so nobody can be looked up.")
    return _details(code, identity)


def identity_of(study_id: StudyId, code: str) -> Identity | None:
    """The row with one person's name, or None once it is deleted; NotFound for an unknown code."""
    panellist = panellist_of(study_id, code)
    return db.session.get(Identity, panellist.id)


def identities_of(study_id: StudyId) -> list[tuple[str, Identity]]:
    """All names and contact details of a panel with their codes, by code."""
    rows = db.session.execute(
        db.select(Panellist.code, Identity)
        .join(Identity, Identity.panellist_id == Panellist.id)
        .where(Panellist.study_id == study_id)
        .order_by(Panellist.code)
    )
    return [(code, identity) for code, identity in rows]


def addressee_of(panellist_id: PanellistId) -> Addressee | None:
    """To whom a message to this person goes; None without an address that works, or once they stopped."""
    row = db.session.execute(
        db.select(Panellist, Identity.name, Identity.email)
        .join(Identity, Identity.panellist_id == Panellist.id)
        .where(
            Panellist.id == panellist_id,
            Panellist.state.in_(WRITTEN_TO),
            Identity.email.is_not(None),
            Identity.email_bounced_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return None
    panellist, name, email = row
    return Addressee(
        panellist_id=panellist.id,
        study_id=panellist.study_id,
        code=panellist.code,
        name=name,
        email=email or "",
        format=panellist.format,
    )


def can_be_mailed(study_id: StudyId, code: str) -> bool:
    """Whether an e-mail address of this person is known and works, without saying which."""
    identity = identity_of(study_id, code)
    return identity is not None and bool(identity.email) and identity.email_bounced_at is None


def reachable_by_mail(study_id: StudyId) -> set[PanellistId]:
    """Who has an e-mail address that works."""
    return set(
        db.session.scalars(
            db.select(Identity.panellist_id).where(
                Identity.study_id == study_id,
                Identity.email.is_not(None),
                Identity.email_bounced_at.is_(None),
            )
        )
    )


def _details_in(
    code: str,
    name: str | None,
    email: str | None,
    phone: str | None,
    address: str | None,
    bounced_at: datetime | None,
) -> PersonalDetails | None:
    """The same from columns, which are read faster than rows of a whole panel; None once deleted."""
    if name is None:
        return None
    return PersonalDetails(code, name, email, phone, address, has_bounced=bounced_at is not None)


def _details(code: str, identity: Identity) -> PersonalDetails:
    return PersonalDetails(
        code,
        identity.name,
        identity.email,
        identity.phone,
        identity.address,
        has_bounced=identity.email_bounced_at is not None,
    )
