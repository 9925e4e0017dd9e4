"""What people said and what the team did, for a planned round: the form it is written down in."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.decisions import DecisionKind
from delphi.models.decisions import Revision
from delphi.models.sections import Section
from delphi.queries.decisions import LastRound, last_round_of
from delphi.queries.revisions import revision_of
from delphi.queries.section_comments import CommentCard, comment_cards
from delphi.queries.sections import section_of


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One "you said, we did" as it is in the form."""

    comments: str
    you_said: str
    we_did: str


@dataclass(frozen=True, slots=True)
class RevisionForm:
    """How a section goes into a planned round: as a new draft, or the same again.

    `is_drafted` when the lines were drafted from the comments that a change was promised for; `is_begun`
    when the draft that takes the other's place is there.
    """

    code: str
    title: str
    for_round: int
    kind: str
    from_number: int
    to_number: int
    change_class: str
    comparable: str
    comparable_reason: str
    summary: str
    changes: tuple[ChangeLine, ...]
    comments: tuple[CommentCard, ...]
    is_written: bool
    is_drafted: bool
    is_begun: bool


def revision_form(member: TeamMember, code: str, for_round: int) -> RevisionForm:
    """What is written down about a section for a planned round, or what it would begin with."""
    section = section_of(member.study_id, code)
    last, entry = last_round_of(section), revision_of(section.id, for_round)
    cards = comment_cards(section)
    rerates = _rerates(last)
    from_number, to_number = _numbers(section, last, entry, rerates=rerates)
    drafted = () if entry or rerates else _drafted(cards)
    return RevisionForm(
        code=code,
        title=section.title,
        for_round=for_round,
        kind=entry.kind if entry else "rerating" if rerates else "revision",
        from_number=from_number,
        to_number=to_number,
        change_class=(entry.change_class or "") if entry else "",
        comparable=entry.comparable if entry else "same" if rerates else "",
        comparable_reason=entry.comparable_reason if entry else "",
        summary=entry.summary if entry else "",
        changes=change_lines(entry) if entry else drafted,
        comments=cards,
        is_written=entry is not None,
        is_drafted=bool(drafted),
        is_begun=any(one.number == to_number for one in section.drafts),
    )


def change_lines(entry: Revision) -> tuple[ChangeLine, ...]:
    """What is written down, line by line."""
    return tuple(
        ChangeLine(", ".join(f"C{one.comment_id}" for one in change.comments), change.you_said, change.we_did)
        for change in entry.changes
    )


def _rerates(last: LastRound | None) -> bool:
    return (
        last is not None and last.decision is not None and last.decision.kind == DecisionKind.RERATE_UNCHANGED
    )


def _numbers(
    section: Section, last: LastRound | None, entry: Revision | None, *, rerates: bool
) -> tuple[int, int]:
    """The draft that was rated, and the one that the coming round puts."""
    if entry is not None:
        drafts = {one.id: one.number for one in section.drafts}
        return drafts[entry.from_draft_id], drafts[entry.to_draft_id]
    newest = section.drafts[-1].number if section.drafts else 0
    before = last.draft.number if last else newest
    return before, before if rerates else max(newest, before + 1)


def _drafted(cards: tuple[CommentCard, ...]) -> tuple[ChangeLine, ...]:
    return tuple(ChangeLine(f"C{one.id}", one.words, one.did) for one in cards if one.words and one.did)
