"""`delphi user …`: who may work on studies."""

from __future__ import annotations

import click
from flask import current_app

from delphi import clock
from delphi.cli.shared import with_database
from delphi.domain.actors import ROLE_WORDS, Operator, Role
from delphi.extensions import db
from delphi.models.accounts import Account, TeamRole
from delphi.models.studies import Study
from delphi.queries.studies import study_by_slug
from delphi.services import accounts
from delphi.services.signing_in import make_sign_in_link
from delphi.unit_of_work import unit_of_work

ROLES = click.Choice([role.value for role in Role])

study_option = click.option("--study", "slug", metavar="STUDY", help="The study's short name.")
role_option = click.option("--role", type=ROLES, help="What the person does in that study.")


@click.group()
def user() -> None:
    """Add people to this platform and to study teams."""


@user.command(
    epilog='Example: delphi user add sam@example.org --name "Sam Lead" --study my-study --role lead'
)
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as it stands in reports.")
@study_option
@role_option
@with_database
def add(email: str, name: str, slug: str | None, role: str | None) -> None:
    """Give somebody an account, and perhaps a role in a study."""
    if (slug is None) != (role is None):
        raise click.UsageError("--study and --role belong together.")
    with unit_of_work():
        account = accounts.add_account(email=email, name=name, actor=Operator(), now=clock.now())
        told = f"Added {account.name} ({account.email})"
        if slug and role:
            study_id = study_by_slug(slug).id
            accounts.give_role(
                study_id=study_id, email=email, role=Role(role), actor=Operator(), now=clock.now()
            )
            told += f" as {ROLE_WORDS[Role(role)].lower()} of {slug}"
    click.echo(f"{told}.")


@user.command("give-role", epilog="Example: delphi user give-role sam@example.org my-study analyst")
@click.argument("email")
@click.argument("slug", metavar="STUDY")
@click.argument("role", type=ROLES)
@with_database
def give_role(email: str, slug: str, role: str) -> None:
    """Give somebody who has an account a role in a study."""
    with unit_of_work():
        is_new = accounts.give_role(
            study_id=study_by_slug(slug).id, email=email, role=Role(role), actor=Operator(), now=clock.now()
        )
    click.echo(f"{email} is {ROLE_WORDS[Role(role)].lower()} of {slug}{'' if is_new else ' already'}.")


@user.command("take-role", epilog="Example: delphi user take-role sam@example.org my-study analyst")
@click.argument("email")
@click.argument("slug", metavar="STUDY")
@click.argument("role", type=ROLES)
@with_database
def take_role(email: str, slug: str, role: str) -> None:
    """Take a role in a study away from somebody."""
    with unit_of_work():
        accounts.take_role(
            study_id=study_by_slug(slug).id, email=email, role=Role(role), actor=Operator(), now=clock.now()
        )
    click.echo(f"{email} is no longer {ROLE_WORDS[Role(role)].lower()} of {slug}.")


@user.command(epilog="Example: delphi user link sam@example.org")
@click.argument("email")
@with_database
def link(email: str) -> None:
    """Print a link that signs somebody in once, within 24 hours. Give it to nobody else."""
    base_url = current_app.extensions["delphi_settings"].base_url
    with unit_of_work():
        address = make_sign_in_link(email=email, base_url=base_url, actor=Operator(), now=clock.now())
    click.echo(address)


@user.command("list")
@with_database
def list_() -> None:
    """List everybody who has an account, with their roles."""
    people = db.session.scalars(db.select(Account).order_by(Account.name)).all()
    roles = db.session.execute(
        db.select(TeamRole.account_id, TeamRole.role, Study.slug)
        .join(Study, Study.id == TeamRole.study_id)
        .order_by(Study.slug, TeamRole.role)
    ).all()
    if not people:
        click.echo('Nobody yet. Add somebody: delphi user add EMAIL --name "NAME"')
    for person in people:
        held = [
            f"{ROLE_WORDS[row.role].lower()} of {row.slug}" for row in roles if row.account_id == person.id
        ]
        state = "" if person.is_active else " (switched off)"
        click.echo(f"{person.name} <{person.email}>{state}: {', '.join(held) or 'no role yet'}")
