"""What was computed and what was shown, kept as it was: never edited, each with its checksum."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.domain.ids import PanellistId, RoundId, StudyId
from delphi.models.base import Model, UtcDateTime, unique


class ResultSnapshot(Model):
    """The team's results of a round: counts, outcomes, rule and versions as canonical JSON.

    Analysing again adds a snapshot. When somebody's answers are deleted, `content` of earlier ones keeps
    only what was released, `checksum` stays, and `tombstone_id` says why they cannot be computed again.
    """

    __tablename__ = "result_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    number: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tombstone_id: Mapped[int | None] = mapped_column(ForeignKey("tombstone.id"))

    __table_args__ = (unique("round_id", "number", sentence="This round has a snapshot with this number."),)


class FeedbackSnapshot(Model):
    """What a round's feedback shows to everybody: released figures, reviewed comments, what changed.

    When somebody's answers are deleted their comments leave `content`; figures and `checksum` stay.
    """

    __tablename__ = "feedback_snapshot"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    result_snapshot_id: Mapped[int] = mapped_column(ForeignKey("result_snapshot.id"))
    content: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tombstone_id: Mapped[int | None] = mapped_column(ForeignKey("tombstone.id"))


class FeedbackCopy(Model):
    """What one person is shown besides: own answers and what came of own comments."""

    __tablename__ = "feedback_copy"

    round_id: Mapped[RoundId] = mapped_column(
        ForeignKey("feedback_snapshot.round_id", ondelete="CASCADE"), primary_key=True
    )
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    content: Mapped[str] = mapped_column(Text)
    checksum: Mapped[str] = mapped_column(String(64))
