"""`delphi panel …`: bringing people into a study."""

from __future__ import annotations

from pathlib import Path

import click

from delphi import clock
from delphi.cli.shared import acting, acting_option, with_database
from delphi.domain.errors import InvalidInput
from delphi.services.panel_import import import_panel, preview_panel
from delphi.unit_of_work import unit_of_work


@click.group()
def panel() -> None:
    """Bring people onto a study's panel."""


@panel.command(
    "import",
    epilog="The first row names the columns: name, email, phone, address, group, format, mode, region, "
    "other_perspectives, code. Needed are name, group, and one way to reach the person.\n\n"
    "Example: delphi panel import my-study people.csv --check --as sam@example.org",
)
@click.argument("slug", metavar="STUDY")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Say what would happen, and change nothing.")
@acting_option
@with_database
def import_(slug: str, file: Path, check: bool, email: str | None) -> None:
    """Register everybody in FILE, a CSV.

    If anything in it is wrong, nobody is registered. Nobody is invited yet.
    """
    study, member = acting(slug, email)
    study_id, content = study.id, file.read_bytes()
    if check:
        preview = preview_panel(study_id=study_id, content=content, actor=member, now=clock.now())
        if preview.problems:
            raise InvalidInput(preview.problems, heading="This file cannot be imported yet.")
        click.echo(f"{len(preview.rows)} people would be registered:")
        for group, n in sorted(preview.n_by_group.items()):
            click.echo(f"  {group}: {n}")
        return
    with unit_of_work():
        n_added = len(import_panel(study_id=study_id, content=content, actor=member, now=clock.now()))
    click.echo(f"Registered {n_added} people.")
