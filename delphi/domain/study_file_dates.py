"""Moving a whole study in time: every day by the same number of weeks, so that weekdays stay.

Dates that are written out in consent statements and information pages move too, where they are days
of the study; otherwise people would agree to a deadline that has passed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from delphi.domain.study_file import StudyFile, from_plain, to_plain

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WRITTEN_OUT = re.compile(rf"\b([0-9]{{1,2}})(\s)({'|'.join(_MONTHS)})(\s)([0-9]{{4}})\b")


def shift(study_file: StudyFile, first_day: date) -> StudyFile:
    """The study moved by whole weeks, to open on `first_day` or up to six days later."""
    return moved(study_file, weeks_to(study_file, first_day))


def weeks_to(study_file: StudyFile, first_day: date) -> timedelta:
    """By how many whole weeks the study has to move to open on `first_day` or up to six days later."""
    days = (first_day - study_file.rounds[0].opens).days
    return timedelta(weeks=-(-days // 7))


def moved(study_file: StudyFile, by: timedelta) -> StudyFile:
    """The study with every one of its days moved, in fields and where they are written out in words."""
    plain = to_plain(study_file)
    days = frozenset(_days(plain))
    return from_plain(_moved(plain, days, by))


def moved_words(text: str, days: frozenset[date], by: timedelta) -> str:
    """A text with those of its written-out dates ("1 July 2024") moved that are among `days`."""

    def move(match: re.Match[str]) -> str:
        number, space, month, second_space, year = match.groups()
        try:
            day = date(int(year), _MONTHS.index(month) + 1, int(number))
        except ValueError:
            return match.group()
        if day not in days:
            return match.group()
        day += by
        return f"{day.day}{space}{_MONTHS[day.month - 1]}{second_space}{day.year}"

    return _WRITTEN_OUT.sub(move, text)


def days_of(study_file: StudyFile) -> frozenset[date]:
    """Every day that a field of the study holds."""
    return frozenset(_days(to_plain(study_file)))


def _days(plain: Any) -> Iterator[date]:
    if isinstance(plain, date):
        yield plain
    elif isinstance(plain, dict):
        for value in plain.values():
            yield from _days(value)
    elif isinstance(plain, list):
        for value in plain:
            yield from _days(value)


def _moved(plain: Any, days: frozenset[date], by: timedelta) -> Any:
    if isinstance(plain, date):
        return plain + by
    if isinstance(plain, str):
        return moved_words(plain, days, by)
    if isinstance(plain, dict):
        return {key: _moved(value, days, by) for key, value in plain.items()}
    if isinstance(plain, list):
        return [_moved(value, days, by) for value in plain]
    return plain
