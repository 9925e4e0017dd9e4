"""Names for the numbers that identify rows, so that one kind is never passed for another."""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", int)
StudyId = NewType("StudyId", int)
GroupId = NewType("GroupId", int)
SectionId = NewType("SectionId", int)
DraftId = NewType("DraftId", int)
CriterionId = NewType("CriterionId", int)
RoundId = NewType("RoundId", int)
ItemId = NewType("ItemId", int)
PanellistId = NewType("PanellistId", int)
CommentId = NewType("CommentId", int)

ALL = (
    AccountId,
    StudyId,
    GroupId,
    SectionId,
    DraftId,
    CriterionId,
    RoundId,
    ItemId,
    PanellistId,
    CommentId,
)
