"""`delphi serve` and `delphi worker`: the processes that stay."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from waitress.server import create_server

from delphi import clock
from delphi.cli.shared import with_database
from delphi.cli.trouble import Trouble
from delphi.config import Settings, load_settings
from delphi.extensions import db
from delphi.jobs.loop import run_until_stopped, stop_loop
from delphi.log import log_to_stderr
from delphi.mail.transport import check_mail_url
from delphi.queries.frozen import forget_kept
from delphi.queries.status import platform_status
from delphi.web.late_team import LateTeam

LONGEST_GOODBYE_SECONDS = 10.0
"""A conversation with a mail server may take longer; its message is sent again at the next start."""

EVERY_ADDRESS = ("0.0.0.0", "::", "*")  # noqa: S104 - recognised here, not bound


@click.command(
    epilog="Behind a web server that adds https, leave --host alone; set base_url to the public address.\n\n"
    "Example: delphi serve --port 8080"
)
@click.option("--host", metavar="ADDRESS", help="Listen on this address (127.0.0.1: this machine only).")
@click.option("--port", type=click.IntRange(1, 65535), metavar="NUMBER", help="Listen on this port (8000).")
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None) -> None:
    """Serve the pages, run the clock of rounds, and send the mail.

    Ctrl-C or SIGTERM ends it: answers being saved are saved, and what was not done yet waits for the next
    start.
    """
    settings = _settings_for(host, port)
    create_app = ctx.ensure_object(ScriptInfo).create_app
    if create_app is None:
        raise Trouble("There is no application to serve.")
    app: Flask = create_app(settings, with_team=False)
    _require_ready(app)
    server = _listen(LateTeam(app, partial(_whole, create_app, settings, app)), settings)
    log_to_stderr("info")
    click.echo(f"Delphi is running at {_address(settings)}. Ctrl-C stops it.")
    try:
        with outbox_loop(app, settings):
            # Waitress takes Ctrl-C and SystemExit as the sign to finish what it is doing and return.
            server.run()
    finally:
        server.close()
    click.echo("Stopped.")


@click.command(
    epilog="Needs PostgreSQL when it runs beside “delphi serve” on another machine.\n\nExample: delphi worker"
)
@with_database
@click.pass_context
def worker(ctx: click.Context) -> None:
    """Run the clock of rounds and send the mail; serve no pages.

    Any number of workers share the work: each piece is done by one of them.
    """
    settings = load_settings()
    check_mail_url(settings.mail_url)
    log_to_stderr("info")
    click.echo("Working. Ctrl-C stops it.")
    with outbox_loop(ctx.ensure_object(ScriptInfo).load_app(), settings) as ended:
        try:
            ended.wait()
        except (KeyboardInterrupt, SystemExit):
            click.echo("Stopping after the piece of work that is under way.")
    click.echo("Stopped.")


@contextmanager
def outbox_loop(app: Flask, settings: Settings) -> Iterator[threading.Event]:
    """Run the outbox loop beside the body, and end it with the body; yields what says that it has ended.

    An event and not `Thread.join`: in Python 3.11 a join that a signal interrupts takes the thread for ended,
    and the process would leave in the middle of a message.
    """
    stop, ended = threading.Event(), threading.Event()

    def run() -> None:
        try:
            with app.app_context():
                run_until_stopped(stop, clock.now, settings)
        finally:
            ended.set()

    threading.Thread(target=run, name="outbox", daemon=True).start()
    try:
        yield ended
    finally:
        stop_loop(stop)
        ended.wait(LONGEST_GOODBYE_SECONDS)


def _settings_for(host: str | None, port: int | None) -> Settings:
    """The settings, with links that lead to this server unless a public address was set."""
    given: dict[str, Any] = {"host": host, "port": port}
    settings = load_settings(**{name: value for name, value in given.items() if value is not None})
    check_mail_url(settings.mail_url)
    defaults = {part.name: part.default for part in fields(Settings)}
    if settings.base_url == defaults["base_url"]:
        settings = settings.with_port(settings.host, settings.port)
    return settings


def _require_ready(app: Flask) -> None:
    with app.app_context():
        status = platform_status()
    if not status.is_ready:
        raise Trouble(status.sentence)


def _whole(create_app: Callable[..., Flask], settings: Settings, before: Flask) -> Flask:
    """The application with the team's side, in place of the one `before`, which lets go of what it holds."""
    app = create_app(settings)
    with before.app_context():
        forget_kept()
        db.engine.dispose()
    return app


def _listen(app: LateTeam, settings: Settings) -> Any:
    try:
        return create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident="",
            clear_untrusted_proxy_headers=True,
        )
    except socket.gaierror as error:
        raise Trouble(f"“{settings.host}” is not an address of this machine.") from error
    except OSError as error:
        raise Trouble(_listening_sentence(error, settings)) from error


def _listening_sentence(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {settings.port} is taken by another program, perhaps by another Delphi. "
            f"Stop that one, or choose another port: delphi serve --port {settings.port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} is reserved for the system. Choose another: delphi serve --port 8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"“{settings.host}” is not an address of this machine."
    return f"Delphi cannot listen on {settings.host}, port {settings.port}: {error.strerror}."


def _address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in EVERY_ADDRESS else settings.host
    return f"http://{host}:{settings.port}"
