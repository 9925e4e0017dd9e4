"""A study begins sound in every part, whatever its scale, some weeks before its first round."""

from __future__ import annotations

from datetime import date

import pytest

from delphi.domain.setup.scales import READY_MADE
from delphi.domain.setup.starting import Beginning, first_monday, starting_bundle
from delphi.domain.study_archive import bundle_problems, read_archive, write_archive

DAY = date(2026, 1, 7)


@pytest.mark.parametrize("scale", READY_MADE)
def test_a_new_study_is_sound_and_comes_in_as_it_goes_out(scale):
    beginning = Beginning("a", "A study", "A", "en-GB", "Europe/London", scale, "Sam", "s@x.org", "0123 45")
    bundle = starting_bundle(beginning, DAY)
    assert bundle_problems(bundle) == []
    assert read_archive(write_archive(bundle)) == bundle
    assert bundle.study_file.rounds[0].opens.weekday() == 0


@pytest.mark.parametrize("day", [date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 11)])
def test_the_first_round_begins_on_a_monday_some_weeks_ahead(day):
    opens = first_monday(day)
    assert opens.weekday() == 0
    assert 42 <= (opens - day).days < 49
