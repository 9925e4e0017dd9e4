"""The rule in words, its signatures and seal, and where the study went another way."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.words import rule_in_words, text_in_own_words
from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import StudyState
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.studies import Deviation
from delphi.queries.deviations import deviations_of
from delphi.queries.results import vocabulary_of
from delphi.queries.seals import sealed_content
from delphi.queries.signatures import RULE_SUBJECT, Signing, signing_of
from delphi.queries.studies import rule_of, study_of

INSIDE = {
    "rule": "the consensus rule",
    "scale": "the scale and its bands",
    "criteria": "what is asked of each section",
    "groups": "the stakeholder groups",
    "panels": "the consensus panels",
    "feedback_groups": "the groups of the feedback",
    "protocol": "partial and late answers, missed rounds, limits of re-rating, the stop rule, the feedback",
    "privacy": "the rules for small numbers",
}


@dataclass(frozen=True, slots=True)
class SealWords:
    """A seal: when, and its hash in groups of eight."""

    sealed_on: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """One deviation with who recorded it."""

    day: str
    subject: str
    before: str
    after: str
    reason: str
    who: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """Everything on the page of the rule, and what its reader may do there; `text` if people wrote one."""

    text: str
    sentences: tuple[str, ...]
    seal: SealWords | None
    inside: tuple[str, ...]
    signing: Signing
    deviations: tuple[DeviationRow, ...]
    may_sign: bool
    may_seal: bool
    may_deviate: bool


def rule_page(member: TeamMember) -> RulePage:
    """The rule of the member's study."""
    study = study_of(member.study_id)
    signing = signing_of(study, RULE_SUBJECT)
    is_draft = study.state == StudyState.DRAFT
    seal = study.seal
    rule, vocabulary = rule_of(study), vocabulary_of(study)
    return RulePage(
        text=text_in_own_words(rule, vocabulary),
        sentences=rule_in_words(rule, vocabulary),
        seal=(
            SealWords(
                f"{in_words(day_of(seal.sealed_at, study.timezone))} at {seal.sealed_at:%H:%M} UTC",
                tuple(seal.checksum[place : place + 8] for place in range(0, len(seal.checksum), 8)),
            )
            if seal
            else None
        ),
        inside=tuple(words for key, words in INSIDE.items() if key in sealed_content(study)),
        signing=signing,
        deviations=tuple(_row(one, study.timezone) for one in deviations_of(study.id)),
        may_sign=is_draft
        and is_allowed(member, Permission.SIGN_OFF)
        and not signing.has_signed(member.account_id),
        may_seal=is_draft and signing.is_complete and is_allowed(member, Permission.SEAL_STUDY),
        may_deviate=study.state in (StudyState.RUNNING, StudyState.FINISHED)
        and is_allowed(member, Permission.RECORD_DEVIATION),
    )


def _row(deviation: Deviation, timezone: str) -> DeviationRow:
    who = db.session.get(Account, deviation.recorded_by) if deviation.recorded_by else None
    return DeviationRow(
        in_words(day_of(deviation.recorded_at, timezone)),
        deviation.subject,
        deviation.before,
        deviation.after,
        deviation.reason,
        who.name if who else "the platform",
    )
