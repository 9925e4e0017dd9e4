"""The consensus rule of a study, as data: what "agreed" means, fixed before the first rating.

A rule is an ordered list of outcomes; the first whose condition holds is the outcome of a section.
A condition is a test of one statistic, or tests joined by `all` and `any`. The shape is final: rules
are sealed byte for byte and never migrated. New statistics join `Test`; a new setting must default
to None, which is left out, so that the bytes of an older rule stay what they were.

Pure. Whether a rule makes sense for a study is asked in `rule_check`, what it yields for a panel in
`delphi.consensus.assess`, and what it says in words in `delphi.consensus.words`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from delphi.domain.rule_tests import (
    AnyTest,
    ApmoTest,
    AttritionTest,
    BaseTest,
    Criteria,
    DisagreementMethod,
    FigureTest,
    IqrTest,
    LawsheTest,
    MedianTest,
    Presence,
    RandAgreementTest,
    RandClass,
    RandDisagreementTest,
    RandMethod,
    RandUclaTest,
    RulePart,
    ShareTest,
    SomeCriteria,
    StabilityTest,
    Test,
    ThresholdTest,
    ValidityTest,
)
from delphi.domain.scale import Code, Words

__all__ = [
    "AllOf",
    "AnyOf",
    "AnyTest",
    "ApmoTest",
    "AttritionTest",
    "BaseTest",
    "Clause",
    "Condition",
    "Criteria",
    "Denominator",
    "DisagreementMethod",
    "Entry",
    "FigureTest",
    "HalfMedians",
    "IqrTest",
    "LawsheTest",
    "MedianTest",
    "Otherwise",
    "Outcome",
    "Presence",
    "QuantileType",
    "RandAgreementTest",
    "RandClass",
    "RandDisagreementTest",
    "RandMethod",
    "RandUclaTest",
    "Rule",
    "RulePart",
    "ShareTest",
    "SomeCriteria",
    "StabilityTest",
    "StopRule",
    "ThresholdTest",
    "ValidityTest",
    "WrittenOutcome",
    "canonical",
    "each_test",
    "to_dict",
]


class Outcome(StrEnum):
    """What the rule says of a section in a round."""

    AGREED = "agreed"
    AGREED_TO_LEAVE_OUT = "agreed_to_leave_out"
    CLOSE = "close"
    NOT_AGREED = "not_agreed"
    NOT_ASSESSABLE = "not_assessable"


WrittenOutcome = Literal[Outcome.AGREED, Outcome.AGREED_TO_LEAVE_OUT, Outcome.CLOSE, Outcome.NOT_AGREED]
"""An outcome that a rule may name; "not assessable" follows from too few ratings only."""

Denominator = Literal["valid", "respondents"]
"""`valid`: people who gave a rating; `respondents`: also those who said "can't say"."""

QuantileType = Literal[2, 6, 7]
HalfMedians = Literal["higher", "middle"]


class AllOf(RulePart):
    """Conditions of which every one must hold."""

    all: Annotated[tuple[Condition, ...], Field(min_length=1)]


class AnyOf(RulePart):
    """Conditions of which at least one must hold."""

    any: Annotated[tuple[Condition, ...], Field(min_length=1)]


def _kind_of_condition(given: Any) -> str:
    if isinstance(given, AllOf) or (isinstance(given, dict) and "all" in given):
        return "all"
    if isinstance(given, AnyOf) or (isinstance(given, dict) and "any" in given):
        return "any"
    return "test"


Condition = Annotated[
    Annotated[AllOf, Tag("all")] | Annotated[AnyOf, Tag("any")] | Annotated[Test, Tag("test")],
    Discriminator(_kind_of_condition),
]


class Clause(RulePart):
    """One entry of the list: the outcome when its condition holds and nothing above it did."""

    outcome: WrittenOutcome
    because: Code | None = None
    label: Words | None = None
    rounds: Annotated[tuple[Annotated[int, Field(ge=1, strict=True)], ...], Field(min_length=1)] | None = None
    when: Condition

    def counts_in(self, round_number: int) -> bool:
        """Whether the clause is looked at in a round."""
        return self.rounds is None or round_number in self.rounds


class Otherwise(RulePart):
    """The last entry: the outcome when no clause above it matched."""

    otherwise: WrittenOutcome
    because: Code | None = None
    label: Words | None = None


def _kind_of_entry(given: Any) -> str:
    is_last = isinstance(given, Otherwise) or (isinstance(given, dict) and "otherwise" in given)
    return "otherwise" if is_last else "clause"


Entry = Annotated[
    Annotated[Clause, Tag("clause")] | Annotated[Otherwise, Tag("otherwise")], Discriminator(_kind_of_entry)
]


class StopRule(RulePart):
    """When nothing more is rated: after a fixed round, or once answers are stable; the earlier of the two.

    A section also stops when it is agreed or agreed to leave out, the study when all its sections have
    stopped. `stable` is made of stability tests only. To stop without agreement is a result, not a failure.
    """

    after_round: Annotated[int, Field(ge=1, strict=True)] | None = None
    stable: Condition | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.after_round is None and self.stable is None:
            raise ValueError('says nothing; add "after_round", "stable" or both')
        if self.stable is not None:
            for test in each_test(self.stable):
                if not isinstance(test, StabilityTest):
                    raise ValueError(
                        f"stops by stability only; {test.statistic_code!r} belongs to an outcome"
                    )
        return self


class Rule(RulePart):
    """The whole consensus rule of a study.

    `min_ratings_per_panel` is looked at before anything else: a section with fewer ratings on any
    criterion in any consensus panel is not assessable, and never agreed. `most_ratings_per_draft` is how
    often one draft may be put to the panel (requirement M19).
    """

    text: Annotated[str, Field(min_length=1, max_length=5000)]
    fixed_on: date
    source: Words | None = None
    min_ratings_per_panel: Annotated[int, Field(ge=1, strict=True)]
    denominator: Denominator = "valid"
    quantile_type: QuantileType = 7
    half_medians: HalfMedians = "higher"
    most_ratings_per_draft: Annotated[int, Field(ge=1, strict=True)] | None = None
    stop: StopRule | None = None
    outcomes: Annotated[tuple[Entry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ends_with_otherwise(self) -> Self:
        if not isinstance(self.outcomes[-1], Otherwise):
            raise ValueError('the list of outcomes must end with "otherwise"')
        if any(isinstance(entry, Otherwise) for entry in self.outcomes[:-1]):
            raise ValueError('"otherwise" stands before the end of the list; nothing after it would count')
        return self

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All entries but the last, in the order in which they are tried."""
        return tuple(entry for entry in self.outcomes if isinstance(entry, Clause))

    @property
    def otherwise(self) -> Otherwise:
        """The last entry."""
        last = self.outcomes[-1]
        if not isinstance(last, Otherwise):
            raise ValueError('the list of outcomes must end with "otherwise"')
        return last


def each_test(condition: Condition) -> Iterator[AnyTest]:
    """All tests of a condition, in the order in which they are written."""
    if isinstance(condition, AllOf):
        parts: tuple[Condition, ...] = condition.all
    elif isinstance(condition, AnyOf):
        parts = condition.any
    else:
        yield condition
        return
    for part in parts:
        yield from each_test(part)


def to_dict(rule: Rule) -> dict[str, Any]:
    """The rule as plain lists, strings, whole numbers and a date, without unset optional keys.

    `Rule.model_validate(to_dict(rule)) == rule`; this is what a study file holds.
    """
    plain = rule.model_dump(mode="json", exclude_none=True)
    return plain | {"fixed_on": rule.fixed_on}


def canonical(rule: Rule) -> bytes:
    """The bytes that are sealed: UTF-8 JSON with sorted keys and no spaces, settings written out.

    Two rules that mean the same thing in the same words have the same bytes, however they were written.
    """
    plain = rule.model_dump(mode="json", exclude_none=True)
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
