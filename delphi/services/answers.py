"""Answering a round: saving a section's page, the questions about the whole, and submitting.

A save names the revision of the page that it was made from. An older revision is stale: nothing is
overwritten, and both texts are kept. A save and the close of a round exclude each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, inspect

from delphi.domain.actors import Actor, PanellistActor
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, Problem, Stale, WrongState
from delphi.domain.ids import PanellistId, RoundId, StudyId
from delphi.domain.lifecycles import SUBMISSION
from delphi.domain.permissions import Permission, require
from delphi.domain.scale import Scale
from delphi.domain.states import PanellistState, RoundState, SubmissionState
from delphi.domain.wording import optional_words
from delphi.extensions import db, rows_of
from delphi.models.answers import Rating, SectionSave, Submission
from delphi.queries.agreeing_again import must_agree_again
from delphi.queries.answers import UNABLE, Answer, Answering, answering, saved_page, saved_whole
from delphi.queries.panellists import is_asked
from delphi.queries.round_outline import SectionOutline, outline_of
from delphi.services.answer_comments import clean_text, save_comments
from delphi.services.locks import hold
from delphi.services.outbox import enqueue
from delphi.services.transitions import move
from delphi.services.upsert import insert_new, upsert

LONGEST_SUPPORT = 200

AGREE_AGAIN = (
    "The information about the study has changed. Please read what is new and agree again first. "
    "Then you can go on."
)

# Every save asks for these, and putting a statement together takes longer than running it.
_saves: Any = inspect(SectionSave).local_table
_CLAIM = (
    _saves.update()
    .where(
        _saves.c.round_id == bindparam("round"),
        _saves.c.panellist_id == bindparam("person"),
        _saves.c.section_id == bindparam("section"),
        _saves.c.revision == bindparam("from"),
    )
    .values(revision=bindparam("to"), variant=bindparam("shown"), saved_at=bindparam("at"))
)
_submissions: Any = inspect(Submission).local_table
_CLAIM_WHOLE = (
    _submissions.update()
    .where(
        _submissions.c.round_id == bindparam("round"),
        _submissions.c.panellist_id == bindparam("person"),
        _submissions.c.whole_revision == bindparam("from"),
    )
    .values(whole_revision=bindparam("to"))
)
_ratings: Any = inspect(Rating).local_table
_CLEAR = _ratings.delete().where(
    _ratings.c.round_id == bindparam("round"),
    _ratings.c.panellist_id == bindparam("person"),
    _ratings.c.item_id.in_(bindparam("items", expanding=True)),
)


def save_answers(
    *,
    study_id: StudyId,
    number: int,
    code: str,
    section: str,
    ratings: Mapping[str, Answer | None],
    comments: Mapping[str, str],
    revision: int,
    variant: str = "standard",
    actor: Actor,
    now: datetime,
) -> int:
    """Save a person's answers on one section and return the page's new revision.

    `ratings` holds the criteria that are answered now: a point of the scale, "unable" for "can't say",
    None to clear the answer; criteria that are not named stay as they are. `comments` likewise, by
    prompt; an empty text clears. `revision` is the one the page was made from, 0 for a fresh page.

    Raises WrongState when the round is not open, Stale (with what is saved) for an older revision,
    InvalidInput for a rating off the scale or an unknown criterion or prompt.
    """
    require(actor, Permission.ANSWER, study_id)
    who = answering(study_id, number, code)
    require_open(who)
    require_taking_part(who, actor)
    require_asked(who)
    return save_page(
        who,
        section=section,
        ratings=ratings,
        comments=comments,
        revision=revision,
        variant=variant,
        mode=who.mode,
        now=now,
    )


def save_about_the_whole(
    *,
    study_id: StudyId,
    number: int,
    code: str,
    comments: Mapping[str, str],
    revision: int,
    actor: Actor,
    now: datetime,
) -> int:
    """Save answers about the guidance as a whole, by prompt, and return their new revision.

    An empty text clears. `revision` is the one that the page was made from, 0 for a fresh one. Saying once
    more what is saved changes nothing, whatever the revision. Raises as `save_answers` does.
    """
    require(actor, Permission.ANSWER, study_id)
    who = answering(study_id, number, code)
    require_open(who)
    require_taking_part(who, actor)
    require_asked(who)
    touch_submission(who, mode=who.mode, now=now)
    return save_whole(who, comments, revision, now)


def save_whole(who: Answering, comments: Mapping[str, str], revision: int, now: datetime) -> int:
    """Write answers about the whole; the submission is there, whether it may be written is settled."""
    values = {"round": who.round_id, "person": who.panellist_id, "from": revision, "to": revision + 1}
    is_fresh = rows_of(_CLAIM_WHOLE, values).rowcount == 1
    saved = saved_whole(who.round_id, who.panellist_id)
    if all(saved.comments.get(prompt, "") == clean_text(text) for prompt, text in comments.items()):
        return saved.revision
    if not is_fresh:
        raise Stale(
            "Your answers about the whole guide were saved somewhere else in the meantime, perhaps in "
            "another tab. Nothing was saved over them. Compare the two and save again.",
            theirs=saved,
        )
    save_comments(who, comments, now=now)
    return revision + 1


def submit(
    *, study_id: StudyId, number: int, code: str, support: str | None = None, actor: Actor, now: datetime
) -> None:
    """Hand in what is saved; it can be changed until the close. A receipt without answers is mailed.

    `support` says in the person's words how they were helped. Handing in twice is handing in once.
    """
    require(actor, Permission.ANSWER, study_id)
    who = answering(study_id, number, code)
    require_open(who)
    require_taking_part(who, actor)
    submission = db.session.get(Submission, (who.round_id, who.panellist_id))
    if submission is None:
        raise WrongState("Nothing is saved yet. Answer at least one question before you send your answers.")
    hold(submission)
    if submission.state == SubmissionState.SUBMITTED:
        return
    submission.support = optional_words("support", support, at_most=LONGEST_SUPPORT)
    move(
        submission,
        SUBMISSION,
        SubmissionState.SUBMITTED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}:{code}",
        submitted_at=now,
    )
    enqueue(
        "message",
        key=f"receipt:{who.round_id}:{who.panellist_id}",
        payload={"message": "receipt", "panellist_id": who.panellist_id, "round": number},
        due_at=now,
        study_id=study_id,
    )


def require_open(who: Answering) -> None:
    """Stop unless the round takes answers now, with the sentence for its state."""
    if who.round_state == RoundState.OPEN:
        return
    if who.round_state == RoundState.PLANNED:
        raise WrongState(f"Round {who.number} has not opened yet. Nothing was saved.")
    raise WrongState(
        f"Round {who.number} has closed, so this could not be saved. "
        "Your answers from before the close are kept."
    )


def require_taking_part(who: Answering, actor: Actor) -> None:
    """Stop unless the person takes part in the study, and the actor may give their answers."""
    if isinstance(actor, PanellistActor) and actor.panellist_id != who.panellist_id:
        raise NotAllowed("These are somebody else's answers.")
    if who.panellist_state == PanellistState.REGISTERED:
        raise WrongState(
            "Taking part starts with consent. Please read and tick the consent statements first."
        )
    if who.panellist_state != PanellistState.ACTIVE:
        raise WrongState("This person has stopped taking part, so nothing was saved.")


def require_asked(who: Answering) -> None:
    """Stop somebody who has to agree again first, or whom a later round is not for.

    A later round is for those who answered before, where the protocol says so.
    """
    if must_agree_again(who.consent_asked_at, who.panellist_id):
        raise WrongState(AGREE_AGAIN)
    if not is_asked(who.study_id, who.protocol, who.number, who.panellist_id):
        raise WrongState(
            f"Round {who.number} is for people who answered round {who.number - 1}. Nothing was saved."
        )


def save_page(
    who: Answering,
    *,
    section: str,
    ratings: Mapping[str, Answer | None],
    comments: Mapping[str, str],
    revision: int,
    variant: str,
    mode: str,
    now: datetime,
) -> int:
    """Write one page; whether it may be written now is the caller's question (see `forms`)."""
    outline = outline_of(who.study_id, who.number)
    page = outline.section(section)
    _check_ratings(ratings, page, outline.scale)
    new_revision = _claim_revision(who, page, revision, variant, now)
    touch_submission(who, mode=mode, now=now)
    _save_ratings(who, page, ratings)
    save_comments(who, comments, now=now, section=page)
    return new_revision


def touch_submission(who: Answering, *, mode: str, now: datetime, **values: Any) -> None:
    """Start the person's submission, or note that something was saved in it.

    `values` are what a form says besides; with them the mode holds for a submission begun otherwise too.
    """
    row = {
        "round_id": who.round_id,
        "panellist_id": who.panellist_id,
        "study_id": who.study_id,
        "state": SubmissionState.STARTED,
        "mode": mode,
        "started_at": now,
        "saved_at": now,
        "is_late": False,
        **values,
    }
    upsert(Submission, [row], update=["saved_at", "mode", *values] if values else ["saved_at"])


def _check_ratings(ratings: Mapping[str, Answer | None], page: SectionOutline, scale: Scale) -> None:
    asked = {item.criterion for item in page.items}
    problems = []
    for criterion, value in ratings.items():
        where = f"{page.code}, {criterion}"
        if criterion not in asked:
            problems.append(Problem(where, "This was not asked in this round. Load the page again."))
        elif value == UNABLE and scale.cannot_say is None:
            problems.append(
                Problem(where, "“Can't say” is not an answer in this study. Choose a point or leave it.")
            )
        elif value is not None and value != UNABLE and (isinstance(value, bool) or value not in scale.values):
            problems.append(
                Problem(
                    where,
                    f"{value} is not on the scale from {scale.minimum} to {scale.maximum}. "
                    "Choose one of its points.",
                )
            )
    if problems:
        raise InvalidInput(problems)


def _claim_revision(who: Answering, page: SectionOutline, revision: int, variant: str, now: datetime) -> int:
    """Count the page's revision up by compare-and-set; Stale when somebody saved in between."""
    if revision == 0:
        row = {
            "round_id": who.round_id,
            "panellist_id": who.panellist_id,
            "section_id": page.section_id,
            "study_id": who.study_id,
            "revision": 1,
            "variant": variant,
            "saved_at": now,
        }
        if insert_new(SectionSave, row):
            return 1
    else:
        values: dict[str, Any] = {"round": who.round_id, "person": who.panellist_id}
        values |= {"section": page.section_id, "from": revision}
        values |= {"to": revision + 1, "shown": variant, "at": now}
        if rows_of(_CLAIM, values).rowcount == 1:
            return revision + 1
    raise Stale(
        "This section was saved somewhere else in the meantime, perhaps in another tab. "
        "What you have here was not saved over it. Compare the two and save again.",
        theirs=saved_page(who.round_id, who.panellist_id, page),
    )


def _save_ratings(who: Answering, page: SectionOutline, ratings: Mapping[str, Answer | None]) -> None:
    items = {item.criterion: item.item_id for item in page.items}
    given = [
        {
            "round_id": who.round_id,
            "panellist_id": who.panellist_id,
            "item_id": items[criterion],
            "study_id": who.study_id,
            "value": None if value == UNABLE else value,
        }
        for criterion, value in ratings.items()
        if value is not None
    ]
    cleared = [items[criterion] for criterion, value in ratings.items() if value is None]
    upsert(Rating, given, update=["value"])
    if cleared:
        rows_of(_CLEAR, {"round": who.round_id, "person": who.panellist_id, "items": cleared})


def take_up_again(*, study_id: StudyId, number: int, code: str, actor: Actor, now: datetime) -> None:
    """Go back from submitted to started, to change answers before the close; nothing to do when started."""
    require(actor, Permission.ANSWER, study_id)
    who = answering(study_id, number, code)
    require_open(who)
    require_taking_part(who, actor)
    submission = _submission(who.round_id, who.panellist_id)
    hold(submission)
    if submission.state == SubmissionState.STARTED:
        return
    move(
        submission,
        SUBMISSION,
        SubmissionState.STARTED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"round:{number}:{code}",
        submitted_at=None,
    )


def _submission(round_id: RoundId, panellist_id: PanellistId) -> Submission:
    submission = db.session.get(Submission, (round_id, panellist_id))
    if submission is None:
        raise NotFound("Nothing is saved in this round yet.")
    return submission
