"""Deciding after a round: each section with its outcome and decision, and who has signed."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.actors import TeamMember
from delphi.domain.decisions import (
    DECISION_WORDS,
    NEEDS_ANOTHER_ROUND,
    DecisionKind,
    asks_for_reason,
    fits_outcome,
)
from delphi.domain.errors import NotFound
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import RoundState, SectionState
from delphi.models.rounds import Round, RoundSection
from delphi.models.studies import Study
from delphi.queries.comments import comment_counts
from delphi.queries.decisions import decisions_of_round, sections_to_decide
from delphi.queries.results import OutcomeRecord, outcomes_of_round
from delphi.queries.results_page import MARKS
from delphi.queries.revisions import revision_of
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.signatures import Signing, signing_of
from delphi.queries.studies import study_of


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
    follow_up: str


@dataclass(frozen=True, slots=True)
class DecisionsPage:
    """The decisions after one round; `is_open` while they can be taken and changed."""

    number: int
    heading: str
    is_open: bool
    rows: tuple[DecisionRow, ...]
    n_missing: int
    signing: Signing
    may_sign: bool
    n_comments_open: int


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """Deciding about one section: what fits its outcome and the protocol, and what asks for a reason."""

    number: int
    row: DecisionRow
    choices: tuple[tuple[str, str, str], ...]
    targets: tuple[tuple[str, str], ...]
    into: str
    is_open: bool


def round_to_decide(member: TeamMember) -> int | None:
    """The newest round that has been analysed, else the newest; None without rounds."""
    rounds = rounds_of(member.study_id)
    analysed = [one.number for one in rounds if one.analysed_at is not None]
    return analysed[-1] if analysed else (rounds[0].number if rounds else None)


def decisions_page(member: TeamMember, number: int) -> DecisionsPage:
    """The decisions after a round; WrongState while it has not been analysed."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    rows = _rows(round_)
    n_missing = sum(not row.kind for row in rows)
    signing = signing_of(study, f"round:{number}:decisions")
    is_open = round_.state == RoundState.ANALYSED
    counts = comment_counts(round_.id)
    decided = len(rows) - n_missing
    return DecisionsPage(
        number=number,
        heading=(
            f"Decide about {n_missing} of {len(rows)} sections"
            if n_missing
            else f"All {len(rows)} sections are decided"
        )
        if is_open
        else f"What was decided after round {number}: {decided} sections",
        is_open=is_open,
        rows=rows,
        n_missing=n_missing,
        signing=signing,
        may_sign=is_open
        and not n_missing
        and is_allowed(member, Permission.SIGN_OFF)
        and not signing.has_signed(member.account_id),
        n_comments_open=sum(max(one.n_unreviewed, one.n_unanswered) for one in counts),
    )


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
    return DecisionForm(
        number=number,
        row=row,
        choices=tuple(_choices(study, round_, found)),
        targets=tuple((one.code, one.title) for one in sections if one.code != code and one.state in goes_on),
        into=merged,
        is_open=round_.state == RoundState.ANALYSED,
    )


def _choices(study: Study, round_: Round, found: OutcomeRecord | None) -> list[tuple[str, str, str]]:
    """The decisions that can be true after this outcome, each with what it means."""
    outcome = found.outcome if found else None
    has_round_left = round_.number < int(study.protocol["max_rounds"])
    choices = []
    for kind in DecisionKind:
        if not fits_outcome(kind, outcome) or (kind in NEEDS_ANOTHER_ROUND and not has_round_left):
            continue
        words = DECISION_WORDS[kind]
        hint = "Asks for a reason." if asks_for_reason(kind, outcome) else ""
        choices.append((kind.value, words[0].upper() + words[1:], hint))
    return choices


def _rows(round_: Round) -> tuple[DecisionRow, ...]:
    outcomes = outcomes_of_round(round_)
    decisions = {one.section_id: one for one in decisions_of_round(round_.id)}
    rows = []
    for entry in sections_to_decide(round_):
        found, decision = outcomes.get(entry.section.code), decisions.get(entry.section_id)
        words = (found.label or OUTCOME_WORDS[found.outcome]) if found else "not rated in this round"
        kind = decision.kind if decision else ""
        said = DECISION_WORDS[DecisionKind(kind)] if kind else ""
        rows.append(
            DecisionRow(
                code=entry.section.code,
                title=entry.section.title,
                draft=entry.draft.number,
                mark=MARKS[found.outcome] if found else "none",
                outcome=words[0].upper() + words[1:],
                why=found.headline if found else "",
                kind=kind,
                words=said[:1].upper() + said[1:],
                reason=(decision.reason or "") if decision else "",
                follow_up=_follow_up(round_, entry, kind),
            )
        )
    return tuple(rows)


def _follow_up(round_: Round, entry: RoundSection, kind: str) -> str:
    """What still has to be written for the next round; empty when nothing has."""
    if kind not in (DecisionKind.REVISE, DecisionKind.RERATE_UNCHANGED):
        return ""
    if revision_of(entry.section_id, round_.number + 1) is not None:
        return "“You said, we did” is written."
    newest = entry.section.drafts[-1]
    if kind == DecisionKind.REVISE and newest.number == entry.draft.number:
        return f"Draft {newest.number + 1} is not begun."
    return "“You said, we did” is not written."
