"""Sentences are read back: what they say of how many, who differs, and which way, holds in the figures."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus.bands import Share
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.intervals import newcombe
from delphi.consensus.movement_words import leaving_in_words, movement_in_words, steadiness_in_words
from delphi.consensus.plain_words import Part, agreement_in_words, difference_in_words, spread_in_words
from delphi.consensus.two_rounds import two_rounds

LABELS = ("Carers", "NHS managers", "People with lived experience", "Practice panel")
SPOKEN = ("carers", "NHS managers", "people with lived experience", "the practice panel")
SHARES = st.integers(0, 60).flatmap(lambda n: st.integers(0, n).map(lambda k: Share(k, n)))
PARTS = st.lists(SHARES, min_size=1, max_size=4).map(
    lambda shares: [Part(label, share) for label, share in zip(LABELS, shares, strict=False)]
)
PAIRS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=40)

# What each beginning of a sentence claims of the exact share, written down apart from the code.
CLAIMS = {
    "Nobody": lambda share: share == 0,
    "Few": lambda share: 0 < share <= Fraction(1, 5),
    "Fewer than half": lambda share: 0 < share < Fraction(1, 2),
    "About half": lambda share: Fraction(2, 5) <= share <= Fraction(3, 5),
    "Most": lambda share: Fraction(1, 2) < share < 1,
    "Nearly everybody": lambda share: Fraction(9, 10) <= share < 1,
    "All": lambda share: share == 1,
    "Everybody": lambda share: share == 1,
}


def claim(words):
    return CLAIMS[max((start for start in CLAIMS if words.startswith(start)), key=len)]


def pooled(parts):
    return Share(sum(part.share.k for part in parts), sum(part.share.n for part in parts))


def exact(share):
    return Fraction(share.k, share.n)


def named(words):
    """Every part that a clause names, with the share that stands beside it."""
    found = {}
    for who, k, n in re.findall(r"(?:among |in |for |from |to )?([A-Za-z ]+?) \((\d+) of (\d+)\)", words):
        name = next((name for name in SPOKEN if who.endswith(name)), None)
        if name:
            found[name] = Share(int(k), int(n))
    return found


@given(PARTS)
def test_what_a_sentence_says_of_everybody_and_of_who_differs_holds(parts):
    everybody, words = pooled(parts), agreement_in_words(pooled(parts), parts)
    by_name = dict(zip(SPOKEN, (part.share for part in parts), strict=False))
    if everybody.n < 5:
        assert words.startswith(("Too few to say", "Nobody gave a rating"))
        return
    share = exact(everybody)
    assert claim(words)(share)
    told = words.split(". Too few")[0]
    for clause in told.split("; ")[1:]:
        for name, shown in named(clause).items():
            assert shown == by_name[name]
            its = exact(shown)
            if clause.startswith("most do not"):
                assert its < Fraction(1, 2) < share
            elif clause.startswith("most do"):
                assert share < Fraction(1, 2) < its
            elif clause.startswith("fewer"):
                assert its <= share - Fraction(1, 5)
            else:
                assert clause.startswith("more")
                assert its >= share + Fraction(1, 5)


@given(PARTS)
def test_nobody_who_is_on_the_other_side_of_half_is_left_out_and_few_are_never_spoken_of(parts):
    everybody = pooled(parts)
    words = agreement_in_words(everybody, parts)
    if everybody.n < 5:
        return
    told, _, silent = words.partition("Too few ratings to say for ")
    for name, part in zip(SPOKEN, parts, strict=False):
        if part.share.n < 5:
            assert f"{name} ({part.share.n})" in silent
            assert name not in told
            continue
        other_side = (exact(part.share) - Fraction(1, 2)) * (exact(everybody) - Fraction(1, 2)) < 0
        far = abs(exact(part.share) - exact(everybody)) >= Fraction(1, 5)
        assert (name in told) == (other_side or far)
    if "stands apart" in words:
        assert named(told) == {}


@given(SHARES, SHARES)
def test_the_part_of_which_more_agree_is_the_one_that_is_named_first(a, b):
    first, second = Part("Carers", a), Part("Practice panel", b)
    words = difference_in_words(first, second, newcombe(a.k, a.n, b.k, b.n))
    if min(a.n, b.n) < 5:
        assert words.startswith("Too few ratings to say")
        return
    gap = exact(a) - exact(b)
    if words.startswith("The same part"):
        assert gap == 0
        return
    interval = newcombe(a.k, a.n, b.k, b.n)
    if words.startswith("No clear difference"):
        assert interval.low <= 0 <= interval.high
        return
    assert not interval.low <= 0 <= interval.high
    assert gap > 0 if words.startswith("More agree among carers") else gap < 0


@given(PARTS, st.none() | st.floats(0, 1))
def test_a_spread_runs_from_the_least_to_the_most(parts, p):
    words = spread_in_words(parts, p)
    told = [part for part in parts if part.share.n >= 5]
    if len(told) < 2:
        assert words.startswith("Too few")
        return
    shares = [exact(part.share) for part in told]
    if words.startswith("The same part"):
        assert min(shares) == max(shares)
        return
    low, high = (exact(share) for share in named(words.split("; ")[0]).values())
    assert (low, high) == (min(shares), max(shares))
    assert ("tells the groups apart" in words) == (p is not None and p < 0.05)


@given(PAIRS)
def test_who_is_said_to_have_moved_has_moved_that_way(pairs):
    found = two_rounds(CrossTab.of_pairs(1, 5, pairs), agree_band=(4, 5))
    words = movement_in_words(found)
    if len(pairs) < 10:
        assert words.startswith(("Too few to say", "Nobody rated"))
        return
    same = sum(a == b for a, b in pairs)
    assert claim(words)(Fraction(same, len(pairs)))
    assert f"({same} of {len(pairs)})" in words
    up, down = sum(b > a for a, b in pairs), sum(b < a for a, b in pairs)
    if up + down == 1:
        assert f"went {'higher' if up else 'lower'}" in words
    elif up + down:
        said = re.search(r"(\w+) went higher and (\w+) lower; (\w+) came closer .* and (\w+) went", words)
        numbers = [0 if one == "none" else int(one) for one in said.groups()]
        middle = sorted(a for a, _ in pairs)
        median = Fraction(middle[(len(pairs) - 1) // 2] + middle[len(pairs) // 2], 2)
        closer = sum(abs(b - median) < abs(a - median) for a, b in pairs)
        further = sum(abs(b - median) > abs(a - median) for a, b in pairs)
        assert numbers == [up, down, closer, further]


@given(st.lists(PAIRS, max_size=5))
def test_answers_are_said_to_hold_on_as_many_items_as_are_stable(items):
    found = [two_rounds(CrossTab.of_pairs(1, 5, pairs)) for pairs in items]
    words = steadiness_in_words(found)
    held = sum(one.steadiness == "stable" for one in found)
    moved = sum(one.steadiness == "moved" for one in found)
    if held + moved == 0:
        assert words.startswith(("Too few", "No statement"))
        return
    numbers = [int(one) for one in re.findall(r"\d+", words.split(".")[0])]
    if "held on" in words and "moved on" in words:
        assert numbers == [held, held + moved, moved]
    else:
        assert (held == 0) == words.startswith("Answers moved")
        assert numbers in ([held + moved], [])
    towards, away = sum(one.n_towards for one in found), sum(one.n_away for one in found)
    if "More answers moved" in words:
        assert ("moved towards" in words) == (towards > away)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 9), st.integers(0, 9))
def test_those_who_left_are_compared_only_when_enough_left_and_stayed(back, left, lower, higher):
    words = leaving_in_words(back, left, lower, higher, 20)
    says = "left had" in words and "Too few" not in words
    assert says == (min(back, left) >= 10)
    if says and lower:
        assert f"lower on {lower}" in words
    if says and not lower and not higher:
        assert "not rated clearly differently" in words


def test_the_sentence_of_the_issue():
    """Most people agree; managers do not."""
    parts = [Part("Carers", Share(32, 34)), Part("Managers", Share(2, 9))]
    assert agreement_in_words(Share(34, 43), parts) == (
        "Most people agree (34 of 43); most do not among managers (2 of 9)."
    )
