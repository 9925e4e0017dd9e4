"""`delphi mail …`: messages that did not leave, and sending them again."""

from __future__ import annotations

import click

from delphi import clock
from delphi.cli.shared import acting, acting_option, with_database
from delphi.queries.deliveries import undelivered
from delphi.queries.studies import study_by_slug
from delphi.services.deliveries import send_again
from delphi.unit_of_work import unit_of_work


@click.group()
def mail() -> None:
    """Look at messages that did not leave, and send them again."""


@mail.command("list", epilog="Example: delphi mail list my-study")
@click.argument("slug", metavar="STUDY")
@with_database
def list_(slug: str) -> None:
    """List what did not leave, with its number and its reason. People stand here by code."""
    found = undelivered(study_by_slug(slug).id)
    if not found:
        click.echo("Every message has left.")
    for one in found:
        state = "given up" if one.is_given_up else f"tried again at {one.at:%Y-%m-%d %H:%M} UTC"
        click.echo(f"{one.id}  {one.words} to {one.code or 'the study team'}: {one.why} ({state})")


@mail.command(
    "retry",
    epilog="Without numbers, everything that was given up is tried again.\n\n"
    "Example: delphi mail retry my-study 12 13 --as sam@example.org",
)
@click.argument("slug", metavar="STUDY")
@click.argument("numbers", metavar="[NUMBER]...", nargs=-1, type=int)
@acting_option
@with_database
def retry(slug: str, numbers: tuple[int, ...], email: str | None) -> None:
    """Send again what was given up.

    “delphi mail list” tells the numbers. The messages leave with the next worker.
    """
    study, member = acting(slug, email)
    study_id = study.id
    with unit_of_work():
        n = send_again(study_id=study_id, only=numbers or None, actor=member, now=clock.now())
    click.echo(f"{n} {'message is' if n == 1 else 'messages are'} tried again.")
