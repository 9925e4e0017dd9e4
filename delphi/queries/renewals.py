"""The versions of a study's information and consent text since it started, for the team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.states import PanellistState, StudyState
from delphi.extensions import db
from delphi.mail.messages import MessageKind
from delphi.models.accounts import Account
from delphi.models.panellists import Panellist
from delphi.models.renewals import Renewal
from delphi.models.studies import Study
from delphi.queries.agreeing_again import last_asking, waiting_to_agree, written_to
from delphi.queries.identities import reachable_by_mail
from delphi.queries.letter_facts import sample_message
from delphi.queries.settings_page import SettingsPage, settings_page
from delphi.queries.studies import study_of

PART_WORDS = {"consent": "Consent text", "documents": "Information pages"}


@dataclass(frozen=True, slots=True)
class ReplacedPage:
    """An information page as it was before."""

    title: str
    version: str
    text: str


@dataclass(frozen=True, slots=True)
class RenewalLine:
    """One new version as the team sees it: what changed, whether people are asked again, by whom and when."""

    part: str
    versions: str
    summary: str
    asks_again: bool
    reason: str
    published: str
    replaced: tuple[ReplacedPage, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """Writing to those who have to agree again: how many it would reach, and what they read."""

    n_to_send: int
    n_written_to: int
    n_otherwise: int
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class RenewalsPage:
    """Every new version since the start; `n_waiting` of `n_active` people still have to agree again."""

    lines: tuple[RenewalLine, ...]
    n_active: int
    n_waiting: int
    telling: Telling | None
    may_publish: bool


def renewals_page(member: TeamMember) -> RenewalsPage:
    """The versions of a study's information and consent since it started, the newest first."""
    study = study_of(member.study_id)
    rows = db.session.execute(
        db.select(Renewal, Account.name)
        .outerjoin(Account, Account.id == Renewal.published_by)
        .where(Renewal.study_id == study.id)
        .order_by(Renewal.id.desc())
    )
    active = db.select(func.count()).where(
        Panellist.study_id == study.id, Panellist.state == PanellistState.ACTIVE
    )
    return RenewalsPage(
        lines=tuple(_line(study, one, name) for one, name in rows),
        n_active=db.session.scalar(active) or 0,
        n_waiting=db.session.scalar(waiting_to_agree(study, func.count())) or 0,
        telling=telling(study),
        may_publish=study.state == StudyState.RUNNING,
    )


def telling(study: Study) -> Telling | None:
    """What writing to the people who still have to agree again would do; None when there is nobody to ask."""
    renewal = last_asking(study) if study.state == StudyState.RUNNING else None
    waiting = set(db.session.scalars(waiting_to_agree(study, Panellist.id))) if renewal else set()
    if renewal is None or not waiting:
        return None
    by_mail, told = waiting & reachable_by_mail(study.id), waiting & written_to(study, renewal)
    message = sample_message(MessageKind.AGREE_AGAIN, study, None, (renewal.summary,))
    return Telling(
        n_to_send=len(by_mail - told),
        n_written_to=len(told),
        n_otherwise=len(waiting - by_mail - told),
        subject=message.subject,
        text=message.text,
    )


def new_version_page(member: TeamMember, part: str, **typed: Any) -> SettingsPage:
    """The fields of the consent text or the information pages, to write a new version in."""
    return settings_page(member, part, is_new_version=True, **typed)


def _line(study: Study, one: Renewal, name: str | None) -> RenewalLine:
    on = in_words(day_of(one.published_at, study.timezone))
    return RenewalLine(
        part=PART_WORDS[one.part],
        versions=one.versions,
        summary=one.summary,
        asks_again=one.asks_again,
        reason=one.reason or "",
        published=f"{name}, {on}" if name else on,
        replaced=tuple(
            ReplacedPage(page["title"], page["version"], page["texts"].get("standard", ""))
            for page in one.replaced
        ),
    )
