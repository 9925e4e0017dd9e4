"""Stakeholder groups, and the unions of them: consensus panels and feedback groups."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import GroupId, StudyId
from delphi.models.base import Model, rule_that, unique


class ConsensusPanel(Model):
    """A union of groups that the rule speaks of."""

    __tablename__ = "consensus_panel"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]

    __table_args__ = (unique("study_id", "code", sentence="Two consensus panels have the same id."),)


class FeedbackGroup(Model):
    """A union of groups whose figures the panel may see."""

    __tablename__ = "feedback_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]

    __table_args__ = (unique("study_id", "code", sentence="Two feedback groups have the same id."),)


class StakeholderGroup(Model):
    """The perspective a panellist speaks for; in one consensus panel and one feedback group."""

    __tablename__ = "stakeholder_group"

    id: Mapped[GroupId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(200))
    easy_read: Mapped[str | None] = mapped_column(String(200))
    target: Mapped[int | None]
    panel_id: Mapped[int] = mapped_column(ForeignKey("consensus_panel.id"))
    feedback_group_id: Mapped[int] = mapped_column(ForeignKey("feedback_group.id"))
    position: Mapped[int]

    panel: Mapped[ConsensusPanel] = relationship()
    feedback_group: Mapped[FeedbackGroup] = relationship()

    __table_args__ = (
        unique("study_id", "code", sentence="Two stakeholder groups have the same id."),
        rule_that("target >= 0", name="target_not_negative", sentence="A target cannot be negative."),
    )
