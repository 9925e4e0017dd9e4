"""A figure of many items: one column, in which an item without a value is marked and never a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Exact:
    """A column of exact fractions, `top / bottom` in whole numbers; without a value where `bottom` is 0."""

    top: Whole
    bottom: Whole

    def numbers(self) -> Real:
        """The nearest numbers; NaN, for arithmetic alone, where there is no value."""
        return divided(self.top, self.bottom)

    def plain(self) -> list[int | float | None]:
        """Whole numbers as such, others as the nearest float, None where there is no value."""
        pairs = zip(self.top.tolist(), self.bottom.tolist(), strict=True)
        return [None if not b else a // b if a % b == 0 else a / b for a, b in pairs]


@dataclass(frozen=True, slots=True)
class Named:
    """A column of names by their places; -1 is no value."""

    places: Whole
    names: Sequence[Any]

    def plain(self) -> list[Any]:
        """The names themselves."""
        return [None if place < 0 else self.names[place] for place in self.places.tolist()]


@dataclass(frozen=True, slots=True)
class Intervals:
    """A column of lower and upper ends, both NaN or neither."""

    low: Real
    high: Real

    def plain(self) -> list[list[float | None]]:
        """Two numbers each, or two Nones."""
        return [list(pair) for pair in zip(_plain(self.low), _plain(self.high), strict=True)]


Column = Whole | Real | Flags | Exact | Named | Intervals | Sequence[Any]


def rows(columns: Mapping[str, Column]) -> list[dict[str, Any]]:
    """The same figures item by item: plain numbers, lists and None under the column's names."""
    lists = [_plain(column) for column in columns.values()]
    return [dict(zip(columns, values, strict=True)) for values in zip(*lists, strict=True)]


def only(column: Exact, where: Flags) -> Exact:
    """The column with a value only where it is said to have one."""
    return Exact(column.top, np.where(where, column.bottom, 0))


def divided(top: NDArray[Any], bottom: NDArray[Any]) -> Real:
    """One column over another; NaN where that cannot be."""
    found = np.full(np.broadcast(top, bottom).shape, np.nan)
    return np.asarray(np.divide(top, bottom, out=found, where=np.asarray(bottom != 0)))


def _plain(column: Column) -> list[Any]:
    if isinstance(column, Exact | Named | Intervals):
        return column.plain()
    if isinstance(column, np.ndarray):
        values: list[Any] = column.tolist()
        return [None if value != value else value for value in values] if column.dtype.kind == "f" else values
    return list(column)
