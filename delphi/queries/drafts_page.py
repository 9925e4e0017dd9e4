"""Drafts of the guidance: which there are, one in full against the one before, and what changed why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.decisions import CHANGE_WORDS, DECISION_WORDS, ChangeClass, DecisionKind
from delphi.domain.draft_texts import variant_words
from delphi.domain.ids import DraftId, StudyId
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import DraftState, RoundState, SectionState, StudyState
from delphi.extensions import db
from delphi.models.sections import Draft, DraftVariant, Section
from delphi.models.studies import Study
from delphi.queries.corrections import corrections_of
from delphi.queries.decisions import LastRound, is_reopened, last_round_of
from delphi.queries.draft_shown import TextShown, in_order, pictures_of, text_shown
from delphi.queries.limits import last_round_by
from delphi.queries.revision_form import ChangeLine, change_lines
from delphi.queries.revisions import revision_of
from delphi.queries.rounds import rounds_of
from delphi.queries.section_comments import CommentCard, comment_cards
from delphi.queries.section_content import PictureAddress
from delphi.queries.sections import draft_of, outdated_variants, section_of, sections_of
from delphi.queries.signatures import Signing, signing_of
from delphi.queries.studies import study_of
from delphi.text.markdown import PictureResolver

UNDER_WAY = (StudyState.DRAFT, StudyState.RUNNING)
TAKES_DRAFTS = (SectionState.DRAFTING, SectionState.IN_PLAY)
GOES_ON = (DecisionKind.REVISE, DecisionKind.RERATE_UNCHANGED)
STATE_WORDS = {
    DraftState.WORKING: ("Being written", "now"),
    DraftState.PROPOSED: ("Waits for sign-off", "warn"),
    DraftState.PUBLISHED: ("Published", "good"),
    DraftState.SUPERSEDED: ("Replaced", ""),
}


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section with its newest draft; `lineage` says where it comes from or where it went."""

    code: str
    title: str
    number: int | None
    words: str
    tone: str
    state: str
    variants: str
    lineage: str


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """Every section with its newest draft, and how many drafts wait for a signature."""

    rows: tuple[SectionRow, ...]
    n_waiting: int
    may_add: bool


@dataclass(frozen=True, slots=True)
class VariantShown:
    """One form of a draft's text; `is_behind` when nobody looked at it since the standard text changed."""

    code: str
    label: str
    shown: TextShown
    is_behind: bool


@dataclass(frozen=True, slots=True)
class RevisionShown:
    """What is written down for the coming round, as the panel will read it."""

    summary: str
    kind: str
    changes: tuple[ChangeLine, ...]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft of a section; `is_open` while drafts of it can still be written, signed and published."""

    code: str
    title: str
    number: int
    saved: int
    state: str
    words: str
    tone: str
    before: int | None
    numbers: tuple[int, ...]
    variants: tuple[VariantShown, ...]
    comments: tuple[CommentCard, ...]
    signing: Signing
    is_open: bool
    may_write: bool
    may_sign: bool
    may_publish: bool
    may_unsign: bool
    may_begin: bool
    is_locked: bool
    may_correct: bool
    may_reopen: bool
    corrections: tuple[str, ...]
    lineage: str
    decision: str
    decision_round: int | None
    revision_round: int | None
    revision: RevisionShown | None


def drafts_page(member: TeamMember) -> DraftsPage:
    """Every section of the member's study with its newest draft."""
    rows = []
    n_waiting = 0
    sections = sections_of(member.study_id)
    forms = _forms_of_drafts(member.study_id)
    for section in sections:
        newest = section.drafts[-1] if section.drafts else None
        words, tone = _state_words(section, newest) if newest else ("Not begun", "")
        n_waiting += newest is not None and newest.state == DraftState.PROPOSED and _is_open(section)
        rows.append(
            SectionRow(
                section.code,
                section.title,
                newest.number if newest else None,
                words,
                tone,
                section.state.value.replace("_", " "),
                ", ".join(variant_words(one) for one in in_order(forms.get(newest.id, ()))) if newest else "",
                _lineage(section, sections),
            )
        )
    may_add = study_of(member.study_id).state in UNDER_WAY
    return DraftsPage(tuple(rows), n_waiting, may_add)


def _is_open(section: Section) -> bool:
    """Whether a section takes drafts, or corrections of its agreed text."""
    return section.state in (*TAKES_DRAFTS, SectionState.AGREED)


def _state_words(section: Section, draft: Draft) -> tuple[str, str]:
    """Where a draft stands, and the tone to say it in."""
    if draft.state in (DraftState.WORKING, DraftState.PROPOSED) and not _is_open(section):
        return "Not finished", ""
    return STATE_WORDS[draft.state]


def _forms_of_drafts(study_id: StudyId) -> dict[DraftId, list[str]]:
    """Which forms of text each draft has, without reading the texts."""
    rows = db.session.execute(
        db.select(DraftVariant.draft_id, DraftVariant.variant)
        .join(Draft, Draft.id == DraftVariant.draft_id)
        .where(Draft.study_id == study_id)
    )
    forms: dict[DraftId, list[str]] = {}
    for draft_id, variant in rows:
        forms.setdefault(draft_id, []).append(variant)
    return forms


def _lineage(section: Section, every: Sequence[Section]) -> str:
    """Where a section comes from, or where it went, in a sentence or two."""
    titles = {one.id: one.title for one in every}
    taken_up = ", ".join(f"“{one.title}”" for one in every if one.merged_into_id == section.id)
    said = []
    if section.merged_into_id:
        is_done = section.state == SectionState.MERGED
        said.append(f"{'Goes' if is_done else 'Is to go'} on in “{titles[section.merged_into_id]}”.")
    elif section.split_from_id:
        said.append(f"Part of “{titles[section.split_from_id]}”, which was split.")
    elif section.added_in_round:
        said.append(f"New in round {section.added_in_round}.")
    if taken_up:
        said.append(f"Takes up {taken_up}.")
    return " ".join(said)


def newest_number(member: TeamMember, code: str) -> int | None:
    """The number of a section's newest draft; None when it has none."""
    section = section_of(member.study_id, code)
    return section.drafts[-1].number if section.drafts else None


def draft_page(member: TeamMember, code: str, number: int, address: PictureAddress) -> DraftPage:
    """One draft against the one before it; `address` says where pictures are shown."""
    study, section = study_of(member.study_id), section_of(member.study_id, code)
    draft = draft_of(section, number)
    before = next((one for one in section.drafts if one.number == number - 1), None)
    signing = signing_of(study, f"draft:{code}:{number}")
    words, tone = _state_words(section, draft)
    for_round = _next_planned(member)
    last = last_round_of(section)
    entry = revision_of(section.id, for_round) if for_round is not None else None
    is_under_way = study.state in UNDER_WAY
    is_open = is_under_way and _is_open(section)
    is_newest = draft.number == section.drafts[-1].number
    is_done = is_newest and draft.state in (DraftState.PUBLISHED, DraftState.SUPERSEDED)
    is_locked = section.state == SectionState.AGREED
    signs = is_allowed(member, Permission.SIGN_OFF) and draft.state == DraftState.PROPOSED and is_open
    has_signed = signing.has_signed(member.account_id)
    return DraftPage(
        code=code,
        title=section.title,
        number=number,
        saved=draft.revision,
        state=draft.state.value,
        words=words,
        tone=tone,
        before=before.number if before else None,
        numbers=tuple(one.number for one in section.drafts),
        variants=_variants(study, draft, before, pictures_of(study, address)),
        comments=comment_cards(section),
        signing=signing,
        is_open=is_open,
        may_write=draft.state == DraftState.WORKING and is_open,
        may_sign=signs and not has_signed,
        may_publish=signs and signing.is_complete,
        may_unsign=signs and has_signed,
        may_begin=is_done and is_under_way and section.state in TAKES_DRAFTS,
        is_locked=is_locked,
        may_correct=is_locked and is_done and is_under_way,
        may_reopen=is_locked and _has_round_left(study, last) and is_allowed(member, Permission.DECIDE),
        corrections=_corrections(study, section),
        lineage=_lineage(section, sections_of(study.id)),
        decision=DECISION_WORDS[DecisionKind(last.decision.kind)] if last and last.decision else "",
        decision_round=last.round.number if last else None,
        revision_round=for_round if last is not None and _goes_on(section, last) else None,
        revision=RevisionShown(entry.summary, entry.kind, change_lines(entry)) if entry else None,
    )


def _goes_on(section: Section, last: LastRound) -> bool:
    """Whether something is to be written down about a section for the coming round."""
    if section.state != SectionState.IN_PLAY:
        return False
    return last.decision is None or is_reopened(section, last) or last.decision.kind in GOES_ON


def _has_round_left(study: Study, last: LastRound | None) -> bool:
    rounds_left = last is None or last.round.number < last_round_by(study)[0]
    return rounds_left and study.state == StudyState.RUNNING


def _corrections(study: Study, section: Section) -> tuple[str, ...]:
    """The edits to agreed text that hold, each in a sentence."""
    drafts = {one.id: one.number for one in section.drafts}
    return tuple(
        f"{words}, {in_words(day_of(one.corrected_at, study.timezone))}: {one.edit}"
        for one in corrections_of(study.id)
        if one.draft_id in drafts
        for words, _ in (CHANGE_WORDS[ChangeClass(one.kind)],)
    )


def _next_planned(member: TeamMember) -> int | None:
    return next((one.number for one in rounds_of(member.study_id) if one.state == RoundState.PLANNED), None)


def _variants(
    study: Study, draft: Draft, before: Draft | None, picture: PictureResolver
) -> tuple[VariantShown, ...]:
    old = {one.variant: one.text for one in before.variants} if before else {}
    new = {one.variant: one.text for one in draft.variants}
    behind = set(outdated_variants(draft)) if draft.state == DraftState.WORKING else set()
    return tuple(
        VariantShown(
            code,
            variant_words(code),
            text_shown(study, code, new[code], old.get(code), picture),
            code in behind,
        )
        for code in in_order(new)
    )
