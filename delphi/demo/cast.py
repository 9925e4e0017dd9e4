"""The people of the demo's script: the study team, the panellists, and who did not join.

All of them are fictional. Pure: models only; script.py reads the file and checks how its parts fit.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from delphi.domain.actors import Role

PanellistCode = Annotated[str, Field(pattern=r"^P\d{2}$")]
Name = Annotated[str, Field(min_length=1, max_length=120)]
Sentence = Annotated[str, Field(min_length=1, max_length=2000)]
Email = Annotated[str, Field(pattern=r"^[a-z0-9.-]+@[a-z.-]+\.example$")]
Phone = Annotated[str, Field(pattern=r"^01632 960 \d{3}$")]
"""A number from the range that Ofcom keeps for drama, so that nobody real is ever rung."""

ReadingFormat = Literal["standard", "easy_read", "large_print", "paper"]
AnswerMode = Literal["self", "supported", "paper"]


class Frozen(BaseModel):
    """A part of the script: never changed once read, and without keys that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TeamPerson(Frozen):
    """Somebody of the study team; `key` is how the rest of the script names them."""

    key: str
    name: Name
    role: Role
    email: Email
    note: str | None = None


class SignOff(Frozen):
    """The two who sign the rule, every decision and every new draft; `lead` signs last."""

    first: str
    lead: str


class Stop(Frozen):
    """A panellist stops taking part; `after_round` is the last round with answers."""

    stopped_on: date
    after_round: Annotated[int, Field(ge=1)]
    delete_answers: bool = False
    reason: Sentence


class MissedRound(Frozen):
    """A panellist answers the rounds before and after this one, but not this one."""

    round: int
    reason: Sentence


class LateForm(Frozen):
    """A paper form that comes after closing and before analysis, admitted for `reason`."""

    round: int
    received_on: date
    reason: Sentence


class Pause(Frozen):
    """A panellist saves part way and finishes `days` days later, on another device."""

    round: int
    days: Annotated[int, Field(ge=1)]
    resumes_on: Literal["phone"]


class Panellist(Frozen):
    """One row of the panel. `rounds` says for each round, in order, whether the person answers (1 or 0).

    `mode` is how the answers reach the platform, `optional` the optional consent statements that
    were ticked, `joined_on` the day of acceptance of somebody who joined after round 1.
    """

    code: PanellistCode
    group: str
    region: str
    format: ReadingFormat
    mode: AnswerMode
    rounds: tuple[Literal[0, 1], ...]
    optional: tuple[str, ...] = ()
    consented_on: date
    joined_on: date | None = None
    other_perspectives: tuple[str, ...] = ()
    supporter: Literal["relative", "paid_advocate", "support_worker"] | None = None
    stops: Stop | None = None
    misses: MissedRound | None = None
    late_form: LateForm | None = None
    pause: Pause | None = None

    @model_validator(mode="after")
    def _story_fits_the_rounds(self) -> Self:
        if (self.mode == "supported") != (self.supporter is not None):
            raise ValueError(f"{self.code}: a supporter goes with the mode supported, and only with it")
        if (self.mode == "paper") != (self.format == "paper"):
            raise ValueError(f"{self.code}: the format paper goes with the mode paper")
        if self.late_form and self.mode != "paper":
            raise ValueError(f"{self.code}: only a paper form can come late")
        if self.stops and any(self.rounds[self.stops.after_round :]):
            raise ValueError(f"{self.code}: answers after stopping")
        if self.misses and self.answers_in(self.misses.round):
            raise ValueError(f"{self.code}: answers in the round that is missed")
        for moment in (self.late_form, self.pause):
            if moment and not self.answers_in(moment.round):
                raise ValueError(f"{self.code}: does not answer in round {moment.round}")
        return self

    def answers_in(self, round_number: int) -> bool:
        """Whether the person answers in a round, counted from 1."""
        return bool(self.rounds[round_number - 1])

    @property
    def is_deleted_later(self) -> bool:
        """Whether the person stops and asks for the answers to be deleted."""
        return self.stops is not None and self.stops.delete_answers


class Contact(Frozen):
    """How the team reaches a panellist: by e-mail, or by post for those who answer on paper."""

    name: Name
    phone: Phone
    email: Email | None = None
    address: str | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if (self.email is None) == (self.address is None):
            raise ValueError(f"{self.name}: give an e-mail address or a postal address, not both")
        return self


class NotJoined(Frozen):
    """Somebody who was interested and is not on the panel."""

    group: str
    status: Literal["declined", "no_reply", "not_invited"]
    name: Name
    email: Email
    phone: Phone
    declined_on: date | None = None

    @model_validator(mode="after")
    def _declined_on_a_day(self) -> Self:
        if (self.status == "declined") != (self.declined_on is not None):
            raise ValueError(f"{self.name}: declined_on goes with the status declined")
        return self


class Recruitment(Frozen):
    """Counts of one stakeholder group on the way to the panel."""

    group: str
    interested: int
    invited: int
    consented: int
    declined: int
    no_reply: int

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.invited != self.consented + self.declined + self.no_reply:
            raise ValueError(f"{self.group}: invited is not consented + declined + no_reply")
        if self.interested < self.invited:
            raise ValueError(f"{self.group}: more invited than interested")
        return self
