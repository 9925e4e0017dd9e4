"""`delphi init`: the instance folder, its settings, and a database at the newest revision."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError
from flask import current_app
from flask.cli import ScriptInfo

from delphi.cli.shared import progress
from delphi.cli.trouble import Trouble
from delphi.config import SETTINGS_FILE, initialise
from delphi.extensions import db
from delphi.paths import instance_folder


@click.command(
    epilog="Where: the folder instance/ here, or the one that DELPHI_INSTANCE names.\n\n"
    "Example: DELPHI_DATABASE_URL=postgresql://delphi:secret@db/delphi delphi init"
)
@click.pass_context
def init(ctx: click.Context) -> None:
    """Prepare this machine: settings, and a database with tables.

    Run it again after an update: it changes what is new and leaves your data and settings as they are.
    """
    folder = Path(os.environ.get("DELPHI_INSTANCE") or instance_folder())
    file = folder / SETTINGS_FILE
    click.echo(f"Wrote {file}." if initialise(folder) else f"Kept {file}.")
    with ctx.ensure_object(ScriptInfo).load_app().app_context():
        n_applied = migrate()
        address = db.engine.url.render_as_string(hide_password=True)
    done = f"Brought up to date ({n_applied} steps)" if n_applied else "Up to date already"
    click.echo(f"{done}: {address}")


def migrate() -> int:
    """Bring the database to the newest revision; return how many steps that took.

    Raises Trouble when the database belongs to a newer version of this software.
    """
    config = current_app.extensions["migrate"].migrate.get_config()
    script = ScriptDirectory.from_config(config)
    with db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    try:
        waiting = list(script.iterate_revisions("head", current or "base"))
    except (CommandError, ResolutionError) as error:
        raise Trouble(
            f"This database is at step {current}, which this version of Delphi does not know. It was made by "
            "a newer version: install that one. Nothing was changed."
        ) from error
    with progress(len(waiting), "Preparing the database") as bar:

        def count(**step: Any) -> None:
            bar.update()

        config.attributes["on_version_apply"] = count
        command.upgrade(config, "head")
    return len(waiting)
