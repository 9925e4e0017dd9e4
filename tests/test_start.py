"""start.py says in a plain sentence what keeps it from working, and does nothing twice."""

from __future__ import annotations

import ast
import errno
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tools.launch import commands, environment, suite
from tools.launch.environment import Environment, ensure, is_ready
from tools.launch.run import run_python
from tools.launch.trouble import Trouble, from_os_error, from_pip

ROOT = Path(__file__).resolve().parents[1]
START = ROOT / "start.py"
OLD_PYTHONS = ("python2", "python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10")


@pytest.fixture
def checkout(tmp_path):
    """A checkout with locks of its own and no environment yet."""
    (tmp_path / "requirements").mkdir()
    for lock in ("core", "test"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"# {lock}\n", encoding="utf-8")
    return Environment(tmp_path)


@pytest.fixture
def installed(monkeypatch):
    """Installing takes no time and is counted."""
    done = []

    def make(env):
        env.scripts.mkdir(parents=True, exist_ok=True)
        env.python.symlink_to(sys.executable)

    monkeypatch.setattr(environment, "_has_a_working_python", lambda env: env.python.exists())
    monkeypatch.setattr(environment, "_make", make)
    monkeypatch.setattr(environment, "_link_checkout", lambda env: None)
    monkeypatch.setattr(environment, "_pip_install", lambda env, lock: done.append(lock))
    return done


# --- An old Python --------------------------------------------------------------------------------------


def test_every_old_python_can_read_it():
    source = START.read_text(encoding="ascii")
    # The oldest grammar that Python can still check; it knows neither f-strings nor annotated names.
    tree = ast.parse(source, feature_version=(3, 4))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [
        f for f in functions if f.returns or any(a.annotation for a in f.args.args) or f.args.kwonlyargs
    ]
    assert "from __future__ import print_function" in source


def test_an_old_python_is_told_what_to_do():
    pretend = (
        "import runpy, sys\n"
        "sys.version_info = (3, 8, 1)\n"
        "sys.argv = ['start.py', 'demo']\n"
        f"runpy.run_path({str(START)!r}, run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("Delphi needs Python 3.11 or newer; this is Python 3.8.")
    assert len(done.stdout.splitlines()) == 2
    assert not done.stderr


def test_real_old_pythons_are_told_too():
    programs = [path for path in map(shutil.which, OLD_PYTHONS) if path and _works(path)]
    if not programs:
        pytest.skip("there is no old Python on this machine; the pretended one has to do")
    for program in programs:
        done = subprocess.run([program, str(START), "demo"], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert "needs Python 3.11 or newer" in done.stdout


def _works(program):
    return subprocess.run([program, "-c", ""], capture_output=True, check=False).returncode == 0


# --- Commands -------------------------------------------------------------------------------------------


def test_without_a_command_it_says_which_there_are(capsys):
    assert commands.main([]) == 0
    assert "demo" in capsys.readouterr().out


def test_an_unknown_command_is_named(capsys):
    assert commands.main(["dmeo"]) == 2
    assert "no command “dmeo”" in capsys.readouterr().out


def test_trouble_is_one_sentence_and_not_a_traceback(monkeypatch, capsys):
    def refuse(*_):
        raise Trouble("The disk is full.")

    monkeypatch.setattr(commands, "ensure", refuse)
    assert commands.main(["demo"]) == 1
    assert capsys.readouterr().out.strip() == "The disk is full."


def test_an_interruption_is_no_traceback(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "ensure", interrupt)
    assert commands.main(["demo"]) == 130
    assert "run the same command again" in capsys.readouterr().out


# --- The environment ------------------------------------------------------------------------------------


def test_a_second_start_installs_nothing(checkout, installed):
    ensure(checkout, "core")
    ensure(checkout, "core")
    assert installed == ["core"]


def test_a_changed_lock_is_installed_again(checkout, installed):
    ensure(checkout, "core")
    checkout.lock_file("core").write_text("# another\n", encoding="utf-8")
    ensure(checkout, "core")
    assert installed == ["core", "core"]


def test_the_test_lock_holds_the_core(checkout, installed):
    ensure(checkout, "test")
    ensure(checkout, "core")
    assert installed == ["test"]


def test_an_interrupted_installation_is_taken_up_again(checkout, installed, monkeypatch):
    def interrupt(env, lock):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(environment, "_pip_install", interrupt)
        with pytest.raises(KeyboardInterrupt):
            ensure(checkout, "core")
    assert not is_ready(checkout, "core")
    ensure(checkout, "core")
    assert installed == ["core"]


def test_a_moved_checkout_gets_a_new_environment(checkout, installed, tmp_path):
    ensure(checkout, "core")
    moved = Environment(tmp_path.with_name("elsewhere"))
    shutil.copytree(checkout.root, moved.root, symlinks=True)
    assert not is_ready(moved, "core")


def test_two_starts_at_once_install_once(checkout, installed, monkeypatch):
    def slowly(env, lock):
        time.sleep(0.2)
        installed.append(lock)

    monkeypatch.setattr(environment, "_pip_install", slowly)
    threads = [threading.Thread(target=ensure, args=(checkout, "core")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert installed == ["core"]


def test_a_python_without_venv_is_told_the_name_of_the_package(checkout, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "ensurepip" else found(name)
    )
    with pytest.raises(Trouble, match=r"apt-get install python3\.\d+-venv \(or python3-venv\)"):
        ensure(checkout, "core")


def test_a_full_disk_is_said_before_anything_is_fetched(checkout, monkeypatch):
    usage = shutil.disk_usage(checkout.root)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=2**20))
    with pytest.raises(Trouble, match=r"The disk is full.* need 500 MB; 1 MB are free"):
        ensure(checkout, "core")


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EACCES, "Nothing can be written")]
)
def test_what_the_system_refuses_is_said_in_words(checkout, monkeypatch, number, words):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(environment, "_install", refuse)
    with pytest.raises(Trouble, match=words):
        ensure(checkout, "core")


def test_an_unexpected_error_of_the_system_is_not_hidden(tmp_path):
    assert from_os_error(OSError(errno.EIO, "broken"), tmp_path) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: [Errno 13] Permission denied: 'x'", "Nothing can be written"),
        ("NewConnectionError: Failed to establish a new connection", "could not be fetched"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "hash differs"),
        ("ERROR: No matching distribution found for x==1", "offered no package that fits"),
        ("Collecting x\nERROR: something else", "failed: ERROR: something else"),
        ("", "it gave no reason"),
    ],
)
def test_what_pip_says_becomes_a_sentence(said, words, tmp_path):
    assert words in str(from_pip(said, tmp_path, tmp_path / "log"))


# --- Running --------------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path):
    """An environment whose Python is the one of this test."""
    env = Environment(tmp_path)
    env.scripts.mkdir(parents=True)
    env.python.symlink_to(sys.executable)
    return env


def test_the_exit_code_is_passed_on(here):
    assert run_python(here, "-c", "raise SystemExit(7)") == 7


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_stopping_it_stops_what_it_runs(tmp_path):
    """SIGTERM to start.py ends the server it started, which gets to clean up."""
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('clean', flush=True), sys.exit(0)))\n"
        "print('up', flush=True)\n"
        "time.sleep(30)\n"
    )
    runner = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tools.launch.environment import Environment\n"
        "from tools.launch.run import run_python\n"
        "env = Environment(Path(sys.argv[2]))\n"
        "env.scripts.mkdir(parents=True)\n"
        "env.python.symlink_to(sys.executable)\n"
        "sys.exit(run_python(env, '-c', sys.argv[3]))\n"
    )
    command = [sys.executable, "-c", runner, str(ROOT), str(tmp_path), program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "clean\n"
        assert process.wait(10) == 0


# --- The suite ------------------------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """What would be run, without running it; codes are given back in turn."""
    calls, codes = [], []

    def run(env, *arguments, extra=None):
        calls.append(((extra or {}).get("DELPHI_TEST_DATABASE", ""), arguments))
        return codes.pop(0) if codes else 0

    monkeypatch.setattr(suite, "run_python", run)
    return calls, codes


def test_the_suite_runs_on_both_databases(checkout, runs):
    assert suite.run_tests(checkout, []) == 0
    assert [database for database, _ in runs[0] if database] == ["sqlite", "postgresql"]


def test_the_fast_part_runs_on_sqlite_alone(checkout, runs):
    suite.run_tests(checkout, ["--fast", "-k", "rounds"])
    ((database, arguments),) = runs[0]
    assert database == "sqlite"
    assert "not slow" in " ".join(arguments)
    assert arguments[-2:] == ("-k", "rounds")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_a_machine_without_postgresql_passes_except_on_the_build_machine(
    checkout, runs, monkeypatch, capsys, ci, code
):
    monkeypatch.setenv("CI", ci)
    runs[1].extend([0, 1])
    assert suite.run_tests(checkout, []) == code
    assert "Not run on PostgreSQL" in capsys.readouterr().out


def test_a_failure_on_either_database_is_a_failure(checkout, runs):
    runs[1].extend([0, 0, 1])
    assert suite.run_tests(checkout, []) == 1
