"""When a draft and a study stop by the rule, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

from delphi.consensus.assess import assess_section
from delphi.consensus.context import Context, EarlierItem
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.stopping import (
    SectionStop,
    StoppedBy,
    StudyStop,
    section_stop,
    stop_in_words,
    study_stop_in_words,
)
from delphi.consensus.vocabulary import CriterionWords, Vocabulary
from delphi.domain.groups import Group, GroupStructure
from delphi.domain.rule import Rule
from delphi.domain.scale import Scale, ScalePoint

FIVE = Scale(
    id="five", points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6)), bands={"agree": (4, 5)}
)
STRUCTURE = GroupStructure((Group("all", "All"),), (), ())
VOCABULARY = Vocabulary(FIVE, STRUCTURE, {"clear": CriterionWords("Clear")})
STABLE = {"statistic": "net_change_pct", "below": 15}


def rule_of(stop: dict[str, Any] | None) -> Rule:
    agreed = {"outcome": "agreed", "when": {"statistic": "share", "band": "agree", "at_least": 80}}
    left_out = {
        "outcome": "agreed_to_leave_out",
        "when": {"statistic": "share", "band": "disagree", "at_least": 80},
    }
    return Rule.model_validate(
        {
            "text": "Words",
            "fixed_on": "2024-02-12",
            "min_ratings_per_panel": 5,
            "stop": stop,
            "outcomes": [agreed, left_out, {"otherwise": "not_agreed"}],
        }
    )


def stop_of(
    stop: dict[str, Any] | None,
    counts: tuple[int, ...],
    *,
    pairs: tuple[tuple[int, int], ...] = (),
    number: int = 2,
    **context: Any,
) -> tuple[SectionStop | None, Rule]:
    rule = rule_of(stop)
    items = {"clear": ItemCounts({"all": Histogram(1, counts)})}
    table = CrossTab.of_pairs(1, 5, pairs)
    given = Context(
        earlier={"clear": EarlierItem(items["clear"], {"all": table})} if pairs else None, **context
    )
    found = assess_section(rule, FIVE, STRUCTURE, items, number, given)
    return section_stop(rule, FIVE, STRUCTURE, items, found, given), rule


HALF = (5, 0, 0, 5, 0)
STILL = ((1, 1),) * 5 + ((4, 4),) * 5
MOVED = ((1, 4),) * 5 + ((4, 4),) * 5


@pytest.mark.parametrize(
    ("stop", "counts", "pairs", "number", "by"),
    [
        ({"after_round": 3}, HALF, (), 2, None),
        ({"after_round": 3}, HALF, (), 3, StoppedBy.LAST_ROUND),
        ({"after_round": 3}, (0, 0, 0, 9, 1), (), 1, StoppedBy.AGREED),
        ({"after_round": 3}, (9, 0, 0, 1, 0), (), 1, StoppedBy.LEFT_OUT),
        ({"stable": STABLE}, HALF, STILL, 2, StoppedBy.STABLE),
        ({"stable": STABLE}, HALF, MOVED, 2, None),
        ({"stable": STABLE}, HALF, STILL[:9], 2, None),
        ({"stable": STABLE}, HALF, (), 1, None),
        ({"stable": STABLE, "after_round": 2}, HALF, STILL, 2, StoppedBy.LAST_ROUND),
        ({"stable": STABLE}, (0, 0, 0, 4, 0), STILL, 2, None),
    ],
)
def test_a_draft_stops_by_its_outcome_then_its_last_round_then_stability(
    stop: dict[str, Any], counts: tuple[int, ...], pairs: Any, number: int, by: StoppedBy | None
) -> None:
    found, _ = stop_of(stop, counts, pairs=pairs, number=number)
    assert found is not None
    assert found.stopped_by is by
    assert found.stops == (by is not None)


def test_a_rule_without_a_stop_rule_says_nothing() -> None:
    assert stop_of(None, HALF)[0] is None


@pytest.mark.parametrize(
    ("pairs", "context", "said"),
    [
        (STILL, {}, "is 0% (10 people rated both times); the rule asks for below 15%."),
        (MOVED, {}, "is 50% (10 people rated both times); the rule asks for below 15%."),
        (STILL, {"is_comparable": False}, "the text was changed in substance since the round before"),
        (STILL[:4], {}, "only 4 people rated both times, which is too few for it"),
        ((), {}, "it cannot be told from this section alone"),
    ],
)
def test_the_figures_of_movement_stand_behind_what_is_said(pairs: Any, context: Any, said: str) -> None:
    found, rule = stop_of({"stable": STABLE}, HALF, pairs=pairs, **context)
    assert found is not None
    head, figures = stop_in_words(found, rule, VOCABULARY)
    assert said in figures
    assert ("its answers are stable" in head) == found.stops


def test_the_last_round_is_named() -> None:
    found, rule = stop_of({"after_round": 2}, HALF)
    assert found is not None
    assert stop_in_words(found, rule, VOCABULARY) == ("Round 2 is the last by the stop rule.",)


def test_a_study_stops_when_every_section_has() -> None:
    assert StudyStop(2, 2).stops
    assert not StudyStop(1, 2).stops
    assert not StudyStop(0, 0).stops
    assert study_stop_in_words(StudyStop(1, 1)) == "By the stop rule nothing has to be rated again."
    assert "1 of 2 sections are not" in study_stop_in_words(StudyStop(1, 2))
