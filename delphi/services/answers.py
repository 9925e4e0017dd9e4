"""Answering a round: saving a section's page, the questions about the whole, and submitting.

A save names the revision of the page that it was made from. An older revision is stale: nothing is
overwritten, and both texts are kept. A save and the close of a round exclude each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, bindparam, update

from delphi.domain.actors import Actor, PanellistActor
from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, Problem, Stale, WrongState
from delphi.domain.ids import PanellistId, RoundId, StudyId
from delphi.domain.lifecycles import SUBMISSION
from delphi.domain.permissions import Permission, require
from delphi.domain.scale import Scale
from delphi.domain.states import PanellistState, RoundState, SubmissionState
from delphi.domain.wording import optional_words
from delphi.extensions import db
from delphi.models.answers import Rating, SectionSave, Submission
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.answers import (
    UNABLE,
    Answer,
    SectionPage,
    round_to_answer,
    saved_page,
    saved_whole,
    section_page,
)
from delphi.queries.panellists import is_asked
from delphi.services.answer_comments import clean_text, save_comments
from delphi.services.locks import hold
from delphi.services.outbox import enqueue
from delphi.services.transitions import move
from delphi.services.upsert import insert_new, upsert

LONGEST_SUPPORT = 200

# Every save asks these, and putting a statement together takes longer than running it.
_PERSON = db.select(Panellist).where(
    Panellist.study_id == bindparam("study"), Panellist.code == bindparam("code")
)
_CLAIM = (
    update(SectionSave)
    .where(
        SectionSave.round_id == bindparam("round"),
        SectionSave.panellist_id == bindparam("person"),
        SectionSave.section_id == bindparam("section"),
        SectionSave.revision == bindparam("from"),
    )
    .values(revision=bindparam("to"), variant=bindparam("shown"), saved_at=bindparam("at"))
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
    round_, study = round_to_answer(study_id, number)
    require_open(round_)
    panellist = panellist_answering(study_id, code, actor)
    require_asked(study, round_, panellist)
    return save_page(
        round_=round_,
        study=study,
        panellist=panellist,
        section=section,
        ratings=ratings,
        comments=comments,
        revision=revision,
        variant=variant,
        mode=panellist.mode,
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
    round_, study = round_to_answer(study_id, number)
    require_open(round_)
    panellist = panellist_answering(study_id, code, actor)
    require_asked(study, round_, panellist)
    touch_submission(round_, panellist, mode=panellist.mode, now=now)
    return save_whole(round_, panellist.id, comments, revision, now)


def save_whole(
    round_: Round, panellist_id: PanellistId, comments: Mapping[str, str], revision: int, now: datetime
) -> int:
    """Write answers about the whole; the submission is there, whether it may be written is settled."""
    claimed = db.session.execute(
        update(Submission)
        .where(
            Submission.round_id == round_.id,
            Submission.panellist_id == panellist_id,
            Submission.whole_revision == revision,
        )
        .values(whole_revision=revision + 1)
    )
    is_fresh = cast("CursorResult[Any]", claimed).rowcount == 1
    saved = saved_whole(round_.id, panellist_id)
    if all(saved.comments.get(prompt, "") == clean_text(text) for prompt, text in comments.items()):
        return saved.revision
    if not is_fresh:
        raise Stale(
            "Your answers about the whole guide were saved somewhere else in the meantime, perhaps in "
            "another tab. Nothing was saved over them. Compare the two and save again.",
            theirs=saved,
        )
    save_comments(round_, panellist_id, comments, now=now)
    return revision + 1


def submit(
    *, study_id: StudyId, number: int, code: str, support: str | None = None, actor: Actor, now: datetime
) -> None:
    """Hand in what is saved; it can be changed until the close. A receipt without answers is mailed.

    `support` says in the person's words how they were helped. Handing in twice is handing in once.
    """
    require(actor, Permission.ANSWER, study_id)
    round_, _ = round_to_answer(study_id, number)
    require_open(round_)
    panellist = panellist_answering(study_id, code, actor)
    submission = db.session.get(Submission, (round_.id, panellist.id))
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
        key=f"receipt:{round_.id}:{panellist.id}",
        payload={"message": "receipt", "panellist_id": panellist.id, "round": number},
        due_at=now,
        study_id=study_id,
    )


def require_open(round_: Round) -> None:
    """Stop unless the round takes answers now, with the sentence for its state."""
    if round_.state == RoundState.OPEN:
        return
    if round_.state == RoundState.PLANNED:
        raise WrongState(f"Round {round_.number} has not opened yet. Nothing was saved.")
    raise WrongState(
        f"Round {round_.number} has closed, so this could not be saved. "
        "Your answers from before the close are kept."
    )


def panellist_answering(study_id: StudyId, code: str, actor: Actor) -> Panellist:
    """The panel member whose answers these are, if the actor may give them and the person takes part."""
    found: Panellist | None = db.session.scalar(_PERSON, {"study": study_id, "code": code})
    if found is None:
        raise NotFound(f"Nobody on this panel has the code {code}.")
    if isinstance(actor, PanellistActor) and actor.panellist_id != found.id:
        raise NotAllowed("These are somebody else's answers.")
    if found.state == PanellistState.REGISTERED:
        raise WrongState(
            "Taking part starts with consent. Please read and tick the consent statements first."
        )
    if found.state != PanellistState.ACTIVE:
        raise WrongState("This person has stopped taking part, so nothing was saved.")
    return found


def require_asked(study: Study, round_: Round, panellist: Panellist) -> None:
    """Stop somebody whom a later round is not for, where the protocol asks only those who answered before."""
    everybody = study.protocol.get("missed_round_policy") != "respondents_only"
    if everybody or round_.number == 1 or is_asked(study, round_, panellist.id):
        return
    raise WrongState(
        f"Round {round_.number} is for people who answered round {round_.number - 1}. Nothing was saved."
    )


def save_page(
    *,
    round_: Round,
    study: Study,
    panellist: Panellist,
    section: str,
    ratings: Mapping[str, Answer | None],
    comments: Mapping[str, str],
    revision: int,
    variant: str,
    mode: str,
    now: datetime,
) -> int:
    """Write one page; whether it may be written now is the caller's question (see `forms`)."""
    page = section_page(round_.id, section)
    _check_ratings(ratings, page, Scale.model_validate(study.scale), section)
    new_revision = _claim_revision(round_, panellist.id, page, revision, variant, now)
    touch_submission(round_, panellist, mode=mode, now=now)
    _save_ratings(round_, panellist.id, page, ratings)
    save_comments(round_, panellist.id, comments, now=now, section_id=page.section_id, draft_id=page.draft_id)
    return new_revision


def touch_submission(round_: Round, panellist: Panellist, *, mode: str, now: datetime, **values: Any) -> None:
    """Start the person's submission, or note that something was saved in it.

    `values` are what a form says besides; with them the mode holds for a submission begun otherwise too.
    """
    row = {
        "round_id": round_.id,
        "panellist_id": panellist.id,
        "study_id": round_.study_id,
        "state": SubmissionState.STARTED,
        "mode": mode,
        "started_at": now,
        "saved_at": now,
        "is_late": False,
        **values,
    }
    upsert(Submission, [row], update=["saved_at", "mode", *values] if values else ["saved_at"])


def _check_ratings(
    ratings: Mapping[str, Answer | None], page: SectionPage, scale: Scale, section: str
) -> None:
    problems = []
    for criterion, value in ratings.items():
        where = f"{section}, {criterion}"
        if criterion not in page.item_by_criterion:
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


def _claim_revision(
    round_: Round, panellist_id: PanellistId, page: SectionPage, revision: int, variant: str, now: datetime
) -> int:
    """Count the page's revision up by compare-and-set; Stale when somebody saved in between."""
    key = (round_.id, panellist_id, page.section_id)
    if revision == 0:
        row = {
            "round_id": key[0],
            "panellist_id": key[1],
            "section_id": key[2],
            "study_id": round_.study_id,
            "revision": 1,
            "variant": variant,
            "saved_at": now,
        }
        if insert_new(SectionSave, row):
            return 1
    else:
        values: dict[str, Any] = {"round": key[0], "person": key[1], "section": key[2], "from": revision}
        values |= {"to": revision + 1, "shown": variant, "at": now}
        # Nothing of the page is loaded in this session, so there is nothing to bring up to date.
        result = db.session.execute(_CLAIM, values, execution_options={"synchronize_session": False})
        if cast("CursorResult[Any]", result).rowcount == 1:
            return revision + 1
    raise Stale(
        "This section was saved somewhere else in the meantime, perhaps in another tab. "
        "What you have here was not saved over it. Compare the two and save again.",
        theirs=saved_page(round_.id, panellist_id, page),
    )


def _save_ratings(
    round_: Round, panellist_id: PanellistId, page: SectionPage, ratings: Mapping[str, Answer | None]
) -> None:
    given = [
        {
            "round_id": round_.id,
            "panellist_id": panellist_id,
            "item_id": page.item_by_criterion[criterion],
            "study_id": round_.study_id,
            "value": None if value == UNABLE else value,
        }
        for criterion, value in ratings.items()
        if value is not None
    ]
    cleared = [page.item_by_criterion[criterion] for criterion, value in ratings.items() if value is None]
    upsert(Rating, given, update=["value"])
    if cleared:
        db.session.execute(
            db.delete(Rating).where(
                Rating.round_id == round_.id,
                Rating.panellist_id == panellist_id,
                Rating.item_id.in_(cleared),
            )
        )


def take_up_again(*, study_id: StudyId, number: int, code: str, actor: Actor, now: datetime) -> None:
    """Go back from submitted to started, to change answers before the close; nothing to do when started."""
    require(actor, Permission.ANSWER, study_id)
    round_, _ = round_to_answer(study_id, number)
    require_open(round_)
    panellist = panellist_answering(study_id, code, actor)
    submission = _submission(round_.id, panellist.id)
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
