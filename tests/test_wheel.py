"""A built wheel brings everything along: it runs far from any checkout.

The build machine also installs it in an empty environment from the lock and plays the demo; here the packages
of this environment are lent to it, so that no network is needed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
FAR_FROM_A_CHECKOUT = """
from pathlib import Path
import flask_migrate
from delphi import paths
from delphi.app import create_app
from delphi.config import initialise, load_settings

here = Path.cwd()
assert "site-packages" in Path(paths.__file__).parts, paths.__file__
for folder in (paths.templates_folder(), paths.migrations_folder(), paths.demo_folder()):
    assert folder.is_dir() and any(folder.iterdir()), folder
assert paths.instance_folder() == here / "instance"
initialise(paths.instance_folder())
app = create_app(load_settings())
with app.app_context():
    flask_migrate.upgrade()
assert app.test_client().get("/").status_code == 200
assert app.test_client().get("/readyz").text == "ready\\n"
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    built = subprocess.run(
        [*command, "--wheel-dir", str(folder), str(ROOT)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The environment into which it was installed."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    done = subprocess.run([*command, str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (packages,) = (
        folder.glob("lib/python*/site-packages") if os.name != "nt" else folder.glob("Lib/site-packages")
    )
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


@pytest.mark.parametrize(
    ("folder", "inside"),
    [
        ("templates", "delphi/_data/templates"),
        ("migrations", "delphi/_data/migrations"),
        ("delphi", "delphi"),
    ],
)
def test_every_file_is_in_the_wheel(wheel, folder, inside):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    listed = ["git", "ls-files", "--cached", folder]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    missing = {name for name in files if (ROOT / name).exists()} - {
        name.replace(inside, folder, 1) for name in packed if name.startswith(inside)
    }
    assert not missing


def test_nothing_but_the_package_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"delphi"}


def test_it_migrates_and_answers_far_from_any_checkout(installed, tmp_path):
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DELPHI_", "PYTHON", "COV_"))
    }
    command = [str(installed / "python"), "-c", FAR_FROM_A_CHECKOUT]
    done = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_it_brings_the_delphi_command(installed):
    assert any(installed.glob("delphi*"))
