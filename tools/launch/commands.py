"""The commands of `start.py`."""

from __future__ import annotations

from pathlib import Path

from tools.launch.check import run_checks
from tools.launch.environment import Environment, ensure
from tools.launch.run import INTERRUPTED, run_python
from tools.launch.suite import run_tests
from tools.launch.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent

HELP = """\
Usage: python3 start.py COMMAND

  demo     play the demo study "Making Connections" to its end and write its report
  test     run the tests on SQLite and on PostgreSQL (--fast: without database and browser, about a minute)
  check    format, lint, types, floors, templates, locks, migrations, generated pages
  bench    run the benchmarks (bench --help says which there are)
  help     show this

Arguments after the command are passed on to it. The first start makes .venv and fills it; later ones use it.
For everything else there is .venv/bin/delphi --help.
"""

LOCKS = {"demo": "core", "test": "test", "check": "test", "bench": "test"}


def main(arguments: list[str]) -> int:
    """Run one command; return the exit code for the shell."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if command in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    if command not in LOCKS:
        print(f"There is no command “{command}”.\n\n{HELP}", end="")
        return 2
    environment = Environment(ROOT)
    try:
        ensure(environment, LOCKS[command])
        return _run(environment, command, rest)
    except Trouble as trouble:
        print(f"\n{trouble}", flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Nothing is broken: run the same command again when you like.", flush=True)
        return INTERRUPTED


def _run(environment: Environment, command: str, arguments: list[str]) -> int:
    if command == "test":
        return run_tests(environment, arguments)
    if command == "check":
        return run_checks(environment, arguments)
    if command == "bench":
        return run_python(environment, "-m", "bench", *arguments)
    return run_python(environment, "-m", "delphi", "demo", *arguments)
