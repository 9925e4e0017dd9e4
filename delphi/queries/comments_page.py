"""The bench on which comments are reviewed one by one: the list of a round, and the one in hand.

The text of a comment that is held or was passed on is not in the list: only its own page shows it, to
somebody who opened it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.domain.actors import TeamMember
from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.errors import NotFound
from delphi.domain.ids import CommentId
from delphi.domain.states import CommentState, RoundState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.queries.comment_detail import CommentDetail, detail_of
from delphi.queries.comments import READABLE, comment_counts, comments_of_round, themes_of
from delphi.queries.comments_choice import HIDDEN, TABS, WHOLE, Choice, is_done
from delphi.queries.reviews import last_reviewed
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.studies import study_of

ON_A_PAGE = 50
"""Rows of the list at once: a round may have thousands."""


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
    """The comments on one section, or on the whole; the numbers are of the whole round."""

    title: str
    n_done: int
    n: int
    rows: tuple[CommentRow, ...]


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """The bench of one round; without rows while the round is open.

    `before` and `after` are the neighbours of the comment in hand among those chosen, `next_id` the next
    one that is open. `page_before` and `page_after` are comments on the pages of the list around this one.
    """

    number: int
    heading: str
    is_readable: bool
    is_final: bool
    n: int
    n_done: int
    n_unreviewed: int
    n_unanswered: int
    tabs: tuple[tuple[str, str, int, bool], ...]
    sections: tuple[tuple[str, str], ...]
    themes: tuple[str, ...]
    groups: tuple[CommentGroup, ...]
    n_chosen: int
    first: int
    last: int
    page_before: CommentId | None
    page_after: CommentId | None
    current: CommentDetail | None
    before: CommentId | None
    after: CommentId | None
    next_id: CommentId | None
    undo: tuple[CommentId, ...]
    named_person: str
    done_share: float


def round_with_comments(member: TeamMember) -> int | None:
    """The newest round whose comments can be read, else the newest there is; None without rounds."""
    rounds = rounds_of(member.study_id)
    readable = [one.number for one in rounds if one.state in READABLE and one.opened_at is not None]
    return readable[-1] if readable else (rounds[0].number if rounds else None)


def comments_page(
    member: TeamMember,
    number: int,
    now: datetime,
    *,
    choice: Choice,
    comment_id: CommentId | None = None,
) -> CommentsPage:
    """The bench of one round. NotFound for a comment that the round does not have."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    is_readable = round_.state in READABLE and round_.opened_at is not None
    comments = comments_of_round(round_.id) if is_readable else []
    n = len(comments) if is_readable else sum(row.n for row in comment_counts(round_.id))
    sections = _sections(round_)
    codes = {key: code for key, (code, _) in sections.items()}
    chosen = [one for one in comments if choice.fits(one, codes.get(one.section_id, ""))]
    current = _current(comments, chosen, comment_id)
    place = next((i for i, one in enumerate(chosen) if one is current), 0)
    start = place - place % ON_A_PAGE
    shown = chosen[start : start + ON_A_PAGE]
    n_done = sum(is_done(one) for one in comments)
    is_final = round_.state == RoundState.PUBLISHED
    safety = study.information.get("safety") or {}
    return CommentsPage(
        number=number,
        heading=_heading(n, n_done, is_readable, round_),
        is_readable=is_readable,
        is_final=is_final,
        n=n,
        n_done=n_done,
        n_unreviewed=sum(one.state == CommentState.NEW for one in comments),
        n_unanswered=sum(one.disposition is None for one in comments),
        tabs=_tabs(comments, codes, choice),
        sections=_sections_said(comments, sections),
        themes=tuple(theme.label for theme in themes_of(study.id)),
        groups=_groups(shown, comments, sections, choice),
        n_chosen=len(chosen),
        first=start + 1 if chosen else 0,
        last=start + len(shown),
        page_before=chosen[start - 1].id if start else None,
        page_after=chosen[start + ON_A_PAGE].id if start + ON_A_PAGE < len(chosen) else None,
        current=detail_of(current, comments, round_, study, member, now) if current else None,
        before=chosen[place - 1].id if current in chosen and place else None,
        after=chosen[place + 1].id if current in chosen and place + 1 < len(chosen) else None,
        next_id=_next_open(chosen, comments, current),
        undo=() if is_final else _can_be_taken_back(member, number),
        named_person=", ".join(str(safety[key]) for key in ("named_person", "phone") if safety.get(key)),
        done_share=n_done / n if n else 0.0,
    )


def _heading(n: int, n_done: int, is_readable: bool, round_: Round) -> str:
    if not is_readable:
        return f"Comments of round {round_.number}"
    if not n:
        return f"Round {round_.number} has no comments"
    left = n - n_done
    return f"Comments: {left} left to answer" if left else f"All {n} comments are answered"


def _can_be_taken_back(member: TeamMember, number: int) -> tuple[CommentId, ...]:
    return tuple(one.comment_id for one in last_reviewed(member.study_id, number, member.account_id))


def _sections(round_: Round) -> dict[int | None, tuple[str, str]]:
    """Code and title of each section by its key; the whole has none."""
    rows = db.session.execute(
        db.select(Section.id, Section.code, Section.title).where(Section.study_id == round_.study_id)
    )
    return {section_id: (code, title) for section_id, code, title in rows}


def _tabs(
    comments: list[Comment], codes: dict[int | None, str], choice: Choice
) -> tuple[tuple[str, str, int, bool], ...]:
    """How many comments each tab holds, with section, theme and words as they are chosen."""
    counted = {
        key: sum(
            Choice.read(choice.but(show=key)).fits(one, codes.get(one.section_id, "")) for one in comments
        )
        for key, _ in TABS
    }
    return tuple((key, words, counted[key], key == choice.show) for key, words in TABS)


def _sections_said(
    comments: list[Comment], sections: dict[int | None, tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """The sections that somebody commented on, in order: what stands in the address, and the title."""
    found = dict.fromkeys(one.section_id for one in comments)
    return tuple(sections.get(key, (WHOLE, "About the whole")) for key in found)


def _groups(
    shown: list[Comment],
    comments: list[Comment],
    sections: dict[int | None, tuple[str, str]],
    choice: Choice,
) -> tuple[CommentGroup, ...]:
    groups = []
    for key in dict.fromkeys(one.section_id for one in shown):
        everything = [one for one in comments if one.section_id == key]
        groups.append(
            CommentGroup(
                sections.get(key, (WHOLE, "About the whole"))[1],
                sum(is_done(one) for one in everything),
                len(everything),
                tuple(_row(one, choice) for one in shown if one.section_id == key),
            )
        )
    return tuple(groups)


def _row(comment: Comment, choice: Choice) -> CommentRow:
    is_hidden = comment.state in HIDDEN
    answer = comment.disposition
    said = ["Open"]
    if answer is not None and comment.state != CommentState.NEW:
        said = [DISPOSITION_WORDS[DispositionKind(answer.kind)]]
    if is_hidden:
        said.insert(0, "Held" if comment.state == CommentState.HELD else "Passed on")
    if not choice.blind:
        said.append(comment.panellist.group.feedback_group.label)
    return CommentRow(
        comment.id,
        "The text is not shown in this list." if is_hidden else comment.text,
        " · ".join([*said, f"C{comment.id}"]),
        "hold" if is_hidden else "tick" if is_done(comment) else "todo",
        "bad" if is_hidden else "good" if is_done(comment) else "",
    )


def _current(order: list[Comment], chosen: list[Comment], comment_id: CommentId | None) -> Comment | None:
    if comment_id is not None:
        found = next((one for one in order if one.id == comment_id), None)
        if found is None:
            raise NotFound(f"This round has no comment {comment_id}.")
        return found
    return next((one for one in chosen if not is_done(one)), chosen[0] if chosen else None)


def _next_open(chosen: list[Comment], comments: list[Comment], current: Comment | None) -> CommentId | None:
    """The next that is not done after the one in hand, then from the beginning; else any of the round."""
    for order in (chosen, comments):
        place = order.index(current) if current in order else -1
        following = [*order[place + 1 :], *order[: max(place, 0)]]
        found = next((one.id for one in following if not is_done(one)), None)
        if found is not None:
            return found
    return None
