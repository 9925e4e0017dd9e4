"""The demo's files, attacked with noughts by somebody who knows how large each group was."""

from __future__ import annotations

import json

import pytest

from delphi.consensus.disclosure import lowest_n, unanimous_point
from delphi.extensions import db
from delphi.queries.results import newest_snapshot, read_results
from delphi.queries.rounds import round_of
from delphi.queries.studies import structure_of
from tools.attack import Attack

pytestmark = pytest.mark.slow

AGREE = (3, 4)


@pytest.mark.parametrize("number", [2, 3])
def test_nothing_hidden_is_told_by_the_report(played_demo, demo_report, number):
    files = demo_report()[1]
    plain = json.loads(files["making-connections-report.json"].read_text(encoding="utf-8"))
    with played_demo.app.app_context():
        items = read_results(newest_snapshot(round_of(played_demo.study_id, number))).items
        structure = structure_of(played_demo.study_id)
        db.session.remove()
    unions = {one.code: one.groups for one in (*structure.panels, *structure.feedback_groups)}
    sets = unions | {"": structure.group_codes}
    assert not [one for one in plain["on_other_answers"] if "shares" in one], "nobody is left out but a few"
    rows = [row for row in plain["items"] if row["round"] == number]
    assert len(rows) == len(items)
    for row in rows:
        true = items[f"{row['section']}/{row['criterion']}"]
        attack = Attack(true.by_group)
        for figures in row["figures"]:
            if "counts" in figures:
                attack.show_in_full(sets[figures["unit"]])
            elif "n_agree" in figures:
                attack.show_coarsely(sets[figures["unit"]], AGREE)
        for group in structure.group_codes:
            attack.show_size([group])
        for people in sets.values():
            if lowest_n(items, people) < 5:
                told = [
                    point
                    for point in range(6)
                    if attack.value(people, [point]) and attack.is_told(people, [point])
                ]
                assert not told, (row["section"], row["criterion"], people)
            point = unanimous_point(true.of(people))
            if point is not None:
                assert attack.least(people, [point - 1]) < attack.value(people, range(5)), (row, people)
