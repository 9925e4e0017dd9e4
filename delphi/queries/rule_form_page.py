"""The page on which the rule is built from parts: its fields with their choices, and what it says now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from delphi.consensus.vocabulary import listed
from delphi.consensus.words import OUTCOME_WORDS, condition_in_words, rule_in_words, text_in_own_words
from delphi.domain.actors import TeamMember
from delphi.domain.errors import Problem
from delphi.domain.rule import Clause, Condition, Outcome
from delphi.domain.setup.rule_fields import WRITTEN_OUTCOMES, fields_of
from delphi.domain.setup.rule_parts import (
    ALL,
    ANY,
    NAMED,
    SOME,
    SOME_NAMED,
    KeptPart,
    OnePart,
    OutcomePart,
    Part,
    RuleParts,
    rule_seen,
)
from delphi.domain.setup.rule_statistics import (
    BANDS,
    COMPARISONS,
    COUNTING,
    MOST_RATINGS,
    STATISTICS,
    Family,
    RuleSetting,
    Statistic,
)
from delphi.domain.setup.rule_together import said_where
from delphi.domain.states import StudyState
from delphi.queries.rule_draft import RuleDraft, StudyOfRule, own_words, rule_draft, study_of_rule
from delphi.queries.rule_trial import MARKS, OwnFigures, RuleTrial, own_figures, round_of, trial_of
from delphi.queries.studies import study_of

Options = tuple[tuple[str, str], ...]
"""Choices as (value, words)."""
GroupedOptions = tuple[tuple[str, Options], ...]
"""Choices under headings; a heading may be empty."""

CRITERIA_OPTIONS: Options = (
    (ALL, "every criterion"),
    (ANY, "at least one criterion"),
    (NAMED, "each of these criteria"),
    (SOME, "at least so many criteria"),
    (SOME_NAMED, "at least so many of these criteria"),
)
JOINS: Options = (("all", "all of these hold"), ("any", "any one of these holds"))
LONGEST_BAND = 40
UNREADABLE = "A part that cannot be read. Remove it."
_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One more field of a condition; ticks when several can be chosen."""

    name: str
    label: str
    options: Options
    is_several: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    """A condition, a group of them, or one kept in words, with everything its fields offer.

    `number` counts from 1 within what it stands in. `kind` is one, several or kept.
    """

    name: str
    number: int
    kind: str
    words: str = ""
    rows: tuple[PartRow, ...] = ()
    statistics: GroupedOptions = ()
    settings: tuple[SettingRow, ...] = ()
    whom: GroupedOptions = ()
    ticks: Options = ()
    has_criteria: bool = True
    has_count: bool = False
    compares: bool = True
    is_range: bool = False
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome of the list: its conditions, or words when the form cannot say it."""

    name: str
    number: int
    mark: str
    is_first: bool
    is_last: bool
    words: str
    rounds: Options
    has_names: bool
    rows: tuple[PartRow, ...]


@dataclass(frozen=True, slots=True)
class RuleShown:
    """What the rule says as it stands in the form, what stands in its way, and what comes out of figures."""

    sentences: tuple[str, ...]
    problems: tuple[Problem, ...]
    trial: RuleTrial | None
    own: OwnFigures
    rounds: Options


@dataclass(frozen=True, slots=True)
class RuleFormPage:
    """The whole page; `fields` hold what stands in each field by its name."""

    text: str
    saved: tuple[str, ...]
    is_draft: bool
    seen: str
    fields: Mapping[str, str]
    outcomes: tuple[OutcomeRow, ...]
    counting: tuple[RuleSetting, ...]
    stop: tuple[PartRow, ...]
    stop_rounds: Options
    has_own_words: bool
    shown: RuleShown


def rule_form_page(
    member: TeamMember, parts: RuleParts | None = None, given: Mapping[str, str] | None = None
) -> RuleFormPage:
    """The form with the saved rule, or with `parts` while it can change, and figures that were `given`."""
    study = study_of(member.study_id)
    of = study_of_rule(study)
    is_draft = study.state == StudyState.DRAFT
    if parts is None or not is_draft:
        parts = own_words(of, of.saved)
    return RuleFormPage(
        text=text_in_own_words(of.saved, of.vocabulary),
        saved=rule_in_words(of.saved, of.vocabulary),
        is_draft=is_draft,
        seen=(given or {}).get("seen") or rule_seen(of.saved),
        fields=fields_of(parts),
        outcomes=tuple(_outcome(of, parts, number) for number in range(len(parts.outcomes))),
        counting=(*COUNTING, MOST_RATINGS),
        stop=_rows(of, parts.stop.parts, "stop", Family.CHANGE),
        stop_rounds=_rounds(of, parts),
        has_own_words=bool(parts.text),
        shown=rule_shown(of, rule_draft(of, parts), given or {}),
    )


def rule_shown(of: StudyOfRule, draft: RuleDraft, given: Mapping[str, str]) -> RuleShown:
    """What a rule says and does."""
    scale, structure, rule = of.vocabulary.scale, of.vocabulary.structure, draft.rule
    return RuleShown(
        sentences=draft.sentences,
        problems=said_where(draft.problems),
        trial=trial_of(rule, scale, structure, of.criteria, round_of(given)) if rule else None,
        own=own_figures(rule, of.vocabulary, given),
        rounds=tuple((str(n), f"Round {n}") for n in range(1, of.max_rounds + 1)),
    )


def _outcome(of: StudyOfRule, parts: RuleParts, number: int) -> OutcomeRow:
    outcome, name = parts.outcomes[number], f"o.{number}"
    return OutcomeRow(
        name=name,
        number=number + 1,
        mark=MARKS.get(Outcome(outcome.outcome), "not"),
        is_first=number == 0,
        is_last=number == len(parts.outcomes) - 1,
        words=_kept_outcome(of, outcome) if outcome.kept else "",
        rounds=_rounds(of, parts),
        has_names=bool(outcome.label or outcome.because or outcome.rounds),
        rows=_rows(of, outcome.parts, name),
    )


def _rounds(of: StudyOfRule, parts: RuleParts) -> Options:
    """The rounds of the study, and those that the rule names beyond them."""
    named = {number for outcome in parts.outcomes for number in outcome.rounds}
    return tuple((str(n), f"Round {n}") for n in sorted(named | set(range(1, of.max_rounds + 1))))


def _rows(
    of: StudyOfRule, parts: Sequence[Part], name: str, family: Family | None = None
) -> tuple[PartRow, ...]:
    return tuple(_row(of, part, f"{name}.c.{place}", place + 1, family) for place, part in enumerate(parts))


def _row(of: StudyOfRule, part: Part, name: str, number: int, family: Family | None) -> PartRow:
    if isinstance(part, KeptPart):
        return PartRow(name, number, "kept", words=_kept_condition(of, part.kept))
    if not isinstance(part, OnePart):
        return PartRow(name, number, "several", rows=_rows(of, part.parts, name, family))
    statistic = STATISTICS[part.statistic]
    return PartRow(
        name=name,
        number=number,
        kind="one",
        statistics=_statistics(of, part.statistic, family),
        settings=tuple(
            SettingRow(
                f"{name}.{one.key}",
                one.label,
                _bands(of, part) if one.key == BANDS else one.options,
                one.is_several,
            )
            for one in statistic.settings
        ),
        whom=_whom(of, part.of, statistic),
        ticks=_ticks(of, part) if part.criteria in (NAMED, SOME_NAMED) else (),
        has_criteria=statistic.is_of_criteria,
        has_count=part.criteria in (SOME, SOME_NAMED),
        compares=statistic.compares,
        is_range="+" in part.how,
        unit=statistic.unit,
        hint=statistic.misfit(of.vocabulary.scale) or statistic.hint,
    )


def _statistics(of: StudyOfRule, chosen: str, only: Family | None) -> GroupedOptions:
    """By kind; those that do not fit the scale are left out, unless one is chosen."""
    families = [only] if only else list(Family)
    offered = {
        family: tuple(
            (one.key, one.name)
            for one in STATISTICS.values()
            if one.family is family and (one.key == chosen or not one.misfit(of.vocabulary.scale))
        )
        for family in families
    }
    return tuple((family.value, options) for family, options in offered.items() if options)


def _bands(of: StudyOfRule, part: OnePart) -> Options:
    options = tuple((name, _band(of, name)) for name in of.vocabulary.scale.bands)
    return _with_unknown(options, part.settings.get(BANDS, ("",))[0], "on this scale")


def _band(of: StudyOfRule, name: str) -> str:
    """The points of a band: their words, or their numbers where the words would fill the line."""
    words = of.vocabulary.band(name)
    if len(words) <= LONGEST_BAND:
        return words
    points = [str(point) for point in sorted(of.vocabulary.scale.bands[name])]
    return listed(points, "or")


def _whom(of: StudyOfRule, chosen: str, statistic: Statistic) -> GroupedOptions:
    structure = of.vocabulary.structure
    together: Options = (("pooled", "everybody together"),)
    panels: Options = (
        ("each_panel", "each panel"),
        ("any_panel", "at least one panel"),
        *((f"panel:{one.code}", one.label) for one in structure.panels),
    )
    groups: Options = (
        ("each_group", "each stakeholder group"),
        ("any_group", "at least one stakeholder group"),
        *((f"group:{one.code}", one.label) for one in structure.groups),
    )
    equal: Options = (
        ("equal_panels", "all panels, each with equal weight"),
        ("equal_groups", "all stakeholder groups, each with equal weight"),
    )
    offered = [together, panels, groups]
    if statistic.can_weigh_equally or chosen.startswith("equal_"):
        offered.append(equal)
    known = {value for options in offered for value, _ in options}
    if chosen not in known:
        offered[0] = _with_unknown(together, chosen, "in this study")
    headings = ("All", "Panels", "Stakeholder groups", "Equal weight")
    return tuple(zip(headings, offered, strict=False))


def _ticks(of: StudyOfRule, part: OnePart) -> Options:
    """Criteria to tick, in the study's order, or first in the order that the rule names them in."""
    known = list(of.criteria)
    in_order = [code for code in known if code in part.named] == list(part.named)
    order = known if in_order else [*part.named, *(code for code in known if code not in part.named)]
    unknown = "{} (not in this study)"
    return tuple(
        (code, of.vocabulary.criterion(code).label if code in known else unknown.format(code))
        for code in order
    )


def _with_unknown(options: Options, chosen: str, where: str) -> Options:
    """The choices, and the one that is chosen even when it is none of them: it is never lost unseen."""
    if not chosen or chosen in {value for value, _ in options}:
        return options
    return (*options, (chosen, f"{chosen} (not {where})"))


def _kept_condition(of: StudyOfRule, kept: str) -> str:
    try:
        return _in_words(of, _CONDITION.validate_json(kept))
    except ValidationError:
        return UNREADABLE


def _kept_outcome(of: StudyOfRule, outcome: OutcomePart) -> str:
    try:
        clause = Clause.model_validate_json(outcome.kept)
    except ValidationError:
        return UNREADABLE
    named = clause.label or OUTCOME_WORDS[Outcome(clause.outcome)]
    rounds = f" in rounds {', '.join(map(str, clause.rounds))}" if clause.rounds else ""
    return f"{named}{rounds}: {_in_words(of, clause.when)}"


def _in_words(of: StudyOfRule, condition: Condition) -> str:
    try:
        return condition_in_words(of.saved, condition, of.vocabulary)
    except KeyError as unknown:
        return f"A part about {unknown}, which this study does not have."


OUTCOMES: Options = tuple((one.value, OUTCOME_WORDS[one].capitalize()) for one in WRITTEN_OUTCOMES)
COMPARED: Options = tuple(COMPARISONS.items())
