"""A date typed as day, month and year, read so that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from delphi.domain.errors import InvalidInput, Problem


def typed_day(form: Mapping[str, str], name: str) -> dict[str, str]:
    """The three parts as they were typed, to be shown again."""
    return {part: form.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year")}


def day_parts(day: date | None) -> dict[str, str]:
    """A day in the parts of a form; empty parts for none."""
    if day is None:
        return {"day": "", "month": "", "year": ""}
    return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}


def read_day(form: Mapping[str, str], name: str) -> date:
    """The day that was typed; InvalidInput with what to write otherwise."""
    parts = typed_day(form, name)
    try:
        return date(int(parts["year"]), int(parts["month"]), int(parts["day"]))
    except ValueError:
        sentence = "Write the day, the month and the year as numbers, for example 24 5 2024."
        raise InvalidInput([Problem(name, sentence)]) from None
