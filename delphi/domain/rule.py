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
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_serializer,
    field_validator,
    model_serializer,
    model_validator,
)

from delphi.domain.rule_numbers import ExactNumber
from delphi.domain.scale import Code, Words


class Outcome(StrEnum):
    """What the rule says of a section in a round."""

    AGREED = "agreed"
    AGREED_TO_LEAVE_OUT = "agreed_to_leave_out"
    CLOSE = "close"
    NOT_AGREED = "not_agreed"
    NOT_ASSESSABLE = "not_assessable"


class RandClass(StrEnum):
    """The three classes of the RAND/UCLA Appropriateness Method."""

    APPROPRIATE = "appropriate"
    UNCERTAIN = "uncertain"
    INAPPROPRIATE = "inappropriate"


WrittenOutcome = Literal[Outcome.AGREED, Outcome.AGREED_TO_LEAVE_OUT, Outcome.CLOSE, Outcome.NOT_AGREED]
"""An outcome that a rule may name; "not assessable" follows from too few ratings only."""

Denominator = Literal["valid", "respondents"]
"""`valid`: people who gave a rating; `respondents`: also those who said "can't say"."""

QuantileType = Literal[2, 6, 7]
HalfMedians = Literal["higher", "middle"]
RandMethod = Literal["biomed", "ipras", "size"]
"""`size` is BIOMED for up to 16 ratings and IPRAS for more."""

_CODE = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
Whom = Annotated[
    str, Field(pattern=rf"^(?:pooled|each_panel|any_panel|each_group|any_group|(?:panel|group):{_CODE})$")
]
"""Whose ratings a test looks at: everybody together, each or any consensus panel, each or any
stakeholder group, or one of them by its code ("panel:experience")."""

Criteria = Literal["all", "any"] | tuple[Code, ...]
"""For which criteria a test must hold: all of the section's, any one, or all of those named."""


class RulePart(BaseModel):
    """What every part of a rule has in common: unchangeable, and no key that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True)


class BaseTest(RulePart):
    """Whom and which criteria a test is about."""

    of: Whom = "pooled"
    criteria: Criteria = "all"

    @model_serializer(mode="wrap")
    def _in_reading_order(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = write(self)
        last = {"criteria": plain.pop("criteria")} if "criteria" in plain else {}
        first = {key: plain.pop(key) for key in ("statistic", "band", "method", "is", "of") if key in plain}
        return first | plain | last

    @field_validator("criteria")
    @classmethod
    def _criteria_are_named_once(cls, criteria: Criteria) -> Criteria:
        if criteria == ():
            raise ValueError('names no criterion; name at least one, or write "all" or "any"')
        if isinstance(criteria, tuple) and len(set(criteria)) != len(criteria):
            raise ValueError("names a criterion twice")
        return criteria


class ThresholdTest(BaseTest):
    """A test that compares a number with one threshold, or with a lower and an upper one."""

    at_least: ExactNumber | None = None
    more_than: ExactNumber | None = None
    at_most: ExactNumber | None = None
    below: ExactNumber | None = None

    @model_validator(mode="after")
    def _thresholds_fit_together(self) -> Self:
        if self.at_least is not None and self.more_than is not None:
            raise ValueError('has both "at_least" and "more_than"; keep one of them')
        if self.at_most is not None and self.below is not None:
            raise ValueError('has both "at_most" and "below"; keep one of them')
        if not self.thresholds:
            raise ValueError('compares with nothing; add "at_least", "more_than", "at_most" or "below"')
        return self

    @property
    def thresholds(self) -> tuple[tuple[str, Fraction], ...]:
        """The comparators used, in the order at_least, more_than, at_most, below."""
        pairs = (
            ("at_least", self.at_least),
            ("more_than", self.more_than),
            ("at_most", self.at_most),
            ("below", self.below),
        )
        return tuple((name, value) for name, value in pairs if value is not None)

    def holds(self, value: Fraction) -> bool:
        """Whether an exact value passes every comparator; nothing is rounded (requirement M5)."""
        return (
            (self.at_least is None or value >= self.at_least)
            and (self.more_than is None or value > self.more_than)
            and (self.at_most is None or value <= self.at_most)
            and (self.below is None or value < self.below)
        )


class ShareTest(ThresholdTest):
    """Per cent of people whose rating lies in a band of the scale."""

    statistic: Literal["share"]
    band: Code


class MedianTest(ThresholdTest):
    """Median rating, which may lie half-way between two points."""

    statistic: Literal["median"]


class IqrTest(ThresholdTest):
    """Interquartile range in scale points, by the rule's quantile type."""

    statistic: Literal["iqr"]


class RandUclaTest(BaseTest):
    """Class of an item by the RAND/UCLA Appropriateness Method."""

    statistic: Literal["rand_ucla_class"]
    method: RandMethod
    is_: Annotated[tuple[RandClass, ...], Field(alias="is", min_length=1)]

    @field_validator("is_", mode="before")
    @classmethod
    def _one_class_is_a_list_of_one(cls, given: object) -> object:
        return (given,) if isinstance(given, str) else given

    @field_validator("is_")
    @classmethod
    def _classes_in_order(cls, classes: tuple[RandClass, ...]) -> tuple[RandClass, ...]:
        return tuple(known for known in RandClass if known in classes)

    @field_serializer("is_")
    def _one_class_without_a_list(self, classes: tuple[RandClass, ...]) -> str | list[str]:
        return classes[0].value if len(classes) == 1 else [known.value for known in classes]


Test = Annotated[ShareTest | MedianTest | IqrTest | RandUclaTest, Field(discriminator="statistic")]


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


class Rule(RulePart):
    """The whole consensus rule of a study.

    `min_ratings_per_panel` is looked at before anything else: a section with fewer ratings on any
    criterion in any consensus panel is not assessable, and never agreed.
    """

    text: Annotated[str, Field(min_length=1, max_length=5000)]
    fixed_on: date
    source: Words | None = None
    min_ratings_per_panel: Annotated[int, Field(ge=1, strict=True)]
    denominator: Denominator = "valid"
    quantile_type: QuantileType = 7
    half_medians: HalfMedians = "higher"
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


def each_test(condition: AllOf | AnyOf | BaseTest) -> Iterator[BaseTest]:
    """All tests of a condition, in the order in which they are written."""
    if isinstance(condition, AllOf):
        parts: tuple[Any, ...] = condition.all
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
