"""A draft's way: written, proposed, signed, published, replaced by a newer one.

Once published, not a letter of a draft changes: a change is the next draft. A section whose text is agreed
takes no new draft but a correction (see `corrections`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.draft_texts import draft_checksum
from delphi.domain.errors import InvalidInput, NotFound, Problem, Stale, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import DRAFT
from delphi.domain.permissions import Permission, require
from delphi.domain.states import DraftState, RoundState
from delphi.domain.study_file_texts import plain_newlines
from delphi.extensions import db
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section
from delphi.queries.sections import draft_of, section_of
from delphi.queries.studies import study_of
from delphi.services.draft_checks import (
    check_texts,
    require_filled_in,
    require_may_be_published,
    require_may_be_written,
    require_variants_in_step,
    require_variants_kept,
)
from delphi.services.draft_texts import begin_draft, rewrite, saved, subject_of, texts_of
from delphi.services.locks import hold
from delphi.services.sign_offs import is_signed_off, sign, unsign, withdraw_signatures
from delphi.services.transitions import move


def write_draft(
    *,
    study_id: StudyId,
    section: str,
    texts: Mapping[str, str],
    number: int | None = None,
    revision: int | None = None,
    without_variants: Collection[str] = (),
    unchecked: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> Draft:
    """Begin the next draft of a section, or save a working one.

    `texts` holds the whole draft, markdown by variant. Without `number` a new draft begins; with the number
    of a working draft that draft is saved, and `revision` is the one that the editor started from. A variant
    that the draft before had must be given again, as a sign that somebody looked whether it still says
    the same, or be named in `without_variants` (requirement S37). `unchecked` names variants that are given
    as they were and that nobody has looked at: they count as out of date once the standard text changes.

    Raises Stale, with a SavedDraft as `theirs`, when somebody else saved or began a draft first; WrongState
    when the draft is no longer a working one or the section takes no drafts; InvalidInput for the texts.
    """
    require(actor, Permission.WRITE_DRAFTS, study_id)
    row = section_of(study_id, section)
    hold(row)
    clean = {variant: plain_newlines(text) for variant, text in texts.items()}
    newest = row.drafts[-1] if row.drafts else None
    if number is None or newest is None or number == newest.number + 1:
        following = _next_number(row, newest, number)
        check_texts(study_id, clean)
        require_variants_kept(texts_of(newest) if newest else {}, clean, without_variants)
        return begin_draft(
            row,
            following,
            clean,
            without_variants=without_variants,
            unchecked=unchecked,
            actor=actor,
            now=now,
        )
    draft = draft_of(row, number)
    require_may_be_written(study_of(study_id), row, draft)
    _require_up_to_date(draft, revision)
    check_texts(study_id, clean)
    require_variants_kept(texts_of(draft), clean, without_variants)
    rewrite(draft, clean, without_variants=without_variants, unchecked=unchecked, actor=actor, now=now)
    withdraw_signatures(study_id, subject_of(row, draft.number))
    return draft


def propose_draft(*, study_id: StudyId, section: str, number: int, actor: Actor, now: datetime) -> None:
    """Put a working draft forward for sign-off.

    Raises InvalidInput while something in it is still to be filled in, WrongState while a form of its text is
    out of date.
    """
    require(actor, Permission.WRITE_DRAFTS, study_id)
    draft = _held(study_id, section, number)
    check_texts(study_id, texts_of(draft))
    require_filled_in(texts_of(draft))
    require_variants_in_step(draft)
    move_draft(draft, DraftState.PROPOSED, actor=actor, now=now)


def return_draft(*, study_id: StudyId, section: str, number: int, actor: Actor, now: datetime) -> None:
    """Take a proposed draft back to be edited; signatures under it no longer stand."""
    require(actor, Permission.WRITE_DRAFTS, study_id)
    draft = _held(study_id, section, number)
    move_draft(draft, DraftState.WORKING, actor=actor, now=now)
    withdraw_signatures(study_id, subject_of(draft.section, number))


def sign_draft(
    *,
    study_id: StudyId,
    section: str,
    number: int,
    revision: int | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Sign a proposed draft for the team; Stale when it is not the saved text `revision` that was read."""
    require(actor, Permission.SIGN_OFF, study_id)
    draft = _held(study_id, section, number)
    if draft.state != DraftState.PROPOSED:
        raise WrongState(f"Draft {number} is {draft.state.value}; only a proposed draft can be signed.")
    if revision not in (None, draft.revision):
        raise Stale(
            f"Draft {number} was changed after you opened this page. Read it again before you sign.",
            theirs=saved(draft),
        )
    sign("draft_signed", subject_of(draft.section, number), study_id=study_id, actor=actor, now=now)


def unsign_draft(*, study_id: StudyId, section: str, number: int, actor: Actor, now: datetime) -> None:
    """Take one's own name from under a draft that is not published yet."""
    require(actor, Permission.SIGN_OFF, study_id)
    draft = _held(study_id, section, number)
    if draft.state != DraftState.PROPOSED:
        raise WrongState(f"Draft {number} is {draft.state.value}; its signatures stay as they are.")
    unsign(subject_of(draft.section, number), study_id=study_id, actor=actor, now=now)


def publish_draft(*, study_id: StudyId, section: str, number: int, actor: Actor, now: datetime) -> None:
    """Freeze a signed-off draft, so that a round can put it to the panel.

    Earlier published drafts of the section are superseded, but for one that a round still needs until
    its feedback is published. Raises WrongState when it is not signed off, or when nobody decided that
    the section gets a new draft.
    """
    require(actor, Permission.SIGN_OFF, study_id)
    draft = _held(study_id, section, number)
    study = study_of(study_id)
    require_may_be_published(study, draft.section, draft)
    signed = is_signed_off(study, subject_of(draft.section, number))
    checksum = draft_checksum(texts_of(draft))
    move_draft(
        draft,
        DraftState.PUBLISHED,
        actor=actor,
        now=now,
        facts=["signed_off"] if signed else [],
        data={"checksum": checksum},
        checksum=checksum,
        published_at=now,
    )
    supersede_replaced_drafts(draft.section, actor=actor, now=now)


def supersede_replaced_drafts(
    section: Section, *, actor: Actor, now: datetime, ending: Round | None = None
) -> None:
    """Mark published drafts as superseded where a newer one is published and no unfinished round shows them.

    `ending` is a round whose feedback is being published in this very transaction.
    """
    published = db.session.scalars(
        db.select(Draft)
        .where(Draft.section_id == section.id, Draft.state == DraftState.PUBLISHED)
        .order_by(Draft.number)
    ).all()
    needed = db.select(RoundSection.draft_id).join(Round, Round.id == RoundSection.round_id)
    needed = needed.where(
        RoundSection.section_id == section.id,
        Round.state.in_([RoundState.OPEN, RoundState.CLOSED, RoundState.ANALYSED]),
    )
    if ending is not None:
        needed = needed.where(Round.id != ending.id)
    shown = set(db.session.scalars(needed))
    for draft in published[:-1]:
        if draft.id not in shown:
            move_draft(draft, DraftState.SUPERSEDED, actor=actor, now=now)


def move_draft(
    draft: Draft, target: DraftState, *, actor: Actor, now: datetime, facts: Sequence[str] = (), **values: Any
) -> None:
    """Change a draft's state; a step of what is done with drafts."""
    move(
        draft,
        DRAFT,
        target,
        study_id=draft.study_id,
        actor=actor,
        now=now,
        subject=subject_of(draft.section, draft.number),
        facts=facts,
        **values,
    )


def _next_number(section: Section, newest: Draft | None, number: int | None) -> int:
    """The number that the next draft gets; stops unless one may be begun."""
    following = newest.number + 1 if newest else 1
    if number not in (None, following):
        raise NotFound(f"“{section.title}” has no draft {number}; its next one is draft {following}.")
    require_may_be_written(study_of(section.study_id), section, None)
    if newest is not None and newest.state in (DraftState.WORKING, DraftState.PROPOSED):
        raise Stale(
            f"Draft {newest.number} of “{section.title}” has been begun and is not published yet. "
            "Go on with that one; your text is kept here.",
            theirs=saved(newest),
        )
    return following


def _require_up_to_date(draft: Draft, revision: int | None) -> None:
    if draft.state != DraftState.WORKING:
        advice = (
            "Take it back first." if draft.state == DraftState.PROPOSED else "Begin the next draft instead."
        )
        raise WrongState(f"Draft {draft.number} is {draft.state.value} and cannot be edited. {advice}")
    if revision is None:
        raise InvalidInput([Problem("revision", "Say from which saved text you started.")])
    if revision != draft.revision:
        raise Stale(
            f"Draft {draft.number} was saved by somebody else while you were writing. Both texts are kept: "
            "compare them, and save again what should stand.",
            theirs=saved(draft),
        )


def _held(study_id: StudyId, section: str, number: int) -> Draft:
    draft = draft_of(section_of(study_id, section), number)
    hold(draft)
    return draft
