from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import delphi.demo
from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_check import check
from delphi.domain.study_file_dates import days_of, moved_words, shift
from delphi.domain.study_file_yaml import read_study_file

DEMO = read_study_file((Path(delphi.demo.__file__).parent / "study" / "study.yaml").read_bytes())


def gaps(study: StudyFile) -> list[timedelta]:
    days = sorted(days_of(study))
    return [day - days[0] for day in days]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_study_moves_by_whole_weeks_and_keeps_its_shape(first_day):
    moved = shift(DEMO, first_day)
    opens = moved.rounds[0].opens
    assert 0 <= (opens - first_day).days < 7
    assert opens.weekday() == DEMO.rounds[0].opens.weekday()
    assert gaps(moved) == gaps(DEMO)
    assert check(moved) == []


def test_a_study_that_opens_on_the_day_already_does_not_move():
    assert shift(DEMO, date(2024, 3, 18)) == DEMO


def test_moving_there_and_back_changes_nothing():
    assert shift(shift(DEMO, date(2031, 6, 4)), date(2024, 3, 18)) == DEMO


def test_the_deadline_that_people_agree_to_moves_with_the_study():
    moved = shift(DEMO, date(2025, 3, 17))
    assert moved.consent.withdrawal_cutoff == date(2025, 6, 30)
    assert "until the final analysis starts on 30 June 2025." in moved.consent.statements[2].text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("on Monday 1 July 2024.", "on Monday 8 July 2024."),
        ("on 2 July 2024", "on 2 July 2024"),
        ("on 31 February 2024", "on 31 February 2024"),
        ("since July 2024", "since July 2024"),
        ("1 July 20245", "1 July 20245"),
        ("29 July 2024 and 1 July 2024", "5 August 2024 and 8 July 2024"),
    ],
)
def test_only_days_of_the_study_move_in_words(before, after):
    days = frozenset({date(2024, 7, 1), date(2024, 7, 29)})
    assert moved_words(before, days, timedelta(weeks=1)) == after
