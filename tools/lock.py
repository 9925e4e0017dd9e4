"""Write the hashed locks in requirements/ from pyproject.toml: `python -m tools.lock`, with `uv` installed.

The locks name versions and hashes and no address, so that any index that holds the same files will do.
They serve every platform and Python that pyproject.toml allows, and plain pip installs them.

`--upgrade` takes the newest versions that pyproject.toml allows; without it versions stay where they can.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
OLDEST_PYTHON = "3.11"
TEST_PARTS = ("--group", "test", "--group", "lint", "--group", "build")


def uv() -> list[str]:
    """How uv is called here: from this environment, or by its name; empty where it is not installed."""
    if importlib.util.find_spec("uv"):
        return [sys.executable, "-m", "uv"]
    return ["uv"] if shutil.which("uv") else []


def compile_lock(output: Path, *parts: str, upgrade: bool = False) -> None:
    """Resolve pyproject.toml, with the groups in `parts`, into `output`.

    Raises `subprocess.CalledProcessError` when uv finds no set of versions; uv has then said why.
    """
    command = [
        *uv(),
        "pip",
        "compile",
        "pyproject.toml",
        *parts,
        "--python-version",
        OLDEST_PYTHON,
        "--quiet",
    ]
    command += [
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--output-file",
        str(output.relative_to(ROOT)),
    ]
    subprocess.run([*command, *(["--upgrade"] if upgrade else [])], cwd=ROOT, check=True)


def main(arguments: list[str] | None = None) -> int:
    """Write both locks; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.lock", description="Write the hashed locks.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that are allowed")
    options = parser.parse_args(arguments)
    if not uv():
        print(f"The locks are made with uv. Run `{sys.executable} -m pip install uv` and try again.")
        return 1
    core, test = REQUIREMENTS / "core.txt", REQUIREMENTS / "test.txt"
    compile_lock(core, upgrade=options.upgrade)
    # uv keeps the versions it finds in the file it is about to write: what is tested is what is installed.
    shutil.copyfile(core, test)
    compile_lock(test, *TEST_PARTS)
    print("Wrote requirements/core.txt and requirements/test.txt.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
