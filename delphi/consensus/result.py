"""What every statistic's result can do: turn into plain numbers under the names of the codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any, Self

from delphi.consensus.intervals import Interval
from delphi.consensus.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class Result:
    """Figures under their keys; a figure that is None has its code in `reasons`."""

    reasons: Mapping[str, Reason] = field(default_factory=dict)

    @classmethod
    def undefined(cls, reason: Reason, **known: Any) -> Self:
        """A result of which nothing but what is `known` has a value, all for one reason."""
        keys = [one.name for one in fields(cls) if one.name != "reasons" and one.name not in known]
        nothing: dict[str, Any] = dict.fromkeys(keys)
        return cls(**known, **nothing, reasons=dict.fromkeys(keys, reason))

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain numbers, lists and None, unrounded; without the reasons."""
        return {one.name: plain(getattr(self, one.name)) for one in fields(self) if one.name != "reasons"}


def plain(value: Any) -> Any:
    """A figure as JSON can hold it: fractions as numbers, intervals as [low, high]."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else float(value)
    if isinstance(value, Interval):
        return [plain(value.low), plain(value.high)]
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, Result):
        return value.as_dict()
    return value
