"""The tests that a consensus rule can be made of: one statistic, of some people, on some criteria.

Every test has a `statistic` of its own, by which it is told apart in a file. Rules are sealed byte for
byte: a new statistic joins `Test`, and a new setting of an old one must default to None.

Pure. What a test finds on a panel is in `delphi.consensus.measure`, what it says in `delphi.consensus.words`.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Protocol, Self

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
from delphi.domain.scale import Code


class RandClass(StrEnum):
    """The three classes of the RAND/UCLA Appropriateness Method."""

    APPROPRIATE = "appropriate"
    UNCERTAIN = "uncertain"
    INAPPROPRIATE = "inappropriate"


class Presence(StrEnum):
    """Whether the RAND/UCLA method finds (dis)agreement."""

    PRESENT = "present"
    ABSENT = "absent"


RandMethod = Literal["biomed", "ipras", "size"]
"""`size` is BIOMED for up to 16 ratings and IPRAS for more."""
DisagreementMethod = Literal["biomed", "third", "ipras", "size"]
"""`third`: a third or more of the ratings at each end of the scale."""

_CODE = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
Whom = Annotated[
    str,
    Field(
        pattern=r"^(?:pooled|each_panel|any_panel|each_group|any_group|equal_panels|equal_groups"
        rf"|(?:panel|group):{_CODE})$"
    ),
]
"""Whose ratings a test looks at: everybody together, each or any consensus panel, each or any stakeholder
group, all panels or all groups with equal weight (the mean of their figures), or one of them by its code
("panel:experience")."""


class Comparable(Protocol):
    """A figure that can be compared exactly with the numbers of a rule."""

    def __ge__(self, other: Fraction, /) -> bool: ...
    def __gt__(self, other: Fraction, /) -> bool: ...
    def __le__(self, other: Fraction, /) -> bool: ...
    def __lt__(self, other: Fraction, /) -> bool: ...


class RulePart(BaseModel):
    """What every part of a rule has in common: unchangeable, and no key that is not known."""

    # Validators are built when the first rule is read: a web worker that reads none starts sooner.
    model_config = ConfigDict(
        frozen=True, extra="forbid", serialize_by_alias=True, validate_by_name=True, defer_build=True
    )


class SomeCriteria(RulePart):
    """At least so many of the section's criteria, or of those named."""

    at_least: Annotated[int, Field(ge=1, strict=True)]
    of: Annotated[tuple[Code, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.of is not None and len(set(self.of)) != len(self.of):
            raise ValueError("names a criterion twice")
        if self.of is not None and self.at_least > len(self.of):
            raise ValueError(f"asks for {self.at_least} criteria, but names {len(self.of)}")
        return self


def _kind_of_criteria(given: Any) -> str:
    if isinstance(given, dict | SomeCriteria):
        return "some"
    return "named" if isinstance(given, list | tuple) else "word"


Criteria = Annotated[
    Annotated[Literal["all", "any"], Tag("word")]
    | Annotated[tuple[Code, ...], Tag("named")]
    | Annotated[SomeCriteria, Tag("some")],
    Discriminator(_kind_of_criteria),
]
"""For which criteria a test must hold: all of the section's, any one, all of those named, or at least N."""


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

    @model_validator(mode="after")
    def _equal_weight_has_a_meaning(self) -> Self:
        if self.of.startswith("equal_") and self.statistic_code not in WITH_EQUAL_WEIGHT:
            raise ValueError(
                f"{self.of!r} is the mean of the figures of all groups or panels; that is said of a share, a "
                f"mean or a content validity index only, not of {self.statistic_code!r}"
            )
        return self

    @property
    def statistic_code(self) -> str:
        """The statistic by its name in files."""
        return str(getattr(self, "statistic", ""))


WITH_EQUAL_WEIGHT = frozenset({"share", "mean", "i_cvi"})
"""Statistics of which a mean over groups or panels is a figure of the same kind."""


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

    def holds(self, value: Comparable) -> bool:
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


class FigureTest(ThresholdTest):
    """A figure of the ratings of one round.

    `mean`, `sd` (n - 1), `mean_abs_dev_median` and `mad_median` are in scale points; `cv` is the standard
    deviation over the mean, for scales that begin above 0. `disagreement_index` is RAND's IPR / IPRAS
    (more than 1 is disagreement). `agreement_a` runs from -1 to 1, `polarization`, `leik_consensus` and
    `tastle_wierman` from 0 to 1, `shannon_entropy_bits` from 0; these five need five ratings.
    """

    statistic: Literal[
        "mean",
        "sd",
        "cv",
        "mean_abs_dev_median",
        "mad_median",
        "disagreement_index",
        "agreement_a",
        "polarization",
        "leik_consensus",
        "tastle_wierman",
        "shannon_entropy_bits",
    ]


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


class RandDisagreementTest(BaseTest):
    """Whether the RAND/UCLA method finds disagreement: many ratings at both ends of the scale."""

    statistic: Literal["rand_disagreement"]
    method: DisagreementMethod
    is_: Annotated[Presence, Field(alias="is")]


class RandAgreementTest(BaseTest):
    """Whether the RAND/UCLA method finds agreement: few ratings outside the third of the median (BIOMED)."""

    statistic: Literal["rand_agreement"]
    is_: Annotated[Presence, Field(alias="is")]


class ValidityTest(ThresholdTest):
    """Content validity of an item; `band` holds the points that count as relevant or essential.

    `i_cvi` is their share from 0 to 1, `kappa_modified` what it is beyond chance, from -1 to 1 (two ratings
    or more), `cvr` Lawshe's ratio from -1 to 1.
    """

    statistic: Literal["i_cvi", "kappa_modified", "cvr"]
    band: Code


class LawsheTest(BaseTest):
    """Whether more people call an item essential than chance gives: Lawshe's ratio, exact critical value.

    `reached` means that as many or more would do so by chance with a probability of at most .05.
    """

    statistic: Literal["lawshe_critical"]
    band: Code
    is_: Annotated[Literal["reached", "missed"], Field(alias="is")]


class ApmoTest(BaseTest):
    """Whether the share of a band reaches the study's own cut-off, the average per cent of majority opinions.

    The cut-off is 100 x (votes of majorities that agree or disagree) / (all votes), over all items of the
    round and the same people. It comes from the data, so that only its formula can be sealed.
    """

    statistic: Literal["apmo"]
    band: Code
    is_: Annotated[Literal["reached", "exceeded"], Field(alias="is")]


class StabilityTest(ThresholdTest):
    """How far answers moved since the round before, on a draft that is the same or comparable.

    `net_change_pct` and `pct_changed` are per cent of those who rated both times, `cv_change` the distance
    between the coefficients of variation of all who rated in each round, `kappa_quadratic` from -1 to 1,
    `marginal_homogeneity_p` Stuart and Maxwell's p. Undefined, so never met, in the first round of a
    draft, across a material change, and with fewer than ten people who rated both times.
    """

    statistic: Literal[
        "net_change_pct", "pct_changed", "cv_change", "kappa_quadratic", "marginal_homogeneity_p"
    ]


class AttritionTest(ThresholdTest):
    """Per cent of the people who rated in round 1 and did not in this one; undefined in round 1."""

    statistic: Literal["attrition_pct"]

    @model_validator(mode="after")
    def _is_not_about_a_criterion(self) -> Self:
        if self.criteria != "all":
            raise ValueError('is about people and not about a criterion; leave "criteria" out')
        return self


AnyTest = (
    ShareTest
    | MedianTest
    | IqrTest
    | FigureTest
    | RandUclaTest
    | RandDisagreementTest
    | RandAgreementTest
    | ValidityTest
    | LawsheTest
    | ApmoTest
    | StabilityTest
    | AttritionTest
)
Test = Annotated[AnyTest, Field(discriminator="statistic")]
