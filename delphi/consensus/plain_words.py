"""Figures in one plain sentence: how many agree, which panels and groups do not, and how far apart they are.

A sentence claims only what the whole numbers say: "most" is more than six in ten, "most do not" more than
half, and a set of fewer than five ratings is never spoken of. What is named as different is different in
the figures; a property test reads the sentences back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from delphi.consensus.bands import Share
from delphi.consensus.intervals import Interval
from delphi.consensus.vocabulary import listed, spoken

SAY_FROM = 5
"""Ratings below which a sentence says nothing of a set of people."""

POINTS_APART = 20
"""Percentage points from which a part is named as different from everybody."""

SIGNIFICANT = 0.05
"""The p-value below which a test counts as telling people apart, after its adjustment over the items."""


class Amount(StrEnum):
    """How many of the people who gave a rating."""

    NOBODY = "nobody"
    FEW = "few"
    FEWER_THAN_HALF = "fewer than half"
    ABOUT_HALF = "about half"
    MOST = "most"
    NEARLY_ALL = "nearly everybody"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Part:
    """A panel or group with the people in it who agree."""

    label: str
    share: Share


def amount(share: Share) -> Amount:
    """The word for a share; ValueError for a share of nobody.

    Nobody and all mean it. Few: up to 20%. Fewer than half: under 40%. About half: up to 60%. Nearly
    everybody: from 90%.

    Examples
    --------
    >>> amount(Share(34, 41)).value, amount(Share(40, 41)).value, amount(Share(3, 5)).value
    ('most', 'nearly everybody', 'about half')
    """
    k, n = share.k, share.n
    if n == 0:
        raise ValueError("there is no word for a share of nobody")
    if k in (0, n):
        return Amount.ALL if k else Amount.NOBODY
    if 10 * k >= 9 * n:
        return Amount.NEARLY_ALL
    if 5 * k > 3 * n:
        return Amount.MOST
    if 5 * k >= 2 * n:
        return Amount.ABOUT_HALF
    return Amount.FEWER_THAN_HALF if 5 * k > n else Amount.FEW


def agreement_in_words(everybody: Share, parts: Sequence[Part] = (), kind: str = "group") -> str:
    """How many agree, and which panels or groups do not go along: one sentence, for one item.

    Parameters
    ----------
    everybody : Share
        People who agree, of all who gave a rating.
    parts : sequence of Part
        Panels or groups of which everybody is made up.
    kind : str
        What a part is called: "group" or "panel".

    Examples
    --------
    >>> agreement_in_words(Share(34, 43), [Part("Carers", Share(32, 34)), Part("Managers", Share(2, 9))])
    'Most people agree (34 of 43); most do not among managers (2 of 9).'
    >>> agreement_in_words(Share(3, 4))
    'Too few to say: 4 people gave a rating.'
    """
    if everybody.n < SAY_FROM:
        return _too_few(everybody.n)
    spoken_of = [part for part in parts if part.share.n >= SAY_FROM]
    clauses = _other_sides(everybody, spoken_of)
    words = _AGREE[amount(everybody)].format(of=f"{everybody.k} of {everybody.n}", n=everybody.n)
    if clauses:
        words += "; " + "; ".join(clauses)
    elif len(spoken_of) > 1:
        words += f", and {'no' if len(spoken_of) > 2 else 'neither'} {kind} stands apart"
    silent = [part for part in parts if part.share.n < SAY_FROM]
    if silent and parts:
        few = listed([f"{spoken(part.label)} ({part.share.n})" for part in silent], "and")
        return f"{words}. Too few ratings to say for {few}."
    return f"{words}."


_AGREE = {
    Amount.NOBODY: "Nobody agrees ({of})",
    Amount.FEW: "Few people agree ({of})",
    Amount.FEWER_THAN_HALF: "Fewer than half agree ({of})",
    Amount.ABOUT_HALF: "About half of the people agree ({of})",
    Amount.MOST: "Most people agree ({of})",
    Amount.NEARLY_ALL: "Nearly everybody agrees ({of})",
    Amount.ALL: "All {n} people agree",
}


def stands_apart(everybody: Share, part: Share) -> str:
    """How a part differs from everybody: "most do not", "most do", "fewer", "more", or nothing.

    On the other side of one half first; else by twenty percentage points or more. Exact.
    """
    side, its_side = _side(everybody), _side(part)
    if side > 0 > its_side:
        return "most do not"
    if side < 0 < its_side:
        return "most do"
    gap = 100 * (part.k * everybody.n - everybody.k * part.n)
    if abs(gap) < POINTS_APART * part.n * everybody.n:
        return ""
    return "more" if gap > 0 else "fewer"


def _side(share: Share) -> int:
    """1 where more than half agree, -1 where fewer, 0 at exactly one half."""
    return (2 * share.k > share.n) - (2 * share.k < share.n)


def _other_sides(everybody: Share, parts: Sequence[Part]) -> list[str]:
    found: dict[str, list[str]] = {}
    for part in parts:
        how = stands_apart(everybody, part.share)
        if how:
            found.setdefault(how, []).append(_among(part))
    order = ("most do not", "most do", "fewer", "more")
    return [f"{how} {listed(found[how], 'and')}" for how in order if how in found]


def _among(part: Part) -> str:
    """Where somebody is, with the share: "among managers (2 of 9)", "in the practice panel (3 of 7)"."""
    who = spoken(part.label)
    where = "in" if who.startswith("the ") else "among"
    return f"{where} {who} ({part.share.k} of {part.share.n})"


def _too_few(n: int) -> str:
    if n == 0:
        return "Nobody gave a rating."
    return f"Too few to say: {people(n)} gave a rating."


def people(n: int) -> str:
    """A number of people: "1 person", "2 people"."""
    return "1 person" if n == 1 else f"{n} people"


def difference_in_words(first: Part, second: Part, interval: Interval | None) -> str:
    """Of which of two parts more agree, and whether the interval of the difference leaves out 0.

    `interval` is of the first share less the second, None where either is of nobody.

    Examples
    --------
    >>> from delphi.consensus.intervals import newcombe
    >>> carers, managers = Part("Carers", Share(19, 20)), Part("Managers", Share(3, 9))
    >>> difference_in_words(carers, managers, newcombe(19, 20, 3, 9))
    'More agree among carers (19 of 20) than among managers (3 of 9).'
    """
    small = [part for part in (first, second) if part.share.n < SAY_FROM]
    if small or interval is None:
        few = listed([f"{spoken(part.label)} ({part.share.n})" for part in small], "and")
        return f"Too few ratings to say for {few}."
    a, b = first.share, second.share
    gap = a.k * b.n - b.k * a.n
    if gap == 0:
        return f"The same part agrees {_among(first)} and {_among(second)}."
    more, fewer = (first, second) if gap > 0 else (second, first)
    words = f"More agree {_among(more)} than {_among(fewer)}"
    is_clear = interval.low > 0 or interval.high < 0
    return f"{words}." if is_clear else "No clear difference: its interval holds 0."


def spread_in_words(parts: Sequence[Part], p: float | None) -> str:
    """From which part the fewest agree to which the most do, and whether a test of all parts finds more.

    `p` is of the test of all parts, after its adjustment over the items; None where there is none.

    Examples
    --------
    >>> spread_in_words([Part("Carers", Share(9, 9)), Part("Managers", Share(3, 9))], 0.01)
    'Agreement runs from managers (3 of 9) to carers (9 of 9); a test tells the groups apart.'
    """
    spoken_of = [part for part in parts if part.share.n >= SAY_FROM]
    if len(spoken_of) < 2:
        return "Too few ratings to say how groups differ."

    def share(part: Part) -> float:
        return part.share.k / part.share.n

    low, high = min(spoken_of, key=share), max(spoken_of, key=share)
    if low.share.k * high.share.n == high.share.k * low.share.n:
        return f"The same part agrees in each of the {len(spoken_of)} groups that have enough ratings."
    ends = [f"{spoken(part.label)} ({part.share.k} of {part.share.n})" for part in (low, high)]
    words = f"Agreement runs from {ends[0]} to {ends[1]}"
    if p is not None and p < SIGNIFICANT:
        return f"{words}; a test tells the groups apart."
    return f"{words}; a test does not tell the groups apart."
