"""Alembic's way in: run the numbered revisions on the application's database, in one transaction each.

Two that start at once wait for each other: on PostgreSQL by a lock of the database, on SQLite by the write
lock, for which a revision waits longer than a page would.
"""

from alembic import context
from flask import current_app

from delphi.extensions import is_writing

MIGRATING = 0x64656C706869
"""The number of our lock among all that one PostgreSQL server may hold: "delphi"."""
LONGEST_WAIT_MS = 30_000

config = context.config
migrate_extension = current_app.extensions["migrate"]
engine = migrate_extension.db.engine
metadata = migrate_extension.db.metadata


def run_migrations() -> None:
    """Upgrade or downgrade, telling whoever asked (`on_version_apply`) of each step."""
    options = dict(migrate_extension.configure_args)
    tell = config.attributes.get("on_version_apply")
    if tell:
        options["on_version_apply"] = tell
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _prepare_sqlite(connection)
        else:
            _wait_on_postgresql(connection)
        token = is_writing.set(True)
        try:
            context.configure(
                connection=connection, target_metadata=metadata, transaction_per_migration=True, **options
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            is_writing.reset(token)
            # Ends the session, with our lock and our settings, instead of giving the connection back.
            connection.invalidate()


def _prepare_sqlite(connection) -> None:
    """Switch foreign keys off while batch mode rebuilds tables, and wait for writers with patience."""
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute(f"PRAGMA busy_timeout={LONGEST_WAIT_MS}")


def _wait_on_postgresql(connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATING})")
    connection.commit()


run_migrations()
