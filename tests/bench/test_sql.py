"""What a panellist does costs as many statements in any study, and none of them reads a whole table."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bench import sql
from bench.goals import compare, read_goals
from bench.sql import Counts, Size, count, figures_of, problems_in
from bench.statements import Statements, counted, full_scans
from bench.studies import application, open_study
from delphi.extensions import db

SIZES = tuple(Size(n, items, number) for number in (1, 2) for n, items in ((10, 5), (10, 50), (10_000, 5)))


@pytest.fixture(scope="module")
def found(databases, tmp_path_factory):
    """The counts for each size, on this run's database."""
    counts = []
    for size in SIZES:
        url = databases.migrated()
        counts.append(count(url, tmp_path_factory.mktemp("bench"), size))
        databases.drop(url)
    return counts


def test_the_number_of_statements_does_not_grow_and_nothing_reads_a_whole_table(found):
    assert problems_in(found) == []


def test_the_numbers_of_statements_are_within_the_goals(found):
    sentences, missed = compare(figures_of(found), read_goals())
    assert missed == []
    assert len(sentences) == 2


def test_every_request_sends_statements_at_all(found):
    assert all(n > 0 for one in found for n in one.by_act.values())


def test_pages_and_saves_are_counted_cold_and_warm_and_as_given(found):
    assert set(sql.PAGES + sql.SAVES) < found[0].by_act.keys()


def test_a_count_that_grows_and_a_scan_are_problems():
    small = Counts(Size(10, 5), {"save": 9}, ())
    large = Counts(Size(10_000, 5), {"save": 10}, ("rating: SELECT value FROM rating",))
    grown, scanned = problems_in([small, large])
    assert "save: the number of statements grows" in grown
    assert "reads a whole table, rating" in scanned


def test_a_later_round_may_ask_more_than_the_first():
    assert (
        problems_in([Counts(Size(10, 5, 1), {"page": 4}, ()), Counts(Size(10, 5, 2), {"page": 5}, ())]) == []
    )


def test_a_statement_that_reads_all_ratings_is_found_on_this_database(databases, tmp_path):
    url = databases.migrated()
    app = application(url, tmp_path)
    open_study(app, panellists=2_000, items_a_page=5, without_answers=1)
    with app.app_context():
        with counted(db.engine) as statements:
            db.session.execute(text("SELECT count(*) FROM rating WHERE value + 1 = 3"))
            db.session.execute(text("SELECT value FROM rating WHERE round_id = 1 AND panellist_id = 7"))
        assert len(statements) == 2
        scans = full_scans(db.engine, statements)
        db.session.remove()
        db.engine.dispose()
    assert [scan.partition(":")[0] for scan in scans] == ["rating"]
    databases.drop(url)


def test_transactions_and_pragmas_are_not_counted_and_a_batch_counts_once(app):
    with app.app_context():
        with counted(db.engine) as statements:
            db.session.execute(text("SELECT 1"))
            batch = [{"state": "archived"}, {"state": "finished"}]
            db.session.execute(text("UPDATE study SET state = :state"), batch)
            db.session.commit()
        assert len(statements) == 2
    assert len(Statements()) == 0


def test_the_benchmark_covers_the_sizes_that_the_goal_names():
    assert (sql.PANELS, sql.ITEMS, sql.ROUNDS) == ((10, 10_000), (5, 50), (1, 2))
