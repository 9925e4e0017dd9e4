"""The same sections under other rules: what differs, what cannot be asked, and how it is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.context import Context, RoundItems
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.flipping import Change, Distance, NoDistance, distance_to_flip
from delphi.consensus.library import PUBLISHED_RULES, comet_pooled, pooled_and_each_panel, rand_ucla
from delphi.consensus.other_rules import (
    EVERYBODY,
    Decided,
    Kind,
    OtherWay,
    SectionToDecide,
    SectionUnderRules,
    UnderOtherRules,
    published_ways,
    under_other_rules,
    with_equal_groups,
)
from delphi.consensus.other_rules_words import (
    distance_in_short,
    distance_in_words,
    least_firm_in_words,
    section_in_words,
    study_in_words,
)
from delphi.consensus.other_settings import setting_ways
from delphi.consensus.verdict import Verdict
from delphi.consensus.vocabulary import CriterionWords, Vocabulary
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale, ScalePoint

STRUCTURE = GroupStructure(
    groups=(Group("lived", "Lived"), Group("staff", "Staff")),
    panels=(
        GroupUnion("lived", "People with lived experience", ("lived",)),
        GroupUnion("staff", "Staff panel", ("staff",)),
    ),
    feedback_groups=(),
)
FIXED = date(2024, 2, 12)
SEALED = pooled_and_each_panel(FIXED)


def scale(n_points: int) -> Scale:
    points = tuple(ScalePoint(value=v, label=str(v)) for v in range(1, n_points + 1))
    return Scale(
        id="any", points=points, bands={"agree": tuple(range(n_points - n_points // 3, n_points + 1))}
    )


def item(lived: tuple[int, ...], staff: tuple[int, ...]) -> ItemCounts:
    return ItemCounts({"lived": Histogram(1, lived), "staff": Histogram(1, staff)})


def section(code: str, verdict: Verdict, counts: ItemCounts) -> SectionToDecide:
    return SectionToDecide(code, 1, verdict, {EVERYBODY: {"clear": counts}})


def ways(rule: Rule = SEALED, points: int = 5) -> tuple[OtherWay, ...]:
    return (*published_ways(rule, scale(points), STRUCTURE, ["clear"]), *setting_ways(rule))


def decided(found: UnderOtherRules, code: str) -> Decided:
    return next(one for one in found.sections[0].decided if one.way == code)


def test_no_way_is_counted_for_another() -> None:
    """A published rule of 75% and the sealed rule at 75% once had one code: one's verdict stood for both."""
    codes = [way.code for way in ways()]
    assert len(codes) == len(set(codes))
    one = section("a", Verdict.NOT_AGREED, item((7, 0, 0, 8, 0), (0, 0, 0, 60, 0)))
    found = under_other_rules(ways(), [one], scale(5), STRUCTURE).sections[0]
    assert len(found.differing(ways())) == sum(decided.differs for decided in found.decided)
    with pytest.raises(ValueError, match="the same code"):
        under_other_rules([*ways(), ways()[0]], [one], scale(5), STRUCTURE)


def test_a_section_that_panels_hold_back_is_agreed_where_all_are_counted_together() -> None:
    counts = item((7, 0, 0, 8, 0), (0, 0, 0, 60, 0))
    found = under_other_rules(ways(), [section("a", Verdict.NOT_AGREED, counts)], scale(5), STRUCTURE)
    assert decided(found, "comet-pooled").verdict is Verdict.AGREED
    assert decided(found, "comet-pooled").differs
    assert decided(found, "comet-every-panel").verdict is Verdict.NOT_AGREED
    assert not decided(found, "comet-every-panel").differs
    differing = {way.code for way in found.sections[0].differing(found.asked(Kind.PUBLISHED))}
    assert {"comet-pooled", "share-75", "two-thirds"} <= differing
    assert not {"comet-every-panel", "comet-every-group", "eighty-in-every-panel"} & differing
    assert found.by(found.ways[0])[0] == decided(found, found.ways[0].code)


def test_close_and_not_agreed_are_one_answer() -> None:
    counts = item((4, 0, 0, 12, 0), (4, 0, 0, 12, 0))
    found = under_other_rules(ways(), [section("a", Verdict.NOT_AGREED, counts)], scale(5), STRUCTURE)
    assert not decided(found, "eighty-in-every-panel").differs


def test_a_rule_for_another_scale_is_no_failure_and_is_not_counted() -> None:
    every = ways()
    rand = next(way for way in every if way.code == "rand-ucla")
    assert rand.rule is None
    assert "three equal parts" in rand.unfit
    counts = item((0, 0, 0, 20, 0), (0, 0, 0, 20, 0))
    found = under_other_rules(every, [section("a", Verdict.AGREED, counts)], scale(5), STRUCTURE)
    assert decided(found, "rand-ucla") == Decided("rand-ucla", None)
    assert rand not in found.asked()
    assert next(way for way in ways(points=9) if way.code == "rand-ucla").rule is not None


def test_the_sealed_rule_is_not_another_rule() -> None:
    assert "comet-pooled" not in [way.code for way in ways(comet_pooled(date(2020, 1, 1)))]
    assert len(published_ways(SEALED, scale(9), STRUCTURE, ["clear"])) == len(PUBLISHED_RULES) - 1


def test_other_rules_ask_for_as_many_ratings_as_the_sealed_one() -> None:
    sealed = SEALED.model_copy(update={"min_ratings_per_panel": 2})
    assert {way.rule.min_ratings_per_panel for way in ways(sealed) if way.rule} == {2}


def test_thresholds_are_put_wherever_a_share_is_asked_for() -> None:
    seventy = next(way for way in ways() if way.code == "sealed-share-70")
    counts = item((28, 0, 0, 72, 0), (28, 0, 0, 72, 0))
    found = under_other_rules([seventy], [section("a", Verdict.NOT_AGREED, counts)], scale(5), STRUCTURE)
    assert decided(found, "sealed-share-70").verdict is Verdict.AGREED
    found = under_other_rules(ways(), [section("a", Verdict.NOT_AGREED, counts)], scale(5), STRUCTURE)
    assert decided(found, "sealed-share-75").verdict is Verdict.NOT_AGREED
    rand = {way.code: way for way in ways(rand_ucla(FIXED), 9)}
    assert rand["sealed-share-75"].unfit == "The sealed rule asks for no share."
    assert rand["quantile-2"].rule is not None
    assert rand["half-medians-middle"].rule is not None


def test_groups_count_alike_whatever_their_size_and_too_few_stay_too_few() -> None:
    pooled = SEALED.model_copy(update={"outcomes": comet_pooled(FIXED).outcomes})
    (alike,) = [way for way in setting_ways(pooled) if way.weighs_groups]
    counts = item((12, 0, 0, 0, 0), (0, 0, 0, 88, 0))
    found = under_other_rules([alike], [section("a", Verdict.AGREED, counts)], scale(5), STRUCTURE)
    assert decided(found, "equal-groups").verdict is Verdict.NOT_AGREED
    few = item((0, 0, 0, 3, 0), (0, 0, 0, 88, 0))
    found = under_other_rules([alike], [section("a", Verdict.NOT_ASSESSABLE, few)], scale(5), STRUCTURE)
    assert decided(found, "equal-groups").verdict is Verdict.NOT_ASSESSABLE


@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=3), st.lists(st.integers(0, 9), min_size=3, max_size=3)
)
def test_equal_groups_keep_each_group_s_shares(lived: list[int], staff: list[int]) -> None:
    before = item(tuple(lived), tuple(staff))
    after = with_equal_groups(before)
    sizes = {found.n for found in after.by_group.values() if found.n}
    assert len(sizes) <= 1
    for group, found in before.by_group.items():
        weighed = after.by_group[group]
        assert all(a * weighed.n == b * found.n for a, b in zip(found.counts, weighed.counts, strict=True))


def test_people_who_were_not_counted_in_a_round_say_nothing() -> None:
    way = OtherWay("completers", "Only some", Kind.PEOPLE, SEALED, people="completers")
    counts = item((0, 0, 0, 20, 0), (0, 0, 0, 20, 0))
    found = under_other_rules([way], [section("a", Verdict.AGREED, counts)], scale(5), STRUCTURE)
    assert decided(found, "completers").verdict is None


def test_too_few_people_left_say_nothing_against_the_outcome() -> None:
    way = OtherWay("alone", "Only some", Kind.PEOPLE, SEALED, people="alone")
    counts = {"clear": item((0, 0, 0, 20, 0), (0, 0, 0, 20, 0))}
    few = {"clear": item((0, 0, 0, 2, 0), (0, 0, 0, 20, 0))}
    one = SectionToDecide("a", 1, Verdict.AGREED, {EVERYBODY: counts, "alone": few})
    found = under_other_rules([way], [one], scale(5), STRUCTURE)
    assert decided(found, "alone") == Decided("alone", Verdict.NOT_ASSESSABLE, too_few=True)
    assert found.depending() == ()
    assert section_in_words(found.sections[0], found) == "It is agreed; there is no other way to decide it."


# --- Sentences ----------------------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> UnderOtherRules:
    kinds = draw(st.lists(st.tuples(st.sampled_from(Kind), st.booleans()), max_size=6))
    found = tuple(
        OtherWay(f"w{i}", f"W{i}", kind, SEALED if fits else None) for i, (kind, fits) in enumerate(kinds)
    )
    sections = []
    for number in range(draw(st.integers(0, 8))):
        says = []
        for way in found:
            verdict = draw(st.sampled_from(Verdict)) if way.rule else None
            says.append(Decided(way.code, verdict, differs=verdict not in (None, Verdict.AGREED)))
        sections.append(SectionUnderRules(f"s{number}", Verdict.AGREED, tuple(says)))
    return UnderOtherRules(found, tuple(sections))


@given(tables())
def test_what_is_said_of_the_study_is_what_the_table_says(found: UnderOtherRules) -> None:
    titles = {f"s{i}": f"Title{i}" for i in range(8)}
    sentences = study_in_words(found, titles)
    n = len(found.sections)
    rules = found.asked(Kind.PUBLISHED)
    for sentence in [one for one in sentences if "as the sealed rule does" in one]:
        alike = sum(not any(one.differs for one in found.by(way)) for way in rules)
        numbers = re.findall(r"\d+", sentence.replace("None", "0"))
        assert [int(one) for one in numbers] == [alike, len(rules)]
    sentences = tuple(one for one in sentences if "as the sealed rule does" not in one)
    for sentence, kinds in zip(sentences, [(Kind.PUBLISHED,), (Kind.SETTING, Kind.PEOPLE)], strict=False):
        if not n or "can be asked" in sentence:
            assert not n or not found.asked(*kinds)
            continue
        depending = {titles[one.code] for one in found.depending(*kinds)}
        named = set(re.findall(r"Title\d", sentence))
        assert named == (depending if n > 1 and len(depending) <= 5 else set())
        numbers = re.match(
            r"(\d+) of (\d+) sections keeps? (?:its|their) outcome .*?; (\d+) depends? ", sentence
        )
        if numbers:
            assert [int(one) for one in numbers.groups()] == [n - len(depending), n, len(depending)]
        elif sentence.startswith("No section"):
            assert len(depending) == n
        elif sentence.startswith("The section depends"):
            assert (n, len(depending)) == (1, 1)
        else:
            assert "keep" in sentence
            assert not depending


@given(tables())
def test_the_least_firm_are_those_that_most_ways_decide_otherwise(found: UnderOtherRules) -> None:
    said = least_firm_in_words(found, {f"s{i}": f"Title{i}" for i in range(8)})
    n_of = {one.code: len(one.differing(found.asked())) for one in found.sections}
    most = max(n_of.values(), default=0)
    if not said or not most:
        assert said.startswith("No way decides") or not (found.asked() and found.sections)
        return
    least = {code.replace("s", "Title") for code, n in n_of.items() if n == most}
    assert set(re.findall(r"Title\d", said)) == (least if len(least) <= 5 else set())
    numbers = [int(one) for one in re.findall(r"(?<!Title)\b\d+", said)]
    assert most in numbers
    assert len(least) <= 5 or numbers[0] == len(least)


@given(tables())
def test_what_is_said_of_a_section_counts_only_what_was_asked(found: UnderOtherRules) -> None:
    for one in found.sections:
        numbers = [int(number) for number in re.findall(r"\d+", section_in_words(one, found))]
        asked, differing = len(found.asked()), len(one.differing(found.asked()))
        if asked > 1:
            assert numbers == ([differing, asked] if differing else [asked])


VOCABULARY = Vocabulary(
    scale(5), STRUCTURE, {"clear": CriterionWords("Clear"), "done": CriterionWords("Feasible")}
)


def said(rule: Rule, **items: ItemCounts) -> str:
    codes: Mapping[str, ItemCounts] = items
    return distance_in_words(distance_to_flip(rule, scale(5), STRUCTURE, codes, 1), VOCABULARY)


@pytest.mark.parametrize(
    ("lived", "staff", "words"),
    [
        (
            (5, 0, 0, 15, 0),
            (0, 0, 0, 20, 0),
            "It would no longer be agreed if 2 fewer people agreed on “Clear”",
        ),
        (
            (7, 0, 0, 8, 0),
            (0, 0, 0, 30, 0),
            "It would be agreed if 3 more people agreed on “Clear” (all of people",
        ),
        ((4, 0, 0, 16, 0), (5, 0, 0, 15, 0), "It would be agreed if 1 more person agreed on “Clear”."),
        ((0, 0, 0, 5, 0), (0, 0, 0, 30, 0), "It takes more ratings, not other ones."),
    ],
)
def test_how_far_it_is_in_words(lived: tuple[int, ...], staff: tuple[int, ...], words: str) -> None:
    assert said(SEALED, clear=item(lived, staff)).startswith(words)


def test_answers_to_several_items_are_counted_and_people_are_at_least() -> None:
    low, lower = item((6, 0, 0, 14, 0), (6, 0, 0, 14, 0)), item((8, 0, 0, 12, 0), (8, 0, 0, 12, 0))
    assert said(SEALED, clear=low, done=lower) == (
        "It would be agreed if 4 more people agreed on “Clear” and 8 more people agreed on “Feasible” (2 of "
        "people with lived experience and 2 of the staff panel): 12 answers, of at least 8 people."
    )


def test_what_was_not_found_is_not_made_up() -> None:
    nothing = Distance(Verdict.AGREED, None, None, None, is_exact=False, changes=())
    for reason, words in [
        (NoDistance.NO_ANSWERS_WOULD, "No other answers"),
        (NoDistance.LOOKS_FURTHER, "the rule looks beyond them, at the round before"),
        (NoDistance.TOO_MANY_WAYS, "too many alternatives to try each"),
    ]:
        assert words in distance_in_words(replace(nothing, reason=reason), VOCABULARY)
    far = replace(nothing, to=Verdict.NOT_AGREED, n_answers=4, n_people=4)
    more = "More than 3 answers would have to be different before it changes."
    assert distance_in_short(far, VOCABULARY) == more
    assert distance_in_words(far, VOCABULARY).startswith(f"{more} The exact number was not found: ")
    other = replace(far, is_exact=True, changes=(Change("clear", 4, "other", (), ""),))
    assert distance_in_words(other, VOCABULARY).endswith("if 4 people answered “Clear” otherwise.")


def test_a_rule_that_looks_at_the_whole_round_says_nothing_where_that_is_not_given() -> None:
    counts = item((0, 0, 0, 10, 0), (0, 0, 0, 10, 0))
    bare = section("a", Verdict.AGREED, counts)
    assert decided(under_other_rules(ways(), [bare], scale(5), STRUCTURE), "apmo").verdict is None
    split = item((8, 0, 0, 2, 0), (5, 0, 0, 5, 0))
    whole = replace(bare, contexts={EVERYBODY: Context(RoundItems((counts, split)))})
    found = decided(under_other_rules(ways(), [whole], scale(5), STRUCTURE), "apmo")
    assert (found.verdict, found.differs) == (Verdict.AGREED, False)
