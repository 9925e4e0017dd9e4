"""Every page says who may open it, has a plain address, and changes nothing by being looked at."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from delphi.web.access import access_of

# Pages that libraries bring, by exact name, with why everybody may open them.
LIBRARY = {"static": "style sheets, scripts and fonts, which hold nothing of a study"}
# Pages that were there before access was declared on views, and hold nothing of a study.
OPEN = {
    "status.home": "says that the platform runs",
    "status.healthz": "says that the process answers",
    "status.readyz": "says whether the database answers",
}
# Looking at names is itself a fact that is recorded (design, Storage: one event a visit).
LOOKING_IS_RECORDED = {"panel.messages", "panel.people", "person.show"}
# Pages of a study for people who are not in it any more, with why they need no permission.
AFTERWARDS = {"/studies/<slug>/taking-part/left": "says goodbye to somebody whose session has just ended"}
PIECE = r"([a-z0-9]+|<(int:|path:)?[a-z_]+>)"
ADDRESS = re.compile(rf"(/|(/{PIECE}(-{PIECE})*)+(\.[a-z]+)?)")


@pytest.fixture
def rules(app):
    return list(app.url_map.iter_rules())


def test_every_route_declares_its_access(app, rules):
    silent = {
        rule.endpoint
        for rule in rules
        if rule.endpoint not in LIBRARY and access_of(app.view_functions[rule.endpoint]) is None
    } - set(OPEN)
    assert not silent, f"mark the view with @public, @requires(…) or @needs_account: {silent}"


def test_no_exemption_outlives_its_route(rules):
    endpoints = {rule.endpoint for rule in rules}
    assert not (set(LIBRARY) | set(OPEN) | LOOKING_IS_RECORDED) - endpoints
    assert not set(AFTERWARDS) - {rule.rule for rule in rules}


def test_a_page_of_a_study_is_never_public(app, rules):
    """A page below a study's address asks for a permission in that study."""
    open_pages = [
        rule.rule
        for rule in rules
        if rule.rule.startswith("/studies/<slug>")
        and rule.rule not in AFTERWARDS
        and getattr(access_of(app.view_functions[rule.endpoint]), "permission", None) is None
    ]
    assert not open_pages


def test_addresses_are_kebab_case(rules):
    wrong = [rule.rule for rule in rules if rule.endpoint not in LIBRARY and not ADDRESS.fullmatch(rule.rule)]
    assert not wrong, f"small letters, digits and hyphens between slashes: {wrong}"


def test_numbers_in_addresses_are_typed(rules):
    wrong = [rule.rule for rule in rules for name in ("number", "comment") if f"<{name}>" in rule.rule]
    assert not wrong


def test_looking_changes_nothing(app, rules):
    """A view that answers GET opens no unit of work: mail scanners, previews and Back buttons look too."""
    writing = {
        rule.endpoint
        for rule in rules
        if "GET" in rule.methods
        and rule.endpoint not in LIBRARY
        and _opens_unit_of_work(app.view_functions[rule.endpoint])
    }
    assert not writing - LOOKING_IS_RECORDED


def test_no_view_answers_both_to_look_and_to_change(rules):
    both = {rule.endpoint for rule in rules if {"GET", "POST"} <= rule.methods}
    assert not both, f"give each its own view: {both}"


def _opens_unit_of_work(view):
    """Whether a view, or a function of its own module that it calls, opens one."""
    function = inspect.unwrap(view)
    module = inspect.getmodule(function)
    tree = ast.parse(inspect.getsource(module))
    bodies = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    pending, seen = [function.__name__], set()
    while pending:
        name = pending.pop()
        if name in seen or name not in bodies:
            continue
        seen.add(name)
        for node in ast.walk(bodies[name]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id == "unit_of_work":
                    return True
                pending.append(node.func.id)
    return False
