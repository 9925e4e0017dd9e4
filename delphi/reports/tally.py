"""What happened to the sections in each round (requirement T5), in numbers that add up or are not printed.

Each section comes into a round in one way and leaves it in one way. What went on after a round is what the
next one takes up, or what waits; at the end every section is in one place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from delphi.domain.decisions import ENDS_AS, DecisionKind
from delphi.domain.errors import WrongState
from delphi.domain.states import SectionState
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting

NEW, REVISED, UNCHANGED, REOPENED = "new", "revised", "unchanged", "reopened"
GOES_ON = {
    DecisionKind.REVISE.value: REVISED,
    DecisionKind.RERATE_UNCHANGED.value: UNCHANGED,
    DecisionKind.TAKE_TO_MEETING.value: "meeting",
}
UNDECIDED = "undecided"
SETTLED = (
    SectionState.AGREED,
    SectionState.LEFT_OUT,
    SectionState.NO_AGREEMENT,
    SectionState.NOT_ASSESSABLE,
    SectionState.REMOVED,
)
"""Where a section can be put once the rounds are over."""


@dataclass(slots=True)
class RoundTally:
    """The sections (codes) of one round by the way in which they came in, and by what was decided.

    `came` has keys "new", "revised", "unchanged", "reopened"; `left` the kinds of decision, and "undecided"
    while the team has not decided. `waiting` went on after an earlier round and are not in this one.
    """

    round: int
    n_items: int
    rated: tuple[str, ...]
    came: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def n_came(self, way: str) -> int:
        """How many sections came in this way."""
        return len(self.came.get(way, ()))

    def n_left(self, decision: str) -> int:
        """About how many sections this was decided."""
        return len(self.left.get(decision, ()))

    @property
    def going_on(self) -> tuple[str, ...]:
        """Sections that are to be taken up again, or about which nothing is decided yet."""
        return tuple(
            code for decision, codes in self.left.items() if not _is_final(decision) for code in codes
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """All rounds, and where each section that was ever put to the panel stands at the end (by code)."""

    rounds: tuple[RoundTally, ...]
    ends: dict[str, str]

    def n_ended(self, decision: str) -> int:
        """How many sections ended with this decision."""
        return sum(1 for end in self.ends.values() if end == decision)

    @property
    def n_sections(self) -> int:
        """Sections that were put to the panel at least once."""
        return len(self.ends)

    @property
    def n_agreed(self) -> int:
        """Sections on which the panel agreed and that were kept."""
        return self.n_ended(DecisionKind.KEEP)


def tally_of(setting: Setting, records: Sequence[RoundRecord]) -> Tally:
    """Count the sections of each round; WrongState, saying where, when the record does not add up."""
    ends: dict[str, str] = {}
    drafts: dict[str, int] = {}
    rounds = []
    for record in records:
        entries = [entry for entry in record.sections if setting.rated(entry["section"])]
        rated = tuple(entry["section"] for entry in entries)
        tally = RoundTally(record.number, len(record.release.cells) if record.release else 0, rated)
        tally.waiting = [code for code, end in ends.items() if not _is_final(end) and code not in rated]
        for entry in entries:
            code = entry["section"]
            way = _way_in(code, ends.get(code), drafts.get(code), record)
            tally.came.setdefault(way, []).append(code)
            drafts[code] = record.drafts[code]
            ends[code] = _decision(entry)
            tally.left.setdefault(ends[code], []).append(code)
        rounds.append(tally)
    found = Tally(tuple(rounds), ends)
    check(found)
    _check_states(setting, found, records)
    return found


def check(tally: Tally) -> None:
    """Stop unless every round's numbers add up with the round before and with the end."""
    before: set[str] = set()
    for one in tally.rounds:
        came = [code for codes in one.came.values() for code in codes]
        left = [code for codes in one.left.values() for code in codes]
        if not sorted(came) == sorted(left) == sorted(one.rated):
            raise _wrong(
                one.round, f"{len(one.rated)} sections rated, {len(came)} came in, {len(left)} decided"
            )
        taken_up = {*one.came.get(REVISED, ()), *one.came.get(UNCHANGED, ()), *one.came.get("meeting", ())}
        if taken_up | set(one.waiting) != before:
            raise _wrong(
                one.round, f"{len(before)} sections went on before it, {len(taken_up)} were taken up"
            )
        before = set(one.going_on) | set(one.waiting)
    n_open = sum(1 for end in tally.ends.values() if not _is_final(end))
    if n_open != len(before):
        raise WrongState(f"The sections do not add up: {len(before)} went on, {n_open} are open at the end.")


def _way_in(code: str, end: str | None, draft_before: int | None, record: RoundRecord) -> str:
    """How a section came into a round, and whether its draft fits that."""
    if end is None:
        return NEW
    if end == DecisionKind.KEEP:
        return REOPENED
    if _is_final(end):
        raise _wrong(record.number, f"“{code}” had left the study before")
    way = REVISED if end == UNDECIDED else GOES_ON.get(end, REVISED)
    is_same = record.drafts[code] == draft_before
    if (way == REVISED and is_same) or (way == UNCHANGED and not is_same):
        draft = "the same draft" if is_same else "another draft"
        raise _wrong(record.number, f"“{code}” was to be {way} and was put with {draft}")
    return way


def _decision(entry: dict[str, Any]) -> str:
    return str(entry["decision"] or UNDECIDED)


def _is_final(decision: str) -> bool:
    return decision not in GOES_ON and decision != UNDECIDED


def _check_states(setting: Setting, tally: Tally, records: Sequence[RoundRecord]) -> None:
    """A section must stand where its last decision put it, or was taken up again or settled since."""
    if not all(record.is_published for record in records):
        return
    for code, end in tally.ends.items():
        state = setting.sections[code].state
        expected = ENDS_AS.get(DecisionKind(end), SectionState.IN_PLAY)
        settled = SETTLED if not _is_final(end) else ()
        # Agreed text can be taken up again, and is then put back or removed.
        removed = (SectionState.REMOVED,) if end == DecisionKind.KEEP else ()
        if state not in (expected, SectionState.IN_PLAY, *settled, *removed):
            raise WrongState(
                f"The record does not fit together: “{setting.sections[code].title}” is {state.value}, but "
                f"the last decision was “{end}”. No report was written; run “delphi verify”."
            )


def _wrong(round_number: int, what: str) -> WrongState:
    return WrongState(
        f"The sections of round {round_number} do not add up: {what}. No report was written; run "
        "“delphi verify”, and keep this database as it is."
    )
