"""The comment in hand: what was written, about what, what is decided, what is alike, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of
from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.ids import CommentId
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.answers import Comment, Rating
from delphi.models.rounds import Item, Round
from delphi.models.sections import CommentPrompt, Criterion, Draft, Section
from delphi.models.studies import Study
from delphi.queries.comments import changes_behind
from delphi.queries.comments_choice import HIDDEN
from delphi.queries.handled import handled_of
from delphi.queries.reviews import FollowUpNote, follow_ups_of, is_text_open
from delphi.queries.studies import scale_of
from delphi.text.likeness import likeness, words_of

ALIKE, MOST_ALIKE = 0.2, 3
"""From which likeness another comment is named, and how many."""

LONGEST_IN_LIST = 70


@dataclass(frozen=True, slots=True)
class AlikeComment:
    """Another comment that says much the same, and what was answered to it."""

    id: CommentId
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class CommentDetail:
    """The comment in hand, with what is decided about it.

    `is_hidden` says that it is held or was passed on, `is_shut` that its text is not on this page because
    the reader has not opened it. `stamp` changes with every decision about it.
    """

    id: CommentId
    section: str
    prompt: str
    group: str
    day: str
    ratings: str
    text: str
    is_hidden: bool
    is_shut: bool
    state: str
    shown_text: str
    review_reason: str
    kind: str
    reason: str
    duplicate_of: str
    themes: str
    coded_by: str
    stamp: str
    decided: str
    others: tuple[tuple[str, str], ...]
    alike: tuple[AlikeComment, ...]
    led_to: tuple[str, ...]
    follow_ups: tuple[FollowUpNote, ...]
    is_followed_up: bool


def detail_of(
    comment: Comment,
    comments: list[Comment],
    round_: Round,
    study: Study,
    member: TeamMember,
    now: datetime,
) -> CommentDetail:
    """One comment in full; `comments` are all of its round."""
    handled, is_hidden = handled_of(comment), comment.state in HIDDEN
    is_shut = is_hidden and not is_text_open(study.id, comment.id, member.reference, now)
    day = day_of(comment.saved_at, study.timezone)
    notes = tuple(follow_ups_of([comment.id]).get(comment.id, []))
    open_ones = [one for one in comments if one.id != comment.id and one.state not in HIDDEN]
    return CommentDetail(
        id=comment.id,
        section=_about(comment),
        prompt=_prompt(comment, study),
        group=comment.panellist.group.feedback_group.label,
        day=f"{day.day} {day:%B}",
        ratings="" if is_shut else _ratings(comment, round_, study),
        text="" if is_shut else comment.text,
        is_hidden=is_hidden,
        is_shut=is_shut,
        state="" if comment.state == CommentState.NEW else handled.state,
        shown_text="" if is_shut else handled.shown_text or comment.text,
        review_reason=handled.review_reason or "",
        kind=handled.kind,
        reason=handled.reason,
        duplicate_of=str(handled.duplicate_of or ""),
        themes=", ".join(handled.themes),
        coded_by=_coded_by(comment),
        stamp=handled.stamp,
        decided=_decided(comment, study),
        others=tuple(
            (str(one.id), f"C{one.id}: {one.text[:LONGEST_IN_LIST]}")
            for one in open_ones
            if one.section_id == comment.section_id
        ),
        alike=() if is_shut else _alike(comment, open_ones),
        led_to=tuple(change.we_did for _, change in changes_behind(round_.id).get(comment.id, [])),
        follow_ups=notes,
        is_followed_up=any(one.is_last for one in notes),
    )


def _about(comment: Comment) -> str:
    section = db.session.get(Section, comment.section_id) if comment.section_id else None
    draft = db.session.get(Draft, comment.draft_id) if comment.draft_id else None
    title = section.title if section else "About the whole"
    return f"{title}, draft {draft.number}" if draft else title


def _prompt(comment: Comment, study: Study) -> str:
    prompt = db.session.scalar(
        db.select(CommentPrompt.text).where(
            CommentPrompt.study_id == study.id, CommentPrompt.code == comment.prompt
        )
    )
    return prompt or ""


def _ratings(comment: Comment, round_: Round, study: Study) -> str:
    """What this person rated the section, in words; empty for a comment on the whole."""
    if comment.section_id is None:
        return ""
    scale = scale_of(study)
    rows = db.session.execute(
        db.select(Criterion.label, Rating.value)
        .join(Item, Item.criterion_id == Criterion.id)
        .join(Rating, Rating.item_id == Item.id)
        .where(
            Item.round_id == round_.id,
            Item.section_id == comment.section_id,
            Rating.round_id == round_.id,
            Rating.panellist_id == comment.panellist_id,
        )
        .order_by(Item.position)
    )
    unable = scale.cannot_say.label if scale.cannot_say else "can't say"
    return ", ".join(f"{label} {unable if value is None else value}" for label, value in rows)


def _names(ids: set[int | None]) -> dict[int, str]:
    rows = db.session.execute(db.select(Account.id, Account.name).where(Account.id.in_(ids - {None})))
    return dict(rows.all())


def _coded_by(comment: Comment) -> str:
    """Who gave which themes: "Callum Reid: choice, risk."."""
    names = _names({link.coded_by for link in comment.themes})
    by: dict[str, list[str]] = {}
    for link in comment.themes:
        by.setdefault(names.get(link.coded_by or 0, ""), []).append(link.theme.label)
    return " ".join(f"{name}: {', '.join(sorted(labels))}." for name, labels in sorted(by.items()) if name)


def _decided(comment: Comment, study: Study) -> str:
    """Who decided last about it, and when; empty while nobody has."""
    answer = comment.disposition
    said = []
    for who, at, what in (
        (comment.reviewed_by, comment.reviewed_at, "Reviewed"),
        (answer.disposed_by if answer else None, answer.disposed_at if answer else None, "Answered"),
    ):
        if who is not None and at is not None:
            day = day_of(at, study.timezone)
            said.append(f"{what} by {_names({who}).get(who, 'somebody')} on {day.day} {day:%B}.")
    return " ".join(said)


def _alike(comment: Comment, others: list[Comment]) -> tuple[AlikeComment, ...]:
    own = words_of(comment.text)
    scored = [(likeness(own, words_of(one.text)), one) for one in others]
    found = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return tuple(
        AlikeComment(
            one.id,
            one.text,
            DISPOSITION_WORDS[DispositionKind(one.disposition.kind)] if one.disposition else "",
        )
        for _, one in found[:MOST_ALIKE]
    )
