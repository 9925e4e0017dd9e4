"""Consensus meetings after the rounds: who came, and how they voted on each section (requirement M15)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import AccountId, SectionId, StudyId
from delphi.models.base import Model, UtcDateTime, rule_that
from delphi.models.sections import Section


class Meeting(Model):
    """One meeting. `who` says who came, by group and number; votes are of the meeting, not of persons."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"), index=True)
    held_on: Mapped[date]
    who: Mapped[str] = mapped_column(Text)
    how: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    votes: Mapped[list[MeetingVote]] = relationship(order_by="MeetingVote.section_id")

    __table_args__ = (
        rule_that("length(who) > 0", name="says_who", sentence="A meeting needs words on who came."),
    )


class MeetingVote(Model):
    """How a meeting voted on one section, and what it wanted changed; it changes no outcome."""

    __tablename__ = "meeting_vote"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True)
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id"), primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    n_for: Mapped[int]
    n_against: Mapped[int]
    n_abstained: Mapped[int]
    changes: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    section: Mapped[Section] = relationship()

    __table_args__ = (
        rule_that(
            "n_for >= 0 AND n_against >= 0 AND n_abstained >= 0",
            name="counts",
            sentence="Votes are counted from 0.",
        ),
        rule_that("length(question) > 0", name="says_what", sentence="A vote needs the words voted on."),
    )
