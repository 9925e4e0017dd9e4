"""Ratings from a CSV file, long or wide, whichever program wrote it, counted while they are read.

A file of any length is read in one pass and never held in memory; only what people answered in two rounds is
kept, where the file has rounds and says who answered.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from delphi.cli.statistics.reading import Unreadable, show
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ITEM_COLUMNS = ("item", "statement", "question", "section")
RATING_COLUMNS = ("rating", "value", "score", "answer")
PERSON_COLUMNS = ("panellist", "participant", "person", "respondent", "rater", "expert", "id", "code")
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
UNABLE = frozenset({"unable", "can't say", "can’t say", "cannot say", "don't know", "don’t know"})
SEPARATORS = (",", ";", "\t", "|")
LONGEST_LINE = 10_000_000
"""Characters in one cell before we take the file for something else."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
class _Tally:
    counts: list[int]
    n_unable: int = 0
    n_missing: int = 0


@dataclass(slots=True)
class Ratings:
    """What a file holds: histograms by item, round and group, in the order in which they first come."""

    layout: Layout
    items: dict[str, None] = field(default_factory=dict)
    rounds: dict[str, None] = field(default_factory=dict)
    groups: dict[str, None] = field(default_factory=dict)
    _tallies: dict[tuple[str, str, str], _Tally] = field(default_factory=dict)
    _answers: dict[tuple[str, str], dict[str, int | None]] = field(default_factory=dict)

    def histogram(self, item: str, round_: str, group: str | None = None) -> Histogram:
        """One item's ratings in a round: of a group, or of everybody."""
        low, high = self.layout.scale
        found = Histogram.empty(low, high - low + 1)
        for name in self.groups if group is None else (group,):
            tally = self._tallies.get((item, round_, name))
            if tally:
                found = found + Histogram(low, tuple(tally.counts), tally.n_unable, tally.n_missing)
        return found

    def was_asked(self, item: str, round_: str) -> bool:
        """Whether the file has the item in that round, be it without a rating."""
        return any((item, round_, group) in self._tallies for group in self.groups)

    def pairs(self, item: str, earlier: str, later: str) -> CrossTab:
        """What the people who rated an item in both rounds answered."""
        low, high = self.layout.scale
        before, after = self._answers.get((item, earlier), {}), self._answers.get((item, later), {})
        both = (
            (value, after[person])
            for person, value in before.items()
            if value is not None and after.get(person) is not None
        )
        return CrossTab.of_pairs(low, high - low + 1, ((a, b) for a, b in both if b is not None))

    def by_return(self, item: str, earlier: str, later: str) -> tuple[Histogram, Histogram]:
        """Ratings of the earlier round: of the people who rated the item again, and of those who did not."""
        low, high = self.layout.scale
        counts = {came_back: [0] * (high - low + 1) for came_back in (True, False)}
        after = self._answers.get((item, later), {})
        for person, value in self._answers.get((item, earlier), {}).items():
            if value is not None:
                counts[after.get(person) is not None][value - low] += 1
        return Histogram(low, tuple(counts[True])), Histogram(low, tuple(counts[False]))

    def add(self, where: str, *, item: str, round_: str, group: str, person: str, cell: str) -> None:
        """Count one cell; Unreadable for one that is no rating, with its place."""
        self.items.setdefault(item)
        self.rounds.setdefault(round_)
        self.groups.setdefault(group)
        low, high = self.layout.scale
        key = (item, round_, group)
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = _Tally([0] * (high - low + 1))
        value = None
        text = cell.strip()
        if text.casefold() in UNABLE:
            tally.n_unable += 1
        elif text.casefold() in MISSING or text in self.layout.missing_codes:
            tally.n_missing += 1
        else:
            value = self._rating(text, where)
            tally.counts[value - low] += 1
        if self.layout.round_column and person:
            answers = self._answers.setdefault((item, round_), {})
            if person in answers:
                raise Unreadable(f"{where}: {show(person)} has answered this item in this round before.")
            answers[person] = value

    def _rating(self, text: str, where: str) -> int:
        low, high = self.layout.scale
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise Unreadable(
                f"{where}: {show(text)} is not a rating. Leave a missing rating empty."
            ) from None
        if not number.is_integer():
            raise Unreadable(f"{where}: {show(text)} is not a whole number.")
        if not low <= number <= high:
            raise Unreadable(f"{where}: {int(number)} is not on the scale {low} to {high}.")
        return int(number)


def read_ratings(file: BinaryIO, layout: Layout) -> Ratings:
    """Read and count a CSV file.

    Parameters
    ----------
    file : binary file
        UTF-8, UTF-16 or Windows-1252; comma, semicolon, tab or | between the cells; headings in row 1.
    layout : Layout
        The scale, and the columns that are not found by their usual headings.

    Returns
    -------
    Ratings
        Long when there is a column for the item and one for the rating; otherwise every column that is not
        the person's, the group's or the round's is an item.

    Raises
    ------
    Unreadable
        For what is no rating on the scale, a heading that is not there or there twice, a row that is longer
        than the headings, text in no known encoding: one sentence with row, column and value.
    """
    rows = _rows(file)
    headings = [heading.strip() for heading in next(rows, [])]
    if not any(headings):
        raise Unreadable("The file is empty. Its first row must hold the headings of its columns.")
    columns = _Columns.find(headings, layout)
    found = Ratings(layout)
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > len(headings) and any(cell.strip() for cell in row[len(headings) :]):
            raise Unreadable(f"row {number} has {len(row)} cells, but there are {len(headings)} headings.")
        columns.count(found, number, [*row, *[""] * (len(headings) - len(row))])
    if not found.items:
        raise Unreadable("The file has headings and no ratings.")
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    headings: Sequence[str]
    item: int | None
    rating: int | None
    person: int | None
    group: int | None
    round_: int | None

    @classmethod
    def find(cls, headings: Sequence[str], layout: Layout) -> _Columns:
        for heading in headings:
            if heading and headings.count(heading) > 1:
                raise Unreadable(f"row 1 has the heading {show(heading)} twice.")
        item = _column(headings, layout.item_column, ITEM_COLUMNS)
        rating = _column(headings, layout.rating_column, RATING_COLUMNS)
        if item is None or rating is None:
            item = rating = None
        return cls(
            headings,
            item,
            rating,
            _column(headings, layout.person_column, PERSON_COLUMNS),
            _column(headings, layout.group_column, ()),
            _column(headings, layout.round_column, ()),
        )

    def count(self, found: Ratings, number: int, row: Sequence[str]) -> None:
        def cell(column: int | None) -> str:
            return "" if column is None else row[column].strip()

        group, round_, person = cell(self.group), cell(self.round_), cell(self.person)
        if self.item is not None and self.rating is not None:
            items = [(cell(self.item), self.rating)]
            if not items[0][0]:
                raise Unreadable(f"row {number} has no item in its column {self.headings[self.item]}.")
        else:
            others = {self.person, self.group, self.round_}
            items = [(name, i) for i, name in enumerate(self.headings) if name and i not in others]
        for item, column in items:
            where = f"row {number}, column {self.headings[column]}"
            found.add(where, item=item, round_=round_, group=group, person=person, cell=row[column])


def _column(headings: Sequence[str], named: str | None, usual: Sequence[str]) -> int | None:
    if named is not None:
        if named in headings:
            return headings.index(named)
        raise Unreadable(f"There is no column {show(named)}. The headings are: {', '.join(headings)}.")
    lowered = [heading.casefold() for heading in headings]
    return next((lowered.index(name) for name in usual if name in lowered), None)


def _rows(file: BinaryIO) -> Iterator[list[str]]:
    start = file.read(65536)
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), None) or _guess(start)
    text = io.TextIOWrapper(io.BufferedReader(_Again(start, file)), encoding=encoding, newline="")
    head = start.decode(encoding, errors="ignore").lstrip("\ufeff").partition("\n")[0]
    separator = max(SEPARATORS, key=head.count)
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(text, delimiter=separator)
    try:
        yield from reader
    except UnicodeDecodeError:
        raise Unreadable(
            f"row {reader.line_num + 1} holds characters that are not {encoding.upper()}. Save the file as "
            "CSV UTF-8 and try again."
        ) from None
    except csv.Error as problem:
        raise Unreadable(f"row {reader.line_num} cannot be read as CSV ({problem}).") from None


def _guess(start: bytes) -> str:
    """UTF-8 unless its bytes cannot be: then what a spreadsheet on Windows writes."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


class _Again(io.RawIOBase):
    """A file from its start again, after its first bytes were looked at; also of a pipe."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a part of the buffer; 0 at the end."""
        buffer = memoryview(buffer)
        if not self._start:
            self._start = self._rest.read(len(buffer))
        piece = self._start[: len(buffer)]
        self._start = self._start[len(piece) :]
        buffer[: len(piece)] = piece
        return len(piece)
