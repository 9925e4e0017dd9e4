"""What a person reads at the terminal when a command cannot go on; bugs leave their traceback in a file."""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any

import click
from sqlalchemy.exc import DBAPIError

from delphi import clock
from delphi.log import log_to_stderr
from delphi.paths import instance_folder

LOG_FILE = "errors.log"
INTERRUPTED = 130
TERMINATED = 143


class Trouble(click.ClickException):
    """A command that cannot do what it was asked for: one or more plain sentences, exit code 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentences as they are."""
        click.echo(self.message, file=file or sys.stderr)


class Stopped(Trouble):
    """Somebody pressed Ctrl-C."""

    exit_code = INTERRUPTED

    def __init__(self) -> None:
        super().__init__("\nStopped. What was finished is kept, and nothing is half done.")


def database_sentence(error: DBAPIError) -> str:
    """What is wrong with the database, in its own first line, and what to do."""
    said = str(error.orig).strip().splitlines()
    return (
        f"The database cannot be used: {said[0] if said else type(error.orig).__name__}. "
        "Check the setting database_url, and run “delphi init” if its tables are not there yet."
    )


def file_sentence(error: OSError) -> str | None:
    """What is wrong with a file or the disk; None for an error that is about neither."""
    if error.errno == errno.ENOSPC:
        return "The disk is full. Make some room and run the same command again."
    if error.filename is None:
        return None
    return f"{error.filename}: {error.strerror}."


def prepare_process() -> None:
    """Set up what belongs to a process of its own: signals, the log, and what happens to bugs."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.excepthook = report_bug
    log_to_stderr("warning")


def report_bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say that this is our mistake, and where its details are; they may hold personal data."""
    file = _log_folder() / LOG_FILE
    text = "".join(traceback.format_exception(kind, error, trace))
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "a", encoding="utf-8") as log:
            log.write(f"{clock.now().isoformat()} delphi {sys.argv[1:2]}\n{text}\n")
    except OSError:
        click.echo(text, file=sys.stderr)
        return
    click.echo(
        f"Something went wrong that should not have ({kind.__name__}). Nothing is half done.\n"
        f"The details are in {file}. Please send the last part of it to whoever looks after this platform; "
        "read it first, it may hold personal data.",
        file=sys.stderr,
    )


def show_tracebacks(ctx: click.Context, parameter: click.Parameter, is_on: bool) -> None:
    """Let bugs show themselves, for whoever mends them."""
    if is_on:
        sys.excepthook = sys.__excepthook__
        log_to_stderr("debug")


def _log_folder() -> Path:
    folder = Path(os.environ.get("DELPHI_INSTANCE") or instance_folder())
    return folder if folder.is_dir() else Path(tempfile.gettempdir())


def _terminate(number: int, frame: FrameType | None) -> None:
    """End as if by Ctrl-C: open transactions are rolled back on the way out."""
    raise SystemExit(TERMINATED)
