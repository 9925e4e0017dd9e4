"""Drafts of the guidance: which there are, one in full against the one before, and what changed why."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from delphi.domain.actors import TeamMember
from delphi.domain.decisions import DecisionKind
from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import CommentState, DraftState, RoundState
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.models.sections import Draft, Section
from delphi.queries.comments import READABLE, comments_of_round
from delphi.queries.decisions import last_round_of
from delphi.queries.revisions import revision_of
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import draft_of, section_of, sections_of
from delphi.queries.signatures import Signing, signing_of
from delphi.queries.studies import study_of
from delphi.text.difference import Difference, compare
from delphi.text.markdown import render

VARIANT_WORDS = {"standard": "Standard text", "easy_read": "Easy Read", "large_print": "Large print"}
STATE_WORDS = {
    DraftState.WORKING: ("Being written", "now"),
    DraftState.PROPOSED: ("Waits for sign-off", "warn"),
    DraftState.PUBLISHED: ("Published", "good"),
    DraftState.SUPERSEDED: ("Replaced", ""),
}


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One section with its newest draft."""

    code: str
    title: str
    number: int | None
    words: str
    tone: str
    state: str
    variants: str


@dataclass(frozen=True, slots=True)
class CommentCard:
    """A comment beside the draft, with the answer it got."""

    id: CommentId
    text: str
    about: str
    answer: str


@dataclass(frozen=True, slots=True)
class VariantShown:
    """One variant of a draft: its text, and the difference to the draft before."""

    code: str
    label: str
    text: str
    html: Markup
    difference: Markup | None
    summary: str
    is_outdated: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """One draft of a section."""

    code: str
    title: str
    number: int
    revision: int
    state: str
    words: str
    tone: str
    before: int | None
    numbers: tuple[int, ...]
    variants: tuple[VariantShown, ...]
    comments: tuple[CommentCard, ...]
    signing: Signing
    may_write: bool
    may_sign: bool
    may_publish: bool
    may_begin: bool
    revision_round: int | None
    has_revision: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One "you said, we did" as it is in the form."""

    comments: str
    you_said: str
    we_did: str


@dataclass(frozen=True, slots=True)
class RevisionForm:
    """How a section goes into a planned round: as a new draft, or the same again."""

    code: str
    title: str
    for_round: int
    kind: str
    from_number: int
    to_number: int
    comparable: str
    comparable_reason: str
    summary: str
    changes: tuple[ChangeLine, ...]
    comments: tuple[CommentCard, ...]
    is_written: bool


def drafts_page(member: TeamMember) -> tuple[SectionRow, ...]:
    """Every section of the member's study with its newest draft."""
    rows = []
    for section in sections_of(member.study_id):
        newest = section.drafts[-1] if section.drafts else None
        words, tone = STATE_WORDS[newest.state] if newest else ("Not begun", "")
        rows.append(
            SectionRow(
                section.code,
                section.title,
                newest.number if newest else None,
                words,
                tone,
                section.state.value.replace("_", " "),
                ", ".join(variant_words(one.variant) for one in newest.variants) if newest else "",
            )
        )
    return tuple(rows)


def newest_number(member: TeamMember, code: str) -> int | None:
    """The number of a section's newest draft; None when it has none."""
    section = section_of(member.study_id, code)
    return section.drafts[-1].number if section.drafts else None


def draft_page(member: TeamMember, code: str, number: int) -> DraftPage:
    """One draft against the one before it."""
    study, section = study_of(member.study_id), section_of(member.study_id, code)
    draft = draft_of(section, number)
    before = next((one for one in section.drafts if one.number == number - 1), None)
    signing = signing_of(study, f"draft:{code}:{number}")
    words, tone = STATE_WORDS[draft.state]
    for_round = _next_planned(member)
    is_newest = draft.number == section.drafts[-1].number
    may_sign = is_allowed(member, Permission.SIGN_OFF) and draft.state == DraftState.PROPOSED
    return DraftPage(
        code=code,
        title=section.title,
        number=number,
        revision=draft.revision,
        state=draft.state.value,
        words=words,
        tone=tone,
        before=before.number if before else None,
        numbers=tuple(one.number for one in section.drafts),
        variants=_variants(draft, before),
        comments=_cards(section),
        signing=signing,
        may_write=is_allowed(member, Permission.WRITE_DRAFTS) and draft.state == DraftState.WORKING,
        may_sign=may_sign and not signing.has_signed(member.account_id),
        may_publish=may_sign and signing.is_complete,
        may_begin=is_newest and draft.state in (DraftState.PUBLISHED, DraftState.SUPERSEDED),
        revision_round=for_round,
        has_revision=for_round is not None and revision_of(section.id, for_round) is not None,
    )


def empty_texts(member: TeamMember, code: str) -> tuple[int, dict[str, str]]:
    """From what the next draft of a section begins: its number and the texts of the newest one."""
    section = section_of(member.study_id, code)
    if not section.drafts:
        return 1, {"standard": ""}
    newest = section.drafts[-1]
    return newest.number + 1, {one.variant: one.text for one in newest.variants}


def revision_form(member: TeamMember, code: str, for_round: int) -> RevisionForm:
    """What is written down about a section for a planned round, or what it would begin with."""
    section = section_of(member.study_id, code)
    last, entry = last_round_of(section), revision_of(section.id, for_round)
    drafts = {one.id: one.number for one in section.drafts}
    from_number = last.draft.number if last else section.drafts[-1].number
    rerates = last is not None and last.decision is not None
    rerates = rerates and last.decision.kind == DecisionKind.RERATE_UNCHANGED  # type: ignore[union-attr]
    newest = section.drafts[-1].number
    to_number = from_number if rerates else max(newest, from_number + 1)
    changes: tuple[ChangeLine, ...] = ()
    if entry is not None:
        changes = tuple(
            ChangeLine(
                ", ".join(f"C{one.comment_id}" for one in change.comments), change.you_said, change.we_did
            )
            for change in entry.changes
        )
    return RevisionForm(
        code=code,
        title=section.title,
        for_round=for_round,
        kind=entry.kind if entry else "rerating" if rerates else "revision",
        from_number=drafts[entry.from_draft_id] if entry else from_number,
        to_number=drafts[entry.to_draft_id] if entry else to_number,
        comparable=entry.comparable if entry else "same" if rerates else "",
        comparable_reason=entry.comparable_reason if entry else "",
        summary=entry.summary if entry else "",
        changes=changes,
        comments=_cards(section),
        is_written=entry is not None,
    )


def variant_words(code: str) -> str:
    """A variant as people call it."""
    return VARIANT_WORDS.get(code, code.replace("_", " ").capitalize())


def _next_planned(member: TeamMember) -> int | None:
    return next((one.number for one in rounds_of(member.study_id) if one.state == RoundState.PLANNED), None)


def _variants(draft: Draft, before: Draft | None) -> tuple[VariantShown, ...]:
    """Each variant; outdated when the standard text changed since the draft before and it did not."""
    old = {one.variant: one.text for one in before.variants} if before else {}
    new = {one.variant: one.text for one in draft.variants}
    standard_changed = bool(old) and old.get("standard") != new.get("standard")
    order = sorted(new, key=lambda one: (one != "standard", one))
    found = []
    for code in order:
        html = render(new[code], demote=2)
        difference = compare(render(old[code], demote=2), html) if code in old else None
        found.append(
            VariantShown(
                code,
                variant_words(code),
                new[code],
                html,
                _marked(difference) if difference else None,
                difference.summary if difference else "",
                standard_changed and code != "standard" and old.get(code) == new[code],
            )
        )
    return tuple(found)


def _marked(difference: Difference) -> Markup:
    """Both drafts in one, in the words and classes of the team's pages."""
    marked = difference.html(added="put in:", deleted="taken out:")
    return marked.replace(Markup('class="visually-hidden"'), Markup('class="govuk-visually-hidden"'))


def _cards(section: Section) -> tuple[CommentCard, ...]:
    """The comments of the section's last round that can be read, with their answers, but for held ones."""
    last = last_round_of(section)
    if last is None or last.round.state not in READABLE:
        return ()
    return tuple(_card(one) for one in _comments_on(last.round, section))


def _comments_on(round_: Round, section: Section) -> list[Comment]:
    hidden = (CommentState.HELD, CommentState.ESCALATED)
    return [
        one
        for one in comments_of_round(round_.id)
        if one.section_id == section.id and one.state not in hidden
    ]


def _card(comment: Comment) -> CommentCard:
    answer = comment.disposition
    words = (
        f"{DISPOSITION_WORDS[DispositionKind(answer.kind)]}. {answer.reason}"
        if answer
        else "Not answered yet."
    )
    group = comment.panellist.group.feedback_group.label
    return CommentCard(comment.id, comment.text, f"{group} · C{comment.id}", words)
