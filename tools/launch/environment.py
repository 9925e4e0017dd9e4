"""The environment in .venv: made once, filled from a hashed lock, left alone while the lock is the same."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.launch.trouble import NO_ROOM, Trouble, from_os_error, from_pip

WINDOWS = os.name == "nt"
STAMP = "delphi-locks.txt"
ROOM_NEEDED_MB = {"core": 500, "test": 1100}
CONTAINED_LOCKS = {"core": ("core",), "test": ("test", "core")}


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment of the checkout in `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.root / ".venv"

    @property
    def scripts(self) -> Path:
        """The folder of its commands."""
        return self.folder / ("Scripts" if WINDOWS else "bin")

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.scripts / ("python.exe" if WINDOWS else "python")

    def lock_file(self, lock: str) -> Path:
        """The hashed lock `core` (what Delphi needs) or `test` (that, and what its tests and checks need)."""
        return self.root / "requirements" / f"{lock}.txt"


def ensure(environment: Environment, lock: str) -> None:
    """Make sure that everything in `lock` is installed; do nothing when it is.

    A second start waits for the first. Raises Trouble with a sentence when it cannot be done.
    """
    try:
        if is_ready(environment, lock):
            return
        with _one_at_a_time(environment.root / ".venv.lock"):
            if not is_ready(environment, lock):
                _install(environment, lock)
    except OSError as error:
        trouble = from_os_error(error, environment.root)
        if trouble is None:
            raise
        raise trouble from error


def is_ready(environment: Environment, lock: str) -> bool:
    """Whether this very lock is installed, by the stamp of its hash."""
    stamp = environment.folder / STAMP
    if not (environment.python.exists() and stamp.exists()):
        return False
    return _stamp_line(environment, lock) in stamp.read_text(encoding="utf-8").splitlines()


def _install(environment: Environment, lock: str) -> None:
    started = time.monotonic()
    _refuse_a_full_disk(environment, lock)
    if not _has_a_working_python(environment):
        _make(environment)
    print(
        "Fetching and installing the packages into .venv. This happens once and takes about a minute.",
        flush=True,
    )
    stamp = environment.folder / STAMP
    # Without the stamp an interrupted installation is taken up again at the next start.
    stamp.unlink(missing_ok=True)
    _pip_install(environment, lock)
    _link_checkout(environment)
    lines = [_stamp_line(environment, name) for name in CONTAINED_LOCKS[lock]]
    stamp.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"Ready after {time.monotonic() - started:.0f} seconds.\n", flush=True)


def _refuse_a_full_disk(environment: Environment, lock: str) -> None:
    free_mb = shutil.disk_usage(environment.root).free // 2**20
    needed_mb = ROOM_NEEDED_MB[lock]
    # What is there already counts: an update of a full environment needs little.
    if free_mb < needed_mb and not environment.folder.exists():
        sentence = NO_ROOM.format(folder=environment.root)
        raise Trouble(f"{sentence} Delphi's packages need {needed_mb} MB; {free_mb} MB are free.")


def _has_a_working_python(environment: Environment) -> bool:
    if not environment.python.exists():
        return False
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    answer = subprocess.run([str(environment.python), "-c", question], capture_output=True, check=False)
    return answer.returncode == 0


def _make(environment: Environment) -> None:
    for part in ("venv", "ensurepip"):
        if importlib.util.find_spec(part) is None:
            raise Trouble(missing_venv())
    base = getattr(sys, "_base_executable", sys.executable)
    command = [base, "-m", "venv", "--clear", str(environment.folder)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    said = made.stdout + made.stderr
    if "ensurepip is not" in said:
        raise Trouble(missing_venv())
    log = environment.root / ".venv" / "install.log"
    raise from_pip(said, environment.root, log if _keep(log, said) else environment.root)


def missing_venv() -> str:
    """What to do when this Python came without the part that makes environments, as Debian's does."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"This Python has no `venv`, which Delphi needs to keep its packages apart. On Debian or Ubuntu: "
        f"sudo apt-get install python{version}-venv (or python3-venv). Then run the same command again."
    )


def _pip_install(environment: Environment, lock: str) -> None:
    # Ready-made packages only: a missing one is said at once instead of after minutes of a failing compiler.
    command = [str(environment.python), "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:", "--require-hashes"]
    command += ["--requirement", str(environment.lock_file(lock))]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        log = environment.folder / "install.log"
        _keep(log, done.stdout)
        raise from_pip(done.stdout, environment.root, log)


def _keep(log: Path, text: str) -> bool:
    """Write what was said to `log`; on a full disk even that may fail, and must not hide the reason."""
    try:
        log.write_text(text, encoding="utf-8")
    except OSError:
        return False
    return True


def _link_checkout(environment: Environment) -> None:
    """Put the checkout on the environment's path, and a `delphi` command beside its Python.

    pip can do neither in one go with hashes: it refuses `--require-hashes` together with a folder.
    """
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    answer = subprocess.run(
        [str(environment.python), "-c", question], capture_output=True, text=True, check=True
    )
    Path(answer.stdout.strip(), "delphi-checkout.pth").write_text(f"{environment.root}\n", encoding="utf-8")
    if WINDOWS:
        script, text = environment.scripts / "delphi.cmd", f'@"{environment.python}" -m delphi %*\n'
    else:
        script, text = (
            environment.scripts / "delphi",
            f'#!/bin/sh\nexec "{environment.python}" -m delphi "$@"\n',
        )
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)


def _stamp_line(environment: Environment, lock: str) -> str:
    content = environment.lock_file(lock).read_bytes()
    # The place is part of it: an environment that was moved or copied has commands that point elsewhere.
    return f"{lock} {hashlib.sha256(content).hexdigest()} {environment.root}"


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold `lock` while the body runs; the system lets go of it even when the process is killed."""
    with lock.open("a+", encoding="utf-8") as handle:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Another start is installing the packages; waiting for it.", flush=True)
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield
