"""The database as every part of the platform meets it: moments, keys that hold, writes that last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from delphi import extensions
from delphi.app import create_app
from delphi.config import Settings
from delphi.extensions import BUSY_TIMEOUT_MS, NAMING, db, engine_options
from delphi.models.accounts import Account
from delphi.unit_of_work import unit_of_work

WHEN = datetime(2025, 7, 1, 23, 30, 0, 123456, tzinfo=UTC)


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def keep(when: datetime) -> datetime:
    with unit_of_work():
        db.session.add(Account(email="a@small.example", name="Somebody", created_at=when))
    return db.session.scalars(db.select(Account.created_at)).one()


@pytest.mark.parametrize("offset", [0, 60, -300, 330])
def test_a_time_comes_back_as_the_same_moment_in_utc(context, offset):
    kept = keep(WHEN.astimezone(timezone(timedelta(minutes=offset))))
    assert kept == WHEN
    assert kept.utcoffset() == timedelta(0)


def test_times_are_compared_as_moments_also_inside_the_database(context):
    keep(WHEN.astimezone(timezone(timedelta(hours=14))))
    early, late = WHEN - timedelta(seconds=1), WHEN + timedelta(seconds=1)
    between = db.select(Account.name).where(Account.created_at > early, Account.created_at < late)
    assert db.session.scalars(between).all() == ["Somebody"]


def test_a_time_without_a_zone_is_refused(context):
    with pytest.raises(StatementError, match="a time without a time zone cannot be stored"):
        keep(datetime(2025, 7, 1))  # noqa: DTZ001 - this is what is refused


def test_a_row_cannot_point_to_nothing(context):
    orphan = text("INSERT INTO team_role (study_id, account_id, role) VALUES (1, 1, 'lead')")
    with pytest.raises(IntegrityError):
        db.session.execute(orphan)
    db.session.rollback()


def test_on_sqlite_what_is_acknowledged_is_on_disk_and_readers_do_not_wait(context):
    if not is_sqlite():
        pytest.skip("these are settings of SQLite")
    found = {
        name: db.session.execute(text(f"PRAGMA {name}")).scalar()
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    full = 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
    }


def test_on_sqlite_a_reader_does_not_see_half_a_use_case(app, context):
    if not is_sqlite():
        pytest.skip("PostgreSQL shows every statement the newest commit, and no more")
    db.session.scalars(db.select(Account)).all()
    with app.app_context(), unit_of_work():
        db.session.add(Account(email="b@small.example", name="Later", created_at=WHEN))
    assert db.session.scalars(db.select(Account)).all() == []
    db.session.rollback()
    assert len(db.session.scalars(db.select(Account)).all()) == 1


def test_every_kind_of_constraint_gets_a_name_from_the_convention():
    assert set(NAMING) == {"ix", "uq", "ck", "fk", "pk"}
    unnamed = [
        table.name
        for table in db.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert unnamed == []


def test_each_database_gets_the_options_it_needs():
    assert engine_options("sqlite:///x")["connect_args"]["isolation_level"] is None
    assert engine_options("postgresql+psycopg://h/x")["isolation_level"] == "READ COMMITTED"


@pytest.mark.postgres
def test_a_connection_that_was_lost_while_nobody_used_it_is_made_anew(
    postgres_databases, tmp_path, monkeypatch
):
    monkeypatch.setattr(extensions, "SURELY_ALIVE_SECONDS", 0.0)
    url = postgres_databases.empty()
    app = create_app(Settings(instance=tmp_path, secret_key="only-for-tests", database_url=url))
    ask = text("SELECT pg_backend_pid()")
    with app.app_context():
        lost = db.session.scalar(ask)
        db.session.remove()
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [lost])
        assert db.session.scalar(ask) != lost
        db.session.remove()
        db.engine.dispose()
    postgres_databases.drop(url)
