"""Laws about the code of delphi/; each failure says where, and what to write instead."""

from __future__ import annotations

import ast
import re

import pytest

LONGEST_FILE = 500
TIME_READERS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
READS_THE_TIME = {"delphi.clock"}
# Catching everything hides mistakes. A loop that must outlive the failure of one job may, and says so here.
CATCHES_EVERYTHING = {
    "delphi.jobs.loop": "one broken job must not stop the others; it is logged and tried again later",
}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")


def test_every_module_says_why_it_exists(modules):
    silent = [
        module.name for module in modules if module.source.strip() and not ast.get_docstring(module.tree)
    ]
    assert not silent, f"open with a docstring: why the module exists and what it must not import: {silent}"


def test_only_the_clock_reads_the_time(modules):
    found = [
        module.at(node)
        for module in modules
        if module.name not in READS_THE_TIME
        for node in ast.walk(module.tree)
        if _reads_the_time(node)
    ]
    assert not found, f"take `now` as an argument, or ask delphi.clock.now() at the edge: {found}"


def test_nobody_catches_everything(modules):
    found = [
        module.at(node)
        for module in modules
        if module.name not in CATCHES_EVERYTHING
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and _catches_everything(node)
    ]
    assert not found, f"catch what you can answer for: {found}"


def test_no_assert_guards_anything(modules):
    """Python run with -O drops asserts; a check that matters raises an error with a sentence."""
    found = [m.at(node) for m in modules for node in ast.walk(m.tree) if isinstance(node, ast.Assert)]
    assert not found, f"raise an exception with a sentence: {found}"


def test_nothing_is_left_unfinished(modules):
    found = [
        f"{module.path.name}:{number}"
        for module in modules
        for number, line in enumerate(module.source.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found, f"a known gap is an issue or a decision record, not a note in the code: {found}"


def test_no_file_eats_a_feature(modules):
    long = {m.name: n for m in modules if (n := len(m.source.splitlines())) > LONGEST_FILE}
    assert not long, f"a module this long holds two ideas; give each its own room: {long}"


def test_queries_are_made_with_select(modules):
    """`Model.query` belongs to Flask-SQLAlchemy's old interface, which may go."""
    found = [
        module.at(node)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "query"
        and isinstance(node.value, ast.Name)
        and node.value.id[:1].isupper()
    ]
    assert not found, f"use db.select and db.session: {found}"


@pytest.mark.parametrize(
    ("line", "is_read"),
    [
        ("datetime.now(UTC)", True),
        ("datetime.datetime.now()", True),
        ("date.today()", True),
        ("time.time()", True),
        ("time.monotonic()", False),
        ("clock.now()", False),
        ("now.date()", False),
    ],
)
def test_the_law_of_the_clock_sees_what_it_should(line, is_read):
    assert any(_reads_the_time(node) for node in ast.walk(ast.parse(line))) == is_read


def _reads_the_time(node):
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return (name, node.func.attr) in TIME_READERS


def _catches_everything(handler):
    if handler.type is None:
        return not _reraises(handler)
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    broad = any(getattr(kind, "id", "") in ("Exception", "BaseException") for kind in types)
    # Cleaning up and passing it on hides nothing.
    return broad and not _reraises(handler)


def _reraises(handler):
    return bool(handler.body) and isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
