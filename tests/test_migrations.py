"""The migrations on real databases: up from nothing, equal to the models, down, and with a study inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, text

from delphi.app import create_app
from delphi.config import Settings
from delphi.extensions import db
from delphi.queries.status import platform_status
from tools.databases import Databases
from tools.small_study import SECTIONS, SmallStudy

HEAD = (Path(__file__).parents[1] / "migrations" / "current-head").read_text(encoding="utf-8").strip()


def application(url: str, instance: Path) -> Iterator[Flask]:
    app = create_app(Settings(instance=instance, secret_key="only-for-tests", database_url=url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without tables."""
    yield from application(empty_database_url, tmp_path)


@pytest.fixture(scope="module")
def played(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a database with a small study that was played to the feedback of round 1."""
    url = databases.migrated()
    app = create_app(
        Settings(instance=tmp_path_factory.mktemp("played"), secret_key="only-for-tests", database_url=url)
    )
    study = SmallStudy(app)
    for code in study.started(2):
        for section in SECTIONS:
            study.save(code, section=section, comments={"change": "Shorter."})
    study.close().analyse().publish()
    yield app
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, db.metadata))


def content() -> dict[str, list[Any]]:
    return {
        table.name: sorted((tuple(row) for row in db.session.execute(db.select(table))), key=repr)
        for table in db.metadata.sorted_tables
    }


def test_up_from_nothing_makes_what_the_models_describe(empty):
    assert tables() == set()
    assert not platform_status().is_ready
    flask_migrate.upgrade()
    assert tables() == {*db.metadata.tables, "alembic_version"}
    assert differences() == []
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == HEAD
    assert platform_status().is_ready


def test_down_to_nothing_and_up_again_makes_the_same(empty):
    flask_migrate.upgrade()
    db.session.rollback()
    flask_migrate.downgrade(revision="base")
    assert tables() <= {"alembic_version"}
    flask_migrate.upgrade()
    assert differences() == []


def test_checks_and_indexes_are_in_the_database_and_not_only_in_the_models(empty):
    """Alembic compares neither checks nor the conditions of indexes."""
    flask_migrate.upgrade()
    found = inspect(db.engine)
    for table in db.metadata.tables.values():
        checks = {check["name"] for check in found.get_check_constraints(table.name)}
        wanted = {str(c.name) for c in table.constraints if c.__visit_name__.endswith("check_constraint")}
        assert wanted <= checks, table.name
        indexes = {index["name"]: bool(index["unique"]) for index in found.get_indexes(table.name)}
        for index in table.indexes:
            assert indexes[index.name] == bool(index.unique)


def test_up_again_on_a_study_that_was_played_changes_nothing(played):
    with played.app_context():
        before = content()
        assert {"rating", "comment", "event", "feedback_snapshot"} <= {
            t for t, rows in before.items() if rows
        }
        db.session.rollback()
        flask_migrate.upgrade()
        assert content() == before
        assert differences() == []


def test_down_and_up_again_with_a_study_inside_leaves_an_empty_and_working_database(played):
    """Down from the first revision takes everything with it, as it says, and must not stumble over rows."""
    with played.app_context():
        flask_migrate.downgrade(revision="base")
        assert tables() <= {"alembic_version"}
        flask_migrate.upgrade()
        assert all(rows == [] for rows in content().values())
        db.session.rollback()
    study = SmallStudy(played)
    code = study.started(1)[0]
    assert study.save(code) == 1
