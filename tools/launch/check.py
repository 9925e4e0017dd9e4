"""What is checked beside the tests: format, types, floors, templates, locks, migrations, generated pages."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field

from tools.launch.environment import Environment
from tools.launch.run import INTERRUPTED, run_python


@dataclass(frozen=True, slots=True)
class Step:
    """One check: what it holds, how it is run, and what to do when it fails."""

    name: str
    command: tuple[str, ...]
    remedy: str
    extra: dict[str, str] = field(default_factory=dict)


# import-linter has a console script but no `python -m`.
FLOORS = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"

STEPS = (
    Step("Format", ("-m", "ruff", "format", "--check", "."), ".venv/bin/ruff format ."),
    Step("Lint", ("-m", "ruff", "check", "."), ".venv/bin/ruff check --fix . does part of it"),
    Step("Types", ("-m", "mypy"), "mend the types; `Any` and `type: ignore` need a reason"),
    Step("Floors", ("-c", FLOORS), "see the contracts in pyproject.toml for the reasons"),
    Step("Templates", ("-m", "djlint", "--lint", "--quiet", "templates"), "mend the lines named above"),
    Step(
        "Locks", ("-m", "pytest", "-q", "tests/architecture/test_locks.py"), ".venv/bin/python -m tools.lock"
    ),
    Step("Migrations", ("-m", "tools.migrations"), "write a migration for what changed in delphi/models"),
    Step("Generated pages", ("-m", "delphi", "docs", "--check"), ".venv/bin/delphi docs"),
)


def run_checks(environment: Environment, arguments: list[str]) -> int:
    """Run every check, also after one has failed, and say at the end which ones did."""
    wanted = {argument.lower() for argument in arguments}
    failed: list[Step] = []
    with tempfile.TemporaryDirectory(prefix="delphi-check-") as instance:
        # The checks must not see or touch the data of whoever runs them.
        extra = {
            "DELPHI_INSTANCE": instance,
            "DELPHI_SECRET_KEY": "only-for-the-checks",
            "DELPHI_DATABASE_URL": "",
        }
        for step in STEPS:
            if wanted and step.name.lower() not in wanted:
                continue
            print(f"\n{step.name}", flush=True)
            code = run_python(environment, *step.command, extra={**extra, **step.extra})
            if code == INTERRUPTED:
                return INTERRUPTED
            if code:
                failed.append(step)
    for step in failed:
        print(f"\n{step.name} failed. What helps: {step.remedy}", flush=True)
    if not failed:
        print("\nAll checks passed.", flush=True)
    return 1 if failed else 0
