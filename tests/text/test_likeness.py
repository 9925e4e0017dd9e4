"""Remarks that can have the same answer are found by the words they share."""

from __future__ import annotations

from delphi.text.likeness import likeness, words_of


def alike(first: str, second: str) -> float:
    return likeness(words_of(first), words_of(second))


def test_remarks_with_the_same_words_are_wholly_alike_in_any_order():
    assert alike("No scores, please.", "Please, no more scores!") == 1.0


def test_small_words_and_endings_do_not_count():
    assert words_of("They would have been there") == frozenset()
    assert alike("The practice of volunteers", "Practical for a volunteer") == 1.0


def test_remarks_about_other_things_are_not_alike():
    assert alike("Buses run twice a day.", "Scores belong in a school.") == 0.0


def test_a_remark_without_words_is_like_none():
    assert alike("?!", "?!") == 0.0
