"""What is committed holds for everybody: no place on one machine, no address of one registry, no data."""

from __future__ import annotations

import re

from tools.launch.commands import LOCKS

BINARY = {".gif", ".ico", ".jpg", ".jpeg", ".png", ".ttf", ".woff2", ".pdf", ".zip", ".docx", ".xlsx"}
# Written in pieces, so that this file does not find itself.
MACHINE_PATHS = re.compile(
    r"(?<![\w.])/(?:" + "root|home/[a-z]" + r"|Users/[A-Za-z]|workspace)/|[A-Z]:\\\\Users"
)
REGISTRIES = re.compile(
    "files[.]python" + "hosted|--(?:extra-)?index-url[ =]+h" + r"ttp|\"resolved\": *\"h" + "ttp"
)
DECISION = re.compile(r"^\d{4}-[a-z0-9-]+\.md$")


def test_no_committed_file_knows_one_machine(tracked_files, root):
    found = _lines_with(MACHINE_PATHS, tracked_files, root)
    assert not found, f"name places by what they are for: {found}"


def test_no_committed_file_names_a_package_registry(tracked_files, root):
    found = _lines_with(REGISTRIES, tracked_files, root)
    assert not found, f"which index is used is the business of whoever installs: {found}"


def test_the_instance_folder_brings_no_data(tracked_files, root):
    inside = {path.name for path in tracked_files if path.parent == root / "instance"}
    assert inside <= {".gitignore"}


def test_decisions_are_numbered_without_gaps_and_say_why(root):
    files = sorted(path for path in (root / "docs" / "decisions").glob("*.md") if path.name != "README.md")
    assert [path.name for path in files if not DECISION.match(path.name)] == []
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        text = path.read_text(encoding="utf-8")
        missing = [part for part in ("## Context", "## Decision", "## Consequences") if part not in text]
        assert not missing, f"{path.name} lacks {missing}"


def test_the_readme_names_commands_that_exist(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"python3 start\.py (\w+)", readme))
    assert {"demo", "test"} <= commands <= set(LOCKS) | {"help"}


def _lines_with(pattern, files, root):
    return [
        f"{path.relative_to(root)}:{number}"
        for path in files
        if path.suffix.lower() not in BINARY
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
