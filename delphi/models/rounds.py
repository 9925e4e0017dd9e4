"""Rounds, what each puts to the panel, and how its closing day moved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from delphi.domain.ids import AccountId, CriterionId, DraftId, ItemId, RoundId, SectionId, StudyId
from delphi.domain.states import RoundState
from delphi.models.base import Model, UtcDateTime, one_of, rule_that, unique
from delphi.models.sections import Criterion, Draft, Section


class Round(Model):
    """One numbered pass over chosen sections. Dates are plans until `armed_at` is set.

    It runs from 00:00 on `opens_on` to the end of `closes_on` in the study's time zone. `added_at` is set for
    a round that was added after the seal, as a deviation.
    `planned_items` maps section codes to draft numbers as far as the plan knows them.
    """

    __tablename__ = "round"

    id: Mapped[RoundId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[RoundState] = mapped_column(one_of(RoundState, "state"), default=RoundState.PLANNED)
    purpose: Mapped[str | None] = mapped_column(Text)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    reminders_on: Mapped[list[str]] = mapped_column(JSON)
    feedback_on: Mapped[date | None]
    planned_items: Mapped[dict[str, Any]] = mapped_column(JSON)
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    armed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    analysed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sections: Mapped[list[RoundSection]] = relationship(order_by="RoundSection.position")
    items: Mapped[list[Item]] = relationship(order_by="Item.position")
    extensions: Mapped[list[RoundExtension]] = relationship(order_by="RoundExtension.id")

    __table_args__ = (
        unique("study_id", "number", sentence="There is a round with this number already."),
        rule_that(
            "closes_on >= opens_on",
            name="dates_in_order",
            sentence="A round closes on or after the day it opens.",
        ),
        rule_that("number >= 1", name="number_from_one", sentence="Rounds are numbered from 1."),
        rule_that(
            "kind IN ('open', 'rating', 'comments', 'mixed')",
            name="kind",
            sentence="A round is open, rating, comments or mixed.",
        ),
    )


class RoundSection(Model):
    """A section as a round put it to the panel: bound to one draft when the round opened."""

    __tablename__ = "round_section"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id"), primary_key=True)
    draft_id: Mapped[DraftId] = mapped_column(ForeignKey("draft.id"))
    position: Mapped[int]

    section: Mapped[Section] = relationship()
    draft: Mapped[Draft] = relationship()


class Item(Model):
    """A section's draft and one criterion, put to the panel in one round: the unit of rating."""

    __tablename__ = "item"

    id: Mapped[ItemId] = mapped_column(primary_key=True)
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    section_id: Mapped[SectionId] = mapped_column(ForeignKey("section.id"))
    draft_id: Mapped[DraftId] = mapped_column(ForeignKey("draft.id"))
    criterion_id: Mapped[CriterionId] = mapped_column(ForeignKey("criterion.id"))
    position: Mapped[int]

    section: Mapped[Section] = relationship()
    criterion: Mapped[Criterion] = relationship()

    __table_args__ = (
        unique("round_id", "section_id", "criterion_id", sentence="This section is in the round already."),
    )


class RoundExtension(Model):
    """A closing day that was put off: both days, the reason, who and when."""

    __tablename__ = "round_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    closes_on_before: Mapped[date]
    closes_on_after: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    extended_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    extended_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        rule_that("length(reason) > 0", name="has_reason", sentence="An extension needs its reason."),
        rule_that(
            "closes_on_after > closes_on_before",
            name="later",
            sentence="The new closing day must be later than the one before.",
        ),
    )
