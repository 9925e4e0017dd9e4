"""The log: one line for each fact, as `name=value` pairs. Ids only: never ratings, comments, names or tokens.

What happened to a study is not here but in its events. This stands on Python's own logging, so that whoever
runs Delphi inside another server program can send the lines wherever that program sends its own.
"""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

ROOT = "delphi"

NEEDS_QUOTES = frozenset(' ="\n\r\t')


class Log:
    """Where one part of the program tells its facts: `log.info("round_opened", study=3, number=2)`."""

    def __init__(self, part: str) -> None:
        self._logger = logging.getLogger(f"{ROOT}.{part}")

    def info(self, event: str, **facts: object) -> None:
        """Something happened as it should."""
        self._logger.info(_line(event, facts))

    def warning(self, event: str, **facts: object) -> None:
        """Something did not work, and is tried again by itself."""
        self._logger.warning(_line(event, facts))

    def error(self, event: str, **facts: object) -> None:
        """Something needs a person."""
        self._logger.error(_line(event, facts))


class Lines(logging.Formatter):
    """`timestamp=2026-03-02T09:30:00Z level=info event=…`, in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        level = record.levelname.lower()
        return f"timestamp={at.replace('+00:00', 'Z')} level={level} {record.getMessage()}"


def log_to_stderr(level: str) -> None:
    """Write lines from this level on to the terminal's error stream, in place of where they went before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logger = logging.getLogger(ROOT)
    logger.handlers[:] = [handler]
    logger.setLevel(level.upper())


def _line(event: str, facts: dict[str, object]) -> str:
    return " ".join(f"{name}={_value(value)}" for name, value in {"event": event, **facts}.items())


def _value(value: object) -> str:
    text = str(value)
    if not text or NEEDS_QUOTES.intersection(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return text
