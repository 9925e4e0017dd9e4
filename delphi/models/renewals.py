"""New versions of the consent text or the information pages after a study has started."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.domain.ids import AccountId, StudyId
from delphi.models.base import Model, UtcDateTime, rule_that


class Renewal(Model):
    """One new version: what changed, in words for the panel, and whether everybody is asked to agree again.

    Where nobody is asked, `reason` says why not. `replaced` keeps the information pages as they were, since
    their rows hold the newest text only; older consent texts have rows of their own.
    """

    __tablename__ = "renewal"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(20))
    versions: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    asks_again: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    replaced: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    published_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        rule_that(
            "part IN ('consent', 'documents')",
            name="part",
            sentence="A new version is of the consent text or of the information pages.",
        ),
        rule_that(
            "length(summary) > 0", name="says_what", sentence="A new version needs words on what has changed."
        ),
        rule_that(
            "asks_again OR length(reason) > 0",
            name="why_not_asked",
            sentence="Where nobody is asked to agree again, the record says why.",
        ),
    )
