"""The texts of a draft as they are kept, form by form: steps of writing, checking and correcting.

A form besides the standard text (Easy Read, a translation) remembers beside which standard text somebody
last found that it says the same, so that nobody puts one to the panel that has fallen behind (S37).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.canonical import checksum
from delphi.domain.draft_texts import STANDARD
from delphi.extensions import db
from delphi.models.sections import Draft, DraftVariant, Section
from delphi.services.bylines import account_of
from delphi.services.events import record


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft as it is saved; what a stale save is told in `theirs`."""

    number: int
    revision: int
    texts: Mapping[str, str]


def saved(draft: Draft) -> SavedDraft:
    """A draft as it stands now."""
    return SavedDraft(draft.number, draft.revision, texts_of(draft))


def texts_of(draft: Draft) -> dict[str, str]:
    """A draft's texts by variant."""
    return {variant.variant: variant.text for variant in draft.variants}


def subject_of(section: Section, number: int) -> str:
    """Under which name a draft is signed and stands in the log."""
    return f"draft:{section.code}:{number}"


def begin_draft(
    section: Section,
    number: int,
    texts: Mapping[str, str],
    *,
    without_variants: Collection[str] = (),
    unchecked: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> Draft:
    """Add a working draft with texts that have been checked."""
    before = section.drafts[-1] if section.drafts else None
    draft = Draft(
        study_id=section.study_id, number=number, revision=1, written_by=account_of(actor), created_at=now
    )
    section.drafts.append(draft)
    put_texts(draft, texts, _checks_of(before, unchecked))
    record_written(draft, without_variants, actor=actor, now=now)
    return draft


def rewrite(
    draft: Draft,
    texts: Mapping[str, str],
    *,
    without_variants: Collection[str] = (),
    unchecked: Collection[str] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Save a working draft anew."""
    draft.revision += 1
    draft.written_by = account_of(actor)
    put_texts(draft, texts, _checks_of(draft, unchecked))
    record_written(draft, without_variants, actor=actor, now=now)


def put_texts(draft: Draft, texts: Mapping[str, str], checks: Mapping[str, str]) -> None:
    """Make these the draft's texts; `checks` holds what unchecked forms were last checked with."""
    kept = {variant.variant: variant for variant in draft.variants}
    for name, variant in kept.items():
        if name not in texts:
            draft.variants.remove(variant)
    standard = checksum(texts[STANDARD])
    for name, text in texts.items():
        variant = kept.get(name) or DraftVariant(variant=name)
        variant.text = text
        variant.checked_with = None if name == STANDARD else checks.get(name, standard)
        if name not in kept:
            draft.variants.append(variant)
    db.session.flush()


def record_written(draft: Draft, without_variants: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Leave the event of a saved draft."""
    data: dict[str, Any] = {"revision": draft.revision}
    if without_variants:
        data["without"] = sorted(without_variants)
    subject = subject_of(draft.section, draft.number)
    record("draft_written", study_id=draft.study_id, actor=actor, now=now, subject=subject, data=data)


def _checks_of(draft: Draft | None, names: Collection[str]) -> dict[str, str]:
    """Beside which standard text each of these forms was last checked, before the save that is under way."""
    if draft is None:
        return {}
    standard = checksum(texts_of(draft).get(STANDARD, ""))
    return {one.variant: one.checked_with or standard for one in draft.variants if one.variant in names}
