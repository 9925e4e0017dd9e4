"""Revisions are numbered in a row, the newest is pinned, and together they make what the models describe."""

from __future__ import annotations

import re

from tools.migrations import differences


def test_revisions_are_numbered_without_gaps(root):
    numbers = [int(name[:4]) for name in _revisions(root)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_revision_follows_the_one_before(root):
    previous = "None"
    for name in _revisions(root):
        source = (root / "migrations" / "versions" / name).read_text(encoding="utf-8")
        assert re.search(r"^down_revision = (.+)$", source, re.MULTILINE)[1].strip('"') == previous
        previous = re.search(r'^revision = "(.+)"$', source, re.MULTILINE)[1]


def test_the_newest_revision_is_pinned(root):
    """Two branches that each add a revision then conflict in git, not in somebody's database."""
    pinned = (root / "migrations" / "current-head").read_text(encoding="utf-8").strip()
    assert pinned == _revisions(root)[-1][:4]


def test_the_migrations_make_what_the_models_describe():
    assert differences() == []


def _revisions(root):
    return sorted(path.name for path in (root / "migrations" / "versions").glob("*.py"))
