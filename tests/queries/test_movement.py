"""Pairs of two rounds: the database counts what one would count by hand, and only what may be compared."""

from __future__ import annotations

from collections import Counter

import pytest

from delphi.extensions import db
from delphi.models.answers import Rating
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Item
from delphi.queries.movement import compared
from delphi.queries.rounds import round_of
from delphi.queries.rounds_before import ratings_before
from delphi.queries.sections import section_of
from delphi.queries.studies import scale_of, study_of
from tools.small_second_round import CHANGED, UNCHANGED, rated_again


@pytest.fixture
def again(small_study):
    rated_again(small_study)
    return small_study


def by_hand(study, section_id):
    """(criterion, group, before, after) of everybody who rated one section in both rounds."""
    answers = {}
    rows = db.session.execute(
        db.select(
            Rating.round_id, Rating.panellist_id, Item.criterion_id, StakeholderGroup.code, Rating.value
        )
        .join(Item, Item.id == Rating.item_id)
        .join(Panellist, Panellist.id == Rating.panellist_id)
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .where(Item.section_id == section_id)
    )
    for round_id, person, criterion, group, value in rows:
        answers.setdefault((person, criterion, group), {})[round_id] = value
    return Counter(
        (group, *(value for _, value in sorted(found.items())))
        for (_, _, group), found in answers.items()
        if len(found) == 2
    )


def test_the_pairs_are_what_a_count_by_hand_gives(again):
    with again.look():
        study = study_of(again.id)
        section = section_of(study.id, UNCHANGED).id
        found = compared(study, round_of(study.id, 2), scale_of(study)).pairs
        counted = Counter()
        for by_group in found.values():
            for group, table in by_group.items():
                for before, after, n in table.cells():
                    counted[group, before, after] += n
        assert counted == by_hand(again, section)
        assert sum(counted.values()) == 24, "twelve people, two criteria"


def test_only_sections_that_may_be_compared_have_pairs(again):
    with again.look():
        study = study_of(again.id)
        beside = compared(study, round_of(study.id, 2), scale_of(study))
        changed, unchanged = (section_of(study.id, code).id for code in (CHANGED, UNCHANGED))
        assert {section for section, _ in beside.pairs} == {unchanged}
        assert not beside.before[changed].is_comparable
        assert beside.before[changed].reason == "The meaning changed."
        assert ratings_before(round_of(study.id, 1)) == {}
