"""The scale of a study: whole-number points, each with a label, and "can't say" outside it.

The stored value of an answer is the point's number; words may differ by variant (standard, Easy
Read), the number never does. Bands name the sets of points that rules and reports speak of.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$", max_length=60)]
"""A short name used in files, addresses and rules: small letters, digits, hyphens, underscores."""

Words = Annotated[str, Field(min_length=1, max_length=2000)]


class ScalePoint(BaseModel):
    """One point of the scale with the words a panellist sees beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Annotated[int, Field(ge=0, le=20)]
    label: Words
    easy_read: Words | None = None


class CannotSay(BaseModel):
    """The answer of somebody who has no opinion; counted and shown, never part of a share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Words
    easy_read: Words | None = None


class Scale(BaseModel):
    """Two to eleven labelled points in steps of one, with the bands that rules may name.

    `bands` must hold "agree"; "disagree" is the mirror image of it unless it is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    points: Annotated[tuple[ScalePoint, ...], Field(min_length=2, max_length=11)]
    cannot_say: CannotSay | None = None
    bands: dict[Code, tuple[int, ...]]

    @model_validator(mode="after")
    def _points_and_bands_fit(self) -> Self:
        values = [point.value for point in self.points]
        if values != list(range(values[0], values[0] + len(values))):
            raise ValueError(f"points must go up in steps of one; found {values}")
        if "agree" not in self.bands:
            raise ValueError('bands must say which points count as "agree"')
        if "disagree" not in self.bands:
            mirrored = sorted(values[0] + values[-1] - value for value in self.bands["agree"])
            self.bands["disagree"] = tuple(mirrored)
        for name, band in self.bands.items():
            outside = [value for value in band if value not in values]
            if outside:
                raise ValueError(f"band {name!r} names {outside}, which the scale does not have")
            if not band or len(set(band)) != len(band):
                raise ValueError(f"band {name!r} must name each of its points once")
        both = set(self.bands["agree"]) & set(self.bands["disagree"])
        if both:
            raise ValueError(f"points {sorted(both)} are in both the agree and the disagree band")
        return self

    @property
    def minimum(self) -> int:
        """The lowest point."""
        return self.points[0].value

    @property
    def maximum(self) -> int:
        """The highest point."""
        return self.points[-1].value

    @cached_property
    def values(self) -> tuple[int, ...]:
        """All points from low to high, also those that nobody chose."""
        return tuple(point.value for point in self.points)

    def label_of(self, value: int) -> str:
        """The standard words of a point; raises ValueError off the scale."""
        for point in self.points:
            if point.value == value:
                return point.label
        raise ValueError(f"{value} is not on the scale {self.minimum} to {self.maximum}")
