"""Everything that may be seen of a played study, put together and attacked: pages, files and switches.

The attacker is a panellist who reads every page, has every file that is safe to share, from before a
deletion and after it, and knows how many people of each group answered.
"""

from __future__ import annotations

import csv
import json
import random

import pytest

from delphi.consensus.disclosure import unanimous_point
from delphi.extensions import db
from delphi.models.studies import Study
from delphi.queries.feedback import feedback_of
from delphi.queries.results import newest_snapshot, read_results
from delphi.queries.rounds import round_of
from delphi.reports.audience import Audience
from delphi.reports.writing import write_report
from delphi.services.deletion import stop_and_delete
from delphi.services.exports import record_export
from tools.attack import Attack
from tools.small_study import CRITERIA, GROUPS, SECTIONS, SmallStudy

AGREE = (3, 4)
POINTS = range(5)
UNITS = {
    **{code: (code,) for code in GROUPS},
    "experience": ("users", "carers"),
    "practice": ("workers",),
    "": GROUPS,
}
BY_LABEL = {
    "Everyone": "",
    "People with lived experience and carers": "experience",
    "Practice panel": "practice",
    "People who use services": "users",
    "Family members and carers": "carers",
    "Workers": "workers",
}
SIZES = ((2, 4, 6), (6, 4, 2), (5, 4, 4))
"""How many of each group answered: a small group, a small panel, and nobody small."""


class Played:
    """A published round whose answers are of one mind and of one side more often than not."""

    def __init__(self, app, sizes):
        draw = random.Random(sum(sizes))
        self.study = SmallStudy(app)
        codes = self.study.started(6)
        self.codes = [code for place, code in enumerate(codes) if place % 6 < sizes[place // 6]]
        of_group = [draw.choice(((5,), (4, 5), (2, 5))) for _ in GROUPS]
        for code in self.codes:
            for section in SECTIONS:
                group = codes.index(code) // 6
                given = {name: draw.choice((*of_group[group], 5)) for name in CRITERIA}
                self.study.save(code, section=section, ratings=given)
        self.study.close().analyse()
        with self.study.look():
            self.true = read_results(newest_snapshot(round_of(self.study.id, 1))).items
            outcomes = read_results(newest_snapshot(round_of(self.study.id, 1))).outcomes
        is_agreed = {one.outcome.value == "agreed" for one in outcomes.values()}
        assert len(is_agreed) == 1, "choose other answers: both sections need one decision"
        self.study.publish(decision="keep" if is_agreed == {True} else "report_no_agreement")


@pytest.fixture(params=SIZES, ids=str)
def played(request, app):
    return Played(app, request.param)


def seen_on_pages(person):
    """Rows of the tables of the panel's feedback: (item, unit, counts or None, agreed in words)."""
    for section in SECTIONS:
        page = person.get(f"{person.root}/feedback/1/sections/{section}")
        tables = page.tree.xpath("//table[caption]")
        for criterion, table in zip(CRITERIA, tables, strict=False):
            for row in table.xpath(".//tbody/tr"):
                unit = BY_LABEL[row.xpath("th")[0].text_content().strip()]
                cells = [cell.text_content().strip() for cell in row.xpath("td")]
                counts = [int(cell) for cell in cells[:-1]] if len(cells) > 2 else None
                yield f"{section}/{criterion}", unit, counts, cells[-1]


def seen_in_files(played, folder):
    """The measures of every row in data.csv and report.json of the safe report."""
    study = played.study
    with study.work():
        files = write_report(
            study_id=study.id,
            formats=("csv", "json"),
            folder=folder,
            audience=Audience.SHARED,
            actor=study.lead,
            now=study.analysed_at,
            record=record_export,
        )
    path = {one.path.name: one.path for one in files}
    rows = {}
    with path["small-study-data.csv"].open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            place = (f"{row['section']}/{row['criterion']}", row["unit"])
            if row["value"]:
                rows.setdefault(place, {})[row["measure"]] = float(row["value"])
    report = json.loads(path["small-study-report.json"].read_text(encoding="utf-8"))
    for item in report["items"]:
        for row in item["figures"]:
            found = rows.setdefault((f"{item['section']}/{item['criterion']}", row["unit"]), {})
            found |= {f"count_{i}": n for i, n in enumerate(row.get("counts", ()), start=1)}
            found |= {name: row[name] for name in ("n", "n_agree", "n_unable") if name in row}
    numbers = {row["unit"]: row["took_part"]["1"] for row in report["response"]["by_unit"]}
    return rows, {unit: n for unit, n in numbers.items() if isinstance(n, int)}


def put_together(key, true, pages, rows, sizes):
    """An attacker of one item who has all of it; every shown figure is checked to be a true one first."""
    attack = Attack(true.by_group)
    for unit, counts, agreed in pages:
        if counts is None:
            assert str(true.of(UNITS[unit]).count_in((4, 5))) in agreed
            attack.show_coarsely(UNITS[unit], AGREE)
        else:
            assert tuple(counts[:5]) == true.of(UNITS[unit]).counts
            attack.show_in_full(UNITS[unit])
    for (item, unit), measures in rows.items():
        if item != key:
            continue
        if "count_1" in measures:
            attack.show_in_full(UNITS[unit])
        elif "n_agree" in measures:
            attack.show_coarsely(UNITS[unit], AGREE)
            assert not {"median", "mean", "sd", "q1", "iqr", "n_disagree"} & set(measures)
        else:
            assert not measures, "a hidden row has no measure at all"
    for unit, n in sizes.items():
        assert n == true.of(UNITS[unit]).n_answered
        attack.show_size(UNITS[unit])
    for group in GROUPS:
        attack.show_size([group])
    return attack


def test_nothing_hidden_follows_from_everything_that_is_shown(played, make_person, at, tmp_path):
    study = played.study
    at(study.analysed_at)
    person = make_person(study, played.codes[0])
    person.sign_in(study.analysed_at)
    pages = list(seen_on_pages(person))
    rows, sizes = seen_in_files(played, tmp_path / "before")
    with study.look():
        figures = json.loads(feedback_of(round_of(study.id, 1)).content)["figures"]
    with study.work():
        stop_and_delete(study_id=study.id, code=played.codes[-1], actor=study.lead, now=study.analysed_at)
    assert list(seen_on_pages(person)) == pages, "what was shown stays"
    after, sizes_after = seen_in_files(played, tmp_path / "after")
    assert after == rows
    assert set(sizes_after.items()) <= set(sizes.items())
    with study.look():
        assert json.loads(feedback_of(round_of(study.id, 1)).content)["figures"] == figures
        minimum = db.session.get_one(Study, study.id).privacy["min_cell"]
    for key, true in played.true.items():
        shown = [(unit, counts, agreed) for item, unit, counts, agreed in pages if item == key]
        assert shown
        attack = put_together(key, true, shown, rows, sizes)
        for people in {*UNITS.values(), ("users", "workers"), ("carers", "workers")}:
            if attack.value(people, range(6)) < minimum:
                for point in POINTS:
                    is_only = attack.value(GROUPS, [point]) == attack.value(GROUPS, range(6))
                    if attack.value(people, [point]) and not is_only:
                        assert not attack.is_told(people, [point]), (key, people, point)
            value = unanimous_point(true.of(people))
            if value is not None:
                assert attack.least(people, [value - 1]) < attack.value(people, POINTS), (key, people)
