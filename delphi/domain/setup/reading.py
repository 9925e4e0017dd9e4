"""From a form that was sent to the set-up it asks for, with what cannot be read said beside its field."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from delphi.domain.calendar import in_words
from delphi.domain.errors import Problem
from delphi.domain.setup.fields import (
    WRITTEN,
    Field,
    Kind,
    Rows,
    Setup,
    Theme,
    option_names,
    options_of,
    put_at,
    value_at,
)

MOST_ROWS = 100
LONGEST_ID = 40
EMPTY = "This is empty. Fill it in."
NO_DAY = "Write the day, the month and the year as numbers, for example 24 5 2024."


@dataclass(slots=True)
class Asked:
    """The set-up that a form asks for. `places` tells from which rows of the form the rows of a list came."""

    setup: Setup
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def name_of(self, where: str) -> str:
        """The name in the form for a place of the study file, as `consent.statements[1].text`."""
        name = where
        for place in sorted(self.places, key=len, reverse=True):
            if name == place or name.startswith((f"{place}.", f"{place}[")):
                name = self.places[place] + name[len(place) :]
                break
        return re.sub(r"\[(\d+)\]", r".\1", name)


def asked_for(theme: Theme, setup: Setup, given: Mapping[str, str], *, only_open: bool) -> Asked:
    """The set-up with what was written into a theme's form; `only_open` leaves fixed fields as they are."""
    asked = Asked(copy.deepcopy(setup))
    for block in theme.blocks:
        if isinstance(block, Field) and (block.is_open or not only_open):
            put_at(asked.setup, block.key, _read(block, block.key, given, asked))
        elif isinstance(block, Rows) and (block.is_open or not only_open):
            put_at(asked.setup, block.key, _read_rows(block, given, asked))
    return asked


def made_id(words: str, taken: set[str]) -> str:
    """A short name made of words that nothing else has: "People who use services" gives people-who-use."""
    plain = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")
    plain = plain if re.match(r"[a-z]", plain) else f"s-{plain}".strip("-")
    if len(plain) > LONGEST_ID:
        plain = plain[: LONGEST_ID + 1].rpartition("-")[0] or plain[:LONGEST_ID]
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def day_parts(day: str) -> dict[str, str]:
    """A day written 2024-03-18 in the three parts of a form; empty parts for none."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return {"day": "", "month": "", "year": ""}
    return {"day": str(found.day), "month": str(found.month), "year": str(found.year)}


def _read_rows(rows: Rows, given: Mapping[str, str], asked: Asked) -> list[dict[str, Any]] | None:
    before: list[dict[str, Any]] = list(value_at(asked.setup, rows.key) or ())
    known = {str(row[rows.identity]): row for row in before} if rows.identity else {}
    taken = set(known)
    found: list[tuple[float, int, dict[str, Any]]] = []
    for number in range(MOST_ROWS):
        prefix = f"{rows.key}.{number}"
        if not any(name.startswith(f"{prefix}.") for name in given):
            break
        identity = given.get(f"{prefix}.{rows.identity}", "") if rows.identity else ""
        if given.get(f"{prefix}.gone") or (identity not in known and _is_blank(rows, prefix, given)):
            continue
        row = copy.deepcopy(known.get(identity, {}))
        for one in rows.fields:
            put_at(row, one.key, _read(one, f"{prefix}.{one.key}", given, asked))
        if rows.named_after and identity not in known:
            row = {"id": made_id(given.get(f"{prefix}.{rows.named_after}", ""), taken), **row}
            taken.add(row["id"])
        found.append((_place(given.get(f"{prefix}.place", ""), number), number, row))
    found.sort(key=lambda one: one[:2])
    for place, (_, number, _) in enumerate(found):
        asked.places[f"{rows.key}[{place}]"] = f"{rows.key}.{number}"
    return [row for _, _, row in found] or None


def _is_blank(rows: Rows, prefix: str, given: Mapping[str, str]) -> bool:
    names = [(one, f"{prefix}.{one.key}") for one in rows.fields if one.kind in WRITTEN]
    return not any(_written(one, name, given) for one, name in names)


def _place(written: str, number: int) -> float:
    """Where a row wants to stand: before the one that stands there now; unchanged ones stay as they are."""
    wanted = int(written) - 1 if re.fullmatch(r"\d{1,3}", written.strip()) else number
    return wanted - 0.5 if wanted < number else wanted + 0.5 if wanted > number else wanted


def _written(one: Field, name: str, given: Mapping[str, str]) -> str:
    if one.kind is Kind.DAY:
        return " ".join(given.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year")).strip()
    return given.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _read(one: Field, name: str, given: Mapping[str, str], asked: Asked) -> Any:
    if one.kind is Kind.SEVERAL:
        return [option for tick, option in option_names(one, name) if given.get(tick)] or None
    if one.kind is Kind.TICK:
        return bool(given.get(name))
    words = _written(one, name, given)
    if not words:
        if one.is_needed and one.kind is not Kind.CHOICE:
            asked.problems.append(Problem(name, EMPTY))
        return None
    if one.kind is Kind.CHOICE:
        known = {option for option, _ in options_of(one, asked.setup)}
        if words not in known:
            asked.problems.append(Problem(name, "This is not one of the choices. Choose again."))
        return int(words) if words.isdigit() else words
    if one.kind is Kind.NUMBER:
        return _number(words, name, asked)
    if one.kind is Kind.DAY:
        return _day(words, name, asked)
    if one.kind is Kind.DAYS:
        days = [_day(line, name, asked) for line in words.split("\n") if line.strip()]
        return sorted({day for day in days if day is not None}) or None
    return words


def _number(words: str, name: str, asked: Asked) -> int | None:
    if re.fullmatch(r"\d{1,9}", words):
        return int(words)
    asked.problems.append(Problem(name, f"“{words[:40]}” is not a whole number. Write it in digits, as 15."))
    return None


def _day(words: str, name: str, asked: Asked) -> date | None:
    """A day in the order in which people say it; also as files and other programs write it."""
    parts = re.findall(r"\d+", words)
    order = parts if words.strip()[:4].isdigit() else parts[::-1]
    try:
        year, month, day = (int(part) for part in order)
        found = date(year, month, day)
    except ValueError:
        asked.problems.append(Problem(name, NO_DAY))
        return None
    if not 2000 <= found.year <= 2200:
        asked.problems.append(Problem(name, f"{in_words(found)} cannot be meant. Check the year."))
        return None
    return found
