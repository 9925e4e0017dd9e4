"""Many writers at once: every acknowledged save is there, also when one of them is killed."""

from __future__ import annotations

import os

import pytest

from bench.writers import WARM_UP, Durability, Stand, _lost
from delphi.extensions import db
from delphi.models.answers import SectionSave

WRITERS = 8


@pytest.fixture
def stand(databases, tmp_path):
    """Eight writers in four processes, on this run's database."""
    made = Stand(databases, tmp_path, "queued", WRITERS)
    yield made
    made.close()
    databases.drop(made.url)


def test_writers_at_once_lose_nothing_and_nobody_sees_that_the_database_was_locked(stand):
    load = stand.round(10)
    assert load.errors == []
    assert len(load.seconds) == WRITERS * 10
    kept = stand.durability()
    warm_up = WRITERS * WARM_UP
    assert kept == Durability(n_acknowledged=WRITERS * 10 + warm_up, n_lost=0, n_unacknowledged=0)


def test_a_killed_process_takes_no_acknowledged_save_with_it_and_the_others_go_on(stand):
    killed = stand.processes[0].pid
    load = stand.round(30, kill_one=True)
    with pytest.raises(ProcessLookupError):
        os.kill(killed, 0)
    assert load.errors == []
    assert len(load.seconds) == (WRITERS - WRITERS // 4) * 30
    kept = stand.durability()
    assert kept.n_lost == 0
    # Each of its threads may have been killed between the commit and saying so.
    assert kept.n_unacknowledged <= WRITERS // 4


def test_a_save_that_went_missing_would_be_noticed(stand):
    stand.round(1)
    with stand.app.app_context():
        row = db.session.scalars(db.select(SectionSave).where(SectionSave.revision > 1)).first()
        row.revision -= 1
        db.session.commit()
    assert stand.durability().n_lost >= 1


@pytest.mark.parametrize(
    ("acks", "revision", "values", "lost"),
    [
        ([(1, 4), (2, 5)], 2, {5}, 0),
        ([(1, 4), (2, 5)], 3, {1}, 0),
        ([(1, 4), (2, 5)], 1, {4}, 1),
        ([(1, 4)], 0, set(), 1),
        ([(1, 4), (2, 5)], 2, {4}, 1),
        ([(1, 4), (2, 5)], 2, {4, 5}, 1),
    ],
)
def test_what_counts_as_lost(acks, revision, values, lost):
    assert _lost(acks, revision, values) == lost
