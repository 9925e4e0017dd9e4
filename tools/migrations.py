"""Whether the migrations make what the models describe: `python -m tools.migrations`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tools.databases import SqliteDatabases


def differences() -> list[str]:
    """What Alembic would still change in a database at the newest revision; empty when nothing."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from delphi.app import create_app
    from delphi.config import Settings
    from delphi.extensions import db

    with tempfile.TemporaryDirectory(prefix="delphi-migrations-") as folder:
        url = SqliteDatabases(Path(folder)).migrated()
        settings = Settings(instance=Path(folder), secret_key="only-for-comparing", database_url=url)
        with create_app(settings).app_context(), db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = [str(difference) for difference in compare_metadata(context, db.metadata)]
            db.engine.dispose()
    return found


def main() -> int:
    """Print each difference; return the exit code."""
    found = differences()
    for difference in found:
        print(f"Not in the migrations: {difference}")
    if not found:
        print("The migrations make what the models describe.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
