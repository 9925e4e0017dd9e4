"""Sections by round add up, or nothing is printed."""

from __future__ import annotations

import pytest

from delphi.domain.errors import WrongState
from delphi.reports.tally import RoundTally, Tally, check


def tally(*rounds, ends):
    return Tally(tuple(rounds), ends)


def one(number, came, left, waiting=()):
    rated = tuple(code for codes in came.values() for code in codes)
    return RoundTally(number, 2 * len(rated), rated, came, left, list(waiting))


ROUND_1 = one(1, {"new": ["a", "b", "c"]}, {"keep": ["a"], "revise": ["b"], "rerate_unchanged": ["c"]})


def test_a_section_that_is_taken_up_again_adds_up():
    second = one(2, {"revised": ["b"], "unchanged": ["c"]}, {"keep": ["b", "c"]})
    found = tally(ROUND_1, second, ends={"a": "keep", "b": "keep", "c": "keep"})
    check(found)
    assert (found.n_sections, found.n_agreed) == (3, 3)


def test_a_section_may_wait_for_a_later_round():
    second = one(2, {"revised": ["b"]}, {"keep": ["b"]}, waiting=["c"])
    third = one(3, {"unchanged": ["c"]}, {"report_no_agreement": ["c"]})
    check(tally(ROUND_1, second, third, ends={"a": "keep", "b": "keep", "c": "report_no_agreement"}))


@pytest.mark.parametrize(
    ("second", "ends", "round_named"),
    [
        (one(2, {"revised": ["b"]}, {"keep": ["b"]}), {"a": "keep", "b": "keep", "c": "revise"}, "round 2"),
        (
            one(2, {"revised": ["b"], "unchanged": ["c"]}, {"keep": ["b"]}),
            {"a": "keep", "b": "keep", "c": "keep"},
            "round 2",
        ),
        (
            one(2, {"revised": ["b"], "unchanged": ["c", "d"]}, {"keep": ["b", "c", "d"]}),
            {"a": "keep", "b": "keep", "c": "keep", "d": "keep"},
            "round 2",
        ),
    ],
)
def test_sums_that_are_wrong_stop_the_report(second, ends, round_named):
    with pytest.raises(WrongState, match=f"{round_named}.*do not add up.*delphi verify"):
        check(tally(ROUND_1, second, ends=ends))


def test_a_section_lost_at_the_end_stops_the_report():
    second = one(2, {"revised": ["b"], "unchanged": ["c"]}, {"keep": ["b"], "revise": ["c"]})
    with pytest.raises(WrongState, match="1 went on, 0 are open at the end"):
        check(tally(ROUND_1, second, ends={"a": "keep", "b": "keep", "c": "keep"}))
