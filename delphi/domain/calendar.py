"""When a study's days begin and end: a round runs from 00:00 on its opening day to the end of its last."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of_day(day: date, timezone: str) -> datetime:
    """The first moment of a day in the study's time zone, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)


def end_of_day(day: date, timezone: str) -> datetime:
    """The first moment that no longer belongs to a day in the study's time zone, in UTC."""
    return start_of_day(day + timedelta(days=1), timezone)


def moment(day: date, at: time, timezone: str) -> datetime:
    """A time of day in the study's time zone, in UTC."""
    return datetime.combine(day, at, ZoneInfo(timezone)).astimezone(UTC)


def day_of(when: datetime, timezone: str) -> date:
    """The day on the study's calendar to which a moment belongs."""
    return when.astimezone(ZoneInfo(timezone)).date()


def in_words(day: date) -> str:
    """A date as it is written in messages and reports: "Friday 12 April 2024"."""
    return f"{day:%A} {day.day} {day:%B %Y}"
