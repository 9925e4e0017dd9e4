"""The bench on which comments are reviewed one by one: the list of a round, and the one in hand.

The text of a comment that is held or was passed on is not in the list: only its own page shows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of
from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.errors import NotFound
from delphi.domain.ids import CommentId
from delphi.domain.states import CommentState, RoundState
from delphi.extensions import db
from delphi.models.answers import Comment, Rating
from delphi.models.rounds import Item, Round
from delphi.models.sections import CommentPrompt, Criterion, Draft, Section
from delphi.queries.comments import READABLE, changes_behind, comment_counts, comments_of_round, themes_of
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.studies import scale_of, study_of

HIDDEN = (CommentState.HELD, CommentState.ESCALATED)
STATE_CHOICES = (
    (CommentState.SHOWN.value, "Show"),
    (CommentState.REDACTED.value, "Show, with words taken out"),
    (CommentState.HELD.value, "Hold"),
    (CommentState.ESCALATED.value, "Pass on"),
)
KIND_CHOICES = tuple((kind.value, DISPOSITION_WORDS[kind]) for kind in DispositionKind)
FILTERS = (("", "All"), ("open", "Open"), ("held", "Held or passed on"))


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment in the list."""

    id: CommentId
    text: str
    about: str
    sign: str
    tone: str


@dataclass(frozen=True, slots=True)
class CommentGroup:
    """The comments on one section, or on the whole."""

    title: str
    n_done: int
    n: int
    rows: tuple[CommentRow, ...]


@dataclass(frozen=True, slots=True)
class CommentDetail:
    """The comment in hand, with what is decided about it."""

    id: CommentId
    section: str
    prompt: str
    group: str
    day: str
    ratings: str
    text: str
    state: str
    shown_text: str
    review_reason: str
    kind: str
    reason: str
    duplicate_of: str
    themes: str
    others: tuple[tuple[str, str], ...]
    led_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """The bench of one round; without rows while the round is open."""

    number: int
    heading: str
    is_readable: bool
    is_final: bool
    n: int
    n_done: int
    filters: tuple[tuple[str, str, int, bool], ...]
    groups: tuple[CommentGroup, ...]
    current: CommentDetail | None
    next_id: CommentId | None
    known_themes: tuple[str, ...]
    named_person: str
    done_share: float


def round_with_comments(member: TeamMember) -> int | None:
    """The newest round whose comments can be read, else the newest there is; None without rounds."""
    rounds = rounds_of(member.study_id)
    readable = [one.number for one in rounds if one.state in READABLE and one.opened_at is not None]
    return readable[-1] if readable else (rounds[0].number if rounds else None)


def comments_page(
    member: TeamMember, number: int, *, show: str = "", search: str = "", comment_id: CommentId | None = None
) -> CommentsPage:
    """The bench of one round. NotFound for a comment that the round does not have."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    safety = study.information.get("safety") or {}
    named = ", ".join(str(safety[key]) for key in ("named_person", "phone") if safety.get(key))
    is_readable = round_.state in READABLE and round_.opened_at is not None
    comments = comments_of_round(round_.id) if is_readable else []
    n = len(comments) if is_readable else sum(row.n for row in comment_counts(round_.id))
    wanted = search.casefold().split()
    shown = [one for one in comments if _fits(one, show) and _has(one, wanted)]
    current = _current(comments, shown, comment_id)
    n_done = sum(_is_done(one) for one in comments)
    return CommentsPage(
        number=number,
        heading=_heading(n, n_done, is_readable, round_),
        is_readable=is_readable,
        is_final=round_.state == RoundState.PUBLISHED,
        n=n,
        n_done=n_done,
        filters=tuple(
            (key, words, sum(_fits(one, key) for one in comments), key == show) for key, words in FILTERS
        ),
        groups=_groups(shown, round_),
        current=_detail(current, comments, round_, study.timezone) if current else None,
        next_id=_next_open(comments, current),
        known_themes=tuple(theme.label for theme in themes_of(study.id)),
        named_person=named,
        done_share=n_done / n if n else 0.0,
    )


def _heading(n: int, n_done: int, is_readable: bool, round_: Round) -> str:
    if not is_readable:
        return f"Comments of round {round_.number}"
    if not n:
        return f"Round {round_.number} has no comments"
    left = n - n_done
    return f"Comments: {left} left to answer" if left else f"All {n} comments are answered"


def _is_done(comment: Comment) -> bool:
    return comment.state != CommentState.NEW and comment.disposition is not None


def _fits(comment: Comment, show: str) -> bool:
    if show == "open":
        return not _is_done(comment)
    return comment.state in HIDDEN if show == "held" else True


def _has(comment: Comment, words: list[str]) -> bool:
    return all(word in comment.text.casefold() for word in words)


def _titles(round_: Round) -> dict[int, str]:
    rows = db.session.execute(db.select(Section.id, Section.title).where(Section.study_id == round_.study_id))
    return dict(rows.all())


def _groups(comments: list[Comment], round_: Round) -> tuple[CommentGroup, ...]:
    titles = _titles(round_)
    by_section: dict[int | None, list[Comment]] = {}
    for one in comments:
        by_section.setdefault(one.section_id, []).append(one)
    return tuple(
        CommentGroup(
            titles[section_id] if section_id is not None else "About the whole",
            sum(_is_done(one) for one in found),
            len(found),
            tuple(_row(one) for one in found),
        )
        for section_id, found in by_section.items()
    )


def _row(comment: Comment) -> CommentRow:
    is_hidden = comment.state in HIDDEN
    answer = comment.disposition
    words = "Open"
    if is_hidden:
        words = "Held" if comment.state == CommentState.HELD else "Passed on"
    elif answer is not None and comment.state != CommentState.NEW:
        words = DISPOSITION_WORDS[DispositionKind(answer.kind)]
    group = comment.panellist.group.feedback_group.label
    return CommentRow(
        comment.id,
        "The text is not shown in this list." if is_hidden else comment.text,
        f"{words} · {group} · C{comment.id}",
        "hold" if is_hidden else "tick" if _is_done(comment) else "todo",
        "bad" if is_hidden else "good" if _is_done(comment) else "",
    )


def _current(order: list[Comment], shown: list[Comment], comment_id: CommentId | None) -> Comment | None:
    if comment_id is not None:
        found = next((one for one in order if one.id == comment_id), None)
        if found is None:
            raise NotFound(f"This round has no comment {comment_id}.")
        return found
    return next((one for one in shown if not _is_done(one)), shown[0] if shown else None)


def _next_open(order: list[Comment], current: Comment | None) -> CommentId | None:
    """The next comment that is not done, after the one in hand and then from the beginning."""
    if current is None:
        return None
    place = order.index(current)
    following = [*order[place + 1 :], *order[:place]]
    return next((one.id for one in following if not _is_done(one)), None)


def _detail(comment: Comment, comments: list[Comment], round_: Round, timezone: str) -> CommentDetail:
    section = db.session.get(Section, comment.section_id) if comment.section_id else None
    draft = db.session.get(Draft, comment.draft_id) if comment.draft_id else None
    prompt = db.session.scalar(
        db.select(CommentPrompt.text).where(
            CommentPrompt.study_id == round_.study_id, CommentPrompt.code == comment.prompt
        )
    )
    answer = comment.disposition
    day = day_of(comment.saved_at, timezone)
    title = section.title if section else "About the whole"
    return CommentDetail(
        id=comment.id,
        section=f"{title}, draft {draft.number}" if draft else title,
        prompt=prompt or "",
        group=comment.panellist.group.feedback_group.label,
        day=f"{day.day} {day:%B}",
        ratings=_ratings(comment, round_),
        text=comment.text,
        state="" if comment.state == CommentState.NEW else comment.state.value,
        shown_text=comment.shown_text or comment.text,
        review_reason=comment.review_reason or "",
        kind=answer.kind if answer else "",
        reason=answer.reason if answer else "",
        duplicate_of=str(answer.duplicate_of_id or "") if answer else "",
        themes=", ".join(sorted(link.theme.label for link in comment.themes)),
        others=tuple(
            (str(one.id), f"C{one.id}: {one.text[:70]}")
            for one in comments
            if one.id != comment.id and one.section_id == comment.section_id and one.state not in HIDDEN
        ),
        led_to=tuple(change.we_did for _, change in changes_behind(round_.id).get(comment.id, [])),
    )


def _ratings(comment: Comment, round_: Round) -> str:
    """What this person rated the section, in words; empty for a comment on the whole."""
    if comment.section_id is None:
        return ""
    scale = scale_of(study_of(round_.study_id))
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
