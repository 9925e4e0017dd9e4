"""One section of a round as everybody sees it: text, what changed and why, figures, reviewed comments.

Frozen when the round opens and kept ready; nothing of the reader is in it. Figures and comments come from
the published snapshot of the round before and from nowhere else.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from markupsafe import Markup

from delphi.consensus.disclosure_release import Release, UnitKind
from delphi.domain.dispositions import DispositionKind
from delphi.domain.errors import NotFound
from delphi.domain.ids import CommentId, DraftId, RoundId
from delphi.domain.wording import with_capital
from delphi.extensions import db
from delphi.models.decisions import Revision, RevisionChange, RevisionChangeComment
from delphi.models.sections import DraftVariant
from delphi.models.snapshots import FeedbackSnapshot, ResultSnapshot
from delphi.models.studies import Study
from delphi.queries.figures_shown import Figure, figure_of
from delphi.queries.frozen import kept
from delphi.queries.round_outline import LastPut, RoundOutline, SectionOutline
from delphi.text.difference import compare
from delphi.text.markdown import render, split_title

STANDARD, EASY_READ = "standard", "easy_read"

PictureAddress = Callable[[str], str]

WORDS_A_MINUTE = {STANDARD: 160, EASY_READ: 80}
MINUTES_A_QUESTION = 0.4


_HAPPENED = {
    "agreed": "The panel agreed on this section in round {}.",
    "agreed_to_leave_out": "The panel agreed in round {} to leave this section out.",
    "close": "The panel came close in round {}.",
    "not_agreed": "The panel did not agree on this section in round {}.",
    "not_assessable": "Too few people rated this section in round {} to say.",
}
"""What came of the last round, as a sentence for a panellist."""

_HAPPENED_EASY = {
    "agreed": "People agreed about this part.",
    "agreed_to_leave_out": "People said: leave this part out.",
    "close": "Most people agreed about this part. But not enough.",
    "not_agreed": "People did not agree about this part.",
    "not_assessable": "Not enough people told us about this part.",
}
"""The same in Easy Read."""


@dataclass(frozen=True, slots=True)
class Said:
    """A reviewed comment as the panel may see it, with the team's answer."""

    comment: CommentId
    text: str
    group: str | None
    themes: tuple[str, ...]
    disposition: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One "you said, we did", with the comments behind it; `outcome` in words, empty where none was told."""

    you_said: str
    we_did: str
    comments: frozenset[CommentId]
    outcome: str = ""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """What happened to a section since the round in which it was last put."""

    round: int
    draft_number: int
    is_changed: bool
    happened: str
    reason: str | None
    summary: str
    comparable: str
    comparable_reason: str
    changes: tuple[Change, ...]
    difference: Markup | None
    difference_summary: str
    old_text: Markup | None
    figures: Mapping[str, Figure]
    n_rated: int
    notes: tuple[str, ...]
    deletion_note: str
    themes: tuple[tuple[str, tuple[Said, ...]], ...]


@dataclass(frozen=True, slots=True)
class SectionContent:
    """A section's page without its reader. `title` is the variant's own, `minutes` includes answering.

    `key` names all that it depends on, for keeping what is rendered from it; only what `is_fixed` is kept.
    """

    title: str
    variant: str
    has_easy_read: bool
    text: Markup
    minutes: int
    earlier: Earlier | None
    key: tuple[object, ...]
    is_fixed: bool


def section_content(
    study: Study,
    outline: RoundOutline,
    section: SectionOutline,
    *,
    variant: str,
    deletions: int,
    picture: PictureAddress,
) -> SectionContent:
    """What a round shows of a section; `deletions` is the newest deletion: after one all is made anew."""
    key = ("section", study.id, outline.number, section.code, variant, deletions)
    make = partial(_content, study, outline, section, variant, key, picture)
    return kept(key, make, is_fixed=outline.is_fixed)


def comparable_with_last(outline: RoundOutline, section: SectionOutline) -> str | None:
    """Whether ratings may be compared with the last ones: same, wording or no; None the first time."""
    if section.last is None:
        return None
    key = ("comparable", outline.study_id, outline.number, section.code)
    is_changed = section.last.draft_id != section.draft_id
    return kept(
        key,
        lambda: _comparable(_revision(section, outline.number)[0], is_changed),
        is_fixed=outline.is_fixed,
    )


def _comparable(revision: Revision | None, is_changed: bool) -> str:
    if revision is not None:
        return revision.comparable
    return "no" if is_changed else "same"


def minutes_for(n_words: int, n_questions: int, variant: str) -> int:
    """About how long reading and answering takes, in whole minutes and at least one."""
    pace = WORDS_A_MINUTE.get(variant, WORDS_A_MINUTE[STANDARD])
    return max(1, math.ceil(n_words / pace + MINUTES_A_QUESTION * n_questions))


def _content(
    study: Study,
    outline: RoundOutline,
    section: SectionOutline,
    variant: str,
    key: tuple[object, ...],
    picture: PictureAddress,
) -> SectionContent:
    last = section.last
    texts = _texts([section.draft_id, *([last.draft_id] if last else [])])
    now = texts.get(section.draft_id, {})
    if STANDARD not in now:
        raise NotFound(f"The text of “{section.title}” is missing.")
    has_easy_read = EASY_READ in now
    shown = variant if variant in now else STANDARD
    title, body = split_title(now[shown])
    text = render(body, picture=picture, demote=1 if last else 0)
    earlier = None
    n_words = len(body.split())
    if last is not None:
        old = texts.get(last.draft_id, {}).get(shown, "")
        happened = _HAPPENED_EASY if shown == EASY_READ else _HAPPENED
        earlier = _earlier(study, outline, section, last, (text, old), key, picture, happened)
        n_words += sum(len(one.text.split()) for _, said in earlier.themes for one in said)
    return SectionContent(
        title=title if shown != STANDARD and title else section.title,
        variant=shown,
        has_easy_read=has_easy_read,
        text=_as_rows(text) if shown == EASY_READ else text,
        minutes=minutes_for(n_words, len(section.items), shown),
        earlier=earlier,
        key=key,
        is_fixed=outline.is_fixed,
    )


def _texts(drafts: list[DraftId]) -> dict[DraftId, dict[str, str]]:
    found: dict[DraftId, dict[str, str]] = {}
    for one in db.session.scalars(db.select(DraftVariant).where(DraftVariant.draft_id.in_(drafts))):
        found.setdefault(one.draft_id, {})[one.variant] = one.text
    return found


def _earlier(
    study: Study,
    outline: RoundOutline,
    section: SectionOutline,
    last: LastPut,
    texts: tuple[Markup, str],
    key: tuple[object, ...],
    picture: PictureAddress,
    happened: Mapping[str, str],
) -> Earlier:
    snapshot, was_deleted_from = shared_feedback(last.round_id, last.number)
    content: dict[str, Any] = json.loads(snapshot.content)
    entry: dict[str, Any] = next((one for one in content["sections"] if one["section"] == section.code), {})
    release = Release.from_dict(content["figures"]) if content["figures"] else None
    revision, changes = _revision(section, outline.number)
    is_changed = last.draft_id != section.draft_id
    new_text, old_body = texts
    old_text = (
        render(split_title(old_body)[1], picture=picture, demote=1) if is_changed and old_body else None
    )
    difference = compare(old_text, new_text) if old_text is not None else None
    figures = _figures(study, outline, section, last, release, key)
    return Earlier(
        round=last.number,
        draft_number=last.draft_number,
        is_changed=is_changed,
        happened=happened.get(entry.get("outcome") or "", "").format(last.number),
        reason=entry.get("decision_reason"),
        summary=revision.summary if revision else "",
        comparable=_comparable(revision, is_changed),
        comparable_reason=revision.comparable_reason if revision else "",
        changes=_with_outcomes(changes, entry.get("comments") or ()) if is_changed else changes,
        difference=_marked(difference.html()) if difference and not difference.is_empty else None,
        difference_summary=difference.summary if difference else "",
        old_text=old_text,
        figures=figures,
        n_rated=_n_rated(release, section),
        notes=tuple(content.get("notes") or ()),
        deletion_note=str(study.privacy["deletion_note"]) if was_deleted_from else "",
        themes=by_theme(entry.get("comments") or ()),
    )


def shared_feedback(round_id: RoundId, number: int) -> tuple[FeedbackSnapshot, bool]:
    """A round's published feedback, and whether somebody's answers were deleted from its figures since."""
    row = db.session.execute(
        db.select(FeedbackSnapshot, ResultSnapshot.tombstone_id)
        .join(ResultSnapshot, ResultSnapshot.id == FeedbackSnapshot.result_snapshot_id)
        .where(FeedbackSnapshot.round_id == round_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"The feedback of round {number} is not out yet. We write to you when it is.")
    snapshot, tombstone_id = row
    return snapshot, tombstone_id is not None


def _figures(
    study: Study,
    outline: RoundOutline,
    section: SectionOutline,
    last: LastPut,
    release: Release | None,
    key: tuple[object, ...],
) -> dict[str, Figure]:
    if release is None:
        return {}
    figures = {}
    for item in section.items:
        figure = figure_of(
            release,
            section.code,
            item.criterion,
            title=f"{item.label}: what the panel said in round {last.number}",
            scale=outline.scale,
            feedback=study.protocol.get("feedback") or {},
            source=("figure", *key),
        )
        if figure is not None:
            figures[item.criterion] = figure
    return figures


def _n_rated(release: Release | None, section: SectionOutline) -> int:
    """How many people gave a rating or said that they cannot, on the criterion most answered."""
    if release is None:
        return 0
    most = 0
    for item in section.items:
        if f"{section.code}/{item.criterion}" not in release.cells:
            continue
        cell = release.cell(f"{section.code}/{item.criterion}", UnitKind.EVERYONE)
        counted = cell.histogram or cell.coarse
        most = max(most, counted.n + counted.n_unable) if counted else most
    return most


def _revision(section: SectionOutline, number: int) -> tuple[Revision | None, tuple[Change, ...]]:
    """How the section came into this round, in one statement."""
    rows = db.session.execute(
        db.select(Revision, RevisionChange, RevisionChangeComment.comment_id)
        .outerjoin(RevisionChange, RevisionChange.revision_id == Revision.id)
        .outerjoin(RevisionChangeComment, RevisionChangeComment.change_id == RevisionChange.id)
        .where(Revision.section_id == section.section_id, Revision.for_round == number)
        .order_by(RevisionChange.position)
    ).all()
    if not rows:
        return None, ()
    behind: dict[int, set[CommentId]] = {}
    changes: dict[int, RevisionChange] = {}
    for _, change, comment in rows:
        if change is not None:
            changes[change.id] = change
            behind.setdefault(change.id, set()).update([comment] if comment is not None else [])
    return rows[0][0], tuple(
        Change(change.you_said, change.we_did, frozenset(behind[change.id])) for change in changes.values()
    )


def _with_outcomes(changes: Iterable[Change], comments: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """What the panel was told became of the comments behind each change."""
    dispositions = {one["comment"]: one.get("disposition") for one in comments}
    return tuple(
        _with_outcome(change, {dispositions.get(one) for one in change.comments}) for change in changes
    )


def _with_outcome(change: Change, told: set[str | None]) -> Change:
    """One comment that changed the text decides."""
    if DispositionKind.ACCEPTED in told:
        return replace(change, outcome="Changed", is_changed=True)
    if DispositionKind.PARTLY in told:
        return replace(change, outcome="Changed in part", is_changed=True)
    return replace(change, outcome="Not changed" if told - {None} else "")


def by_theme(comments: Any) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """Reviewed comments under their first theme; those without one come last."""
    found: dict[str, list[Said]] = {}
    for one in comments:
        themes = tuple(one.get("themes") or ())
        said = Said(
            one["comment"],
            one["text"] or "",
            one.get("group"),
            themes,
            one.get("disposition"),
            one.get("reason"),
        )
        found.setdefault(themes[0] if themes else "", []).append(said)
    ordered = sorted(found, key=lambda theme: (not theme, theme))
    other = "Other comments" if len(found) > 1 else "Comments"
    return tuple((with_capital(theme) or other, tuple(found[theme])) for theme in ordered)


_REMOVED_ITEM = re.compile(r"<li>(<del>(?:(?!</?(?:del|li)\b).)*</del></li>)", re.DOTALL)
_ENDS = {"ins": "end added, ", "del": "end removed, "}


def _marked(html: Markup) -> Markup:
    """The marks of a difference with the classes of our style sheet, and a spoken end to each.

    A list item that was taken out whole keeps its place and has no number: those after it keep theirs.
    """
    text = _REMOVED_ITEM.sub(r'<li class="app-li-removed">\1', str(html))
    text = text.replace("visually-hidden", "govuk-visually-hidden").replace("deleted: <", "removed: <")
    for tag, end in _ENDS.items():
        spoken = f'<span class="govuk-visually-hidden"> {end}</span>'
        text = text.replace(f"<{tag}>", f'<{tag} class="app-{tag}">').replace(
            f"</{tag}>", f"{spoken}</{tag}>"
        )
    return Markup(text)  # noqa: S704 - sanitised HTML in which only our own marks were replaced


_LINE = re.compile(r'<p class="picture-line">(<img[^>]*>)\s*(.*?)</p>\n?', re.DOTALL)
_RUN = re.compile(r'(?:<li class="app-easy__row">.*?</li>\n?)+', re.DOTALL)


def _as_rows(html: Markup) -> Markup:
    """Easy Read: each picture beside its sentence, as a row of a list."""
    rows = _LINE.sub(r'<li class="app-easy__row">\1<p>\2</p></li>\n', str(html))
    text = _RUN.sub(lambda run: f'<ul class="app-easy__rows" role="list">\n{run.group(0)}</ul>\n', rows)
    return Markup(text)  # noqa: S704 - sanitised HTML whose paragraphs became list items
