"""Writing down how a section goes into the next round: what people said, and what the team did.

A revision puts a new draft; a re-rating puts the same draft again with figures and reasons (requirement M19).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.decisions import COMPARED_AS, DECISION_WORDS, ChangeClass, DecisionKind
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import CommentId, StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState, SectionState
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.decisions import Revision, RevisionChange, RevisionChangeComment
from delphi.models.rounds import Round
from delphi.models.sections import Draft, Section
from delphi.queries.comments import require_readable
from delphi.queries.decisions import LastRound, is_reopened, last_round_of
from delphi.queries.limits import most_ratings_by
from delphi.queries.readiness import times_rated
from delphi.queries.revisions import revision_of
from delphi.queries.rounds import round_of
from delphi.queries.sections import draft_of, section_of
from delphi.queries.studies import study_of
from delphi.services.bylines import account_of
from delphi.services.decision_checks import REVISION_KINDS
from delphi.services.events import record
from delphi.services.locks import hold

Change = tuple[Sequence[CommentId], str, str]
"""One "you said, we did": the comments behind it, what they said, what was done about it."""


def write_revision(
    *,
    study_id: StudyId,
    section: str,
    for_round: int,
    kind: str,
    from_number: int,
    to_number: int,
    comparable: str,
    comparable_reason: str,
    summary: str,
    changes: Sequence[Change],
    change_class: str | None = None,
    actor: Actor,
    now: datetime,
) -> Revision:
    """Write down how a section goes into a planned round, or write it anew.

    `kind` is "revision" (draft `to_number` replaces `from_number`; `comparable` is "no" or "wording") or
    "rerating" (the same draft; "same"). `change_class` says how much a new draft changes (ChangeClass); a
    re-rating has none. `from_number` is the draft of the section's last round. Each change
    names at least one comment of an earlier round.

    Raises NotFound for a draft, round or comment that the study does not have; WrongState when the round is
    no longer planned, the section is settled, the team decided otherwise, or the draft has been rated as
    often as the protocol allows; InvalidInput when the parts do not fit together.
    """
    require(actor, Permission.WRITE_DRAFTS, study_id)
    row, round_ = section_of(study_id, section), _planned_round(study_id, for_round)
    last = _last_round_before(row, for_round)
    old, new = draft_of(row, from_number), draft_of(row, to_number)
    _check_kind(kind, old, new, comparable)
    _check_class(kind, change_class, comparable)
    _check_decision(row, last, kind)
    if old.id != last.draft.id:
        raise InvalidInput(
            [Problem("from_number", f"Round {last.round.number} put draft {last.draft.number} to the panel.")]
        )
    if kind == "rerating":
        _check_ratings_left(round_, new)
    entry = revision_of(row.id, for_round) or Revision(
        study_id=study_id, section_id=row.id, for_round=for_round
    )
    entry.kind, entry.comparable, entry.change_class = kind, comparable, change_class
    entry.from_draft_id, entry.to_draft_id = old.id, new.id
    entry.comparable_reason = required_words("comparable_reason", comparable_reason)
    entry.summary = required_words("summary", summary)
    entry.written_by, entry.written_at = account_of(actor), now
    entry.changes = [
        _change(study_id, change, position, for_round) for position, change in enumerate(changes, start=1)
    ]
    db.session.add(entry)
    db.session.flush()
    data = {"kind": kind, "from": from_number, "to": to_number, "comparable": comparable}
    if change_class:
        data["class"] = change_class
    subject = f"round:{for_round}:section:{section}"
    record("revision_written", study_id=study_id, actor=actor, now=now, subject=subject, data=data)
    return entry


def withdraw_revision(
    *, study_id: StudyId, section: str, for_round: int, actor: Actor, now: datetime
) -> None:
    """Take back what was written down for a planned round, so that another decision can be taken."""
    require(actor, Permission.WRITE_DRAFTS, study_id)
    row, _ = section_of(study_id, section), _planned_round(study_id, for_round)
    entry = revision_of(row.id, for_round)
    if entry is None:
        raise NotFound(f"Nothing is written down about “{row.title}” for round {for_round}.")
    db.session.delete(entry)
    db.session.flush()
    subject = f"round:{for_round}:section:{section}"
    record("revision_withdrawn", study_id=study_id, actor=actor, now=now, subject=subject)


def _planned_round(study_id: StudyId, number: int) -> Round:
    round_ = round_of(study_id, number)
    hold(round_)
    if round_.state != RoundState.PLANNED:
        raise WrongState(
            f"Round {number} is {round_.state.value}; what goes into it cannot be changed any more."
        )
    return round_


def _last_round_before(section: Section, for_round: int) -> LastRound:
    if section.state != SectionState.IN_PLAY:
        raise WrongState(
            f"“{section.title}” is {section.state.value.replace('_', ' ')}; only a section that is in play "
            "is revised or rated again."
        )
    last = last_round_of(section)
    if last is None or last.round.number >= for_round:
        raise WrongState(f"No round before round {for_round} has put “{section.title}” to the panel.")
    return last


def _check_kind(kind: str, old: Draft, new: Draft, comparable: str) -> None:
    fitting = {"revision": ("no", "wording"), "rerating": ("same",)}.get(kind)
    if fitting is None:
        raise InvalidInput([Problem("kind", "It is a revision or a rerating; choose one of the two.")])
    if comparable not in fitting:
        raise InvalidInput(
            [
                Problem(
                    "comparable", f"A {kind} can be compared as: {' or '.join(fitting)}. Choose from these."
                )
            ]
        )
    if kind == "rerating" and new.id != old.id:
        raise InvalidInput([Problem("to_number", "A re-rating puts the same draft again; give its number.")])
    if kind == "revision" and new.number <= old.number:
        raise InvalidInput([Problem("to_number", "A revision puts a newer draft; give its number.")])


def _check_class(kind: str, change_class: str | None, comparable: str) -> None:
    """How much changed has to go with how the ratings may be compared."""
    if change_class is None:
        return
    if kind == "rerating" or change_class not in set(ChangeClass):
        raise InvalidInput(
            [
                Problem(
                    "change_class", "A new draft is a correction, minor or material; the same draft is none."
                )
            ]
        )
    if comparable not in COMPARED_AS[ChangeClass(change_class)]:
        sentence = (
            "A material change is rated anew: its ratings are not set against the round before."
            if change_class == ChangeClass.MATERIAL
            else "A correction changes no meaning, so its ratings can be set against the round before."
        )
        raise InvalidInput([Problem("comparable", sentence)])


def _check_decision(section: Section, last: LastRound, kind: str) -> None:
    """An entry follows from the decision; one may be written before anything is decided."""
    if last.decision is None or is_reopened(section, last):
        return
    choice = DecisionKind(last.decision.kind)
    if REVISION_KINDS.get(choice) != kind:
        raise WrongState(
            f"The decision about “{section.title}” after round {last.round.number} is "
            f"“{DECISION_WORDS[choice]}”; a {kind} does not go with that."
        )


def _check_ratings_left(round_: Round, draft: Draft) -> None:
    study = study_of(round_.study_id)
    limit, by = most_ratings_by(study)
    if times_rated(draft, round_) >= limit:
        raise WrongState(
            f"Draft {draft.number} has been put to the panel as often as {by} allows ({limit}). "
            "Write a new draft."
        )


def _change(study_id: StudyId, change: Change, position: int, for_round: int) -> RevisionChange:
    comment_ids, you_said, we_did = change
    where = f"changes, line {position}"
    wanted = list(dict.fromkeys(comment_ids))
    if not wanted:
        raise InvalidInput([Problem(where, "Name at least one comment that said so.")])
    rows = db.session.execute(
        db.select(Comment.id, Round)
        .join(Round, Round.id == Comment.round_id)
        .where(Comment.study_id == study_id, Comment.id.in_(wanted))
    )
    rounds = {comment_id: round_ for comment_id, round_ in rows if round_.number < for_round}
    for comment_id in wanted:
        if comment_id not in rounds:
            raise NotFound(f"{where}: no round before round {for_round} has a comment {comment_id}.")
        require_readable(rounds[comment_id])
    return RevisionChange(
        position=position,
        you_said=required_words(f"{where}, you said", you_said),
        we_did=required_words(f"{where}, we did", we_did),
        comments=[RevisionChangeComment(comment_id=comment_id) for comment_id in wanted],
    )
