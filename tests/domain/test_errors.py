"""What went wrong is said in sentences, and nothing that was found is left out."""

from __future__ import annotations

import pytest

from delphi.domain import errors
from delphi.domain.errors import DelphiError, InvalidInput, Problem, Stale


def test_every_error_is_one_that_the_edge_knows():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert all(issubclass(kind, DelphiError) for kind in kinds)
    assert len(kinds) >= 6


def test_a_problem_says_where_only_when_there_is_a_place():
    assert str(Problem("row 4, email", "This is not an address.")) == "row 4, email: This is not an address."
    assert str(Problem("", "Nothing was given.")) == "Nothing was given."


def test_all_problems_are_listed_under_the_heading():
    problems = [Problem("a", "One."), Problem("b", "Two.")]
    error = InvalidInput(iter(problems), heading="Nothing was changed.")
    assert error.problems == tuple(problems)
    assert str(error) == "Nothing was changed.\na: One.\nb: Two."


def test_one_sentence_is_one_problem():
    assert InvalidInput("It is too long.").problems == (Problem("", "It is too long."),)


def test_a_stale_save_is_told_what_is_saved():
    error = Stale("Somebody saved first.", theirs={"text": "theirs"})
    assert str(error) == "Somebody saved first."
    assert error.theirs == {"text": "theirs"}


def test_problems_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        Problem("a", "One.").sentence = "Two."
