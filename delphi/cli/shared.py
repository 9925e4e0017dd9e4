"""What several commands need: a database that is ready, the study and the person acting, dates, progress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click
from flask.cli import with_appcontext

from delphi.cli.trouble import Trouble
from delphi.domain.actors import ROLE_WORDS, TeamMember
from delphi.domain.errors import NotAllowed
from delphi.models.studies import Study
from delphi.queries.status import platform_status
from delphi.queries.studies import account_by_email, member_of, study_by_slug, team_of

if TYPE_CHECKING:
    from tqdm import tqdm

P = ParamSpec("P")
R = TypeVar("R")


def with_database(command: Callable[P, R]) -> Callable[P, R]:
    """Run the command inside the application, once its database is ready."""

    @wraps(command)
    def ready(*args: P.args, **kwargs: P.kwargs) -> R:
        status = platform_status()
        if not status.is_ready:
            raise Trouble(status.sentence)
        return command(*args, **kwargs)

    with_context: Callable[P, R] = with_appcontext(ready)
    return with_context


acting_option = click.option(
    "--as", "email", metavar="EMAIL", help="Who does this: the address of a member of the study team."
)


def acting(slug: str, email: str | None) -> tuple[Study, TeamMember]:
    """The study and the member of its team who acts.

    Nobody is taken for granted, not even a study's only lead: what is done is recorded under a name.
    """
    study = study_by_slug(slug)
    if email is None:
        raise click.UsageError(f"Say who does this, with --as EMAIL. {_team_words(study)}")
    account = account_by_email(email)
    if not account.is_active:
        raise NotAllowed(f"The account of {account.email} is switched off.")
    member = member_of(study.id, account.id)
    if not member.roles:
        raise NotAllowed(f"{account.email} is not in the team of this study. {_team_words(study)}")
    return study, member


def _team_words(study: Study) -> str:
    people = [f"  {one.account.email} ({ROLE_WORDS[one.role]})" for one in team_of(study.id)]
    if not people:
        return (
            "Nobody is in its team yet. Add somebody: "
            f"delphi user add EMAIL --name NAME --study {study.slug} --role lead"
        )
    return "\n".join(["The team of this study:", *people])


class Day(click.ParamType[date]):
    """A day written as 2026-03-02."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or fail with how to write it."""
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}” is not a day. Write it as 2026-03-02.", param, ctx)


DAY = Day()


def progress(total: int, words: str) -> tqdm[Any]:
    """A bar for long work; silent where nobody watches."""
    # A server does no such work.
    from tqdm import tqdm

    return tqdm(total=total, desc=words, disable=None, leave=False)
