"""`delphi study …`: bringing a study in, taking it out, looking at it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from delphi import clock
from delphi.cli.shared import DAY, acting, acting_option, with_database
from delphi.cli.trouble import Trouble
from delphi.domain.actors import ROLE_WORDS, Operator, Role
from delphi.domain.calendar import in_words
from delphi.domain.lifecycles import words_of
from delphi.domain.permissions import Permission, is_allowed, require
from delphi.domain.setup.reading import made_id
from delphi.domain.setup.scales import READY_MADE
from delphi.domain.setup.starting import Beginning
from delphi.domain.study_archive import StudyBundle, read_archive, read_folder
from delphi.domain.study_file_yaml import FILE_NAME
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.progress import progress_of_round, recruitment_of
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.studies import account_by_email, all_studies, study_by_slug, team_of
from delphi.services.accounts import give_role
from delphi.services.studies import begin_study, import_study
from delphi.services.study_export import export_study
from delphi.unit_of_work import unit_of_work


@click.group()
def study() -> None:
    """Bring a study onto this platform, look at it, take it out."""


@study.command(
    "import",
    epilog="All or nothing: if anything is wrong, every mistake is listed and nothing is changed.\n\n"
    "Example: delphi study import my-study/ --starting 2026-03-02",
)
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--starting", type=DAY, help="Move all dates by whole weeks: round 1 opens then or soon after.")
@click.option("--slug", help="Give this copy another short name.")
@with_database
def import_(source: Path, starting: date | None, slug: str | None) -> None:
    """Set up a study from SOURCE.

    SOURCE is a folder with study.yaml, that file, or a .zip made by export.
    """
    bundle = _read(source)
    with unit_of_work():
        made = import_study(bundle=bundle, first_day=starting, slug=slug, actor=Operator(), now=clock.now())
        name, title = made.slug, made.title
        opens_on = min(round_.opens_on for round_ in rounds_of(made.id))
    click.echo(f"Imported “{title}” as {name}; round 1 is planned to open on {in_words(opens_on)}.")
    click.echo(f"Next: delphi user add EMAIL --name NAME --study {name} --role lead")


@study.command(
    "new",
    epilog='Example: delphi study new "What helps people to sleep" --short-title "Good sleep" '
    '--phone "01632 960 000" --lead sam@example.org',
)
@click.argument("title")
@click.option("--short-title", required=True, help="What stands at the top of every page and mail.")
@click.option("--phone", required=True, help="Whom people ring; it stands on every page of the panel.")
@click.option("--lead", "email", required=True, help="Who leads it: somebody who has an account here.")
@click.option("--slug", help="Its short name in addresses; made of the short title unless told.")
@click.option("--language", default="en-GB", show_default=True, help="A language tag.")
@click.option(
    "--timezone", default="Europe/London", show_default=True, help="Where its rounds open and close."
)
@click.option(
    "--scale",
    type=click.Choice(list(READY_MADE)),
    default=next(iter(READY_MADE)),
    show_default=True,
    help="What people rate on; it can be changed later through the study file.",
)
@with_database
def new(email: str, slug: str | None, short_title: str, **given: str) -> None:
    """Begin the study TITLE without a file.

    Whoever leads it fills in the rest in the browser.
    """
    with unit_of_work():
        account = account_by_email(email)
        beginning = Beginning(
            slug=slug or made_id(short_title, set()),
            short_title=short_title,
            contact=account.name,
            email=account.email,
            **given,
        )
        made = begin_study(beginning=beginning, actor=Operator(), now=clock.now())
        give_role(study_id=made.id, email=email, role=Role.LEAD, actor=Operator(), now=clock.now())
        name, title, lead = made.slug, made.title, account.name
    click.echo(f"Began “{title}” as {name}; {lead} leads it.")
    click.echo(f"Next: delphi user link {email}, then fill in the settings in the browser.")


@study.command(epilog="Example: delphi study export my-study --output my-study.zip")
@click.argument("slug", metavar="STUDY")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file (STUDY.zip).")
@with_database
def export(slug: str, output: Path | None) -> None:
    """Write a study with its texts and pictures into one .zip.

    People and answers are not in it.
    """
    file = output or Path(f"{slug}.zip")
    with unit_of_work():
        study_id = study_by_slug(slug).id
        content = export_study(study_id=study_id, actor=Operator(), now=clock.now())
        file.write_bytes(content)
    click.echo(f"Wrote {file} ({len(content):,} bytes).")


@study.command(epilog="Example: delphi study show my-study --as sam@example.org")
@click.argument("slug", metavar="[STUDY]", required=False)
@acting_option
@with_database
def show(slug: str | None, email: str | None) -> None:
    """List all studies, or show where one stands.

    With --as, also how many people have answered.
    """
    if slug is None:
        found = all_studies()
        for one in found:
            click.echo(f"{one.slug}: {one.title} ({words_of(one.state)})")
        if not found:
            click.echo(
                "No study yet. Begin one: delphi study new TITLE, or bring one: delphi study import FOLDER"
            )
        return
    one, actor = acting(slug, email) if email else (study_by_slug(slug), Operator())
    require(actor, Permission.SEE_STUDY, one.id)
    click.echo("\n".join(_lines_about(one, with_progress=is_allowed(actor, Permission.SEE_PROGRESS))))


def _read(source: Path) -> StudyBundle:
    if source.is_dir():
        return read_folder(source)
    if source.name == FILE_NAME:
        return read_folder(source.parent)
    if source.suffix.lower() == ".zip":
        return read_archive(source.read_bytes())
    raise Trouble(f"{source}: expected a folder with {FILE_NAME}, that file itself, or a .zip of one.")


def _lines_about(one: Study, *, with_progress: bool) -> list[str]:
    seal = "not sealed yet"
    if one.seal:
        seal = f"sealed {one.seal.sealed_at:%Y-%m-%d %H:%M} UTC, {one.seal.checksum}"
    lines = [one.title, f"  {one.slug}, {words_of(one.state)}; rule {seal}", "", "Team"]
    lines += [f"  {ROLE_WORDS[row.role]}: {row.account.name}" for row in team_of(one.id)] or ["  nobody yet"]
    lines += ["", "Rounds"]
    lines += [f"  {_round_line(round_, with_progress)}" for round_ in rounds_of(one.id)]
    if with_progress:
        lines += ["", "Panel"]
        lines += [
            f"  {row.label}: {row.n_consented} consented of {row.n_invited} invited"
            for row in recruitment_of(one.id)
        ]
    lines += ["", "Sections"]
    lines += [
        f"  {section.code}: {section.title} ({words_of(section.state)})" for section in sections_of(one.id)
    ]
    return lines


def _round_line(round_: Round, with_progress: bool) -> str:
    armed = ", armed" if round_.armed_at and round_.opened_at is None else ""
    days = f"{in_words(round_.opens_on)} to {in_words(round_.closes_on)}"
    line = f"{round_.number}: {words_of(round_.state)}{armed}, {days}"
    if with_progress and round_.opened_at is not None:
        rows = progress_of_round(round_)
        n_submitted, n_asked = sum(row.n_submitted for row in rows), sum(row.n_asked for row in rows)
        line += f"; {n_submitted} of {n_asked} people have answered"
    return line
