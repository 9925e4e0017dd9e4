"""Forms that came after the close of a round, and what the team decided about each."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.domain.ids import AccountId, PanellistId, RoundId, StudyId
from delphi.domain.states import LateFormState
from delphi.models.base import Model, UtcDateTime, one_of, rule_that


class LateForm(Model):
    """One person's form that came late: noted and held until somebody decides, with a reason.

    `note` is what was known when it came, such as the date of the postmark; `reason` is the decision's and is
    the team's own. `received_on` is None where somebody only asked to be late. Its answers are
    entered only once it is admitted. Gone with the person's answers.
    """

    __tablename__ = "late_form"

    round_id: Mapped[RoundId] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    panellist_id: Mapped[PanellistId] = mapped_column(
        ForeignKey("panellist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    study_id: Mapped[StudyId] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    state: Mapped[LateFormState] = mapped_column(one_of(LateFormState, "state"), default=LateFormState.HELD)
    received_on: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[AccountId | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        rule_that(
            "state = 'held' OR length(reason) > 0",
            name="decided_with_reason",
            sentence="A decision about a late form needs its reason.",
        ),
    )
