"""The `delphi` command: its group, and what a person sees when something goes wrong."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy.exc import DBAPIError

from delphi.cli import trouble
from delphi.domain.errors import DelphiError

HELP = """Run consultations on practice guidance: a study team, a panel, and rounds until they agree.

A first start on this machine:

\b
  delphi init
  delphi study import my-study/ --starting 2026-03-02
  delphi user add lead@example.org --name "Sam Lead" --study my-study --role lead
  delphi serve
"""

EPILOG = """Each command explains itself: delphi round extend --help.

Settings come from instance/settings.toml, which “delphi init” writes, and from DELPHI_… variables, which win.
"""

COMMANDS: dict[str, str] = {
    "init": "delphi.cli.init:init",
    "demo": "delphi.cli.demo:demo",
    "serve": "delphi.cli.serving:serve",
    "worker": "delphi.cli.serving:worker",
    "study": "delphi.cli.studies:study",
    "panel": "delphi.cli.panel:panel",
    "mail": "delphi.cli.mail:mail",
    "round": "delphi.cli.rounds:round_",
    "user": "delphi.cli.users:user",
    "report": "delphi.cli.report:report",
    "simulate": "delphi.cli.simulate:simulate",
    "statistics": "delphi.cli.statistics.command:statistics",
    "verify": "delphi.cli.verify:verify",
    "docs": "delphi.cli.docs:docs",
    "db": "flask_migrate.cli:db",
}
"""Where each command lies, in the order in which a person needs them. A command is imported when it is
used: a server should not wait for what only the demo or a report needs."""


def load_command(name: str) -> click.Command:
    """The command with this name; KeyError for another."""
    module, _, attribute = COMMANDS[name].partition(":")
    command: click.Command = getattr(import_module(module), attribute)
    return command


class DelphiGroup(FlaskGroup):
    """Flask's group without its own options, in our order, and with errors in plain sentences.

    The commands are known without an application: `--help` and `init` work before there are settings.
    """

    def __init__(self, create_app: Callable[..., Flask]) -> None:
        super().__init__(
            name="delphi",
            create_app=create_app,
            add_default_commands=False,
            add_version_option=False,
            load_dotenv=False,
            set_debug_flag=False,
            help=HELP,
            epilog=EPILOG,
            context_settings={
                "help_option_names": ["-h", "--help"],
                "max_content_width": 100,
                # Flask would read every option from a FLASK_… variable as well.
                "auto_envvar_prefix": None,
            },
        )
        self.params = [
            click.Option(
                ["--debug"],
                is_flag=True,
                expose_value=False,
                callback=trouble.show_tracebacks,
                help="Show where an unexpected error came from.",
            ),
            click.Option(
                ["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_say_version,
                help="Show the version and stop.",
            ),
        ]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a person needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by name, without starting the application."""
        return load_command(name) if name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it cannot do becomes a sentence and an exit code."""
        try:
            return super().invoke(ctx)
        except DelphiError as error:
            raise trouble.Trouble(str(error)) from error
        except DBAPIError as error:
            raise trouble.Trouble(trouble.database_sentence(error)) from error
        except OSError as error:
            sentence = trouble.file_sentence(error)
            if sentence is None:
                raise
            raise trouble.Trouble(sentence) from error
        except KeyboardInterrupt:
            raise trouble.Stopped from None


def run(create_app: Callable[..., Flask]) -> None:
    """Run the command of this process and end it."""
    # What is loaded by now stays: no collection has to look at it again (see __main__).
    gc.freeze()
    gc.enable()
    trouble.prepare_process()
    sys.exit(DelphiGroup(create_app).main(prog_name="delphi"))


def _say_version(ctx: click.Context, parameter: click.Parameter, is_asked: bool) -> None:
    if not is_asked or ctx.resilient_parsing:
        return
    try:
        click.echo(f"delphi {version('delphi-consultation')}")
    except PackageNotFoundError:
        click.echo("delphi, run from a checkout")
    ctx.exit()
