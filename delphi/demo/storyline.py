"""The parts of the demo's script that tell the story: calendar, rounds, outcomes, revisions, safety.

Pure: models only; script.py puts them together and checks that they fit.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from delphi.demo.cast import Frozen, Sentence
from delphi.demo.comment_bank import CommentId

DecisionCode = Literal["keep", "rerate_unchanged", "revise", "report_no_agreement"]
OutcomeCode = Literal["agreed", "close", "not_agreed", "not_assessable"]


class Calendar(Frozen):
    """The days of the study outside its rounds."""

    set_up_on: date
    sealed_on: date
    registration_opens: date
    drafts_published_on: date
    registration_closes: date
    invited_on: date
    finished_on: date


class AdvisoryRemark(Frozen):
    """What an advisory member said about the working draft, and what the team did."""

    section: str
    by: str
    said_on: date
    text: Sentence
    action: Sentence


class AdvisoryReview(Frozen):
    """The advisory committee's look at the working draft, before the study was sealed."""

    opened_on: date
    closed_on: date
    remarks: tuple[AdvisoryRemark, ...]


class Extension(Frozen):
    """A closing day put back: when the team decided it, to which day, and why."""

    decided_on: date
    to: date
    reason: Sentence


class RoundActs(Frozen):
    """The days on which the team did each thing for a round; drafts are signed unless it is the last."""

    armed_on: date
    analysed_on: date
    comments_reviewed_on: date
    decided_on: date
    drafts_signed_on: date | None = None
    feedback_published_on: date


class RoundPlan(Frozen):
    """One round: its kind, dates and acts, and the draft version that each section puts to the panel."""

    number: Annotated[int, Field(ge=1)]
    kind: Literal["rating", "mixed"]
    opens: date
    closes: date
    extension: Extension | None = None
    reminders: tuple[date, ...]
    acts: RoundActs
    items: Annotated[dict[str, int], Field(min_length=1)]

    @property
    def last_day(self) -> date:
        """The closing day, after any extension."""
        return self.extension.to if self.extension else self.closes

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        acts = self.acts
        days = [acts.armed_on, self.opens, self.closes, self.last_day, acts.analysed_on]
        days += [acts.comments_reviewed_on, acts.decided_on]
        days += [acts.drafts_signed_on] if acts.drafts_signed_on else []
        days += [acts.feedback_published_on]
        if days != sorted(days):
            raise ValueError(f"round {self.number}: its days are not in order")
        if any(not self.opens <= day <= self.last_day for day in self.reminders):
            raise ValueError(f"round {self.number}: a reminder lies outside the round")
        if self.extension and not self.opens <= self.extension.decided_on <= self.closes:
            raise ValueError(f"round {self.number}: extended when it was not open")
        return self


class StoryStep(Frozen):
    """A section after a round: the outcome expected with the default seed, and the team's decision."""

    outcome: OutcomeCode
    because: Literal["panels_differ"] | None = None
    decision: DecisionCode
    reason: Sentence


class DraftFiles(Frozen):
    """Where a draft's texts lie, relative to the demo's folder."""

    standard: str
    easy_read: str | None = None


class AddedSection(Frozen):
    """A section that was not there in round 1, and the comments that asked for it."""

    section: str
    for_round: int
    order: int
    title: str
    asked_for_in: tuple[CommentId, ...]
    origin: Sentence
    files: DraftFiles


class Change(Frozen):
    """One line of "you said, we did" and the comments that it answers."""

    comments: Annotated[tuple[CommentId, ...], Field(min_length=1)]
    you_said: Sentence
    we_did: Sentence


class Revision(Frozen):
    """What becomes of a section between two rounds: a new draft, or the same one put again."""

    section: str
    kind: Literal["revision", "rerating"]
    for_round: int
    from_version: Annotated[int, Field(alias="from")]
    to_version: Annotated[int, Field(alias="to")]
    comparable: Literal["no", "wording", "same"]
    comparable_reason: Sentence
    summary: Sentence
    files: DraftFiles | None = None
    changes: tuple[Change, ...]

    @model_validator(mode="after")
    def _parts_fit_the_kind(self) -> Self:
        is_new = self.kind == "revision"
        if is_new != (self.to_version == self.from_version + 1) or is_new != (self.files is not None):
            raise ValueError(
                f"{self.section}: a revision, and only a revision, brings the next version's files"
            )
        if (self.comparable == "same") == is_new:
            raise ValueError(f"{self.section}: only the same draft put again is comparable as `same`")
        return self


class Correction(Frozen):
    """An edit to agreed text that changes no meaning; listed in the report."""

    section: str
    version: int
    kind: Literal["minor"]
    comment: CommentId
    edit: Sentence


class Escalation(Frozen):
    """How the safety procedure was followed for one comment; `told` is the study's named person."""

    comment: CommentId
    found_by: str
    told: str
    why_look_up: Sentence
    done: Sentence
