"""`bench sql`: exact numbers of SQL statements for what a panellist does, and how each would be run.

Exact counts, so that a test can hold them: the same for ten panellists and ten thousand, for five items and
fifty, and no statement that reads the whole panel.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask

from bench.databases import sources
from bench.measure import Options, Outcome, say
from bench.statements import Statements, counted, full_scans
from bench.studies import PAGE, OpenStudy, application, open_study
from delphi.clock import now
from delphi.extensions import db
from delphi.queries.answers import saved_page, section_page
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.answers import panellist_answering, save_answers, submit
from delphi.unit_of_work import unit_of_work
from tools.databases import Databases

PANELS = (10, 10_000)
ITEMS = (5, 50)
SMALL_TABLE = 1_000
"""PostgreSQL rightly reads a table whole while it fits on a page or two; plans count from here on."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the study was for which the statements were counted."""

    panellists: int
    items: int

    def __str__(self) -> str:
        return f"{self.panellists:,} panellists, {self.items} items a page"


@dataclass(frozen=True, slots=True)
class Counts:
    """Statements by act, and the growing tables that one of them would read from end to end."""

    size: Size
    by_act: dict[str, int]
    scans: tuple[str, ...]


def acts_of(study: OpenStudy) -> dict[str, Callable[[], None]]:
    """What a panellist does on one page, in this order, as the pages of the web will."""
    actor = study.people[0]

    def save(revision: int, value: int) -> None:
        with unit_of_work():
            save_answers(
                study_id=study.study_id,
                number=1,
                code=actor.code,
                section=PAGE,
                ratings=dict.fromkeys(study.criteria, value),
                comments={"change": f"Words, number {value}."},
                revision=revision,
                actor=actor,
                now=now() + timedelta(seconds=revision),
            )

    def read() -> None:
        study_of(study.study_id)
        round_ = round_of(study.study_id, 1)
        person = panellist_answering(study.study_id, actor.code, actor)
        saved_page(round_.id, person.id, section_page(round_.id, PAGE))

    def hand_in() -> None:
        with unit_of_work():
            submit(study_id=study.study_id, number=1, code=actor.code, actor=actor, now=now())

    return {
        "first_save": lambda: save(0, 3),
        "save": lambda: save(1, 4),
        "page_read": read,
        "submit": hand_in,
    }


def count(app: Flask, size: Size) -> Counts:
    """Set up a study of this size on an empty database and count."""
    study = open_study(app, panellists=size.panellists, items_a_page=size.items, without_answers=1)
    by_act: dict[str, int] = {}
    sent = Statements()
    for name, act in acts_of(study).items():
        with app.app_context(), counted(db.engine) as statements:
            act()
        by_act[name] = len(statements)
        sent.sent += statements.sent
    with app.app_context():
        is_judged = db.engine.dialect.name == "sqlite" or size.panellists >= SMALL_TABLE
        scans = full_scans(db.engine, sent) if is_judged else []
        db.session.remove()
        db.engine.dispose()
    return Counts(size, by_act, tuple(scans))


def problems_in(found: list[Counts]) -> list[str]:
    """What no size of study may change: the counts, and that nothing reads the whole panel."""
    problems = []
    for act in found[0].by_act:
        counts = {str(one.size): one.by_act[act] for one in found}
        if len(set(counts.values())) > 1:
            problems.append(f"{act}: the number of statements grows with the study: {counts}")
    problems += [f"{one.size}: this reads a whole table, {scan}" for one in found for scan in one.scans]
    return problems


def run(options: Options) -> Outcome:
    """Count on SQLite, and on PostgreSQL where there is one for this machine."""
    outcome = Outcome("sql")
    with sources() as databases:
        for name, source in databases.items():
            _count_on(source, name, outcome)
    for name in ("first_save", "save", "page_read", "submit"):
        most = max(value for key, value in outcome.details.items() if key.endswith(f".{name}"))
        outcome.figures[f"sql.{name}"] = most
    return outcome


def _count_on(source: Databases, name: str, outcome: Outcome) -> None:
    say(f"sql on {name}: statements by act, without BEGIN, COMMIT and PRAGMA")
    found = []
    for panellists in PANELS:
        for items in ITEMS:
            size, url = Size(panellists, items), source.migrated()
            with tempfile.TemporaryDirectory(prefix="delphi-bench-") as folder:
                found.append(count(application(url, Path(folder)), size))
            source.drop(url)
            words = ", ".join(f"{act.replace('_', ' ')} {n}" for act, n in found[-1].by_act.items())
            say(f"  {size}: {words}")
            outcome.details |= {f"{name}.{size}.{act}": n for act, n in found[-1].by_act.items()}
    outcome.problems += [f"{name}: {words}" for words in problems_in(found)]
