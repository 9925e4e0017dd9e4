"""Starting a server as a process of its own and waiting for its first good answer."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers, and how long that took from its start."""

    pid: int
    port: int
    seconds: float


@contextmanager
def started(arguments: Sequence[str], path: str, extra: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `python ARGUMENTS --port N` until the body ends; RuntimeError when it never answers `path`."""
    port = free_port()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments, "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **(extra or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers(port, path):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE_SECONDS:
                raise RuntimeError(f"{' '.join(arguments)} ended or never answered {path}.")
            time.sleep(LOOK_SECONDS)
        yield Server(process.pid, port, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int, path: str) -> bool:
    """Whether a server gives 200 for this path."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def requests_per_second(port: int, path: str, seconds: float) -> float:
    """One client that keeps its connection and asks again as soon as it is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    n, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        connection.request("GET", path)
        connection.getresponse().read()
        n += 1
    connection.close()
    return n / seconds
