"""The locks hold what pyproject.toml asks for, with hashes and without addresses."""

from __future__ import annotations

import re
import tomllib

import pytest

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def locks(root):
    return {
        name: (root / "requirements" / f"{name}.txt").read_text(encoding="utf-8") for name in ("core", "test")
    }


def test_the_core_lock_holds_every_dependency(project, locks):
    missing = _names(project["project"]["dependencies"]) - set(_pins(locks["core"]))
    assert not missing, f"run `python -m tools.lock`: {missing}"


def test_the_test_lock_holds_every_dependency_and_group(project, locks):
    asked = _names(project["project"]["dependencies"])
    asked |= {name for group in project["dependency-groups"].values() for name in _names(group)}
    missing = asked - set(_pins(locks["test"]))
    assert not missing, f"run `python -m tools.lock`: {missing}"


def test_the_core_lock_holds_nothing_that_only_tests_need(project, locks):
    groups = project["dependency-groups"]
    for_tests = {name for group in groups.values() for name in _names(group)}
    assert not for_tests & set(_pins(locks["core"]))


def test_what_is_tested_is_what_is_installed(locks):
    core, test = _pins(locks["core"]), _pins(locks["test"])
    different = {
        name: (versions, test.get(name)) for name, versions in core.items() if test.get(name) != versions
    }
    assert not different, f"run `python -m tools.lock`: {different}"


@pytest.mark.parametrize("name", ["core", "test"])
def test_every_pin_has_a_hash_and_no_address(locks, name):
    lock = locks[name]
    assert "://" not in lock
    assert "index-url" not in lock
    entries = re.split(r"(?m)^(?=\S)(?!#)", lock)
    without = [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert not without


def _names(requirements):
    return {_normal(re.match(r"[A-Za-z0-9._-]+", requirement)[0]) for requirement in requirements}


def _pins(lock):
    pins = {}
    for name, version in PINNED.findall(lock):
        pins.setdefault(_normal(name), set()).add(version)
    return pins


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
