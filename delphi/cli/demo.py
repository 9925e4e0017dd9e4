"""`delphi demo`: the built-in study played to its end, its report, and a copy left open for visitors."""

from __future__ import annotations

import os
import shutil
import sys
import time
from datetime import datetime
from pathlib import Path

import click
from flask.cli import ScriptInfo
from tqdm import tqdm

from delphi import clock
from delphi.cli.init import migrate
from delphi.cli.shared import progress
from delphi.cli.trouble import Trouble
from delphi.cli.verify import report
from delphi.config import SETTINGS_FILE, Settings, initialise, load_settings
from delphi.demo.links import demo_links
from delphi.domain.actors import Operator, Role
from delphi.domain.ids import StudyId
from delphi.domain.states import StudyState
from delphi.jobs.loop import run_due
from delphi.paths import demo_folder, instance_folder
from delphi.queries.studies import all_studies, member_of, team_of
from delphi.reports.audience import Audience
from delphi.reports.registry import FORMATS
from delphi.reports.writing import write_report
from delphi.services.exports import record_export
from delphi.services.verification import verify_study
from delphi.unit_of_work import unit_of_work

FOLDER = "demo"
REPORTS = "reports"


@click.command(
    epilog="The demo has a folder of its own, demo/ in the instance folder; your studies are elsewhere.\n\n"
    "Examples:\n\n\b\n  delphi demo\n  delphi demo --again\n  delphi demo --seeds 200"
)
@click.option("--again", is_flag=True, help="Play it anew; what was rated in the demo so far is deleted.")
@click.option("--seeds", type=click.IntRange(1, 10_000), metavar="N", help="Play N panels in memory instead.")
@click.pass_context
def demo(ctx: click.Context, again: bool, seeds: int | None) -> None:
    """Play the study “Making Connections”, and write its report.

    48 people, three rounds, new drafts, a withdrawal: everything goes through the same services as in a
    real study, at the study's own dates. A second copy is left open, dated from today, to be rated.

    With --seeds nothing is stored: it counts in how many of N simulated panels the story comes out.
    """
    if seeds is not None:
        _show_shares(seeds)
        return
    folder = Path(os.environ.get("DELPHI_INSTANCE") or instance_folder()) / FOLDER
    if again:
        _clear(folder)
    initialise(folder)
    settings = load_settings(folder)
    create_app = ctx.ensure_object(ScriptInfo).create_app
    if create_app is None:
        raise Trouble("There is no application to play the demo on.")
    with create_app(settings).app_context():
        migrate()
        if all_studies():
            _say_played(settings)
        else:
            _play(settings)


def _play(settings: Settings) -> None:
    # Here and not above: the demo simulates with NumPy, which no other command should wait for.
    from delphi.demo.player import play
    from delphi.demo.visitors import open_for_visitors

    started = time.monotonic()
    with progress(0, "Playing") as bar:

        def deliver(now: datetime) -> None:
            run_due(now, settings)
            bar.update()

        def count(total: int) -> None:
            bar.total = total

        study_id = play(demo_folder(), deliver=deliver, say=tqdm.write, count=count)
    click.echo(f"Played in {time.monotonic() - started:.0f} seconds.\n")
    click.echo(report(verify_study(study_id=study_id, actor=Operator(), now=clock.now()), "Its records"))
    _write_reports(study_id, settings)
    now = clock.now()
    open_for_visitors(demo_folder(), now=now)
    run_due(now, settings)
    _say_where(settings)


def _write_reports(study_id: StudyId, settings: Settings) -> None:
    lead = next(one for one in team_of(study_id) if one.role == Role.LEAD)
    write_report(
        study_id=study_id,
        formats=[one.id for one in FORMATS],
        folder=settings.instance / REPORTS,
        audience=Audience.SHARED,
        actor=member_of(study_id, lead.account_id),
        now=clock.now(),
        record=unit_of_work()(record_export),
    )


def _say_where(settings: Settings) -> None:
    reports = settings.instance / REPORTS
    click.echo("The consensus report, in every format:")
    for file in sorted(reports.rglob("*")):
        if file.is_file():
            click.echo(f"  {file}")
    click.echo(f"The messages to the panel: {settings.instance / 'mail'}")
    click.echo("\nTo look around, serve it, and open these addresses in a browser:")
    click.echo(f"  DELPHI_INSTANCE={_quoted(settings.instance)} {_program()} serve\n")
    links = demo_links(base_url=settings.base_url, now=clock.now())
    click.echo(f"  somebody newly invited, in a copy of the study that is open now:\n    {links.newcomer}")
    click.echo(f"  a panel member who can rate in that copy:\n    {links.panellist}")
    click.echo(f"  a panel member of the finished study, who reads its feedback:\n    {links.reader}")
    click.echo(f"  the study lead (works once, within 24 hours):\n    {links.team}\n")
    click.echo("In one browser you are one person of each panel at a time; a private window is a second one.")
    click.echo(f"For fresh links: {_program()} demo\nTo play it anew: {_program()} demo --again")


def _program() -> str:
    """How this program is called from here: by its name, or by its place in the environment it runs in."""
    beside = Path(sys.executable).with_name("delphi")
    on_path = shutil.which("delphi")
    if on_path and Path(on_path).resolve() == beside.resolve():
        return "delphi"
    return _quoted(beside) if beside.exists() else f"{_quoted(sys.executable)} -m delphi"


def _quoted(place: Path | str) -> str:
    """A place as every command line takes it."""
    return f'"{place}"' if " " in str(place) else str(place)


def _say_played(settings: Settings) -> None:
    """What is there from an earlier run, which is not played over unasked."""
    states = {study.slug: study.state for study in all_studies()}
    if StudyState.FINISHED not in states.values():
        raise Trouble(
            f"The demo was interrupted while it was played. Play it anew: {_program()} demo --again"
        )
    click.echo("The demo has been played here already.\n")
    _say_where(settings)


def _clear(folder: Path) -> None:
    """Delete the demo's own folder; nothing else is ever in it."""
    if os.environ.get("DELPHI_DATABASE_URL"):
        raise Trouble(
            "The demo is in the database that DELPHI_DATABASE_URL names, which this command does not empty. "
            "Make that database anew, then run “delphi demo”."
        )
    if folder.is_dir() and not (folder / SETTINGS_FILE).is_file():
        raise Trouble(f"{folder} was not made by the demo, so it is left alone. Move it away first.")
    shutil.rmtree(folder, ignore_errors=True)


def _show_shares(n_seeds: int) -> None:
    # Here and not above: the demo simulates with NumPy, which no other command should wait for.
    from delphi.demo.shares import story_shares

    shares = story_shares(tqdm(range(n_seeds), desc="Playing panels", disable=None, leave=False))
    click.echo(shares.as_text())
    if not shares.are_above_floors:
        raise Trouble("At least one share is not above its floor.")
