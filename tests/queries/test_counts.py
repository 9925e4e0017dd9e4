"""Counts are what a person would count by hand: rated, unable, skipped and absent each in their own place."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from delphi.domain.scale import Scale
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.models.rounds import Item
from delphi.models.studies import Study
from delphi.queries.counts import RoundAnswers, pair_counts, round_answers
from delphi.queries.rounds import items_of, round_of
from delphi.queries.studies import scale_of
from delphi.services import answers
from tools.small_study import CRITERIA, GROUPS, SECTIONS, SmallStudy


@pytest.fixture
def study(small_study: SmallStudy) -> SmallStudy:
    small_study.codes = small_study.started(3)
    return small_study


def submit(study: SmallStudy, code: str) -> None:
    actor = study.person(code)
    with study.work():
        answers.submit(study_id=study.id, number=1, code=code, actor=actor, now=study.answered_at)


def counted(
    study: SmallStudy, **options: Any
) -> dict[tuple[str, str, str], tuple[tuple[int, ...], int, int]]:
    """Counts, unable and skipped by section, criterion and group."""
    with study.look():
        round_ = round_of(study.id, 1)
        items = items_of(round_.id)
        scale: Scale = scale_of(db.session.get_one(Study, study.id))
        found = round_answers(round_, [item.id for item in items], GROUPS, scale, **options).counts()
        return {
            (item.section.code, item.criterion.code, group): (h.counts, h.n_unable, h.n_skipped)
            for item in items
            for group, h in found[item.id].by_group.items()
        }


def test_rated_unable_skipped_and_absent_are_four_different_things(study):
    rated, unable, skipped = study.codes[:3]
    absent_group = study.codes[3:6]
    study.save(rated, ratings={"clear": 5, "feasible": 1})
    study.save(unable, ratings={"clear": "unable"})
    study.save(skipped, ratings={"feasible": 3})
    assert absent_group
    found = counted(study)
    assert found["first-steps", "clear", "users"] == ((0, 0, 0, 0, 1), 1, 1)
    assert found["first-steps", "feasible", "users"] == ((1, 0, 1, 0, 0), 0, 1)
    # Whoever took part and never came to this page skipped it too.
    assert found["next-steps", "clear", "users"] == ((0, 0, 0, 0, 0), 0, 3)
    assert found["first-steps", "clear", "carers"] == ((0, 0, 0, 0, 0), 0, 0)


def test_answers_that_were_never_sent_count_or_not_as_the_protocol_says(study):
    sent, unsent = study.codes[:2]
    for code in (sent, unsent):
        study.save(code, ratings={"clear": 4})
    submit(study, sent)
    assert counted(study)["first-steps", "clear", "users"] == ((0, 0, 0, 2, 0), 0, 0)
    assert counted(study, partial_counted=False)["first-steps", "clear", "users"] == ((0, 0, 0, 1, 0), 0, 0)


def test_answers_taken_up_again_and_not_sent_again_count_as_never_sent(study):
    code = study.codes[0]
    study.save(code, ratings={"clear": 4})
    submit(study, code)
    actor = study.person(code)
    with study.work():
        answers.take_up_again(study_id=study.id, number=1, code=code, actor=actor, now=study.answered_at)
    assert counted(study, partial_counted=False)["first-steps", "clear", "users"] == ((0,) * 5, 0, 0)


def test_counts_equal_a_count_by_hand_whatever_people_answer(study):
    dice = random.Random(7)
    said: dict[str, dict[tuple[str, str], Any]] = {}
    for code in study.codes:
        for section in SECTIONS:
            given = {c: dice.choice([1, 2, 3, 4, 5, "unable", None]) for c in CRITERIA}
            if dice.random() < 0.8:
                study.save(code, section=section, ratings=given)
                said.setdefault(code, {}).update({(section, c): v for c, v in given.items()})
    sent = [code for code in said if dice.random() < 0.6]
    for code in sent:
        submit(study, code)
    assert 0 < len(sent) < len(said)
    left_out = sent[0]
    person = study.person(left_out).panellist_id
    group_of = dict(zip(study.codes, (group for group in GROUPS for _ in range(3)), strict=True))
    by_hand = {
        "all": set(said),
        "sent": set(sent),
        "without": set(said) - {left_out},
        "sent without": set(sent) - {left_out},
    }
    options: dict[str, dict[str, Any]] = {
        "all": {},
        "sent": {"partial_counted": False},
        "without": {"without": person},
        "sent without": {"partial_counted": False, "without": person},
    }
    for name, people in by_hand.items():
        for (section, criterion, group), (counts, n_unable, n_skipped) in counted(
            study, **options[name]
        ).items():
            values = [said[code].get((section, criterion)) for code in people if group_of[code] == group]
            assert counts == tuple(values.count(point) for point in range(1, 6))
            assert (n_unable, n_skipped) == (values.count("unable"), values.count(None))


def test_a_round_without_ratings_has_no_counts(study):
    with study.look():
        round_ = round_of(study.id, 2)
        scale = scale_of(db.session.get_one(Study, study.id))
        assert round_answers(round_, [], GROUPS, scale).counts() == {}
        assert db.session.scalar(db.select(db.func.count()).select_from(Item)) == 4
        assert db.session.scalar(db.select(db.func.count()).select_from(Panellist)) == 9


def test_pairs_are_of_the_people_who_rated_both_times_in_their_groups(study):
    with study.look():
        scale = scale_of(db.session.get_one(Study, study.id))
    unable, skipped = 5, 6
    groups = ("users", "carers")
    earlier = RoundAnswers(
        (11, 12), np.array([2, 4, 6, 8]), np.array([0, 0, 1, 1]), groups, scale,
        np.array([[0, 1, 2, unable], [4, 4, 4, skipped]], dtype=np.uint8),
    )  # fmt: skip
    later = RoundAnswers(
        (21, 22), np.array([4, 6, 8, 9]), np.array([0, 1, 1, 0]), groups, scale,
        np.array([[1, 4, 3, 0], [unable, 0, 2, 2]], dtype=np.uint8),
    )  # fmt: skip
    found = pair_counts(earlier, later, [(11, 21), (12, 22)])
    assert {
        item: {group: list(table.cells()) for group, table in by.items()} for item, by in found.items()
    } == {
        21: {"users": [(2, 2, 1)], "carers": [(3, 5, 1)]},
        22: {"users": [], "carers": [(5, 1, 1)]},
    }
    assert pair_counts(earlier, later, []) == {}
