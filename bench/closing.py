"""One closing of a round, in a process of its own so that its memory can be told: `python -m bench.closing`.

`delphi` closes and analyses as the command line does; `floor` fetches the same ratings with the plain driver
and counts them with NumPy, without permissions, outcomes or a snapshot. Prints a line of JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask

from bench.machine import peak_mb
from bench.studies import application
from delphi.clock import now
from delphi.consensus.tables.counting import counted, crossed
from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.accounts import TeamRole
from delphi.models.rounds import Round
from delphi.queries import counts, round_counts
from delphi.queries.results import results_ahead
from delphi.queries.results_page import results_page
from delphi.queries.studies import member_of
from delphi.services.analysis import analyse_round
from delphi.services.rounds import close_round
from delphi.unit_of_work import unit_of_work

ROWS_AT_ONCE = 50_000
PULL = """
    SELECT r.item_id, r.panellist_id, coalesce(r.value, -1) FROM rating r
    JOIN round ON round.id = r.round_id WHERE round.study_id = {study} AND round.number = {number}
"""
RESET = (
    "DELETE FROM result_snapshot WHERE round_id = :id",
    "UPDATE round SET state = 'open', closed_at = NULL, analysed_at = NULL WHERE id = :id",
)
POINTS = 5
OTHER = 6
"""The place of whoever said “can't say” or nothing, on a scale of five."""


class Phases:
    """Seconds by phase; a phase inside another takes its time from that one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside = 0.0

    @contextmanager
    def taking(self, name: str) -> Iterator[None]:
        """The body's time is this phase's, without that of the phases inside it."""
        outside, self._inside = self._inside, 0.0
        began = time.perf_counter()
        try:
            yield
        finally:
            elapsed = time.perf_counter() - began
            self.seconds[name] += elapsed - self._inside
            self._inside = outside + elapsed

    def of(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, each call of which is in the phase."""

        @wraps(function)
        def measured(*arguments: Any, **options: Any) -> Any:
            with self.taking(name):
                return function(*arguments, **options)

        return measured


def as_delphi(app: Flask, study_id: StudyId, number: int) -> dict[str, float]:
    """Close and analyse as `delphi round close` and `analyse` do; seconds by phase."""
    phases = Phases()
    for name, phase in (("round_answers", "pull"), ("pair_counts", "count"), ("lost_people", "count")):
        setattr(round_counts, name, phases.of(phase, getattr(counts, name)))
    of_answers = phases.of("count", counts.RoundAnswers.counts)
    counts.RoundAnswers.counts = of_answers  # type: ignore[method-assign]
    with app.app_context():
        account = db.session.scalar(db.select(TeamRole.account_id).where(TeamRole.study_id == study_id))
        lead = member_of(study_id, account)
        common: dict[str, Any] = {"study_id": study_id, "number": number, "actor": lead}
        with phases.taking("close"), unit_of_work():
            close_round(**common, now=now())
        with phases.taking("tests"):
            ahead = results_ahead(study_id, number)
        with phases.taking("write"), unit_of_work():
            analyse_round(**common, now=now(), ahead=ahead)
        with phases.taking("report"):
            results_page(lead, number)
    return dict(phases.seconds)


def as_floor(app: Flask, study_id: StudyId, number: int) -> dict[str, float]:
    """Fetch the ratings of two rounds row by row and count them; seconds by phase."""
    phases = Phases()
    tables = []
    with app.app_context():
        for one in (number, number - 1):
            with phases.taking("pull"):
                tables.append(_fetched(PULL.format(study=study_id, number=one)))
    with phases.taking("count"):
        for table in tables:
            counted(table, OTHER + 1)
        crossed(tables[1], tables[0], POINTS)
    return dict(phases.seconds)


def _fetched(statement: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A table of small numbers, items by people, from rows as the driver gives them."""
    connection = db.engine.raw_connection()
    options = {} if db.engine.dialect.name == "sqlite" else {"name": "floor"}
    cursor = connection.cursor(**options)
    cursor.execute(statement)
    parts = []
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        parts.append(np.array(rows, dtype=np.int32))
    cursor.close()
    connection.close()
    items, people, values = np.concatenate(parts).T
    first_item, first_person = items.min(), people.min()
    table = np.full((items.max() - first_item + 1, people.max() - first_person + 1), OTHER, dtype=np.uint8)
    table[items - first_item, people - first_person] = np.where(values < 0, POINTS, values - 1)
    return table


def reset(app: Flask, study_id: StudyId, number: int) -> None:
    """Open the round again as if it had never been closed, for the next turn; no service does that."""
    with app.app_context():
        with unit_of_work():
            round_id = db.session.scalar(
                db.select(Round.id).where(Round.study_id == study_id, Round.number == number)
            )
            for statement in RESET:
                db.session.execute(db.text(statement), {"id": round_id})
        db.session.remove()
        db.engine.dispose()


def main(arguments: list[str]) -> None:
    """Do it once and say in JSON how long each phase took and how much memory there was at most, in MB."""
    parser = argparse.ArgumentParser()
    for name in ("--url", "--folder"):
        parser.add_argument(name, required=True)
    for name in ("--study", "--number"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--as", dest="who", choices=("delphi", "floor"), required=True)
    given = parser.parse_args(arguments)
    app = application(given.url, Path(given.folder))
    with app.app_context():
        db.session.scalar(db.select(Round.id).limit(1))
        db.session.remove()
    do = as_delphi if given.who == "delphi" else as_floor
    seconds = do(app, StudyId(given.study), given.number)
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb()}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
