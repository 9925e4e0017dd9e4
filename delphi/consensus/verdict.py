"""What a rule settles about a section, in words that every rule knows: most have no "close"."""

from __future__ import annotations

from enum import StrEnum

from delphi.domain.rule import Outcome


class Verdict(StrEnum):
    """The outcome as far as rules can be compared: "close" and "not agreed" are both no agreement."""

    AGREED = "agreed"
    LEFT_OUT = "agreed_to_leave_out"
    NOT_AGREED = "not_agreed"
    NOT_ASSESSABLE = "not_assessable"


_OF_OUTCOME = {
    Outcome.AGREED: Verdict.AGREED,
    Outcome.AGREED_TO_LEAVE_OUT: Verdict.LEFT_OUT,
    Outcome.CLOSE: Verdict.NOT_AGREED,
    Outcome.NOT_AGREED: Verdict.NOT_AGREED,
    Outcome.NOT_ASSESSABLE: Verdict.NOT_ASSESSABLE,
}

VERDICT_WORDS = {
    Verdict.AGREED: "agreed",
    Verdict.LEFT_OUT: "agreed to leave out",
    Verdict.NOT_AGREED: "not agreed",
    Verdict.NOT_ASSESSABLE: "not assessable",
}


def verdict_of(outcome: Outcome | str) -> Verdict:
    """The verdict that an outcome stands for.

    >>> verdict_of(Outcome.CLOSE).value
    'not_agreed'
    """
    return _OF_OUTCOME[Outcome(outcome)]
