"""Consent given on paper or by phone, to be typed in: the statements as they were read, none ticked."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import in_words
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.models.studies import ConsentText
from delphi.queries.admission import admission_of
from delphi.queries.agreeing_again import codes_to_agree_again
from delphi.queries.consent import newest_consent_of, newest_consent_text
from delphi.queries.panellists import panellist_of
from delphi.queries.studies import study_of

EASY_READ = "easy_read"


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement with its own tick."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """The page on which somebody's consent is recorded; `obstacle` says why it cannot be, if so."""

    code: str
    version: str
    statements: tuple[StatementLine, ...]
    optional: tuple[StatementLine, ...]
    has_easy_read: bool
    variant: str
    holds: str
    obstacle: str

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that a problem can stand beside."""
        return (*(f"consent-{one.code}" for one in self.statements), "how", "dated_on")


def consent_entry(member: TeamMember, code: str, *, variant: str = "") -> ConsentEntry:
    """What to tick for one person, in the words of the form that they had; NotFound for an unknown code."""
    study, panellist = study_of(member.study_id), panellist_of(member.study_id, code)
    text = newest_consent_text(study.id)
    record = newest_consent_of(panellist.id)
    variant = variant or (EASY_READ if panellist.format == EASY_READ else "standard")
    lines = _lines(text, variant) if text else {}
    return ConsentEntry(
        code=code,
        version=text.version if text else "",
        statements=tuple(line for line, is_optional in lines.items() if not is_optional),
        optional=tuple(line for line, is_optional in lines.items() if is_optional),
        has_easy_read=bool(text and any(one.easy_read for one in text.statements)),
        variant=variant,
        holds=f"Consent of {in_words(record.dated_on)} is on record. A new one stands beside it."
        if record
        else "",
        obstacle=_obstacle(panellist, text, admission_of(study).sentence),
    )


def codes_to_consent(member: TeamMember) -> tuple[tuple[str, str], ...]:
    """The codes of people who have to consent, or to agree again, as choices of whoever types in forms."""
    registered = db.session.scalars(
        db.select(Panellist.code)
        .where(Panellist.study_id == member.study_id, Panellist.state == PanellistState.REGISTERED)
        .order_by(Panellist.code)
    )
    again = codes_to_agree_again(study_of(member.study_id))
    return (*((code, code) for code in registered), *((code, f"{code} (again)") for code in again))


def _lines(text: ConsentText, variant: str) -> dict[StatementLine, bool]:
    return {
        StatementLine(
            one.code, (one.easy_read if variant == EASY_READ else None) or one.text
        ): one.is_optional
        for one in text.statements
    }


def _obstacle(panellist: Panellist, text: ConsentText | None, not_admitting: str) -> str:
    if text is None:
        return "This study has no consent text yet, so nobody can consent."
    if panellist.state in (PanellistState.STOPPED, PanellistState.ERASED):
        return "This person has stopped taking part, so no consent can be recorded."
    return not_admitting if panellist.state == PanellistState.REGISTERED else ""
