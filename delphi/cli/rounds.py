"""`delphi round …`: a round's life from the command line, always in somebody's name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from delphi import clock
from delphi.cli.shared import DAY, acting, acting_option, with_database
from delphi.domain.calendar import in_words
from delphi.queries.results import results_ahead
from delphi.queries.rounds import round_of
from delphi.services import analysis, feedback, round_dates, rounds
from delphi.unit_of_work import unit_of_work


@click.group("round")
def round_() -> None:
    """Arm, open, extend, close, analyse and publish a round."""


def _of_round(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what every one about a round takes: study, number, and who acts."""
    command = acting_option(with_database(command))
    command = click.argument("number", type=click.IntRange(min=1))(command)
    return click.argument("slug", metavar="STUDY")(command)


closes_option = click.option("--closes", type=DAY, required=True, help="The new last day.")
reason_option = click.option("--reason", required=True, help="Why; printed in every report.")


def _act(service: Callable[..., Any], slug: str, number: int, email: str | None, **more: Any) -> date:
    """Run one service in somebody's name; returns the round's last day afterwards."""
    study, member = acting(slug, email)
    study_id = study.id
    with unit_of_work():
        service(study_id=study_id, number=number, actor=member, now=clock.now(), **more)
    return round_of(study_id, number).closes_on


@round_.command(epilog="Example: delphi round arm my-study 1 --as sam@example.org")
@_of_round
def arm(slug: str, number: int, email: str | None) -> None:
    """Put a round's dates into force.

    From now on the clock opens it, reminds, and closes it.
    """
    _act(rounds.arm_round, slug, number, email)
    click.echo(f"Round {number} is armed: it opens, reminds and closes by itself while Delphi is running.")


@round_.command(
    epilog="Example: delphi round move my-study 2 --opens 2026-05-04 --closes 2026-05-22 "
    '--reason "The drafts need a week more." --as sam@example.org'
)
@_of_round
@click.option("--opens", type=DAY, required=True, help="The new first day.")
@closes_option
@click.option("--reminder", "reminders", type=DAY, multiple=True, help="A day to remind on.")
@click.option("--reason", default="", help="Why; needed once the study is sealed, printed in every report.")
def move(
    slug: str,
    number: int,
    email: str | None,
    opens: date,
    closes: date,
    reminders: tuple[date, ...],
    reason: str,
) -> None:
    """Give a round that has not opened other dates.

    Arm it again afterwards.
    """
    given = {"opens_on": opens, "closes_on": closes, "reminders_on": reminders, "reason": reason}
    _act(round_dates.move_dates, slug, number, email, **given)
    click.echo(f"Round {number} is planned from {in_words(opens)} to the end of {in_words(closes)}.")


@round_.command("open", epilog="Example: delphi round open my-study 1 --as sam@example.org")
@_of_round
def open_(slug: str, number: int, email: str | None) -> None:
    """Open an armed round now, without waiting for its day."""
    closes_on = _act(rounds.open_round, slug, number, email)
    click.echo(f"Round {number} is open until the end of {in_words(closes_on)}.")


@round_.command(
    epilog="Example: delphi round extend my-study 1 --closes 2026-03-27 "
    '--reason "The post was slow" --as sam@example.org'
)
@closes_option
@reason_option
@click.option("--reminder", "reminders", type=DAY, multiple=True, help="A further day to remind on.")
@_of_round
def extend(
    slug: str, number: int, email: str | None, closes: date, reason: str, reminders: tuple[date, ...]
) -> None:
    """Put off a round's last day; who has not answered is told."""
    closes_on = _act(
        rounds.extend_round, slug, number, email, closes_on=closes, reason=reason, reminders_on=reminders
    )
    click.echo(f"Round {number} is open until the end of {in_words(closes_on)}. The others are told.")


@round_.command(epilog="Example: delphi round close my-study 1 --as sam@example.org")
@_of_round
def close(slug: str, number: int, email: str | None) -> None:
    """Close a round now: from this moment no answer is accepted."""
    _act(rounds.close_round, slug, number, email)
    click.echo(f"Round {number} is closed.")


@round_.command(
    epilog="Example: delphi round reopen my-study 1 --closes 2026-04-03 "
    '--reason "A whole region was cut off" --as sam@example.org'
)
@closes_option
@reason_option
@_of_round
def reopen(slug: str, number: int, email: str | None, closes: date, reason: str) -> None:
    """Open a closed round again, before it is analysed.

    It is recorded as a deviation.
    """
    closes_on = _act(rounds.reopen_round, slug, number, email, closes_on=closes, reason=reason)
    click.echo(f"Round {number} is open again, until the end of {in_words(closes_on)}.")


@round_.command(
    epilog='Example: delphi round cancel my-study 3 --reason "Agreed already" --as sam@example.org'
)
@reason_option
@_of_round
def cancel(slug: str, number: int, email: str | None, reason: str) -> None:
    """Cancel a round that is planned or open."""
    _act(rounds.cancel_round, slug, number, email, reason=reason)
    click.echo(f"Round {number} is cancelled.")


@round_.command(epilog="Example: delphi round analyse my-study 1 --as sam@example.org")
@_of_round
def analyse(slug: str, number: int, email: str | None) -> None:
    """Compute a closed round by the sealed rule.

    The results are kept with their checksum.
    """
    ahead = results_ahead(acting(slug, email)[0].id, number)
    _act(analysis.analyse_round, slug, number, email, ahead=ahead)
    click.echo(f"Round {number} is analysed. Its results are kept; earlier ones, if any, are too.")


@round_.command(epilog="Example: delphi round publish my-study 1 --as sam@example.org")
@_of_round
def publish(slug: str, number: int, email: str | None) -> None:
    """Freeze a round's feedback and share it with the panel."""
    _act(feedback.publish_feedback, slug, number, email)
    click.echo(f"The feedback of round {number} is published, and the panel is told.")
