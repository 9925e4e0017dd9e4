"""Saying that another form of a text still says the same as the standard text (requirement S37)."""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.canonical import checksum
from delphi.domain.draft_texts import STANDARD
from delphi.domain.errors import NotFound, Stale, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import DraftState
from delphi.extensions import db
from delphi.queries.sections import draft_of, section_of
from delphi.services.draft_texts import saved, subject_of, texts_of
from delphi.services.events import record
from delphi.services.locks import hold


def confirm_variant(
    *,
    study_id: StudyId,
    section: str,
    number: int,
    variant: str,
    revision: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Note that somebody read a form beside the standard text and found that it says the same.

    `revision` is the saved text that they read. Raises NotFound for a form that the draft does not have,
    Stale when the draft was saved since, WrongState when it is no longer being written.
    """
    require(actor, Permission.WRITE_DRAFTS, study_id)
    draft = draft_of(section_of(study_id, section), number)
    hold(draft)
    found = next((one for one in draft.variants if one.variant == variant != STANDARD), None)
    if found is None:
        raise NotFound(f"Draft {number} has no form “{variant}” to be checked.")
    if draft.state != DraftState.WORKING:
        raise WrongState(f"Draft {number} is {draft.state.value}; its texts are as they were checked then.")
    if revision != draft.revision:
        raise Stale(
            f"Draft {number} was saved after you opened this page. Read both texts again, then say so.",
            theirs=saved(draft),
        )
    found.checked_with = checksum(texts_of(draft)[STANDARD])
    db.session.flush()
    subject = subject_of(draft.section, number)
    data = {"variant": variant}
    record("variant_checked", study_id=study_id, actor=actor, now=now, subject=subject, data=data)
