"""The study and its method as the record has them: who, why, when, and by which sealed rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from delphi.consensus.words import OUTCOME_WORDS, rule_in_words
from delphi.domain.actors import ROLE_WORDS, Role
from delphi.domain.rule import Outcome
from delphi.queries.advisory import advice_of
from delphi.queries.seals import seal_of
from delphi.queries.studies import team_of
from delphi.queries.study_export import planned_closing_day
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting
from delphi.reports.words import COMET_WORDS, PROTOCOL, ROUND_KINDS, SIGN_OFF

SMALL_NUMBERS = (
    "Small numbers: a group's figures are shown in a round only if at least {min_cell} of its people "
    "answered each item; a further group is withheld where a small one could be worked out; a group of one "
    "mind is shown as agree or not only."
)
LIMITS = "A draft could be rated {times} times at most, in {rounds} rounds at most."


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the study's description."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Extension:
    """A closing day that was put off."""

    before: date
    after: date
    reason: str


@dataclass(frozen=True, slots=True)
class RoundDates:
    """A round as planned and as held."""

    number: int
    kind: str
    planned_opens: date
    planned_closes: date
    opened: date | None
    closed: date | None
    feedback: date | None
    reminders: tuple[date, ...]
    extensions: tuple[Extension, ...]
    is_published: bool


@dataclass(frozen=True, slots=True)
class Members:
    """A consensus panel or feedback group and the stakeholder groups in it."""

    label: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StudyPart:
    """Everything about study and method that a report prints; nothing in it comes from answers."""

    facts: tuple[Fact, ...]
    interests: tuple[Fact, ...]
    team: tuple[Fact, ...]
    rounds: tuple[RoundDates, ...]
    groups: tuple[str, ...]
    panels: tuple[Members, ...]
    feedback_groups: tuple[Members, ...]
    points: tuple[Fact, ...]
    cannot_say: str
    criteria: tuple[Fact, ...]
    rule_text: str
    rule_words: tuple[str, ...]
    rule_fixed_on: date
    outcome_mapping: tuple[Fact, ...]
    counting: tuple[str, ...]
    conduct: tuple[str, ...]
    seal: str | None
    sealed_at: datetime | None
    software: Mapping[str, Any]
    n_advice: int


def study_part(setting: Setting, records: Sequence[RoundRecord]) -> StudyPart:
    """Read the study's description and method."""
    study, rule, structure = setting.study, setting.rule, setting.structure
    seal = seal_of(study)
    return StudyPart(
        facts=tuple(_facts(study.title, study.information)),
        interests=tuple(
            Fact(one["who"], one["interest"]) for one in study.information.get("competing_interests", ())
        ),
        team=_team(setting),
        rounds=tuple(_dates(setting, record) for record in records),
        groups=tuple(group.label for group in structure.groups),
        panels=tuple(Members(p.label, _labels(setting, p.groups)) for p in structure.panels),
        feedback_groups=tuple(
            Members(g.label, _labels(setting, g.groups)) for g in structure.feedback_groups
        ),
        points=tuple(Fact(str(point.value), point.label) for point in setting.scale.points),
        cannot_say=setting.scale.cannot_say.label if setting.scale.cannot_say else "",
        criteria=tuple(Fact(one.label, one.statement) for one in setting.criteria.values()),
        rule_text=rule.text,
        rule_words=rule_in_words(rule, setting.vocabulary),
        rule_fixed_on=rule.fixed_on,
        outcome_mapping=tuple(
            Fact(OUTCOME_WORDS[outcome].capitalize(), COMET_WORDS[outcome]) for outcome in Outcome
        ),
        counting=_counting(setting),
        conduct=_conduct(setting),
        seal=seal.checksum if seal else None,
        sealed_at=seal.sealed_at if seal else None,
        software=records[-1].software if records else {},
        n_advice=len(advice_of(study.id)),
    )


def _facts(title: str, information: Mapping[str, Any]) -> list[Fact]:
    wanted = (
        ("Aim", "aim"),
        ("Organisation", "organisation"),
        ("Region", "region"),
        ("Funder", "funder"),
        ("Role of the funder", "funder_role"),
        ("Sponsor", "sponsor"),
        ("Ethics reference", "ethics_reference"),
        ("Data controller", "controller"),
        ("Licence of the texts", "licence"),
    )
    facts = [Fact("Title", title)]
    facts += [Fact(label, information[key]) for label, key in wanted if information.get(key)]
    contact = information["contact"]
    reached = ", ".join(contact[key] for key in ("email", "phone") if contact.get(key))
    return [*facts, Fact("Contact", f"{contact['name']}: {reached}")]


def _team(setting: Setting) -> tuple[Fact, ...]:
    """Names and roles, without addresses; who merely looks on is not part of the work."""
    rows = [one for one in team_of(setting.study.id) if one.role is not Role.OBSERVER]
    return tuple(
        Fact(name, ", ".join(ROLE_WORDS[one.role] for one in roles))
        for name, roles in groupby(rows, key=lambda one: one.account.name)
    )


def _dates(setting: Setting, record: RoundRecord) -> RoundDates:
    round_ = record.round
    extensions = tuple(
        Extension(one.closes_on_before, one.closes_on_after, one.reason) for one in round_.extensions
    )
    return RoundDates(
        number=round_.number,
        kind=ROUND_KINDS.get(round_.kind, round_.kind),
        planned_opens=round_.opens_on,
        planned_closes=planned_closing_day(round_),
        opened=setting.day(round_.opened_at),
        # The clock closes a round in the first moment of the next day, a person on the day itself.
        closed=min(round_.closes_on, setting.day(round_.closed_at) or round_.closes_on)
        if round_.closed_at
        else None,
        feedback=setting.day(round_.published_at),
        reminders=tuple(date.fromisoformat(day) for day in round_.reminders_on),
        extensions=extensions,
        is_published=record.is_published,
    )


def _labels(setting: Setting, groups: Sequence[str]) -> tuple[str, ...]:
    return tuple(setting.structure.group_by_code[code].label for code in groups)


def _counting(setting: Setting) -> tuple[str, ...]:
    """How every figure of the report was counted (requirement M5)."""
    rule = setting.rule
    cannot_say = setting.scale.cannot_say.label if setting.scale.cannot_say else "Can't say"
    shares = (
        f"Shares are of people who gave a rating; “{cannot_say}” is counted beside them."
        if rule.denominator == "valid"
        else f"Shares are of people who answered; “{cannot_say}” counts as not agreeing."
    )
    return (
        shares,
        f"Medians and quarters are of quantile type {rule.quantile_type} (Hyndman and Fan).",
        "Intervals are Wilson's, 95%. The panel is no random sample, so they describe, they do not infer.",
        "Exact figures are compared with the rule. Percentages are rounded, but never across a threshold.",
        SMALL_NUMBERS.format(min_cell=setting.min_cell),
    )


def _conduct(setting: Setting) -> tuple[str, ...]:
    """What was settled before data about conducting the rounds."""
    protocol = setting.study.protocol
    said = [PROTOCOL[key, protocol[key]] for key, _ in PROTOCOL if (key, protocol.get(key)) in PROTOCOL]
    until = protocol["admit_until"]
    return (
        *dict.fromkeys(said),
        f"People could join until round {until['round']} {until['event']}.".replace(
            "opens", "opened"
        ).replace("closes", "closed"),
        LIMITS.format(times=protocol["max_ratings_per_draft"], rounds=protocol["max_rounds"]),
        f"Stop rule: {protocol['stop_rule']}",
        SIGN_OFF[protocol["sign_off"]],
    )
