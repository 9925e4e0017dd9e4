"""Who has put their name under something, and whether that is enough for this study."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from delphi.domain.actors import ROLE_WORDS, Role
from delphi.domain.ids import AccountId
from delphi.extensions import db
from delphi.models.accounts import Account, TeamRole
from delphi.models.studies import SignOff, Study

RULE_SUBJECT = "rule"


@dataclass(frozen=True, slots=True)
class Signature:
    """One name, in which role it was signed, and when in the study's own time: "24 May 2024, 15:20"."""

    account_id: AccountId
    name: str
    role: str
    signed_at: datetime
    when: str


@dataclass(frozen=True, slots=True)
class Signing:
    """The signatures under something, and what is missing: empty when enough have signed."""

    signatures: tuple[Signature, ...]
    missing: str

    @property
    def is_complete(self) -> bool:
        """Whether enough people have signed."""
        return not self.missing

    def has_signed(self, account_id: AccountId) -> bool:
        """Whether this person's name stands there already."""
        return any(one.account_id == account_id for one in self.signatures)


def signing_of(study: Study, subject: str) -> Signing:
    """Who has signed under a subject: one person, or two of whom one is a lead, as the protocol says."""
    rows = db.session.execute(
        db.select(SignOff, Account.name)
        .join(Account, Account.id == SignOff.account_id)
        .where(SignOff.study_id == study.id, SignOff.subject == subject)
        .order_by(SignOff.signed_at, Account.name)
    ).all()
    roles = _roles(study)
    signatures = tuple(
        Signature(
            row.account_id,
            name,
            _role_words(row, roles),
            row.signed_at,
            _when(row.signed_at, study.timezone),
        )
        for row, name in rows
    )
    return Signing(signatures, _missing(study, [row.as_lead for row, _ in rows]))


def is_signed_off(study: Study, subject: str) -> bool:
    """Whether enough people signed: one, or two of whom one is a lead, as the protocol says."""
    leads = db.session.scalars(
        db.select(SignOff.as_lead).where(SignOff.study_id == study.id, SignOff.subject == subject)
    ).all()
    return not _missing(study, list(leads))


def _when(moment: datetime, timezone: str) -> str:
    local = moment.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%B %Y}, {local:%H:%M}"


def _missing(study: Study, as_lead: list[bool]) -> str:
    if study.protocol.get("sign_off") == "one":
        return "" if as_lead else "One person has to sign."
    if len(as_lead) >= 2:
        return "" if any(as_lead) else "The study lead has to sign too."
    if not as_lead:
        return "Two people have to sign; one of them is the study lead."
    return "One more person has to sign." if any(as_lead) else "The study lead has to sign too."


def _roles(study: Study) -> dict[AccountId, str]:
    held: dict[AccountId, str] = {}
    for row in db.session.scalars(db.select(TeamRole).where(TeamRole.study_id == study.id)):
        held.setdefault(row.account_id, ROLE_WORDS[row.role].lower())
    return held


def _role_words(row: SignOff, roles: dict[AccountId, str]) -> str:
    return ROLE_WORDS[Role.LEAD].lower() if row.as_lead else roles.get(row.account_id, "then in the team")
