"""One process of writers for `bench writers`: real saves through the services, each acknowledged in a file.

Started by the benchmark, told over standard input how many saves each thread makes. What stands in the
acknowledgement file was committed before the line was written, so it survives this process being killed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

import delphi.unit_of_work as work
from bench.studies import PAGE, application
from delphi.clock import now
from delphi.domain.actors import PanellistActor
from delphi.domain.errors import DelphiError
from delphi.domain.ids import PanellistId, StudyId
from delphi.extensions import db
from delphi.services.answers import save_answers

PATIENCE_MS = 15_000


@dataclass
class Tally:
    """What the threads of this process went through in one round."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    n_busy: int = 0


def main(arguments: list[str]) -> None:
    """Answer each line `saves per thread` with a line of JSON, until the input ends."""
    parser = argparse.ArgumentParser()
    for name in ("--url", "--folder", "--acks", "--people", "--waiting"):
        parser.add_argument(name, required=True)
    for name in ("--study", "--seed"):
        parser.add_argument(name, type=int, required=True)
    given = parser.parse_args(arguments)
    if given.waiting == "naive":
        wait_as_sqlite_does()
    app = application(given.url, Path(given.folder))
    tally = Tally()
    with app.app_context():
        count_refusals(db.engine, tally)
    people = [
        [PanellistActor(PanellistId(one["id"]), StudyId(given.study), one["code"]) for one in thread]
        for thread in json.loads(given.people)
    ]
    revisions: dict[str, int] = {}
    acks = os.open(given.acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    print("ready", flush=True)
    for line in sys.stdin:
        tally.seconds, tally.errors, tally.n_busy = [], [], 0
        threads = [
            threading.Thread(
                target=save_for, args=(app, own, int(line), revisions, acks, tally, Random(given.seed))
            )
            for own in people
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answer = {"seconds": tally.seconds, "errors": tally.errors, "n_busy": tally.n_busy}
        print(json.dumps(answer), flush=True)


def save_for(
    app: Flask,
    people: list[PanellistActor],
    n: int,
    revisions: dict[str, int],
    acks: int,
    tally: Tally,
    dice: Random,
) -> None:
    """Save `n` pages for these people in turn, each made from the revision that was saved last."""
    for index in range(n):
        actor = people[index % len(people)]
        revision = revisions.get(actor.code, 0)
        value = dice.randint(1, 5)
        began = time.perf_counter()
        try:
            with app.app_context(), work.unit_of_work():
                revisions[actor.code] = save_page(actor, revision, value)
        except (DelphiError, OSError) as error:
            tally.errors.append(f"{type(error).__name__}: {error}")
            continue
        tally.seconds.append(time.perf_counter() - began)
        os.write(acks, f"{actor.code} {revision + 1} {value}\n".encode())


def save_page(actor: PanellistActor, revision: int, value: int) -> int:
    """One page of one person, all criteria alike, as the page's form would send it."""
    return save_answers(
        study_id=actor.study_id,
        number=1,
        code=actor.code,
        section=PAGE,
        ratings={f"c{index:02}": value for index in range(1, 6)},
        comments={},
        revision=revision,
        actor=actor,
        now=now(),
    )


def count_refusals(engine: Engine, tally: Tally) -> None:
    """Count how often SQLite said that somebody else is writing; nobody outside may see it."""

    @event.listens_for(engine, "handle_error")
    def refused(context: Any) -> None:
        tally.n_busy += "locked" in str(context.original_exception)


def wait_as_sqlite_does() -> None:
    """The baseline: no queue of ours, only SQLite's busy wait with all the patience there is."""

    @event.listens_for(Engine, "connect")
    def be_patient(connection: Any, record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")

    @contextmanager
    def no_queue(*arguments: Any) -> Iterator[None]:
        yield

    if hasattr(work, "in_turn"):
        work.in_turn = no_queue


if __name__ == "__main__":
    main(sys.argv[1:])
