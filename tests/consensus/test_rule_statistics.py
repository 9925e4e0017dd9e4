"""Every statistic that a rule may ask for, worked out again person by person from its definition alone.

The evaluator below shares no code with the engine: it looks at raw answers, with Python's own statistics.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from decimal import Decimal, getcontext
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.assess import assess_section
from delphi.consensus.bands import Share
from delphi.consensus.context import Context, EarlierItem, RoundItems
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.rule_check import check_rule
from delphi.domain.scale import Scale, ScalePoint

getcontext().prec = 60
GROUPS = ("lived", "carers", "staff")
PANELS = {"experience": ("lived", "carers"), "delivery": ("staff",)}
STRUCTURE = GroupStructure(
    groups=tuple(Group(code, code.title()) for code in GROUPS),
    panels=tuple(GroupUnion(code, code.title(), groups) for code, groups in PANELS.items()),
    feedback_groups=(),
)
CRITERIA = ("clear", "feasible", "useful")
Answer = int | str | None  # "unable", or None for somebody who was not there
Person = tuple[str, dict[str, tuple[Answer, Answer]]]
LEVELS = range(1, 10)
AGREE, DISAGREE = (7, 8, 9), (1, 2, 3)
NINE = Scale(
    id="nine", points=tuple(ScalePoint(value=v, label=str(v)) for v in LEVELS), bands={"agree": AGREE}
)


class Near(Exception):
    """A float is too near to its threshold to be held against another way of working it out."""


class Ratings:
    """The answers of some people on one criterion, before and now."""

    def __init__(self, people: list[Person], criterion: str) -> None:
        answers = [person[1][criterion] for person in people]
        self.now = [Fraction(now) for _, now in answers if isinstance(now, int)]
        self.then = [Fraction(then) for then, _ in answers if isinstance(then, int)]
        self.pairs = [(a, b) for a, b in answers if isinstance(a, int) and isinstance(b, int)]
        self.unable = sum(now == "unable" for _, now in answers)

    def within(self, band: tuple[int, ...], denominator: str) -> tuple[int, int]:
        n = len(self.now) + (self.unable if denominator == "respondents" else 0)
        return sum(rating in band for rating in self.now), n


def compare(test: dict[str, Any], value: Any, *, is_exact: bool = True) -> bool:
    limits = {
        key: Fraction(str(test[key])) for key in ("at_least", "more_than", "at_most", "below") if key in test
    }
    if not is_exact and any(abs(float(value) - float(limit)) < 1e-9 for limit in limits.values()):
        raise Near
    if isinstance(value, Decimal):
        value = Fraction(value)
        value = next((limit for limit in limits.values() if abs(value - limit) < Fraction(1, 10**40)), value)
    checks = {
        "at_least": lambda limit: value >= limit,
        "more_than": lambda limit: value > limit,
        "at_most": lambda limit: value <= limit,
        "below": lambda limit: value < limit,
    }
    return all(checks[key](limit) for key, limit in limits.items())


def linear_quantile(ratings: list[Fraction], p: Fraction) -> Fraction:
    ordered, place = sorted(ratings), 1 + (len(ratings) - 1) * p
    low = math.floor(place)
    above = ordered[min(low, len(ordered) - 1)]
    return ordered[low - 1] + (place - low) * (above - ordered[low - 1])


def root(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


def variation(ratings: list[Fraction]) -> Decimal | None:
    return root(statistics.variance(ratings) / statistics.mean(ratings) ** 2) if len(ratings) > 1 else None


def deviation(ratings: list[Fraction]) -> Decimal | None:
    return root(statistics.variance(ratings)) if len(ratings) > 1 else None


def distances(ratings: list[Fraction]) -> list[Fraction]:
    middle = statistics.median(ratings)
    return [abs(rating - middle) for rating in ratings]


def disagreement_index(ratings: list[Fraction]) -> Fraction:
    low, high = (linear_quantile(ratings, Fraction(p, 10)) for p in (3, 7))
    return (high - low) / (Fraction("2.35") + Fraction(3, 2) * abs(5 - (low + high) / 2))


def agreement_a(ratings: list[Fraction]) -> Fraction:
    left, total = [ratings.count(Fraction(v)) for v in LEVELS], Fraction(0)
    while any(left):
        present = [count > 0 for count in left]
        height, size = min(count for count in left if count), sum(present)
        triples = [
            (present[a], present[b], present[c])
            for a in range(9)
            for b in range(a + 1, 9)
            for c in range(b + 1, 9)
        ]
        tu = triples.count((True, True, False)) + triples.count((False, True, True))
        tdu = triples.count((True, False, True))
        u = Fraction(7 * tu - 8 * tdu, 7 * (tu + tdu)) if tu + tdu else Fraction(1)
        score = Fraction(0) if size == 9 else u * (1 - Fraction(size - 1, 8))
        total += Fraction(height * size, len(ratings)) * score
        left = [count - height if count else 0 for count in left]
    return total


def leik(ratings: list[Fraction]) -> Fraction:
    below = [Fraction(sum(rating <= v for rating in ratings), len(ratings)) for v in LEVELS]
    return 1 - sum((min(f, 1 - f) for f in below), Fraction(0)) / 4


def tastle(ratings: list[Fraction]) -> float:
    mean = statistics.mean(ratings)
    return 1 + sum(math.log2(1 - abs(float(r - mean)) / 8) for r in ratings) / len(ratings)


def entropy(ratings: list[Fraction]) -> float:
    parts = [ratings.count(value) / len(ratings) for value in set(ratings)]
    return -sum(part * math.log2(part) for part in parts)


EXACT: dict[str, Callable[[list[Fraction]], Any]] = {
    "mean": statistics.mean,
    "median": statistics.median,
    "iqr": lambda r: linear_quantile(r, Fraction(3, 4)) - linear_quantile(r, Fraction(1, 4)),
    "sd": deviation,
    "cv": variation,
    "mean_abs_dev_median": lambda r: statistics.mean(distances(r)),
    "mad_median": lambda r: statistics.median(distances(r)),
    "disagreement_index": disagreement_index,
}
OF_FIVE: dict[str, Callable[[list[Fraction]], Any]] = {
    "agreement_a": agreement_a,
    "polarization": lambda r: (1 - agreement_a(r)) / 2,
    "leik_consensus": leik,
    "tastle_wierman": tastle,
    "shannon_entropy_bits": entropy,
}


def rand_says(test: dict[str, Any], ratings: list[Fraction]) -> bool:
    n, low = len(ratings), sum(r <= 3 for r in ratings)
    high, need = sum(r >= 7 for r in ratings), max(1, (len(ratings) + 1) // 3)
    middle = statistics.median(ratings)
    by_counts, by_range = low >= need and high >= need, disagreement_index(ratings) > 1
    if test["statistic"] == "rand_agreement":
        region = [r <= 3 for r in ratings] if middle <= 3 else [r >= 7 for r in ratings]
        if 3 < middle <= 6:
            region = [4 <= r <= 6 for r in ratings]
        return (n - sum(region) <= need - 1) == (test["is"] == "present")
    method = test["method"]
    if method == "size":
        method = "biomed" if n <= 16 else "ipras"
    disagrees = {"biomed": by_counts, "third": 3 * low >= n and 3 * high >= n, "ipras": by_range}[method]
    if test["statistic"] == "rand_disagreement":
        return disagrees == (test["is"] == "present")
    found = "appropriate" if middle > 6 else "inappropriate" if middle <= 3 else "uncertain"
    return ("uncertain" if disagrees else found) == test["is"]


def validity_says(test: dict[str, Any], ratings: Ratings, denominator: str) -> bool:
    k, n = ratings.within(AGREE if test["band"] == "agree" else DISAGREE, denominator)
    ratio = Fraction(2 * k, n) - 1
    if test["statistic"] == "i_cvi":
        return compare(test, Fraction(k, n))
    if test["statistic"] == "kappa_modified":
        chance = Fraction(math.comb(n, k), 2**n)
        return n > 1 and compare(test, (Fraction(k, n) - chance) / (1 - chance))
    if test["statistic"] == "cvr":
        return compare(test, ratio)
    reached = [c for c in range(n + 1) if 20 * sum(math.comb(n, i) for i in range(c, n + 1)) <= 2**n]
    return bool(reached) and (k >= reached[0]) == (test["is"] == "reached")


def movement_says(test: dict[str, Any], ratings: Ratings) -> bool:
    pairs, n = ratings.pairs, len(ratings.pairs)
    if n < 10:
        return False
    if test["statistic"] == "pct_changed":
        return compare(test, Fraction(100 * sum(a != b for a, b in pairs), n))
    if test["statistic"] == "net_change_pct":
        first, second = [a for a, _ in pairs], [b for _, b in pairs]
        moved = sum(abs(first.count(v) - second.count(v)) for v in LEVELS)
        return compare(test, Fraction(100 * moved, 2 * n))
    if test["statistic"] == "cv_change":
        before, after = variation(ratings.then), variation(ratings.now)
        return before is not None and after is not None and compare(test, abs(after - before))
    expected = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs)
    seen = sum((a - b) ** 2 for a, b in pairs)
    return expected > 0 and compare(test, 1 - Fraction(n * seen, expected))


class Panel:
    """Everybody of a made-up panel, who answers what a test asks of some of them."""

    def __init__(self, people: list[Person], denominator: str) -> None:
        self.people, self.denominator = people, denominator

    def some(self, of: str) -> list[Person]:
        kind, _, code = of.partition(":")
        groups = PANELS[code] if kind == "panel" else (code,) if kind == "group" else GROUPS
        return [person for person in self.people if person[0] in groups]

    def says(self, test: dict[str, Any]) -> bool:
        sets = {
            "panel": [f"panel:{code}" for code in PANELS],
            "group": [f"group:{code}" for code in GROUPS],
        }
        how, _, kind = test["of"].partition("_")
        if how in ("each", "any"):
            join = all if how == "each" else any
            each = [
                join([self.one(test, of, criterion) for of in sets[kind]]) for criterion in self.named(test)
            ]
        else:
            each = [self.one(test, test["of"], criterion) for criterion in self.named(test)]
        wanted = test["criteria"]
        if isinstance(wanted, dict):
            return sum(each) >= wanted["at_least"]
        return any(each) if wanted == "any" else all(each)

    def named(self, test: dict[str, Any]) -> tuple[str, ...]:
        wanted = test["criteria"]
        if isinstance(wanted, dict):
            return tuple(wanted.get("of", CRITERIA))
        return tuple(wanted) if isinstance(wanted, list) else CRITERIA

    def one(self, test: dict[str, Any], of: str, criterion: str) -> bool:
        statistic = test["statistic"]
        if statistic == "attrition_pct":
            return self.lost(test, of)
        if of.startswith("equal_"):
            return self.alike(test, of, criterion)
        ratings = Ratings(self.some(of), criterion)
        if statistic in ("pct_changed", "net_change_pct", "cv_change", "kappa_quadratic"):
            return movement_says(test, ratings)
        if not ratings.now:
            return False
        if statistic in ("share", "apmo"):
            band = AGREE if test["band"] == "agree" else DISAGREE
            k, n = ratings.within(band, self.denominator)
            return (
                self.above_cut_off(test, of, Fraction(100 * k, n))
                if statistic == "apmo"
                else compare(test, Fraction(100 * k, n))
            )
        if statistic in ("i_cvi", "kappa_modified", "cvr", "lawshe_critical"):
            return validity_says(test, ratings, self.denominator)
        if statistic.startswith("rand_"):
            return rand_says(test, ratings.now)
        if statistic in OF_FIVE:
            floats = statistic in ("tastle_wierman", "shannon_entropy_bits")
            enough = len(ratings.now) >= 5
            return enough and compare(test, OF_FIVE[statistic](ratings.now), is_exact=not floats)
        value = EXACT[statistic](ratings.now)
        return value is not None and compare(test, value)

    def alike(self, test: dict[str, Any], of: str, criterion: str) -> bool:
        parts = (
            [f"panel:{code}" for code in PANELS] if of == "equal_panels" else [f"group:{c}" for c in GROUPS]
        )
        each = [Ratings(self.some(part), criterion) for part in parts]
        if test["statistic"] == "mean":
            values = [statistics.mean(one.now) for one in each if one.now]
        else:
            band = AGREE if test["band"] == "agree" else DISAGREE
            whole = 100 if test["statistic"] == "share" else 1
            found = [one.within(band, self.denominator) for one in each if one.now]
            values = [Fraction(whole * k, n) for k, n in found]
        return bool(values) and compare(test, statistics.mean(values))

    def above_cut_off(self, test: dict[str, Any], of: str, share: Fraction) -> bool:
        majorities = votes = 0
        for criterion in CRITERIA:
            ratings = Ratings(self.some(of), criterion)
            for band in (AGREE, DISAGREE):
                k, n = ratings.within(band, self.denominator)
                majorities += k if 2 * k > n else 0
            votes += n
        limit = Fraction(100 * majorities, votes)
        return share > limit or (share == limit and test["is"] == "reached")

    def lost(self, test: dict[str, Any], of: str) -> bool:
        def rated(person: Person, place: int) -> bool:
            return any(isinstance(answers[place], int) for answers in person[1].values())

        before = [person for person in self.some(of) if rated(person, 0)]
        gone = sum(not rated(person, 1) for person in before)
        return bool(before) and compare(test, Fraction(100 * gone, len(before)))

    def counted(self, place: int) -> dict[str, ItemCounts]:
        def histogram(group: str, criterion: str) -> Histogram:
            answers = [person[1][criterion][place] for person in self.people if person[0] == group]
            points = tuple(answers.count(value) for value in LEVELS)
            return Histogram(1, points, n_unable=answers.count("unable"))

        return {c: ItemCounts({group: histogram(group, c) for group in GROUPS}) for c in CRITERIA}

    def context(self) -> Context:
        then, now = self.counted(0), self.counted(1)
        earlier = {
            criterion: EarlierItem(
                then[criterion],
                {
                    group: CrossTab.of_pairs(1, 9, Ratings(self.some(f"group:{group}"), criterion).pairs)
                    for group in GROUPS
                },
            )
            for criterion in CRITERIA
        }

        def share(group: str) -> Share:
            def rated(person: Person, place: int) -> bool:
                return any(isinstance(one[place], int) for one in person[1].values())

            there = [person for person in self.some(f"group:{group}") if rated(person, 0)]
            return Share(sum(not rated(person, 1) for person in there), len(there))

        return Context(RoundItems(tuple(now.values())), earlier, True, {g: share(g) for g in GROUPS})


ANSWER = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 9, 9, "unable", None])
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(GROUPS), st.fixed_dictionaries({c: st.tuples(ANSWER, ANSWER) for c in CRITERIA})
    ),
    min_size=8,
    max_size=45,
)
SETS = ["pooled", "each_panel", "any_panel", "each_group", "any_group", "panel:experience", "group:staff"]
NUMBERS = {
    "share": [0, 25, 50, "200/3", 75, 100],
    "mean": [3, 5, "6.5", 7],
    "median": [3, 5, "6.5", 7],
    "iqr": [0, 1, 2, "2.5", 4],
    "sd": [0, 1, "1.5", 2, 3],
    "cv": [0, "0.2", "0.3", "0.5"],
    "mean_abs_dev_median": [0, 1, "1.5", 2],
    "mad_median": [0, 1, "1.5", 2],
    "disagreement_index": [0, "0.5", 1, "1.5"],
    "agreement_a": [-1, 0, "0.25", "0.5", 1],
    "polarization": [0, "0.25", "0.5", 1],
    "leik_consensus": [0, "0.5", "0.75", 1],
    "tastle_wierman": ["0.5", "0.6", "0.7"],
    "shannon_entropy_bits": [1, 2, "2.5"],
    "i_cvi": [0, "0.5", "0.78", 1],
    "kappa_modified": [0, "0.4", "0.74"],
    "cvr": [-1, 0, "0.5", 1],
    "net_change_pct": [0, 15, 30, 50],
    "pct_changed": [15, 50, 80, 100],
    "cv_change": [0, "0.05", "0.2"],
    "kappa_quadratic": [-1, 0, "0.5", "0.75"],
    "attrition_pct": [0, 10, 20, 50],
}
WITH_BAND = {"share", "apmo", "i_cvi", "kappa_modified", "cvr", "lawshe_critical"}
CHOICES = {
    "apmo": ["reached", "exceeded"],
    "lawshe_critical": ["reached", "missed"],
    "rand_disagreement": ["present", "absent"],
    "rand_agreement": ["present", "absent"],
    "rand_ucla_class": ["appropriate", "uncertain", "inappropriate"],
}


@st.composite
def a_test(draw: st.DrawFn) -> dict[str, Any]:
    statistic = draw(st.sampled_from([*NUMBERS, *CHOICES]))
    equal = ["equal_panels", "equal_groups"] if statistic in ("share", "mean", "i_cvi") else []
    test: dict[str, Any] = {"statistic": statistic, "of": draw(st.sampled_from(SETS + equal))}
    criteria = [
        "all",
        "any",
        ["clear"],
        ["clear", "useful"],
        {"at_least": 2},
        {"at_least": 1, "of": ["clear"]},
    ]
    test["criteria"] = "all" if statistic == "attrition_pct" else draw(st.sampled_from(criteria))
    if statistic in WITH_BAND:
        test["band"] = draw(st.sampled_from(["agree", "disagree"]))
    if statistic.startswith("rand_") and statistic != "rand_agreement":
        methods = ["biomed", "ipras", "size"] + (["third"] if statistic == "rand_disagreement" else [])
        test["method"] = draw(st.sampled_from(methods))
    if statistic in CHOICES:
        return test | {"is": draw(st.sampled_from(CHOICES[statistic]))}
    comparator = draw(st.sampled_from(["at_least", "more_than", "at_most", "below"]))
    return test | {comparator: draw(st.sampled_from(NUMBERS[statistic]))}


def rule_with(when: dict[str, Any], denominator: str) -> Rule:
    return Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": 1,
            "denominator": denominator,
            "outcomes": [{"outcome": "agreed", "when": when}, {"otherwise": "not_agreed"}],
        }
    )


@settings(max_examples=250, deadline=None)
@given(a_test(), PEOPLE, st.sampled_from(["valid", "respondents"]))
def test_every_statistic_of_a_rule_is_what_its_definition_says(
    test: dict[str, Any], people: list[Person], denominator: str
) -> None:
    panel, rule = Panel(people, denominator), rule_with(test, denominator)
    found = assess_section(rule, NINE, STRUCTURE, panel.counted(1), 2, panel.context())
    if found.too_few:
        return
    try:
        expected = panel.says(test)
    except Near:
        return
    assert (found.outcome.value == "agreed") == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(a_test(), min_size=2, max_size=3), PEOPLE, st.sampled_from(["valid", "respondents"]))
def test_what_the_check_calls_impossible_never_happens(
    tests: list[dict[str, Any]], people: list[Person], denominator: str
) -> None:
    panel, rule = Panel(people, denominator), rule_with({"all": tests}, denominator)
    problems = check_rule(rule, NINE, STRUCTURE, CRITERIA, max_rounds=3)
    found = assess_section(rule, NINE, STRUCTURE, panel.counted(1), 2, panel.context())
    if found.outcome.value == "agreed":
        assert not [one for one in problems if "can never be met" in one.sentence]
