"""Alembic's way in: run the numbered revisions on the application's database, in one transaction each."""

from alembic import context
from flask import current_app

config = context.config
migrate_extension = current_app.extensions["migrate"]
engine = migrate_extension.db.engine
metadata = migrate_extension.db.metadata


def run_migrations() -> None:
    """Upgrade or downgrade with SQLite's batch mode, its foreign keys off while tables are rebuilt."""
    options = dict(migrate_extension.configure_args)
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection, target_metadata=metadata, transaction_per_migration=True, **options
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            if is_sqlite:
                connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


run_migrations()
