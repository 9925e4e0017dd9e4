"""The guidance as it was agreed (D3), how each text changed (T10), and corrections since (M18)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from delphi.domain.decisions import CHANGE_WORDS, ChangeClass
from delphi.domain.ids import DraftId
from delphi.domain.states import DraftState
from delphi.domain.study_file_texts import split_title
from delphi.extensions import db
from delphi.models.decisions import Revision
from delphi.models.sections import Draft
from delphi.models.studies import Study
from delphi.queries.corrections import corrections_of
from delphi.queries.revisions import revisions_of
from delphi.queries.sections import published_draft_of
from delphi.reports.comments import CommentPart
from delphi.reports.sections import End, SectionFinding
from delphi.reports.setting import Setting
from delphi.reports.words import COMPARABLE
from delphi.text.difference import Difference, compare
from delphi.text.markdown import PictureResolver, render

STANDARD = "standard"
_FINAL = (DraftState.PUBLISHED, DraftState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class FinalText:
    """One agreed section: its text in every variant (Markdown) and the standard one as HTML."""

    finding: SectionFinding
    draft: int
    variants: Mapping[str, str]
    html: Markup


@dataclass(frozen=True, slots=True)
class Change:
    """One "you said, we did", with the report's numbers of the comments behind it."""

    you_said: str
    we_did: str
    comments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RevisionEntry:
    """How a section went into a later round. `difference` is None when the same draft was put again."""

    section: str
    title: str
    place: int
    for_round: int
    is_rerating: bool
    draft_before: int
    draft_after: int
    comparable: str
    comparable_words: str
    comparable_reason: str
    summary: str
    changes: tuple[Change, ...]
    difference: Difference | None

    @property
    def edits(self) -> tuple[str, ...]:
        """Every change of words as a sentence."""
        return tuple(edit.sentence for edit in self.difference.edits) if self.difference else ()


@dataclass(frozen=True, slots=True)
class CorrectionEntry:
    """An edit to agreed text."""

    title: str
    draft: int
    kind: str
    edit: str


def pictures_of(study: Study) -> PictureResolver:
    """Pictures as they stand inside a file, so that it needs nothing beside it."""
    inside = {
        picture.name: f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode('ascii')}"
        for picture in study.pictures
    }
    return inside.get


def final_texts(setting: Setting, findings: Sequence[SectionFinding]) -> tuple[FinalText, ...]:
    """The agreed sections in the order of the guidance, each in its newest published draft."""
    picture = pictures_of(setting.study)
    found = []
    for finding in findings:
        draft = published_draft_of(setting.sections[finding.code]) if finding.end is End.AGREED else None
        if draft is None:
            continue
        variants = {variant.variant: variant.text for variant in draft.variants}
        _, words = split_title(variants[STANDARD])
        found.append(FinalText(finding, draft.number, variants, render(words, picture=picture, demote=2)))
    return tuple(found)


def revision_log(setting: Setting, comments: CommentPart, rounds: Sequence[int]) -> tuple[RevisionEntry, ...]:
    """Every revision and re-rating into one of these rounds, by round and section."""
    entries, picture = [], pictures_of(setting.study)
    for revision in revisions_of(setting.study.id):
        before, after = (_draft(one) for one in (revision.from_draft_id, revision.to_draft_id))
        if revision.for_round in rounds and after.state in _FINAL:
            entries.append(_entry(setting, revision, (before, after), comments, picture))
    return tuple(entries)


def _entry(
    setting: Setting,
    revision: Revision,
    drafts: tuple[Draft, Draft],
    comments: CommentPart,
    picture: PictureResolver,
) -> RevisionEntry:
    section, (before, after) = revision.section, drafts
    changes = tuple(
        Change(
            change.you_said,
            change.we_did,
            tuple(
                sorted(
                    comments.numbers[link.comment_id]
                    for link in change.comments
                    if link.comment_id in comments.numbers
                )
            ),
        )
        for change in revision.changes
    )
    return RevisionEntry(
        section=section.code,
        title=section.title,
        place=setting.places[section.code],
        for_round=revision.for_round,
        is_rerating=revision.kind == "rerating",
        draft_before=before.number,
        draft_after=after.number,
        comparable=revision.comparable,
        comparable_words=compared(revision),
        comparable_reason=revision.comparable_reason,
        summary=revision.summary,
        changes=changes,
        difference=None if before.id == after.id else _difference(before, after, picture),
    )


def compared(revision: Revision) -> str:
    """How much changed, as the team classed it, and whether ratings may be set side by side."""
    words = COMPARABLE[revision.comparable]
    if revision.change_class is None:
        return words
    return f"{CHANGE_WORDS[ChangeClass(revision.change_class)][0]} change. {words}"


def _difference(before: Draft, after: Draft, picture: PictureResolver) -> Difference:
    old, new = (render(_standard(draft), picture=picture, demote=3) for draft in (before, after))
    return compare(old, new)


def _standard(draft: Draft) -> str:
    return next(variant.text for variant in draft.variants if variant.variant == STANDARD)


def _draft(draft_id: DraftId) -> Draft:
    return db.session.get_one(Draft, draft_id)


def corrections(setting: Setting) -> tuple[CorrectionEntry, ...]:
    """What was edited in agreed text, oldest first."""
    entries = []
    for correction in corrections_of(setting.study.id):
        draft = _draft(correction.draft_id)
        entries.append(CorrectionEntry(draft.section.title, draft.number, correction.kind, correction.edit))
    return tuple(entries)
