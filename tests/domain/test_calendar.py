"""A round's days begin and end at midnight where the study is, also when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.domain.calendar import day_of, end_of_day, in_words, moment, start_of_day

ZONES = ("Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "starts", "ends"),
    [
        (date(2025, 1, 15), "Europe/London", utc(2025, 1, 15), utc(2025, 1, 16)),
        (date(2025, 7, 15), "Europe/London", utc(2025, 7, 14, 23), utc(2025, 7, 15, 23)),
        # The days on which British clocks change have 23 and 25 hours.
        (date(2025, 3, 30), "Europe/London", utc(2025, 3, 30), utc(2025, 3, 30, 23)),
        (date(2025, 10, 26), "Europe/London", utc(2025, 10, 25, 23), utc(2025, 10, 27)),
        (date(2025, 1, 15), "America/New_York", utc(2025, 1, 15, 5), utc(2025, 1, 16, 5)),
        (date(2025, 1, 15), "Pacific/Auckland", utc(2025, 1, 14, 11), utc(2025, 1, 15, 11)),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight_where_the_study_is(day, zone, starts, ends):
    assert start_of_day(day, zone) == starts
    assert end_of_day(day, zone) == ends


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.sampled_from(ZONES))
def test_days_follow_one_another_without_gap_or_overlap(day, zone):
    assert end_of_day(day, zone) == start_of_day(day + timedelta(days=1), zone)
    assert day_of(start_of_day(day, zone), zone) == day
    assert day_of(end_of_day(day, zone) - timedelta(microseconds=1), zone) == day
    assert start_of_day(day, zone).utcoffset() == timedelta(0)


def test_a_time_of_day_is_that_of_the_studys_zone():
    assert moment(date(2025, 7, 15), time(9), "Europe/London") == utc(2025, 7, 15, 8)
    assert moment(date(2025, 1, 15), time(9), "Asia/Kolkata") == utc(2025, 1, 15, 3, 30)


def test_a_date_is_written_as_people_write_it():
    assert in_words(date(2024, 4, 5)) == "Friday 5 April 2024"
