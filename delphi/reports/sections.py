"""What became of each section: its way through the rounds, and the positions of the panels at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from delphi.domain.decisions import DecisionKind
from delphi.domain.states import SectionState
from delphi.queries.meetings import votes_by_section
from delphi.queries.settling_page import closing_reasons
from delphi.reports.items import ItemRow
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting
from delphi.reports.tally import NEW, REVISED, UNCHANGED, Tally
from delphi.reports.words import decision_words, outcome_words, sentence


class End(StrEnum):
    """Where a section stands when the report is written."""

    AGREED = "agreed"
    LEFT_OUT = "left_out"
    NO_AGREEMENT = "no_agreement"
    NOT_ASSESSABLE = "not_assessable"
    TAKEN_OUT = "taken_out"
    UNDER_WAY = "under_way"


END_WORDS: dict[End, str] = {
    End.AGREED: "Agreed",
    End.LEFT_OUT: "Agreed to leave out",
    End.NO_AGREEMENT: "No agreement",
    End.NOT_ASSESSABLE: "Not assessable",
    End.TAKEN_OUT: "Taken out, merged or split by the team",
    End.UNDER_WAY: "Still under way",
}
_ENDS = {
    DecisionKind.KEEP.value: End.AGREED,
    DecisionKind.LEAVE_OUT.value: End.LEFT_OUT,
    DecisionKind.REPORT_NO_AGREEMENT.value: End.NO_AGREEMENT,
    DecisionKind.REPORT_NOT_ASSESSABLE.value: End.NOT_ASSESSABLE,
    DecisionKind.REMOVE.value: End.TAKEN_OUT,
    DecisionKind.MERGE.value: End.TAKEN_OUT,
    DecisionKind.SPLIT.value: End.TAKEN_OUT,
}
_CAME = {
    NEW: "first put to the panel",
    REVISED: "a new draft",
    UNCHANGED: "the same draft again, with figures and reasons",
    "reopened": "taken up again after it was agreed",
    "meeting": "taken up again",
}


_SETTLED = {
    SectionState.AGREED: End.AGREED,
    SectionState.LEFT_OUT: End.LEFT_OUT,
    SectionState.NO_AGREEMENT: End.NO_AGREEMENT,
    SectionState.NOT_ASSESSABLE: End.NOT_ASSESSABLE,
    SectionState.REMOVED: End.TAKEN_OUT,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A section in one round: how it came in, what the rule said, what the team decided and why."""

    round: int
    draft: int
    came: str
    outcome: str | None
    headline: str
    decision: str | None
    decision_words: str
    reason: str
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class SectionFinding:
    """One section with its steps; the last step holds the figures that count for its end."""

    code: str
    title: str
    place: int
    origin: str
    end: End
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        """The last round that put it."""
        return self.steps[-1]

    @property
    def end_words(self) -> str:
        """Where it stands, in words."""
        return END_WORDS[self.end]


def findings_of(
    setting: Setting, records: Sequence[RoundRecord], items: Sequence[ItemRow], tally: Tally
) -> tuple[SectionFinding, ...]:
    """Every section that was put to the panel, in the order of the guidance."""
    came = {
        (one.round, code): way for one in tally.rounds for way, codes in one.came.items() for code in codes
    }
    steps: dict[str, list[Step]] = {}
    for record in records:
        for entry in record.sections:
            code = entry["section"]
            if not setting.rated(code):
                continue
            rows = (row for row in items if (row.round, row.section) == (record.number, code))
            steps.setdefault(code, []).append(
                Step(
                    round=record.number,
                    draft=record.drafts[code],
                    came=_CAME[came[record.number, code]],
                    outcome=entry["outcome"],
                    headline=entry["headline"] or outcome_words(entry["outcome"]),
                    decision=entry["decision"],
                    decision_words=decision_words(entry["decision"]),
                    reason=sentence(entry["decision_reason"] or ""),
                    items=tuple(rows),
                )
            )
    closing, votes = closing_reasons(setting.study.id), votes_by_section(setting.study.id)
    return tuple(
        SectionFinding(
            code=code,
            title=section.title,
            place=setting.places[code],
            origin=section.origin or "",
            end=_end(tally.ends[code], section.state),
            steps=_with_ending(steps[code], votes.get(code, ""), closing.get(code, "")),
        )
        for code, section in setting.sections.items()
        if code in steps
    )


def _end(decision: str, state: SectionState) -> End:
    """Where a section ended: by its last decision, or where it was settled after the rounds."""
    if state == SectionState.REMOVED:
        return End.TAKEN_OUT
    return _ENDS.get(decision) or _SETTLED.get(state, End.UNDER_WAY)


def _with_ending(steps: Sequence[Step], votes: str, closing: str) -> tuple[Step, ...]:
    """The steps; the last one also says how a meeting voted and why the section was settled afterwards."""
    if not (votes or closing):
        return tuple(steps)
    *first, last = steps
    settled = f"After the rounds it was settled: {sentence(closing)}" if closing else ""
    words = " ".join(part for part in (last.reason, sentence(votes) if votes else "", settled) if part)
    return (*first, replace(last, reason=words))
