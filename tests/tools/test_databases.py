"""Each test gets a database of its own, at the newest revision, on whichever database the run uses."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def engine(database_url):
    engine = sa.create_engine(database_url)
    yield engine
    engine.dispose()


def test_a_fresh_database_is_at_the_newest_revision_and_empty(engine):
    newest = (ROOT / "migrations" / "current-head").read_text(encoding="utf-8").strip()
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest
        assert connection.scalar(sa.text("SELECT count(*) FROM study")) == 0


def test_what_one_writes_no_other_sees(databases):
    urls = [databases.migrated(), databases.migrated()]
    first, second = (sa.create_engine(url) for url in urls)
    with first.begin() as connection:
        connection.execute(sa.text("DELETE FROM alembic_version"))
    with second.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM alembic_version")) == 1
    for engine, url in zip((first, second), urls, strict=True):
        engine.dispose()
        databases.drop(url)


def test_an_empty_database_has_no_tables(empty_database_url):
    engine = sa.create_engine(empty_database_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_dropped_database_is_gone(databases):
    url = databases.migrated()
    databases.drop(url)
    engine = sa.create_engine(url)
    try:
        assert not sa.inspect(engine).get_table_names()
    except sa.exc.OperationalError as error:
        assert "does not exist" in str(error)  # noqa: PT017 - PostgreSQL refuses, SQLite makes an empty file
    finally:
        engine.dispose()
        databases.drop(url)


def test_the_run_uses_the_database_it_says(engine, database_kind):
    assert engine.dialect.name == database_kind


@pytest.mark.postgres
def test_a_run_on_sqlite_can_ask_for_postgresql_too(postgres_databases):
    url = postgres_databases.empty()
    engine = sa.create_engine(url)
    assert engine.dialect.name == "postgresql"
    engine.dispose()
    postgres_databases.drop(url)
