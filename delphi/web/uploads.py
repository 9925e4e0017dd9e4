"""Files that come with a form: read whole, and closed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from delphi.domain.errors import InvalidInput, Problem


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as somebody sent it; `name` is their own name for it, `content` empty when none was chosen."""

    name: str
    content: bytes


def sent_file(field: str = "file", *, most: int = -1) -> SentFile:
    """The file in a field of the form; of a longer one than `most` bytes only so much is read."""
    sent = request.files.get(field)
    if sent is None:
        return SentFile("", b"")
    found = SentFile(sent.filename or "", sent.stream.read(most) if sent.filename else b"")
    sent.close()
    return found


def chosen_file(field: str = "file", *, most: int = -1) -> SentFile:
    """The same where the form needs a file: InvalidInput beside the field when there is none."""
    found = sent_file(field, most=most)
    if not found.content:
        raise InvalidInput([Problem(field, "Choose a file first.")])
    return found
