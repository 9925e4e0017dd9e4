"""What one round asks, in order: its sections with their drafts and items, the prompts, the scale.

All of it is frozen when the round opens, so it is read once and kept (see frozen).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from delphi.domain.errors import NotFound
from delphi.domain.ids import DraftId, ItemId, RoundId, SectionId, StudyId
from delphi.domain.scale import Scale
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Item, Round, RoundSection
from delphi.models.sections import CommentPrompt, Criterion, Draft, Section
from delphi.models.studies import Study
from delphi.queries.frozen import kept
from delphi.queries.readiness import drafts_to_put
from delphi.queries.studies import criteria_of, study_of


@dataclass(frozen=True, slots=True)
class ItemOutline:
    """One criterion as it is asked of a section."""

    item_id: ItemId
    criterion: str
    label: str
    statement: str
    easy_read: str | None

    def words(self, variant: str) -> str:
        """The statement in the words of a variant."""
        return (self.easy_read if variant == "easy_read" else None) or self.statement


@dataclass(frozen=True, slots=True)
class PromptOutline:
    """A question that is answered in words, with when it is asked."""

    code: str
    text: str
    easy_read: str | None
    scope: str
    conditions: dict[str, Any]

    def words(self, variant: str) -> str:
        """The question in the words of a variant."""
        return (self.easy_read if variant == "easy_read" else None) or self.text


@dataclass(frozen=True, slots=True)
class LastPut:
    """The round before in which a section was put, and the draft it put then."""

    round_id: RoundId
    number: int
    draft_id: DraftId
    draft_number: int


@dataclass(frozen=True, slots=True)
class SectionOutline:
    """A section of the round with its items; `place` counts from 1, `last` is None the first time."""

    section_id: SectionId
    code: str
    title: str
    kind: str
    origin: str | None
    place: int
    draft_id: DraftId
    draft_number: int
    items: tuple[ItemOutline, ...]
    last: LastPut | None


@dataclass(frozen=True, slots=True)
class RoundOutline:
    """Everything that a round asks; the same for everybody. `is_fixed` is False while it is only planned."""

    round_id: RoundId
    study_id: StudyId
    number: int
    kind: str
    scale: Scale
    sections: tuple[SectionOutline, ...]
    prompts: tuple[PromptOutline, ...]
    is_fixed: bool = True

    def section(self, code: str) -> SectionOutline:
        """One section by its code; NotFound when the round does not put it."""
        for section in self.sections:
            if section.code == code:
                return section
        raise NotFound(f"The section “{code}” is not part of round {self.number}. Go back to all sections.")

    def after(self, code: str) -> SectionOutline | None:
        """The section that follows, or None after the last."""
        place = self.section(code).place
        return self.sections[place] if place < len(self.sections) else None

    def prompts_for(self, scope: str) -> tuple[PromptOutline, ...]:
        """The questions in words of this round, on each section or about the whole."""
        return tuple(
            prompt
            for prompt in self.prompts
            if prompt.scope == scope and self.number in (prompt.conditions.get("rounds") or [self.number])
        )


def round_outline(study: Study, number: int) -> RoundOutline:
    """What a round asks; NotFound for a round that has not opened, as nothing is fixed before."""
    return kept(_key(study.id, number), lambda: _outline(study, number))


def outline_of(study_id: StudyId, number: int) -> RoundOutline:
    """The same by the study's id, for a save that has no other use for the study."""
    return kept(_key(study_id, number), lambda: _outline(study_of(study_id), number))


def _key(study_id: StudyId, number: int) -> tuple[str, StudyId, int]:
    return ("outline", study_id, number)


def planned_outline(study: Study, round_: Round) -> RoundOutline:
    """What a round that has not opened would ask by its plan, for the team to look at beforehand.

    Sections whose planned draft is not written yet are left out. No item exists yet, so none has an id.
    """
    criteria = criteria_of(study.id) if round_.kind in ("rating", "mixed") else []
    items = tuple(
        ItemOutline(ItemId(0), one.code, one.label, one.statement, one.easy_read) for one in criteria
    )
    last = _last_put(study, round_.number)
    return RoundOutline(
        round_id=round_.id,
        study_id=study.id,
        number=round_.number,
        kind=round_.kind,
        scale=Scale.model_validate(study.scale),
        sections=tuple(
            _section(section, draft, place, () if section.kind == "introduction" else items, last)
            for place, (section, draft) in enumerate(drafts_to_put(round_), 1)
        ),
        prompts=_prompts(study),
        is_fixed=False,
    )


def _outline(study: Study, number: int) -> RoundOutline:
    """Read the round and what earlier ones put, in one statement; and the prompts in another."""
    rows = db.session.execute(
        db.select(Round, Section, Draft, Item.id, Criterion)
        .join(RoundSection, RoundSection.round_id == Round.id)
        .join(Section, Section.id == RoundSection.section_id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .outerjoin(
            Item, (Item.round_id == Round.id) & (Item.section_id == Section.id) & (Round.number == number)
        )
        .outerjoin(Criterion, Criterion.id == Item.criterion_id)
        .where(Round.study_id == study.id, or_(_has_opened(number), _is_before(number)))
        .order_by(Round.number, RoundSection.position, Item.position)
    ).all()
    if not rows or rows[-1][0].number != number:
        raise NotFound(f"Round {number} of this study has not opened.")
    items: dict[SectionId, list[ItemOutline]] = {}
    sections: dict[SectionId, tuple[Section, Draft]] = {}
    last: dict[SectionId, LastPut] = {}
    for round_, section, draft, item_id, criterion in rows:
        if round_.number < number:
            last[section.id] = LastPut(round_.id, round_.number, draft.id, draft.number)
            continue
        sections[section.id] = (section, draft)
        if criterion is not None:
            asked = ItemOutline(
                item_id, criterion.code, criterion.label, criterion.statement, criterion.easy_read
            )
            items.setdefault(section.id, []).append(asked)
    round_ = rows[-1][0]
    return RoundOutline(
        round_id=round_.id,
        study_id=study.id,
        number=number,
        kind=round_.kind,
        scale=Scale.model_validate(study.scale),
        sections=tuple(
            _section(section, draft, place, tuple(items.get(section.id, ())), last)
            for place, (section, draft) in enumerate(sections.values(), 1)
        ),
        prompts=_prompts(study),
    )


def _has_opened(number: int) -> ColumnElement[bool]:
    return and_(Round.number == number, Round.state.not_in([RoundState.PLANNED, RoundState.CANCELLED]))


def _is_before(number: int) -> ColumnElement[bool]:
    """Whether a round's feedback is what a reader of this one has seen."""
    return and_(Round.number < number, Round.state == RoundState.PUBLISHED)


def _section(
    section: Section,
    draft: Draft,
    place: int,
    items: tuple[ItemOutline, ...],
    last: dict[SectionId, LastPut],
) -> SectionOutline:
    return SectionOutline(
        section_id=section.id,
        code=section.code,
        title=section.title,
        kind=section.kind,
        origin=section.origin,
        place=place,
        draft_id=draft.id,
        draft_number=draft.number,
        items=items,
        last=last.get(section.id),
    )


def _last_put(study: Study, number: int) -> dict[SectionId, LastPut]:
    rows = db.session.execute(
        db.select(RoundSection.section_id, Round.id, Round.number, Draft.id, Draft.number)
        .join(Round, Round.id == RoundSection.round_id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .where(Round.study_id == study.id, _is_before(number))
        .order_by(Round.number)
    )
    return {section_id: LastPut(*rest) for section_id, *rest in rows}


def _prompts(study: Study) -> tuple[PromptOutline, ...]:
    rows = db.session.scalars(
        db.select(CommentPrompt).where(CommentPrompt.study_id == study.id).order_by(CommentPrompt.position)
    )
    return tuple(PromptOutline(one.code, one.text, one.easy_read, one.scope, one.conditions) for one in rows)
