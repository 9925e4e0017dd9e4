"""The tables of decisions: complete, and honest about outcomes."""

from __future__ import annotations

import pytest

from delphi.domain.decisions import (
    DECISION_WORDS,
    ENDS_AS,
    FITTING_OUTCOMES,
    NEEDS_ANOTHER_ROUND,
    DecisionKind,
    asks_for_reason,
    fits_outcome,
)
from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.lifecycles import SECTION
from delphi.domain.rule import Outcome
from delphi.domain.states import SectionState
from delphi.models.answers import Disposition
from delphi.models.decisions import Decision


def kinds_in_check(table, name) -> set[str]:
    [check] = [c for c in table.constraints if str(c.name) == name]
    return set(str(check.sqltext).split("'")[1::2])


def test_decisions_and_dispositions_are_those_that_the_database_takes():
    assert kinds_in_check(Decision.__table__, "ck_decision_kind") == {kind.value for kind in DecisionKind}
    assert kinds_in_check(Disposition.__table__, "ck_disposition_kind") == {
        kind.value for kind in DispositionKind
    }


def test_every_decision_and_disposition_is_said_in_words():
    assert set(DECISION_WORDS) == set(DecisionKind)
    assert set(DISPOSITION_WORDS) == set(DispositionKind)


@pytest.mark.parametrize("state", ENDS_AS.values())
def test_a_section_in_play_can_go_where_each_decision_sends_it(state):
    assert SECTION.find(SectionState.IN_PLAY, state).guards[0].name == "decided"


@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_every_outcome_leaves_a_decision_that_ends_the_section_without_another_round(outcome):
    ends = {kind for kind in ENDS_AS if fits_outcome(kind, outcome)} - NEEDS_ANOTHER_ROUND
    assert ends - {DecisionKind.REMOVE}


def test_keeping_a_text_needs_its_agreement_and_nothing_else():
    assert FITTING_OUTCOMES[DecisionKind.KEEP] == {Outcome.AGREED}
    assert not asks_for_reason(DecisionKind.KEEP, Outcome.AGREED)


@pytest.mark.parametrize("kind", [kind for kind in DecisionKind if kind != DecisionKind.KEEP])
def test_going_past_an_agreement_is_always_explained(kind):
    assert asks_for_reason(kind, Outcome.AGREED)
