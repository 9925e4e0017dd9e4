"""`delphi report`: a study's report as files."""

from __future__ import annotations

from pathlib import Path

import click

from delphi import clock
from delphi.cli.shared import acting, acting_option, with_database
from delphi.domain.actors import Actor, Operator
from delphi.models.studies import Study
from delphi.queries.studies import study_by_slug
from delphi.reports.audience import Audience
from delphi.reports.registry import FORMATS
from delphi.reports.writing import write_report
from delphi.services.exports import record_export
from delphi.unit_of_work import unit_of_work

IDS = tuple(one.id for one in FORMATS)


@click.command(
    epilog="\b\nFormats\n"
    + "\n".join(f"  {one.id}: {one.title}" for one in FORMATS)
    + "\n\nExample: delphi report my-study --to reports --format html --format excel"
)
@click.argument("slug", metavar="STUDY")
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), help="The folder (STUDY-report)."
)
@click.option(
    "--format", "formats", type=click.Choice(IDS), multiple=True, help="May be repeated; without it, all."
)
@click.option("--for-team", is_flag=True, help="With every group in full: NOT FOR SHARING. Needs --as.")
@acting_option
@with_database
def report(
    slug: str, folder: Path | None, formats: tuple[str, ...], for_team: bool, email: str | None
) -> None:
    """Write the report of STUDY: what was shared, safe to pass on."""
    study, actor = _actor(slug, email, for_team=for_team)
    files = write_report(
        study_id=study.id,
        formats=formats or IDS,
        folder=folder or Path(f"{slug}-report"),
        audience=Audience.TEAM if for_team else Audience.SHARED,
        actor=actor,
        now=clock.now(),
        record=unit_of_work()(record_export),
    )
    for one in files:
        click.echo(f"Wrote {one.path} ({one.n_bytes:,} bytes).")


def _actor(slug: str, email: str | None, *, for_team: bool) -> tuple[Study, Actor]:
    """Whoever runs the machine may write the safe report; results in full are for members of the team."""
    if email is not None or for_team:
        return acting(slug, email)
    return study_by_slug(slug), Operator()
