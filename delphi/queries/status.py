"""Whether this installation is ready to be used."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from delphi.extensions import db
from delphi.paths import migrations_folder


@dataclass(frozen=True, slots=True)
class PlatformStatus:
    """Whether pages can be served, and a sentence that says why not."""

    is_ready: bool
    sentence: str


def platform_status() -> PlatformStatus:
    """Ask the database for its migration head and compare it with the pinned one."""
    pinned = (migrations_folder() / "current-head").read_text(encoding="utf-8").strip()
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError):
        db.session.rollback()
        return PlatformStatus(False, "The database has no tables yet. Run “delphi init”.")
    if found != pinned:
        return PlatformStatus(
            False, f"The database is at {found}, this version needs {pinned}. Run “delphi init”."
        )
    return PlatformStatus(True, "Everything is ready.")
