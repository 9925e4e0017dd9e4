"""A copy of one's own answers by mail, for whoever asks for one.

The only message that holds answers (docs/decisions/0008): it goes to the address on record, when the person
presses the button and at no other time. The outbox keeps that it was asked for; the words are put in when
it leaves.
"""

from __future__ import annotations

from datetime import datetime

from delphi.domain.actors import Actor, PanellistActor
from delphi.domain.errors import NotAllowed, NotFound, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.queries.identities import can_be_mailed
from delphi.queries.rounds import round_of
from delphi.services.membership import panellist_acted_on
from delphi.services.outbox import enqueue


def ask_for_copy(*, study_id: StudyId, number: int, code: str, actor: Actor, now: datetime) -> bool:
    """Promise a copy of somebody's own answers of one round; False when one was asked for this minute.

    Raises NotAllowed for anybody but the person, NotFound when nothing is saved in the round, WrongState
    when no e-mail address is known.
    """
    require(actor, Permission.ANSWER, study_id)
    if not isinstance(actor, PanellistActor):
        raise NotAllowed("A copy of answers goes to the person who gave them, when they ask for it.")
    panellist = panellist_acted_on(study_id, code, actor)
    round_ = round_of(study_id, number)
    if db.session.get(Submission, (round_.id, panellist.id)) is None:
        raise NotFound(f"Nothing of yours is saved in round {number}, so there is nothing to copy.")
    if not can_be_mailed(study_id, code):
        raise WrongState(
            "We have no e-mail address of yours. You can print or save this page, or ask the study team."
        )
    return enqueue(
        "message",
        key=f"copy_of_answers:{round_.id}:{panellist.id}:{now:%Y-%m-%dT%H:%M}",
        payload={"message": "copy_of_answers", "panellist_id": panellist.id, "round": number},
        due_at=now,
        study_id=study_id,
    )
