"""Run a program in the environment, and end with it when the person or the system says stop."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from types import FrameType

from tools.launch.environment import Environment

INTERRUPTED = 130


def run_python(environment: Environment, *arguments: str, extra: Mapping[str, str] | None = None) -> int:
    """Run the environment's Python with `arguments`, from the checkout; return its exit code.

    Ctrl-C reaches the program too, which cleans up and ends; a SIGTERM is passed on to it.
    """
    command: Sequence[str] = [str(environment.python), *arguments]
    child = subprocess.Popen(command, cwd=environment.root, env={**os.environ, **(extra or {})})

    def pass_on(number: int, frame: FrameType | None) -> None:
        child.terminate()

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        return _wait(child)
    finally:
        signal.signal(signal.SIGTERM, before)


def _wait(child: subprocess.Popen[bytes]) -> int:
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            # The terminal has sent it to the program as well; what remains is to wait for its end.
            continue
        return INTERRUPTED if code == -signal.SIGINT else abs(code)
