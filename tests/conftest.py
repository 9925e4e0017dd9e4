"""What every test may ask for: a database of its own, an application on it, a PostgreSQL server, a browser.

DELPHI_TEST_DATABASE says which database the run uses (`sqlite`, unless told `postgresql`); a test that asks
for `databases` or anything made from it runs on both in turn under `start.py test`.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import NoReturn

import hypothesis
import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine

from delphi.app import create_app
from delphi.config import Settings
from delphi.demo.player import play
from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.jobs.loop import run_due
from delphi.paths import demo_folder
from tools.databases import Databases, PostgresDatabases, SqliteDatabases, start_postgres
from tools.launch.suite import is_strict
from tools.small_study import SmallStudy

NOT_RUN = "not run: "
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Shared machines stall at random: a slow example is not a wrong one. The build machine tries the same
# examples each time, so that a red build is about the change; developers' runs keep looking for new ones.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("build", deadline=None, derandomize=True)
hypothesis.settings.load_profile("build" if is_strict() else "house")


# --- What this run covers -------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database", action="store_true", help="run only the tests that use the database of this run"
    )
    parser.addoption(
        "--no-database", action="store_true", help="run only the tests that use no database (the fast part)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On its second database the suite leaves out what cannot depend on the database.

    Nor does a browser see another page there, or a report say anything else: of those only tests marked
    `both_databases` run twice. The demo is played and reported there in every format by `tests/cli`.
    """
    if config.getoption("--no-database"):
        stored = [item for item in items if "databases" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=stored)
        items[:] = [item for item in items if item not in set(stored)]
    if not config.getoption("--only-database"):
        return

    def depends(item: pytest.Item) -> bool:
        is_looked_at = item.get_closest_marker("browser") or item.path.parent.name == "reports"
        runs_once = is_looked_at and not item.get_closest_marker("both_databases")
        return "databases" in getattr(item, "fixturenames", ()) and not runs_once

    wanted = [item for item in items if depends(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(wanted)])
    items[:] = wanted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for a person for each kind of test that this machine could not run."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
        if reason.startswith(NOT_RUN):
            reasons[reason.removeprefix(NOT_RUN)] += 1
    for reason, count in reasons.items():
        terminalreporter.write_line(f"{count} test{'s' if count > 1 else ''} not run: {reason}", yellow=True)


def cannot_run(reason: str) -> NoReturn:
    """Skip the test with a line for a person; fail it on the build machine, which must be able to run it."""
    if is_strict():
        pytest.fail(f"{reason} The build machine must be able to run this test.", pytrace=False)
    pytest.skip(NOT_RUN + reason)


# --- Databases ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def database_kind() -> str:
    """`sqlite` or `postgresql`: what this run stores its studies in."""
    kind = os.environ.get("DELPHI_TEST_DATABASE", "sqlite")
    if kind not in ("sqlite", "postgresql"):
        raise pytest.UsageError(f"DELPHI_TEST_DATABASE must be sqlite or postgresql; it is {kind!r}.")
    return kind


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a PostgreSQL server that all processes of this run share."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    try:
        return start_postgres(folder / "postgres")
    except ImportError:
        cannot_run("PostgreSQL has no ready-made server for this machine (there is none for Linux on ARM).")


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[Databases]:
    """Fresh PostgreSQL databases, whichever database this run uses (mark such a test `postgres`)."""
    source = PostgresDatabases(postgres_server, os.environ.get("PYTEST_XDIST_WORKER", "main"))
    yield source
    source.close()


@pytest.fixture(scope="session")
def databases(
    database_kind: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Databases:
    """Fresh databases of the kind this run uses."""
    if database_kind == "postgresql":
        source: Databases = request.getfixturevalue("postgres_databases")
        return source
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of this test's own, at the newest revision, without rows."""
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database of this test's own without tables, for the migrations."""
    url = databases.empty()
    yield url
    databases.drop(url)


# --- The application ------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Let all engines of a kind share one dialect, and with it the SQL that was compiled for it.

    Each test has an engine of its own, and compiling the same statements for each of them was a quarter of
    the suite's time.
    """
    first: dict[str, Engine] = {}

    def share(engine: Engine) -> Engine:
        known = first.setdefault(engine.dialect.name, engine)
        engine.dialect = engine.pool._dialect = known.dialect
        engine._compiled_cache = known._compiled_cache
        return engine

    make = SQLAlchemy._make_engine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLAlchemy, "_make_engine", lambda *arguments: share(make(*arguments)))
        yield


class CompiledTemplates(BytecodeCache):
    """Templates that another application of this process compiled: half the time of a test of pages."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


COMPILED_TEMPLATES = CompiledTemplates()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation of this test's own."""
    return Settings(
        instance=tmp_path,
        secret_key="only-for-tests",
        database_url=database_url,
        mail_url=f"file:{tmp_path / 'mail'}",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on a database of this test's own."""
    application = create_app(settings)
    application.config.update(TESTING=True)
    application.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def small_study(app: Flask) -> SmallStudy:
    """A small study, set up and not yet sealed, with the acts of its team and panel."""
    return SmallStudy(app)


@dataclass(frozen=True)
class PlayedDemo:
    """The demo study, played to its end once for all tests of a process: look at it, do not change it."""

    app: Flask
    study_id: StudyId
    told: tuple[str, ...]


@pytest.fixture(scope="session")
def played_demo(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedDemo]:
    """The demo study after its last act (mark such a test `slow`)."""
    url = databases.migrated()
    settings = Settings(
        instance=tmp_path_factory.mktemp("demo"),
        secret_key="only-for-tests",
        database_url=url,
        mail_url="memory:",
    )
    application = create_app(settings)
    told: list[str] = []
    with application.app_context():
        study_id = play(demo_folder(), deliver=lambda now: run_due(now, settings), say=told.append)
        db.session.remove()
    yield PlayedDemo(application, study_id, tuple(told))
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    databases.drop(url)


# --- A browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The program of a Chromium on this machine (mark such a test `browser`)."""
    for name in (os.environ.get("DELPHI_TEST_BROWSER", ""), *BROWSERS):
        path = shutil.which(name) if name else None
        if path:
            return path
    cannot_run("no browser was found. Install Chromium (on Debian: sudo apt-get install chromium).")
