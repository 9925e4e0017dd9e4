"""What can go wrong before Delphi itself runs, in sentences that say what to do."""

from __future__ import annotations

import errno
import shutil
import sys
from pathlib import Path


class Trouble(Exception):
    """The command cannot go on; the message is for the person at the terminal."""


NO_ROOM = (
    "The disk is full: there is no room in {folder} or in the system's temporary folder. "
    "Make some room and run the same command again."
)
NO_WRITING = (
    "Nothing can be written in {folder}. Check who owns that folder, or clone Delphi into a folder "
    "of your own."
)
NO_DOWNLOAD = (
    "The packages could not be fetched: the package index did not answer. Check the network (behind a "
    "proxy, set HTTPS_PROXY; with an index of your own, PIP_INDEX_URL) and run the same command again; "
    "what has been fetched is kept."
)
WRONG_HASH = (
    "A package that was fetched is not the one that Delphi was tested with (its hash differs), so nothing "
    "of it was installed. Something between here and the package index changes files: try another network "
    "or index."
)
NO_PACKAGE = (
    "The package index offered no package that fits this machine and Python {python}. Mostly that means that "
    "it could not be reached: check the network and run the same command again. If others can be reached, "
    "this machine is of an unusual kind: Delphi is made for Linux, macOS and Windows on x86-64 and ARM64."
)

FULL_BYTES = 2**20

# pip has no exit codes for these, so its words are all there is to go by; the order matters.
PIP_SAYS = (
    (("No space left on device", "Errno 28", "not enough space on the disk"), NO_ROOM),
    (("Permission denied", "Errno 13", "Read-only file system"), NO_WRITING),
    (("DO NOT MATCH THE HASHES",), WRONG_HASH),
    (
        (
            "Failed to establish a new connection",
            "NewConnectionError",
            "NameResolutionError",
            "Temporary failure in name resolution",
            "ConnectTimeoutError",
            "Read timed out",
            "ProxyError",
            "SSLError",
            "Connection aborted",
            "ConnectionResetError",
            "Max retries exceeded",
            "HTTP error",
        ),
        NO_DOWNLOAD,
    ),
    (("No matching distribution found",), NO_PACKAGE),
)


def from_os_error(error: OSError, folder: Path) -> Trouble | None:
    """The trouble behind an error of the operating system; None when it is none of the expected ones."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble(NO_ROOM.format(folder=folder))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble(NO_WRITING.format(folder=folder))
    return None


def from_pip(output: str, folder: Path, log: Path) -> Trouble:
    """The trouble behind what pip printed when it failed; its own last line when nothing better is known."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if shutil.disk_usage(folder).free < FULL_BYTES:
        # A full disk often keeps the very programs from saying so.
        return Trouble(NO_ROOM.format(folder=folder))
    for words, sentence in PIP_SAYS:
        if any(word in output for word in words):
            return Trouble(sentence.format(folder=folder, python=python))
    errors = [line.strip() for line in output.splitlines() if line.strip().lower().startswith("error")]
    last = errors[-1] if errors else "it gave no reason"
    return Trouble(f"Installing the packages failed: {last}\nAll that was said is in {log}.")
