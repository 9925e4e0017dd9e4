"""`bench sql`: exact numbers of SQL statements for what a panellist does, and how each would be run.

Exact counts of whole requests, so that a test can hold them: the same for ten panellists and ten thousand,
for five items and fifty, and no statement that reads the whole panel.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench.databases import sources
from bench.measure import Options, Outcome, say
from bench.statements import Statements, full_scans
from bench.studies import application, open_study
from bench.visits import answered_after_a_start, visits_of
from delphi.extensions import db
from tools.databases import Databases

PANELS = (10, 10_000)
ITEMS = (5, 50)
ROUNDS = (1, 2)

PAGES = ("page_cold", "page", "page_answered", "page_answered_cold")
SAVES = ("first_save", "save", "save_as_given")


@dataclass(frozen=True, slots=True)
class Size:
    """How large the study was for which the statements were counted, and in which round."""

    panellists: int
    items: int
    number: int = 1

    def __str__(self) -> str:
        return f"round {self.number}, {self.panellists:,} panellists, {self.items} items a page"


@dataclass(frozen=True, slots=True)
class Counts:
    """Statements by request, and the growing tables that one of them would read from end to end."""

    size: Size
    by_act: dict[str, int]
    scans: tuple[str, ...]


def count(url: str, folder: Path, size: Size) -> Counts:
    """Set up a study of this size on an empty database and count."""
    making = application(url, folder)
    study = open_study(
        making,
        panellists=size.panellists,
        items_a_page=size.items,
        without_answers=1,
        number=size.number,
    )
    with making.app_context():
        db.session.remove()
        db.engine.dispose()
    # A fresh application knows nothing of the study yet, as after a start.
    app = application(url, folder)
    by_act: dict[str, int] = {}
    sent = Statements()
    visits = [*visits_of(app, study)]
    again = application(url, folder)
    for visit in [*visits, answered_after_a_start(again, study)]:
        by_act[visit.name] = len(visit.statements)
        sent.sent += visit.statements.sent
    with again.app_context():
        db.session.remove()
        db.engine.dispose()
    return Counts(size, by_act, tuple(_scans(app, sent)))


def _scans(app: Flask, sent: Statements) -> list[str]:
    with app.app_context():
        scans = full_scans(db.engine, sent)
        db.session.remove()
        db.engine.dispose()
    return scans


def problems_in(found: list[Counts]) -> list[str]:
    """What no size of study may change: the counts in a round, and that nothing reads the whole panel."""
    problems = []
    for number in sorted({one.size.number for one in found}):
        alike = [one for one in found if one.size.number == number]
        for act in alike[0].by_act:
            counts = {str(one.size): one.by_act[act] for one in alike}
            if len(set(counts.values())) > 1:
                problems.append(f"{act}: the number of statements grows with the study: {counts}")
    problems += [f"{one.size}: this reads a whole table, {scan}" for one in found for scan in one.scans]
    return problems


def figures_of(found: list[Counts]) -> dict[str, float]:
    """The most statements of any request of a kind."""
    most = {f"sql.{act}": float(max(one.by_act[act] for one in found)) for act in found[0].by_act}
    most["sql.most_of_a_page"] = max(most[f"sql.{act}"] for act in PAGES)
    most["sql.most_of_a_save"] = max(most[f"sql.{act}"] for act in SAVES)
    return most


def run(options: Options) -> Outcome:
    """Count on SQLite, and on PostgreSQL where there is one for this machine."""
    outcome = Outcome("sql")
    found: list[Counts] = []
    with sources() as databases:
        for name, source in databases.items():
            found += _count_on(source, name, outcome)
    outcome.figures |= figures_of(found)
    return outcome


def _count_on(source: Databases, name: str, outcome: Outcome) -> list[Counts]:
    say(f"sql on {name}: statements of each request, without BEGIN, COMMIT and PRAGMA")
    found = []
    for size in (Size(n, items, number) for number in ROUNDS for n in PANELS for items in ITEMS):
        url = source.migrated()
        with tempfile.TemporaryDirectory(prefix="delphi-bench-") as folder:
            found.append(count(url, Path(folder), size))
        source.drop(url)
        words = ", ".join(f"{act.replace('_', ' ')} {n}" for act, n in found[-1].by_act.items())
        say(f"  {size}: {words}")
        outcome.details |= {f"{name}.{size}.{act}": n for act, n in found[-1].by_act.items()}
    outcome.problems += [f"{name}: {words}" for words in problems_in(found)]
    return found
