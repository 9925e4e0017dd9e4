"""The `delphi` command on an installation of the test's own: in this process, and as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo

from delphi.app import create_app
from delphi.cli.main import DelphiGroup

ROOT = Path(__file__).resolve().parents[2]


class Delphi:
    """Runs commands; the result says what a person would have read."""

    def __init__(self, environment, settings=None, app=None):
        self.settings = settings
        self.app = app
        self.environment = environment

    def __call__(self, *arguments):
        group = DelphiGroup(create_app)
        info = ScriptInfo(create_app=lambda: self.app)
        return CliRunner().invoke(group, [str(one) for one in arguments], obj=info, prog_name="delphi")

    def ok(self, *arguments):
        """What a command that must succeed prints."""
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments, code=1):
        """What a command that must be refused says on the error stream, and nothing on the other."""
        result = self(*arguments)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        return result.stderr

    def start(self, *arguments, **more):
        """The command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "delphi", *map(str, arguments)],
            cwd=ROOT,
            env={**self.environment, **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell lets what it starts in the background ignore Ctrl-C, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *arguments, seconds=60, **more):
        """The exit code and both streams of a process of its own, after its end."""
        process = self.start(*arguments, **more)
        stdout, stderr = process.communicate(timeout=seconds)
        return process.returncode, stdout, stderr


def clean_environment(**more):
    """This process's environment without anything that belongs to an installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DELPHI_", "FLASK_"))}
    return {**kept, **{name: str(value) for name, value in more.items()}}


@pytest.fixture
def delphi(settings, app):
    """The command, on a database at the newest revision."""
    environment = clean_environment(
        DELPHI_INSTANCE=settings.instance,
        DELPHI_SECRET_KEY=settings.secret_key,
        DELPHI_DATABASE_URL=settings.database_url,
        DELPHI_MAIL_URL=settings.mail_url,
    )
    return Delphi(environment, settings, app)


@pytest.fixture
def fresh(tmp_path, empty_database_url):
    """The command, where nothing has been prepared yet."""
    instance = tmp_path / "instance"
    environment = clean_environment(DELPHI_INSTANCE=instance, DELPHI_DATABASE_URL=empty_database_url)
    found = Delphi(environment)
    found.instance = instance
    return found
