"""The ways in which somebody can stop, with what follows from each for this person now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from delphi.domain.calendar import day_of, in_words
from delphi.domain.states import RoundState
from delphi.models.rounds import Round
from delphi.queries.consent import consent_text_of, newest_consent_of
from delphi.queries.identities import identity_of
from delphi.queries.rounds import rounds_of
from delphi.queries.taking_part import PanelVisit

__all__ = ["Choice", "StopPage", "stop_page"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to stop: its name, what follows, and the words on the button that does it."""

    code: str
    name: str
    consequences: tuple[str, ...]
    button: str
    asks_reason: bool = False
    ends_session: bool = False
    is_only_told: bool = False


@dataclass(frozen=True, slots=True)
class StopPage:
    """The choices open to this person."""

    choices: tuple[Choice, ...]
    cannot_delete: str

    def choice(self, code: str) -> Choice | None:
        """The choice of this code, if there is one."""
        return next((one for one in self.choices if one.code == code), None)


def stop_page(visit: PanelVisit, now: datetime) -> StopPage:
    """What this person can do today."""
    rounds = rounds_of(visit.study_id)
    current = next((r for r in rounds if r.state == RoundState.OPEN), None)
    shared = [str(r.number) for r in rounds if r.state == RoundState.PUBLISHED]
    cutoff = _cutoff(visit)
    too_late = cutoff is not None and day_of(now, visit.frame.timezone) >= cutoff
    until = in_words(cutoff - timedelta(days=1)) if cutoff else ""
    choices = [_pause(current), _stop()]
    if not too_late:
        choices.append(_delete(until, shared))
    if identity_of(visit.study_id, visit.code) is not None:
        choices.append(_contact_only())
    told = (
        f"Answers could be deleted until the end of {until}. The final analysis has begun."
        if too_late
        else ""
    )
    return StopPage(tuple(choices), told)


def _cutoff(visit: PanelVisit) -> date | None:
    record = newest_consent_of(visit.panellist_id)
    return consent_text_of(record).withdrawal_cutoff if record else None


def _pause(current: Round | None) -> Choice:
    name = f"Leave out round {current.number}" if current else "Take a break"
    then = (
        f"You do not need to do anything. Answers you saved in round {current.number} are counted. "
        "We write to you again when the next round opens."
        if current
        else "You do not need to do anything. We write to you again when the next round opens."
    )
    return Choice("pause", name, (then,), "Leave out this round" if current else "Go back", is_only_told=True)


def _stop() -> Choice:
    return Choice(
        "stop",
        "Stop, and leave my answers in",
        (
            "We send you nothing more, and your personal link stops working.",
            "The answers you gave stay in the study, without your name.",
        ),
        "Stop taking part",
        asks_reason=True,
        ends_session=True,
    )


def _delete(until: str, shared: list[str]) -> Choice:
    consequences = [
        "We send you nothing more, and your personal link stops working.",
        (
            "We delete your answers, your comments, your name and your contact details. "
            "We keep the record that you had agreed to take part, under your code."
        ),
    ]
    if until:
        consequences.append(f"You can ask for this until the end of {until}.")
    if shared:
        rounds = " and ".join(shared)
        consequences.append(
            f"Group results that were already shared, from round {rounds}, cannot be changed. "
            "New results are made without your answers."
        )
    return Choice(
        "delete",
        "Stop, and delete my answers",
        tuple(consequences),
        "Stop and delete my answers",
        ends_session=True,
    )


def _contact_only() -> Choice:
    return Choice(
        "contact",
        "Delete my name and contact details only",
        (
            (
                "We delete your name, e-mail address, telephone number and postal address. We cannot write "
                "to you any more, and we cannot find out whose answers yours were."
            ),
            "Your answers stay. Links that you already have go on working: keep one to carry on.",
        ),
        "Delete my contact details",
    )
