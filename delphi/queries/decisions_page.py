"""Deciding after a round: each section with its outcome and decision, and who has signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from delphi.consensus.stopping import StoppedBy
from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.actors import TeamMember
from delphi.domain.decisions import (
    CONSEQUENCES,
    DECISION_WORDS,
    NEEDS_ANOTHER_ROUND,
    DecisionKind,
    asks_for_reason,
    fits_outcome,
)
from delphi.domain.errors import NotFound
from delphi.domain.ids import SectionId
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.rule import Outcome
from delphi.domain.states import RoundState, SectionState
from delphi.domain.wording import with_capital
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.comments import comment_counts
from delphi.queries.decisions import decisions_digest, decisions_of_round, sections_to_decide
from delphi.queries.limits import last_round_by
from delphi.queries.results import OutcomeRecord, outcomes_of_round
from delphi.queries.results_rows import outcome_mark
from delphi.queries.revisions import revision_of
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.section_comments import CommentCard, comment_cards
from delphi.queries.sections import parts_of, sections_of
from delphi.queries.signatures import Signing, signing_of
from delphi.queries.studies import study_of


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What follows from a decision: said, and the link to it ("draft", "part" or "" for none)."""

    words: str = ""
    link: str = ""
    leads_to: str = ""
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One section with its outcome and what was decided about it."""

    code: str
    title: str
    draft: int
    mark: str
    outcome: str
    why: str
    kind: str
    words: str
    reason: str
    follow_up: FollowUp


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """The decisions after one round; `is_open` while they can be taken and changed.

    `n_to_keep` counts the agreed sections without a decision; `digest` is that of what stands here.
    """

    number: int
    heading: str
    is_open: bool
    rows: tuple[DecisionRow, ...]
    n_missing: int
    n_to_keep: int
    digest: str
    signing: Signing
    may_sign: bool
    may_unsign: bool
    n_comments_open: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision that can be true after this outcome, with what follows from it."""

    value: str
    words: str
    consequence: str


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """Deciding about one section: what fits its outcome and the protocol, and what asks for a reason.

    `left_out` says in a sentence which decisions are not offered, and why.
    """

    number: int
    row: DecisionRow
    choices: tuple[Choice, ...]
    left_out: str
    targets: tuple[tuple[str, str], ...]
    into: str
    comments: tuple[CommentCard, ...]
    is_open: bool


def round_to_decide(member: TeamMember) -> int | None:
    """The newest round that has been analysed, else the newest; None without rounds."""
    rounds = rounds_of(member.study_id)
    analysed = [one.number for one in rounds if one.analysed_at is not None]
    return analysed[-1] if analysed else (rounds[0].number if rounds else None)


def decisions_page(member: TeamMember, number: int) -> DecisionsPage:
    """The decisions after a round; WrongState while it has not been analysed."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    rows, outcomes = _rows(round_), outcomes_of_round(round_)
    n_missing = sum(not row.kind for row in rows)
    signing = signing_of(study, f"round:{number}:decisions")
    is_open = round_.state == RoundState.ANALYSED
    signs = is_open and not n_missing and is_allowed(member, Permission.SIGN_OFF)
    has_signed = signing.has_signed(member.account_id)
    counts = comment_counts(round_.id)
    return DecisionsPage(
        number=number,
        heading=_heading(number, len(rows), n_missing, is_open=is_open),
        is_open=is_open,
        rows=rows,
        n_missing=n_missing,
        n_to_keep=sum(
            not row.kind and row.code in outcomes and outcomes[row.code].outcome == Outcome.AGREED
            for row in rows
        ),
        digest=decisions_digest(round_.id),
        signing=signing,
        may_sign=signs and not has_signed,
        may_unsign=signs and has_signed,
        n_comments_open=sum(max(one.n_unreviewed, one.n_unanswered) for one in counts),
    )


def _heading(number: int, n: int, n_missing: int, *, is_open: bool) -> str:
    if not is_open:
        return f"What was decided after round {number}: {n - n_missing} sections"
    return f"Decide about {n_missing} of {n} sections" if n_missing else f"All {n} sections are decided"


def decision_form(member: TeamMember, number: int, code: str) -> DecisionForm:
    """Deciding about one section of a round; NotFound when the round did not ask about it."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    row = next((one for one in _rows(round_) if one.code == code), None)
    if row is None:
        raise NotFound(f"Round {number} did not ask about a section “{code}”.")
    found = outcomes_of_round(round_).get(code)
    sections = sections_of(study.id)
    section = next(one for one in sections if one.code == code)
    goes_on = (SectionState.DRAFTING, SectionState.IN_PLAY)
    merged = next((one.code for one in sections if one.id == section.merged_into_id), "")
    choices = _choices(study, round_, found)
    return DecisionForm(
        number=number,
        row=row,
        choices=choices,
        left_out=_left_out(study, round_, found),
        targets=tuple((one.code, one.title) for one in sections if one.code != code and one.state in goes_on),
        into=merged,
        comments=comment_cards(section),
        is_open=round_.state == RoundState.ANALYSED,
    )


def _choices(study: Study, round_: Round, found: OutcomeRecord | None) -> tuple[Choice, ...]:
    outcome = found.outcome if found else None
    return tuple(
        Choice(
            kind.value,
            with_capital(DECISION_WORDS[kind]),
            CONSEQUENCES[kind] + (" Asks for a reason." if asks_for_reason(kind, outcome) else ""),
        )
        for kind in DecisionKind
        if fits_outcome(kind, outcome)
        and (kind not in NEEDS_ANOTHER_ROUND or _has_round_left(study, round_))
        and not (kind is DecisionKind.RERATE_UNCHANGED and _is_stable(found))
    )


def _is_stable(found: OutcomeRecord | None) -> bool:
    stop = found.stop if found else None
    return stop is not None and stop.stopped_by is StoppedBy.STABLE


def _left_out(study: Study, round_: Round, found: OutcomeRecord | None) -> str:
    """Which decisions are not there to be taken, and why."""
    said = "Only decisions that are true to the outcome are listed."
    if not fits_outcome(DecisionKind.KEEP, found.outcome if found else None):
        said = "“Keep” is not listed: a text is kept because the panel agreed on it."
    if not _has_round_left(study, round_):
        most, by = last_round_by(study)
        said += f" Nothing can be rated again either: {by} ends the study after round {most}."
    if found is not None and found.stop is not None:
        said += f" {' '.join(found.stop.words)}"
    return said


def _has_round_left(study: Study, round_: Round) -> bool:
    return round_.number < last_round_by(study)[0]


def _rows(round_: Round) -> tuple[DecisionRow, ...]:
    outcomes = outcomes_of_round(round_)
    decisions = {one.section_id: one for one in decisions_of_round(round_.id)}
    titles = {one.id: one.title for one in sections_of(round_.study_id)}
    rows = []
    for entry in sections_to_decide(round_):
        found, decision = outcomes.get(entry.section.code), decisions.get(entry.section_id)
        words = (found.label or OUTCOME_WORDS[found.outcome]) if found else "not rated in this round"
        kind = decision.kind if decision else ""
        rows.append(
            DecisionRow(
                code=entry.section.code,
                title=entry.section.title,
                draft=entry.draft.number,
                mark=outcome_mark(found) if found else "none",
                outcome=with_capital(words),
                why=_why(found),
                kind=kind,
                words=with_capital(DECISION_WORDS[DecisionKind(kind)]) if kind else "",
                reason=(decision.reason or "") if decision else "",
                follow_up=_follow_up(round_, entry, kind, _into(entry.section, titles)),
            )
        )
    return tuple(rows)


def _into(section: Section, titles: Mapping[SectionId, str]) -> str:
    return titles[section.merged_into_id] if section.merged_into_id else ""


def _why(found: OutcomeRecord | None) -> str:
    """The outcome's reason in a sentence, as the rule gives it."""
    if found is None:
        return ""
    if not found.missed:
        return "Everything that the rule asks for is met." if found.met else ""
    more = len(found.missed) - 1
    rest = (
        f" {more} more {'figure is' if more == 1 else 'figures are'} below what it asks for." if more else ""
    )
    return f"{found.missed[0]}{rest}"


def _follow_up(round_: Round, entry: RoundSection, kind: str, into: str) -> FollowUp:
    """What still has to be written for the next round, or where the section goes on."""
    section = entry.section
    if kind == DecisionKind.MERGE:
        return FollowUp(f"Goes on in “{into}”.")
    if kind == DecisionKind.SPLIT:
        return _parts(section)
    if kind == DecisionKind.TAKE_TO_MEETING:
        return FollowUp("Stays open until the meeting has been held.")
    if kind not in (DecisionKind.REVISE, DecisionKind.RERATE_UNCHANGED):
        return FollowUp()
    newest = section.drafts[-1]
    if kind == DecisionKind.REVISE and newest.number == entry.draft.number:
        return FollowUp(f"Draft {newest.number + 1} is not begun.", "Write", "draft", is_done=False)
    if revision_of(entry.section_id, round_.number + 1) is None:
        return FollowUp("“You said, we did” is not written.", "Write", "draft", is_done=False)
    return FollowUp("“You said, we did” is written.", "Read", "draft")


def _parts(section: Section) -> FollowUp:
    parts = parts_of(section)
    if not parts:
        return FollowUp("No part is written yet.", "Add a part", "part", is_done=False)
    titles = ", ".join(f"“{one.title}”" for one in parts)
    return FollowUp(f"Goes on in {titles}.", "Add another part", "part", is_done=len(parts) > 1)
