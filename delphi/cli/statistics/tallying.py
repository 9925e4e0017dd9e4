"""What a file of ratings holds, counted while it is read: histograms, and who answered what in which round.

Memory grows with items, groups and rounds. Only a file that has rounds and says who answered costs a byte for
each person, item and round besides: they are set beside each other once all is read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from delphi.cli.statistics.reading import Unreadable, show
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
UNABLE = frozenset({"unable", "can't say", "can’t say", "cannot say", "don't know", "don’t know"})

CANNOT_SAY, NO_RATING = -1, -2
"""What a cell can say beside a place on the scale, which counts from 0."""
_ANSWERED = 3
"""Added to a place where a person's answer is kept as a byte, so that 0 is nothing at all."""

Key = tuple[str, str, str]
"""Item, round and group."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a person says the file is built; None is found out from the headings."""

    scale: tuple[int, int]
    item_column: str | None = None
    rating_column: str | None = None
    person_column: str | None = None
    group_column: str | None = None
    round_column: str | None = None
    missing_codes: frozenset[str] = frozenset()


@dataclass(slots=True)
class Ratings:
    """Histograms by item, round and group, in the order in which they first come."""

    layout: Layout
    items: dict[str, None] = field(default_factory=dict)
    rounds: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    _tallies: dict[Key, Counter[int]] = field(default_factory=dict)
    _people: dict[str, int] = field(default_factory=dict)
    _answers: dict[tuple[str, str], bytearray] = field(default_factory=dict)
    _read: dict[str, int] = field(default_factory=dict)

    def place_of(self, cell: str) -> int:
        """What a cell says: a place on the scale, CANNOT_SAY or NO_RATING; Unreadable for anything else."""
        found = self._read.get(cell)
        if found is None:
            found = self._read[cell] = self._understood(cell.strip())
        return found

    def add(self, key: Key, place: int, n: int = 1) -> None:
        """Count something said of an item in a round by members of a group."""
        tally = self._tallies.get(key)
        if tally is None:
            item, round_, group = key
            self.items.setdefault(item)
            self.rounds.setdefault(round_)
            self.groups.setdefault(group)
            tally = self._tallies[key] = Counter()
        tally[place] += n

    def keep(self, person: str, item: str, round_: str, place: int) -> bool:
        """Remember one person's answer; False when there is one of them already."""
        number = self._people.setdefault(person, len(self._people))
        answers = self._answers.setdefault((item, round_), bytearray())
        if number >= len(answers):
            answers.extend(bytes(max(number + 1 - len(answers), len(answers) // 8)))
        if answers[number]:
            return False
        answers[number] = place + _ANSWERED
        return True

    def histogram(self, item: str, round_: str, group: str | None = None) -> Histogram:
        """One item's ratings in a round: of a group, or of everybody."""
        low, high = self.layout.scale
        tally: Counter[int] = Counter()
        for name in self.groups if group is None else (group,):
            tally.update(self._tallies.get((item, round_, name), {}))
        counts = tuple(tally[place] for place in range(high - low + 1))
        return Histogram(low, counts, tally[CANNOT_SAY], tally[NO_RATING])

    @property
    def in_order(self) -> tuple[str, ...]:
        """The rounds by the number in their names; as they first come where one has none."""
        numbers = {name: int(found[0]) for name in self.rounds if (found := re.search(r"\d+", name))}
        if len(numbers) < len(self.rounds):
            return tuple(self.rounds)
        return tuple(sorted(self.rounds, key=numbers.__getitem__))

    @property
    def named_groups(self) -> tuple[str, ...]:
        """The groups that people can be compared by: who has none counts with everybody only."""
        return tuple(name for name in self.groups if name)

    def was_asked(self, item: str, round_: str) -> bool:
        """Whether the file has the item in that round, be it without a rating."""
        return any((item, round_, group) in self._tallies for group in self.groups)

    def pairs(self, item: str, earlier: str, later: str) -> CrossTab:
        """What the people who rated an item in both rounds answered."""
        low, high = self.layout.scale
        cells = [
            (low + before, low + after, n)
            for (before, after), n in self._both(item, earlier, later)
            if before >= 0 and after >= 0
        ]
        return CrossTab.of_cells(low, high - low + 1, cells)

    def by_return(self, item: str, earlier: str, later: str) -> tuple[Histogram, Histogram]:
        """Ratings of the earlier round: of the people who rated the item again, and of those who did not."""
        low, high = self.layout.scale
        counts = {came_back: [0] * (high - low + 1) for came_back in (True, False)}
        for (before, after), n in self._both(item, earlier, later):
            if before >= 0:
                counts[after >= 0][before] += n
        return Histogram(low, tuple(counts[True])), Histogram(low, tuple(counts[False]))

    def _both(self, item: str, earlier: str, later: str) -> Iterable[tuple[tuple[int, int], int]]:
        """How many people said which two things of an item; nothing at all counts as no rating."""
        first = self._answers.get((item, earlier), bytearray())
        second = self._answers.get((item, later), bytearray())
        length = max(len(first), len(second))
        padded = (answers + bytes(length - len(answers)) for answers in (first, second))
        counted = Counter(zip(*padded, strict=True))
        return (((before - _ANSWERED, after - _ANSWERED), n) for (before, after), n in counted.items())

    def _understood(self, text: str) -> int:
        if text.casefold() in UNABLE:
            return CANNOT_SAY
        if text.casefold() in MISSING or text in self.layout.missing_codes:
            return NO_RATING
        low, high = self.layout.scale
        try:
            # Python would read 1_0 as ten.
            number = float(text.replace(",", ".").replace("−", "-").replace("_", "?"))
        except ValueError:
            raise Unreadable(f"{show(text)} is not a rating. Leave a missing rating empty.") from None
        if not number.is_integer():
            raise Unreadable(f"{show(text)} is not a whole number.")
        if not low <= number <= high:
            raise Unreadable(f"{int(number)} is not on the scale {low} to {high}.")
        return int(number) - low
