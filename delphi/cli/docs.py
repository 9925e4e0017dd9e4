"""`delphi docs`: the pages of docs/ that are written from the code, so that they cannot be wrong."""

from __future__ import annotations

from pathlib import Path

import click

from delphi.cli.rules_page import rules_page
from delphi.cli.statistics.pages import statistics_pages
from delphi.cli.trouble import Trouble
from delphi.domain.events import EVENT_WORDS
from delphi.domain.lifecycles import states_page
from delphi.domain.permissions import permissions_table
from delphi.domain.study_file_schema import json_schema
from delphi.paths import migrations_folder


def _page(title: str, source: str, content: str) -> str:
    return f"# {title}\n\n*Written by `delphi docs` from {source}. Do not edit.*\n\n{content.strip()}\n"


def _states() -> str:
    return _page("States", "delphi/domain/lifecycles.py", states_page())


def _permissions() -> str:
    return _page("Permissions", "delphi/domain/permissions.py", permissions_table())


def _events() -> str:
    rows = [f"| `{kind}` | {words} |" for kind, words in EVENT_WORDS.items()]
    return _page(
        "Events", "delphi/domain/events.py", "\n".join(["| event | meaning |", "| --- | --- |", *rows])
    )


def _rules() -> str:
    return _page(
        "What a rule can say", "delphi/domain/rule_tests.py and delphi/consensus/library.py", rules_page()
    )


def _schema() -> str:
    return json_schema().rstrip("\n") + "\n"


def pages() -> dict[str, str]:
    """Every page that follows from the code, by its path below docs/."""
    return {
        "states.md": _states(),
        "permissions.md": _permissions(),
        "events.md": _events(),
        "rules.md": _rules(),
        "study-file.schema.json": _schema(),
        **statistics_pages(_page),
    }


@click.command(epilog="Example: delphi docs --check")
@click.option("--check", is_flag=True, help="Change nothing; fail if a page is not what the code says.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where they lie (docs/).",
)
def docs(check: bool, folder: Path | None) -> None:
    """Write the pages of docs/ that follow from the code.

    They are those on states, permissions, events, rules and statistics, and the schema of study.yaml.
    """
    folder = folder or migrations_folder().parent / "docs"
    if not folder.is_dir():
        raise Trouble(f"There is no folder {folder}. These pages belong to a checkout.")
    changed = []
    for name, text in pages().items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            changed.append(file)
            if not check:
                file.parent.mkdir(exist_ok=True)
                file.write_text(text, encoding="utf-8", newline="\n")
    if check and changed:
        raise Trouble("\n".join(f"{file} is not what the code says. Run: delphi docs" for file in changed))
    click.echo(
        "All pages are up to date." if not changed else "\n".join(f"Wrote {file}." for file in changed)
    )
