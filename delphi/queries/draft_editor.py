"""The editor of a draft: its texts against the draft before, and what two people wrote at the same time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.draft_texts import STANDARD, variant_words
from delphi.domain.study_file_texts import plain_newlines
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.log import Event
from delphi.models.sections import Draft, Section
from delphi.models.studies import Study
from delphi.queries.draft_shown import TextShown, in_order, marked, pictures_of, text_shown
from delphi.queries.section_comments import CommentCard, comment_cards
from delphi.queries.section_content import EASY_READ, PictureAddress
from delphi.queries.sections import draft_of, outdated_variants, section_of
from delphi.queries.studies import study_of
from delphi.text.markdown import render
from delphi.text.merging import merge


@dataclass(frozen=True, slots=True)
class Field:
    """One form of the text in the editor.

    `base` is the saved text that the writer started from, `is_new` a form that the draft does not have yet,
    `is_behind` one that nobody has looked at since the standard text changed.
    """

    code: str
    label: str
    text: str
    base: str
    shown: TextShown
    is_new: bool
    is_behind: bool

    @property
    def name(self) -> str:
        """What its field is called in the form, and its id on the page."""
        return f"text.{self.code}"


@dataclass(frozen=True, slots=True)
class EditorPage:
    """A draft being written. `revision` is the saved text it started from, None for one not yet begun."""

    code: str
    title: str
    number: int
    revision: int | None
    before: int | None
    fields: tuple[Field, ...]
    comments: tuple[CommentCard, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """One form as two people wrote it, each against the text `base` that both started from."""

    code: str
    label: str
    mine: Markup
    theirs: Markup
    my_text: str
    base: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """Two people's texts of one draft. `who` is somebody else's name, "You" for the writer in another tab."""

    code: str
    title: str
    number: int
    revision: int
    who: str
    at: str
    sides: tuple[Sides, ...]


def editor_page(
    member: TeamMember,
    code: str,
    number: int,
    address: PictureAddress,
    *,
    revision: int | None = None,
    texts: Mapping[str, str] | None = None,
    bases: Mapping[str, str] | None = None,
) -> EditorPage:
    """The editor of a draft, or of the one that would follow; `texts` and `bases` are what a form brought.

    Raises NotFound for a draft that is neither there nor next.
    """
    study, section = study_of(member.study_id), section_of(member.study_id, code)
    following = section.drafts[-1].number + 1 if section.drafts else 1
    draft = None if number == following else draft_of(section, number)
    before = next((one for one in section.drafts if one.number == number - 1), None)
    saved = _texts(draft or before) or {STANDARD: ""}
    now = dict(texts) if texts is not None else dict(saved)
    if EASY_READ not in now:
        now[EASY_READ] = ""
    behind = set(outdated_variants(draft)) if draft else set()
    old = _texts(before)
    picture = pictures_of(study, address)
    return EditorPage(
        code=code,
        title=section.title,
        number=number,
        revision=revision if texts is not None else (draft.revision if draft else None),
        before=before.number if before else None,
        fields=tuple(
            Field(
                code=one,
                label=variant_words(one),
                text=now[one],
                base=(bases or saved).get(one, ""),
                shown=text_shown(study, one, plain_newlines(now[one]), old.get(one), picture),
                is_new=one != STANDARD and not saved.get(one) and not now[one].strip(),
                is_behind=one in behind,
            )
            for one in in_order(now)
        ),
        comments=comment_cards(section),
    )


def difference_shown(
    member: TeamMember, code: str, number: int, variant: str, text: str, address: PictureAddress
) -> TextShown:
    """How a text that somebody is typing stands against the draft before."""
    study, section = study_of(member.study_id), section_of(member.study_id, code)
    before = next((one for one in section.drafts if one.number == number - 1), None)
    old = _texts(before).get(variant)
    return text_shown(study, variant, plain_newlines(text), old, pictures_of(study, address))


def conflict_page(
    member: TeamMember, code: str, number: int, texts: Mapping[str, str], bases: Mapping[str, str]
) -> ConflictPage:
    """What somebody typed beside what was saved meanwhile; NotFound when draft `number` is not there."""
    study, section = study_of(member.study_id), section_of(member.study_id, code)
    draft = draft_of(section, number)
    theirs = _texts(draft)
    mine, started = _plain(texts), _plain(bases)
    who, at = _saved_by(study, section, draft, member)
    every = in_order(dict.fromkeys((*texts, *theirs), ""))
    return ConflictPage(
        code=code,
        title=section.title,
        number=number,
        revision=draft.revision,
        who=who,
        at=at,
        sides=tuple(
            _sides(one, mine.get(one, ""), theirs.get(one, ""), started.get(one, ""))
            for one in every
            if mine.get(one) or theirs.get(one)
        ),
    )


def put_together(
    member: TeamMember, code: str, number: int, texts: Mapping[str, str], bases: Mapping[str, str]
) -> tuple[dict[str, str], int]:
    """What somebody typed and what was saved meanwhile as one text, and in how many places both stayed."""
    theirs = _texts(draft_of(section_of(member.study_id, code), number))
    mine, started = _plain(texts), _plain(bases)
    merged: dict[str, str] = {}
    n_both = 0
    for name in in_order({*texts, *theirs}):
        one = merge(started.get(name, ""), mine.get(name, ""), theirs.get(name, ""))
        merged[name] = one.text
        n_both += one.n_both
    return merged, n_both


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    """Texts from a form with the line ends in which drafts are kept."""
    return {name: plain_newlines(text) for name, text in texts.items()}


def _texts(draft: Draft | None) -> dict[str, str]:
    return {one.variant: one.text for one in draft.variants} if draft else {}


def _sides(code: str, mine: str, theirs: str, base: str) -> Sides:
    if not mine.strip() and not base.strip():
        # A form that only the other one has added was never taken out by anybody.
        mine = theirs
    start = render(base, demote=2)
    return Sides(
        code=code,
        label=variant_words(code),
        mine=marked(start, render(mine, demote=2))[0],
        theirs=marked(start, render(theirs, demote=2))[0],
        my_text=mine,
        base=base,
        is_same=mine == theirs,
    )


def _saved_by(study: Study, section: Section, draft: Draft, member: TeamMember) -> tuple[str, str]:
    """Who saved a draft last, and when, from the log."""
    event: Event | None = db.session.scalar(
        db.select(Event)
        .where(
            Event.study_id == study.id,
            Event.kind == "draft_written",
            Event.subject == f"draft:{section.code}:{draft.number}",
        )
        .order_by(Event.number.desc())
        .limit(1)
    )
    if draft.written_by == member.account_id:
        who = "You"
    else:
        account = db.session.get(Account, draft.written_by) if draft.written_by else None
        who = account.name if account else "Somebody"
    return who, _time_of(event.at if event else draft.created_at, study.timezone)


def _time_of(moment: datetime, timezone: str) -> str:
    return f"{in_words(day_of(moment, timezone))} at {moment.astimezone(ZoneInfo(timezone)):%H:%M}"
