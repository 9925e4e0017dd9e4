"""How many had finished by each day: counts in the study's own days, never who."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from delphi.queries.finished_by_day import finished_by_day
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services import answers
from delphi.services.reminders import remind


@pytest.fixture
def opened(small_study):
    small_study.codes = small_study.started(2)
    return small_study


def hand_in(study, code, now):
    study.save(code, now=now)
    person = study.person(code)
    with study.work():
        answers.submit(study_id=study.id, number=1, code=code, actor=person, now=now)


def days(study, now):
    with study.look():
        return finished_by_day(study_of(study.id), round_of(study.id, 1), 6, now)


def test_each_person_counts_from_the_day_they_handed_in(opened):
    hand_in(opened, opened.codes[0], opened.opened_at + timedelta(hours=9))
    hand_in(opened, opened.codes[1], opened.opened_at + timedelta(days=1, hours=9))
    found = days(opened, opened.opened_at + timedelta(days=2, hours=9))
    assert [(row.day, row.n) for row in found.rows] == [
        ("3 February", 1),
        ("4 February", 2),
        ("5 February", 2),
    ]
    assert found.finding == "1 more finished yesterday."
    assert found.before is None


def test_the_day_of_a_reminder_is_named(opened):
    with opened.work():
        remind(
            study_id=opened.id,
            number=1,
            actor=opened.lead,
            now=opened.opened_at + timedelta(days=1, hours=9),
        )
    found = days(opened, opened.opened_at + timedelta(days=2, hours=9))
    assert found.finding == "Nobody finished yesterday, the day of reminder 1."
    assert found.picture.count('class="rem"') == 1


def test_the_first_day_has_no_picture_yet(opened):
    assert days(opened, opened.opened_at + timedelta(hours=9)) is None


def test_days_end_with_the_round(opened):
    hand_in(opened, opened.codes[0], opened.answered_at)
    opened.close()
    found = days(opened, datetime(2025, 6, 1, tzinfo=UTC))
    assert found.rows[-1].day == "14 February"
    assert found.finding == "1 had finished when the round closed."
