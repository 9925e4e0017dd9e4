"""The import contracts of pyproject.toml hold, and the one thing they cannot say."""

from __future__ import annotations

import ast
import subprocess
import sys

FLOORS = "import sys; from importlinter.cli import lint_imports_command as run; sys.exit(run())"


def test_every_import_contract_is_kept(root):
    done = subprocess.run(
        [sys.executable, "-c", FLOORS, "--no-cache"], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scipy_is_imported_only_inside_functions(modules):
    """It takes over a second to import, and a web worker must start without it."""
    at_the_top = [
        module.at(node)
        for module in modules
        for node in _outside_functions(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "scipy" in _imported(node)
    ]
    assert not at_the_top, f"import SciPy inside the function that needs it: {at_the_top}"


def test_the_package_itself_imports_nothing(root):
    tree = ast.parse((root / "delphi" / "__init__.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def _outside_functions(tree):
    pending = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        pending.extend(ast.iter_child_nodes(node))


def _imported(node):
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return {name.partition(".")[0] for name in names}
