"""Reading the input of one case: every key checked, every refusal a sentence with the place and the value."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.domain.rule import QuantileType

KNOWN_KEYS = frozenset(
    {
        *("ratings", "counts", "ratings_matrix", "count_table", "round1", "round2", "crosstab"),
        *("groups", "group_counts", "k", "n", "b_gain", "c_loss", "both", "neither", "p_values"),
        *("panel_sizes", "n_essential", "n_relevant", "n_experts", "scale", "agree_band"),
        *("disagree_band", "relevant_from", "quantile_type", "conf_level", "alpha"),
    }
)
PLAIN_NUMBERS = frozenset(
    {"k", "n", "b_gain", "c_loss", "both", "neither", "n_essential", "n_relevant", "n_experts"}
)
"""Keys whose value is one whole number, or a list of them for as many answers."""
MOST_POINTS = 101
"""Points of the longest scale that is read: 0 to 100."""
MOST_PEOPLE = 10**10
"""The largest number of people that is read: more than there are."""
USUAL_BANDS = {(1, 9): ((7, 9), (1, 3)), (1, 5): ((4, 5), (1, 2))}
"""The agree and disagree bands of the scales for which there is a custom; others must declare theirs."""


class Unreadable(ValueError):
    """An input that cannot be read; the text is a sentence for the person who wrote it."""


class Case:
    """The input of one case, read key by key.

    Every method raises Unreadable for a value that is missing or wrong.
    """

    def __init__(self, given: Any) -> None:
        if not isinstance(given, dict):
            raise Unreadable(f"“input” is {show(given)}, but it must be an object with keys and values.")
        for key in given:
            if key not in KNOWN_KEYS:
                raise Unreadable(f"“{key}” is not an input or option that we know.")
        self._given: Mapping[str, Any] = given

    def has(self, *keys: str) -> bool:
        """Whether every one of the keys is given."""
        return all(key in self._given for key in keys)

    def apart(self) -> list[Case]:
        """A case for each place of the lists of plain numbers; none where they are numbers and not lists."""
        plain = {key: value for key, value in self._given.items() if key in PLAIN_NUMBERS}
        lists = {key: value for key, value in plain.items() if isinstance(value, list)}
        first = next(iter(lists), "")
        for key, value in lists.items():
            if len(value) != len(lists[first]) or not value:
                raise Unreadable(
                    f"“{key}” has {len(value)} numbers and “{first}” {len(lists[first])}, but lists of them "
                    "must be as long as each other, and not empty."
                )
        rows = zip(*lists.values(), strict=True)
        return [Case({**self._given, **dict(zip(lists, row, strict=True))}) for row in rows]

    def whole(self, key: str, *, at_least: int = 0) -> int:
        """A whole number."""
        return _whole(self._needed(key), f"“{key}”", at_least)

    def wholes(self, key: str, *, at_least: int = 0) -> list[int]:
        """A list of whole numbers."""
        return [
            _whole(value, f"value {place} of “{key}”", at_least)
            for place, value in enumerate(_list(self._needed(key), f"“{key}”"), start=1)
        ]

    def part(self, key: str, default: float) -> float:
        """A number between 0 and 1, both excluded."""
        value = self._given.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            raise Unreadable(f"“{key}” is {show(value)}, but it must be a number between 0 and 1.")
        return float(value)

    def p_values(self) -> list[float | None]:
        """p-values, None where a test had none."""
        found = _list(self._needed("p_values"), "“p_values”")
        for place, value in enumerate(found, start=1):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if value is not None and not (is_number and 0 <= value <= 1):
                raise Unreadable(
                    f"value {place} of “p_values” is {show(value)}, but a p-value lies between 0 and 1."
                )
        return found

    def quantile_type(self) -> QuantileType:
        """2, 6 or 7; 7 unless given."""
        value = self._given.get("quantile_type", 7)
        if value not in (2, 6, 7) or isinstance(value, bool):
            raise Unreadable(f"“quantile_type” is {show(value)}, but it must be 2, 6 or 7.")
        kinds: dict[int, QuantileType] = {2: 2, 6: 6, 7: 7}
        return kinds[value]

    def scale(self) -> tuple[int, int]:
        """The lowest and the highest point."""
        value = self._needed("scale")
        if not isinstance(value, dict) or set(value) != {"min", "max"}:
            raise Unreadable(f"“scale” is {show(value)}, but it must look like {{“min”: 1, “max”: 9}}.")
        low, high = (_whole(value[end], f"“{end}” of “scale”", None) for end in ("min", "max"))
        runs = f"“scale” runs from {show(low)} to {show(high)}"
        if not low < high:
            raise Unreadable(f"{runs}, but its “max” must be above its “min”.")
        if max(abs(low), abs(high)) > MOST_PEOPLE:
            raise Unreadable(f"{runs}, which is too far from 0.")
        if high - low >= MOST_POINTS:
            raise Unreadable(f"“scale” has {high - low + 1} points; we read scales of up to {MOST_POINTS}.")
        return low, high

    def agree_band(self) -> range:
        """The points of the agree band; the usual one where the scale has one, else none."""
        return self._band("agree_band", 0)

    def bands(self) -> tuple[range, range]:
        """The agree and the disagree band, which may not overlap; the usual ones, or none, as above."""
        agree, disagree = self.agree_band(), self._band("disagree_band", 1)
        both = sorted(set(agree) & set(disagree))
        if both:
            raise Unreadable(f"“agree_band” and “disagree_band” both hold {both[0]}; they must be apart.")
        return agree, disagree

    def declared_bands(self) -> tuple[range, range]:
        """Both bands, for what says nothing without them."""
        found = self.bands()
        low, high = self.scale()
        for key, band in zip(("agree_band", "disagree_band"), found, strict=True):
            if not band:
                raise Unreadable(f"“{key}” is missing, and a scale from {low} to {high} has no usual one.")
        return found

    def histogram(self) -> Histogram:
        """One item's ratings, from `ratings` or `counts`; ratings that are missing count as skipped."""
        self._one_of("ratings", "counts")
        if self.has("counts"):
            return self._of_counts(self._given["counts"], "“counts”")
        return self._of_ratings(self._given["ratings"], "“ratings”")

    def groups(self) -> dict[str, Histogram]:
        """The ratings of each group, from `groups` or `group_counts`."""
        self._one_of("groups", "group_counts")
        key = "group_counts" if self.has("group_counts") else "groups"
        given = self._given[key]
        if not isinstance(given, dict):
            raise Unreadable(
                f"“{key}” is {show(given)}, but it must be an object with a list for each group."
            )
        read: Callable[[Any, str], Histogram] = self._of_counts if key == "group_counts" else self._of_ratings
        return {name: read(values, f"group “{name}” of “{key}”") for name, values in given.items()}

    def rounds(self) -> list[tuple[int | None, int | None]]:
        """What each person answered in the two rounds; None is missing."""
        low, high = self.scale()
        first, second = (_ratings(self._needed(key), f"“{key}”", low, high) for key in ("round1", "round2"))
        if len(first) != len(second):
            raise Unreadable(
                f"“round1” has {len(first)} values and “round2” {len(second)}, but both must have one for "
                "each person, in the same order."
            )
        return list(zip(first, second, strict=True))

    def pairs(self) -> CrossTab:
        """The people who rated twice, from `round1` and `round2` or from `crosstab`."""
        if not self.has("crosstab"):
            low, high = self.scale()
            both = [(a, b) for a, b in self.rounds() if a is not None and b is not None]
            return CrossTab.of_pairs(low, high - low + 1, both)
        low, high = self.scale()
        table = self._table("crosstab", high - low + 1)
        if len(table) != high - low + 1:
            raise Unreadable(f"“crosstab” has {len(table)} rows, but the scale has {high - low + 1} points.")
        return CrossTab(low, tuple(tuple(row) for row in table))

    def matrix(self) -> list[list[int | None]]:
        """Raters by items; None is missing."""
        low, high = self.scale()
        rows = [
            _ratings(row, f"row {place} of “ratings_matrix”", low, high)
            for place, row in enumerate(_list(self._needed("ratings_matrix"), "“ratings_matrix”"), start=1)
        ]
        for place, row in enumerate(rows, start=1):
            if len(row) != len(rows[0]):
                raise Unreadable(
                    f"row {place} of “ratings_matrix” has {len(row)} values and row 1 has "
                    f"{len(rows[0])}, but every row must have one for each item."
                )
        return rows

    def items(self) -> list[Histogram]:
        """One histogram an item, from `ratings_matrix` or `count_table`."""
        self._one_of("ratings_matrix", "count_table")
        low, high = self.scale()
        if self.has("count_table"):
            return [Histogram(low, tuple(row)) for row in self._table("count_table", high - low + 1)]
        return [
            self._of_ratings(list(column), "“ratings_matrix”") for column in zip(*self.matrix(), strict=True)
        ]

    def _needed(self, key: str) -> Any:
        if key not in self._given:
            raise Unreadable(f"“{key}” is missing.")
        return self._given[key]

    def _one_of(self, first: str, second: str) -> None:
        if self.has(first) == self.has(second):
            said = "are both given" if self.has(first) else "are both missing"
            raise Unreadable(f"“{first}” and “{second}” {said}, but one of them is needed.")

    def _band(self, key: str, which: int) -> range:
        low, high = self.scale()
        usual = USUAL_BANDS.get((low, high))
        value = self._given.get(key)
        if value is None and usual is not None:
            value = list(usual[which])
        if value is None:
            return range(0)
        ends = _list(value, f"“{key}”")
        if len(ends) != 2:
            raise Unreadable(f"“{key}” is {show(value)}, but it must be its lowest and its highest point.")
        bottom, top = (_whole(end, f"an end of “{key}”", None) for end in ends)
        if bottom > top:
            raise Unreadable(f"“{key}” runs from {bottom} to {top}, but its lowest point must come first.")
        if not low <= bottom <= top <= high:
            raise Unreadable(f"“{key}” is {bottom} to {top}, but the scale is {low} to {high}.")
        return range(bottom, top + 1)

    def _of_ratings(self, given: Any, where: str) -> Histogram:
        low, high = self.scale()
        counts, missing = [0] * (high - low + 1), 0
        for value in _ratings(given, where, low, high):
            if value is None:
                missing += 1
            else:
                counts[value - low] += 1
        return Histogram(low, tuple(counts), n_skipped=missing)

    def _of_counts(self, given: Any, where: str) -> Histogram:
        low, high = self.scale()
        return Histogram(low, tuple(_counts(given, where, high - low + 1)))

    def _table(self, key: str, length: int) -> list[list[int]]:
        return [
            _counts(row, f"row {place} of “{key}”", length)
            for place, row in enumerate(_list(self._needed(key), f"“{key}”"), start=1)
        ]


def show(value: Any) -> str:
    """A value as a sentence can hold it: short, and in quotation marks when it is text."""
    text = f"“{value}”" if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Unreadable(f"{where} is {show(value)}, but it must be a list.")
    return value


def _whole(value: Any, where: str, at_least: int | None) -> int:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, float) and value.is_integer():
        value, is_whole = int(value), True
    if not is_whole:
        raise Unreadable(f"{where} is {show(value)}, but it must be a whole number.")
    if at_least is not None and value < at_least:
        raise Unreadable(f"{where} is {show(value)}, but it must be {at_least} or more.")
    if at_least is not None and value > MOST_PEOPLE:
        raise Unreadable(f"{where} is {show(value)}, but we count to {MOST_PEOPLE:,} at most.")
    return int(value)


def _ratings(given: Any, where: str, low: int, high: int) -> list[int | None]:
    found: list[int | None] = []
    for place, value in enumerate(_list(given, where), start=1):
        if value is None:
            found.append(None)
            continue
        rating = _whole(value, f"rating {place} of {where}", None)
        if not low <= rating <= high:
            raise Unreadable(
                f"rating {place} of {where} is {show(rating)}, which is not on the scale {low} to {high}."
            )
        found.append(rating)
    return found


def _counts(given: Any, where: str, length: int) -> list[int]:
    values: Sequence[Any] = _list(given, where)
    if len(values) != length:
        raise Unreadable(f"{where} has {len(values)} counts, but the scale has {length} points.")
    return [_whole(value, f"count {place} of {where}", 0) for place, value in enumerate(values, start=1)]
