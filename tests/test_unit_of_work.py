"""One use case, one transaction: all of it or nothing, everybody in turn, and trouble in plain words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import delphi.unit_of_work as module
from delphi.domain.errors import InvalidInput, WrongState
from delphi.extensions import db, is_writing
from delphi.models.accounts import Account
from delphi.unit_of_work import Busy, outbox_ready, unit_of_work
from tools.small_study import SmallStudy

NOW = SmallStudy.imported_at


def account(email: str) -> Account:
    return Account(email=email, name="Somebody", created_at=NOW)


def emails(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(db.select(Account.email).order_by(Account.email)))


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_what_was_done_inside_is_there_for_everybody_afterwards(app):
    with app.app_context(), unit_of_work():
        db.session.add(account("a@small.example"))
    assert emails(app) == ["a@small.example"]


@pytest.mark.parametrize("error", [WrongState("No."), KeyError("a bug"), KeyboardInterrupt()], ids=repr)
def test_leaving_by_any_error_undoes_everything(app, error):
    def fail() -> None:
        with app.app_context(), unit_of_work():
            db.session.add(account("a@small.example"))
            db.session.flush()
            raise error

    with pytest.raises(type(error)):
        fail()
    assert emails(app) == []
    with app.app_context(), unit_of_work():
        db.session.add(account("b@small.example"))
    assert emails(app) == ["b@small.example"]


def test_what_was_changed_before_and_not_saved_does_not_slip_in(app):
    with app.app_context():
        db.session.add(account("stray@small.example"))
        with unit_of_work():
            db.session.add(account("meant@small.example"))
    assert emails(app) == ["meant@small.example"]


def test_what_was_loaded_before_is_loaded_again_inside(app, context):
    db.session.add(account("a@small.example"))
    db.session.commit()
    loaded = db.session.scalars(db.select(Account)).one()
    assert loaded.name == "Somebody"

    def rename() -> None:
        with app.app_context(), unit_of_work():
            db.session.scalars(db.select(Account)).one().name = "Renamed"

    other = threading.Thread(target=rename)
    other.start()
    other.join()
    with unit_of_work():
        assert loaded.name == "Renamed"


def test_a_unit_of_work_inside_another_is_refused_and_undoes_the_outer_one(app):
    def nest() -> None:
        with app.app_context(), unit_of_work():
            db.session.add(account("a@small.example"))
            with unit_of_work():
                pytest.fail("it was opened")

    with pytest.raises(RuntimeError, match="inside another"):
        nest()
    assert emails(app) == []
    assert not is_writing.get()


def test_the_outbox_is_woken_after_the_commit_and_not_after_a_failure(app, context):
    outbox_ready.clear()
    with pytest.raises(WrongState), unit_of_work():
        raise WrongState("No.")
    assert not outbox_ready.is_set()
    with unit_of_work():
        assert not outbox_ready.is_set()
    assert outbox_ready.is_set()
    outbox_ready.clear()


def test_a_violation_that_shows_only_at_the_commit_has_its_sentence_too(app):
    with pytest.raises(InvalidInput, match="has an account already"), app.app_context(), unit_of_work():
        db.session.add_all([account("a@small.example"), account("a@small.example")])
    assert emails(app) == []


def test_nobody_waits_longer_than_the_longest_wait(app, monkeypatch):
    """On PostgreSQL two may write at once; the wait is for the one writer that SQLite has."""
    monkeypatch.setattr(module, "LONGEST_WAIT_SECONDS", 0.2)
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("only SQLite has one writer at a time")
        blocker = db.engine.connect()
        with blocker:
            blocker.exec_driver_sql("COMMIT")
            blocker.exec_driver_sql("BEGIN IMMEDIATE")
            with pytest.raises(Busy, match=r"nothing was saved\. Please try again"), unit_of_work():
                pytest.fail("nobody had a turn")
            assert not is_writing.get()
        with unit_of_work():
            db.session.add(account("afterwards@small.example"))
    assert emails(app) == ["afterwards@small.example"]


class Complaint(Exception):
    """What a driver raises; psycopg's carry a code."""

    def __init__(self, words: str, sqlstate: str | None = None) -> None:
        super().__init__(words)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    "complaint",
    [
        Complaint("database is locked"),
        Complaint("database table is locked: account"),
        Complaint("deadlock detected", "40P01"),
        Complaint("could not obtain lock", "55P03"),
    ],
    ids=str,
)
def test_contention_that_shows_in_the_middle_is_told_as_busy(app, context, complaint):
    with pytest.raises(Busy, match="nothing was saved"), unit_of_work():
        raise OperationalError("SELECT 1", {}, complaint)


def test_any_other_trouble_of_the_database_is_not_called_busy(app, context):
    with pytest.raises(OperationalError, match="no such table"), unit_of_work():
        raise OperationalError("SELECT 1", {}, Exception("no such table: rating"))


def test_two_that_wait_for_each_other_are_told_in_plain_words(app):
    """A deadlock: PostgreSQL ends one of the two. SQLite cannot have one, as its writers take turns."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pytest.skip("only PostgreSQL has two writers at a time")
    for email in ("a@small.example", "b@small.example"):
        with app.app_context(), unit_of_work():
            db.session.add(account(email))
    both_hold_one = threading.Barrier(2)

    def rename(first: str, second: str) -> str:
        statement = text("UPDATE account SET name = 'x' WHERE email = :email")
        try:
            with app.app_context(), unit_of_work():
                db.session.execute(statement, {"email": first})
                both_hold_one.wait(10)
                db.session.execute(statement, {"email": second})
        except Busy:
            return "busy"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = pool.map(
            rename, ("a@small.example", "b@small.example"), ("b@small.example", "a@small.example")
        )
        assert sorted(ends) == ["busy", "done"]


def test_eight_writers_at_once_all_get_their_turn(app):
    def count_up(number: int) -> None:
        for _ in range(5):
            with app.app_context(), unit_of_work():
                row = db.session.scalars(db.select(Account).with_for_update()).one()
                row.name = str(int(row.name) + 1)

    with app.app_context(), unit_of_work():
        db.session.add(Account(email="a@small.example", name="0", created_at=NOW))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(8)))
    with app.app_context():
        assert db.session.scalar(db.select(Account.name)) == "40"
