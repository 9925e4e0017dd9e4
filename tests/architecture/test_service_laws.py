"""Every use case says who does it and when, and asks whether they may before it does anything."""

from __future__ import annotations

import ast

import pytest

# What floors above may call without asking, with the reason.
NEEDS_NO_ASKING: dict[str, str] = {
    "delphi.services.invitations.open_link": "the link itself says who acts; until it is open nobody does",
    "delphi.services.short_codes.open_with_code": "the code itself says who acts, as a link does",
    "delphi.services.signing_in.sign_in": "whoever signs in is nobody yet; the password is asked",
    "delphi.services.signing_in.use_sign_in_link": "whoever signs in is nobody yet; the link is asked",
    "delphi.services.signing_in.choose_password": "an account's own password belongs to no study",
    "delphi.services.signing_in.end_sessions": "an account's own sessions belong to no study",
}


@pytest.fixture(scope="module")
def use_cases(modules):
    """What the floors above the services call in them, by full name: the doors of the house.

    The other public functions of the services are steps that these are made of.
    """
    called = {
        name
        for module in modules
        if not module.name.startswith("delphi.services")
        for name in _called_in(module.tree)
    }
    return {
        f"{module.name}.{node.name}": (module, node)
        for module in modules
        if module.name.startswith("delphi.services")
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef)
        if f"{module.name}.{node.name}" in called - set(NEEDS_NO_ASKING)
    }


def test_every_use_case_is_told_who_acts_and_when(use_cases):
    untold = [
        module.at(node)
        for module, node in use_cases.values()
        if not {"actor", "now"} <= {argument.arg for argument in node.args.kwonlyargs}
    ]
    assert not untold, f"take `actor` and `now` as keyword-only arguments: {untold}"


def test_every_use_case_asks_first_whether_the_actor_may(use_cases):
    unasked = [module.at(node) for module, node in use_cases.values() if not _asks_first(node)]
    assert not unasked, f"start with require(actor, ...); only look-ups may stand before it: {unasked}"


def test_no_service_commits(modules):
    """The edge commits, with `with unit_of_work():`, so that one use case is one transaction."""
    found = [
        module.at(node)
        for module in modules
        if module.name.startswith(("delphi.services", "delphi.queries", "delphi.models"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "begin", "begin_nested")
    ]
    assert not found, f"flush, and let unit_of_work commit: {found}"


def test_no_exemption_outlives_what_it_exempts(modules):
    functions = {
        f"{module.name}.{node.name}"
        for module in modules
        for node in module.tree.body
        if hasattr(node, "name")
    }
    assert not set(NEEDS_NO_ASKING) - functions


@pytest.mark.parametrize(
    "source",
    [
        "from delphi.services.rounds import close_round",
        "from delphi.services import rounds\nrounds.close_round()",
        "from delphi.services import rounds as the_rounds\nthe_rounds.close_round()",
        "import delphi.services.rounds\ndelphi.services.rounds.close_round()",
    ],
)
def test_the_law_finds_what_is_called_however_it_is_imported(source):
    assert "delphi.services.rounds.close_round" in _called_in(ast.parse(source))


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        ("require(actor, P.X, 1)", True),
        ("'''Doc.'''\n round = round_of(1)\n require(actor, P.X, round.study_id)", True),
        ("row.state = 2\n require(actor, P.X, 1)", False),
        ("send()\n require(actor, P.X, 1)", False),
        ("if x:\n  require(actor, P.X, 1)", False),
        ("return 1", False),
    ],
)
def test_the_law_of_asking_sees_what_it_should(body, asks):
    function = ast.parse(f"def use_case(*, actor, now):\n {body}").body[0]
    assert _asks_first(function) == asks


def _called_in(tree):
    """The full names of the services' functions that a module uses."""
    rooms = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "delphi.services":
            rooms |= {alias.asname or alias.name: f"delphi.services.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("delphi.services."):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            yield f"{rooms.get(owner, owner)}.{node.attr}"


def _asks_first(function):
    for statement in function.body:
        if _is_docstring(statement) or _is_look_up(statement):
            continue
        call = getattr(statement, "value", None)
        return isinstance(call, ast.Call) and getattr(call.func, "id", "").startswith("require")
    return False


def _is_docstring(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_look_up(statement):
    """Names are given to what was looked up; nothing that was looked up is changed."""
    if isinstance(statement, ast.AnnAssign):
        return isinstance(statement.target, ast.Name)
    return isinstance(statement, ast.Assign) and all(
        isinstance(target, ast.Name | ast.Tuple) for target in statement.targets
    )
