"""The .zip itself: packed so that the same files give the same bytes, unpacked without trusting it.

An archive comes from outside. What it says of itself (names, sizes, kinds) is checked before anything
is read, and reading stops at the size that was promised.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from delphi.domain.errors import InvalidInput, Problem

MOST_FILES = 2_000
MOST_FILE_BYTES = 5_000_000
MOST_TOTAL_BYTES = 100_000_000
_MOST_RATIO = 200
_RATIO_FROM_BYTES = 1_000_000  # below it, a text that says one thing a thousand times hurts nobody
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_ENCRYPTED = 0x1
_PATH = re.compile(r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*/){0,5}[A-Za-z0-9_][A-Za-z0-9._-]*")
_CLUTTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_HEADING = "The archive cannot be used. Nothing was changed."


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as one .zip: sorted, dated 1980, readable by all, stored as they are.

    Stored, because compressed bytes differ between versions of the compressing library, and two exports
    of one study must be equal wherever they were made.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, date_time=_EARLIEST)
            entry.create_system = _UNIX
            entry.external_attr = _PLAIN_FILE
            archive.writestr(entry, content)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files of a .zip by path, without folders and system clutter; a single outer folder is taken off.

    Raises InvalidInput for anything that is not a plain archive of reasonable size.
    """
    if len(content) > MOST_TOTAL_BYTES:
        raise InvalidInput(
            [Problem("", f"the archive has {len(content):,} bytes; at most {MOST_TOTAL_BYTES:,} are read.")],
            heading=_HEADING,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not _is_left_out(entry)]
            if problems := [*_objections(entries)]:
                raise InvalidInput(problems, heading=_HEADING)
            files = {entry.filename: _read(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise InvalidInput(
            [Problem("", "This is not a .zip archive that can be read. Export or zip it again.")],
            heading=_HEADING,
        ) from None
    return _without_outer_folder(files)


def is_clutter(name: str) -> bool:
    """Whether a file or folder is something that operating systems leave behind."""
    return (name.startswith(".") and name not in (".", "..")) or name in _CLUTTER


def name_objection(path: str) -> str | None:
    """Why a file of a study may not have this path, as a sentence; None when it may."""
    if path.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", path) or re.match(r"[A-Za-z]:", path):
        return "this name leads out of the study; name the file by a path inside it."
    if not _PATH.fullmatch(path) or len(path) > 200:
        return "this name cannot be used; use letters, digits, dots, hyphens, underscores and folders."
    return None


def _is_left_out(entry: zipfile.ZipInfo) -> bool:
    """Folders and clutter; a name that tries to lead elsewhere is neither, so that it is refused."""
    parts = entry.orig_filename.rstrip("/").split("/")
    leads_out = ".." in entry.orig_filename or "\\" in entry.orig_filename
    return not leads_out and (entry.is_dir() or any(is_clutter(part) for part in parts))


def _objections(entries: list[zipfile.ZipInfo]) -> Iterator[Problem]:
    if len(entries) > MOST_FILES:
        yield Problem("", f"the archive holds {len(entries):,} files; a study has at most {MOST_FILES:,}.")
        return
    total = sum(entry.file_size for entry in entries)
    if total > MOST_TOTAL_BYTES:
        yield Problem("", f"unpacked it would have {total:,} bytes; at most {MOST_TOTAL_BYTES:,} are read.")
    seen: set[str] = set()
    for entry in entries:
        if sentence := _objection(entry):
            yield Problem(entry.filename[:200], sentence)
        if entry.filename in seen:
            yield Problem(entry.filename[:200], "the archive holds two files of this name; keep one of them.")
        seen.add(entry.filename)


def _objection(entry: zipfile.ZipInfo) -> str | None:
    if sentence := name_objection(entry.orig_filename):
        return sentence
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if entry.create_system == _UNIX and kind not in (0, stat.S_IFREG):
        return "this is a link or a device, not a file; put the file itself into the archive."
    if entry.flag_bits & _ENCRYPTED:
        return "this file is encrypted; make the archive without a password."
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "this file is packed in an unusual way; make the archive as an ordinary .zip."
    if entry.file_size > MOST_FILE_BYTES:
        return f"unpacked it would have {entry.file_size:,} bytes; at most {MOST_FILE_BYTES:,} are read."
    if entry.file_size > max(_RATIO_FROM_BYTES, _MOST_RATIO * entry.compress_size):
        return "it would unpack to far more than it is; this is how archives are made to fill a server."
    return None


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile(f"{entry.filename} has another size than the archive says")
    return content


def _without_outer_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Zipping a folder in a file manager puts everything into a folder of its name."""
    outer = {path.split("/", 1)[0] if "/" in path else "" for path in files}
    if len(outer) != 1 or "" in outer:
        return files
    return {path.split("/", 1)[1]: content for path, content in files.items()}
