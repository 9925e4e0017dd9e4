"""Help without settings, `init`, and what a person reads when something is wrong."""

from __future__ import annotations

import sys

import click
import pytest

from delphi.cli import trouble
from delphi.cli.main import COMMANDS, DelphiGroup, load_command

HIDDEN_FROM_THESE_LAWS = {"db"}


def every_command(commands=None, path=()):
    """Each command that does something, with its full name."""
    for command in [load_command(name) for name in COMMANDS] if commands is None else commands:
        name = (*path, command.name)
        if name[0] in HIDDEN_FROM_THESE_LAWS:
            continue
        if isinstance(command, click.Group):
            yield from every_command(command.commands.values(), name)
        else:
            yield " ".join(name), command


def test_help_needs_no_settings_and_names_every_command(fresh):
    code, stdout, stderr = fresh.run("--help")
    assert (code, stderr) == (0, "")
    for word in ("init", "serve", "worker", "study", "panel", "round", "user", "docs", "db"):
        assert f"\n  {word} " in stdout
    assert "--app" not in stdout


@pytest.mark.parametrize(("name", "command"), list(every_command()), ids=str)
def test_every_command_says_what_it_does_and_shows_an_example(name, command):
    assert command.help
    if name != "user list":
        assert f"delphi {name}" in (command.epilog or ""), f"add an example to “{name}”"


def test_no_list_of_commands_on_a_narrow_terminal_breaks_off_in_a_sentence():
    groups = [load_command(name) for name in COMMANDS if name not in HIDDEN_FROM_THESE_LAWS]
    told = [
        *groups,
        *(one for group in groups if isinstance(group, click.Group) for one in group.commands.values()),
    ]
    assert [one.name for one in told if one.get_short_help_str(62).endswith("...")] == []


@pytest.mark.parametrize(("name", "command"), list(every_command()), ids=str)
def test_every_option_is_explained(name, command):
    silent = [one.name for one in command.params if isinstance(one, click.Option) and not one.help]
    assert not silent


def test_a_command_before_init_says_what_to_run(fresh):
    code, stdout, stderr = fresh.run("study", "show")
    assert (code, stdout) == (1, "")
    assert "Run “delphi init”" in stderr
    assert "Traceback" not in stderr


def test_init_prepares_everything_and_may_be_run_twice(fresh):
    code, stdout, stderr = fresh.run("init")
    assert (code, stderr) == (0, "")
    settings = fresh.instance / "settings.toml"
    assert f"Wrote {settings}." in stdout
    assert "Brought up to date" in stdout
    before = settings.read_bytes()
    code, stdout, stderr = fresh.run("init")
    assert (code, stderr) == (0, "")
    assert f"Kept {settings}." in stdout
    assert "Up to date already" in stdout
    assert settings.read_bytes() == before
    assert fresh.run("study", "show")[0] == 0


def test_a_database_of_a_newer_version_is_left_alone(delphi, app):
    from sqlalchemy import text

    from delphi.extensions import db
    from delphi.unit_of_work import unit_of_work

    with app.app_context(), unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    code, _, stderr = delphi.run("init")
    assert code == 1
    assert "step 9999" in stderr
    assert "newer version" in stderr


def test_two_that_prepare_at_once_wait_for_each_other(fresh):
    processes = [fresh.start("init") for _ in range(2)]
    ends = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ends


def test_a_database_that_is_not_there_is_said_without_its_password(delphi):
    code, _, stderr = delphi.run("init", DELPHI_DATABASE_URL="postgresql://delphi:geheim@127.0.0.1:1/x")
    assert code == 1
    assert "The database cannot be used" in stderr
    assert "geheim" not in stderr


@pytest.mark.parametrize(
    "address",
    ["mysql://me:geheim@host/x", "geheim", "postgresql://me:pa/geheim@host/x", "postgresql://[geheim/x"],
)
def test_an_address_that_leads_to_no_database_is_said_without_its_password(delphi, address):
    code, _, stderr = delphi.run("init", DELPHI_DATABASE_URL=address)
    assert (code, "must be postgresql://user:password@host/name" in stderr) == (1, True)
    assert "geheim" not in stderr


def test_a_wrong_argument_is_exit_code_two(delphi):
    assert "Write it as 2026-03-02" in delphi.refused(
        "round", "extend", "x", "1", "--closes", "soon", "--reason", "y", code=2
    )
    assert "No such command" in delphi.refused("surprise", code=2)


def test_a_disk_that_is_full_is_said():
    assert "disk is full" in trouble.file_sentence(OSError(28, "No space left on device"))
    assert trouble.file_sentence(OSError(5, "Input/output error")) is None


def test_ctrl_c_is_said_in_a_sentence(delphi, monkeypatch):
    def interrupt(self, ctx):
        raise KeyboardInterrupt

    monkeypatch.setattr(click.Group, "invoke", interrupt)
    assert "nothing is half done" in delphi.refused("study", "show", code=130)


def test_a_bug_is_said_in_a_sentence_and_kept_in_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DELPHI_INSTANCE", str(tmp_path))
    try:
        raise ZeroDivisionError("somebody's answer")
    except ZeroDivisionError:
        trouble.report_bug(*sys.exc_info())
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert str(tmp_path / "errors.log") in said
    assert "somebody's answer" not in said
    kept = tmp_path / "errors.log"
    assert "somebody's answer" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_debug_shows_a_bug_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "excepthook", trouble.report_bug)
    configured = []
    monkeypatch.setattr(trouble, "log_to_stderr", configured.append)
    DelphiGroup(lambda: None).main(["--debug", "docs", "--help"], standalone_mode=False)
    assert sys.excepthook is sys.__excepthook__
    assert configured == ["debug"]
