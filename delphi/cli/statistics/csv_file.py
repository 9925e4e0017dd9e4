"""Ratings from a CSV file, long or wide, whichever program wrote it, counted while they are read.

A file of any length is read in one pass and never held in memory. Rows are counted many at a time; where one
of them is out of the ordinary they are gone through row by row, and what is wrong is named with its place.
"""

from __future__ import annotations

import codecs
import csv
import gc
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import TYPE_CHECKING, BinaryIO

from delphi.cli.statistics.reading import Unreadable, show
from delphi.cli.statistics.tallying import Key, Layout, Ratings

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ITEM_COLUMNS = ("item", "statement", "question", "section")
RATING_COLUMNS = ("rating", "value", "score", "answer")
PERSON_COLUMNS = ("panellist", "participant", "person", "respondent", "rater", "expert", "id", "code")
SEPARATORS = (",", ";", "\t", "|")
LONGEST_LINE = 10_000_000
"""Characters in one cell before we take the file for something else."""
ROWS_AT_ONCE = 20_000
_NAMED_SEPARATOR = re.compile(r"\"?sep=(.)\"?")

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
    blocks = _blocks(file)
    number, (first,) = next(blocks)
    headings = [heading.strip() for heading in first]
    if not any(headings):
        raise Unreadable("The file is empty. Its first row must hold the headings of its columns.")
    columns = _Columns.find(headings, layout, number)
    found = Ratings(layout)
    for number, block in blocks:
        if not columns.count_all(found, block, number):
            columns.count_each(found, block, number)
    if not found.items:
        raise Unreadable("The file has headings and no ratings.")
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where things stand in a row."""

    headings: Sequence[str]
    item: int | None
    rating: int | None
    person: int | None
    group: int | None
    round_: int | None

    @classmethod
    def find(cls, headings: Sequence[str], layout: Layout, number: int) -> _Columns:
        for heading in headings:
            if heading and headings.count(heading) > 1:
                raise Unreadable(f"row {number} has the heading {show(heading)} twice.")
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

    @property
    def keeps_people(self) -> bool:
        """Whether it matters who answered: only between rounds."""
        return self.person is not None and self.round_ is not None

    def count_all(self, found: Ratings, rows: Sequence[list[str]], number: int) -> bool:
        """Count ordinary rows at once: none blank, each as long as the headings and of ratings on the scale.

        `number` is the first one's in the file. False, with nothing counted, when one is not ordinary.
        """
        is_even = set(map(len, rows)) == {len(self.headings)}
        if not is_even or not all(map(str.strip, map("".join, rows))):
            return False
        columns = list(zip(*rows, strict=True))
        nothing = ("",) * len(rows)
        group, round_ = (nothing if at is None else columns[at] for at in (self.group, self.round_))
        said: Counter[tuple[str, str, str, str]] = Counter()
        for item, at in self._rated():
            items = repeat(item, len(rows)) if self.item is None else columns[self.item]
            said.update(zip(items, round_, group, columns[at], strict=True))
        counted: list[tuple[Key, int, int]] = []
        for (item, round_name, group_name, cell), n in said.items():
            key = item.strip(), round_name.strip(), group_name.strip()
            try:
                place = found.place_of(cell)
            except Unreadable:
                return False
            if not key[0] or (self.round_ is not None and not key[1]):
                return False
            counted.append((key, place, n))
        for key, place, n in counted:
            found.add(key, place, n)
        if self.keeps_people:
            for offset, row in enumerate(rows):
                self._keep(found, row, number + offset)
        return True

    def count_each(self, found: Ratings, rows: Sequence[list[str]], number: int) -> None:
        """Count row by row; Unreadable names the first place where that cannot be done."""
        for at, row in enumerate(rows, start=number):
            if not any(cell.strip() for cell in row):
                continue
            extra = row[len(self.headings) :]
            if any(cell.strip() for cell in extra):
                raise Unreadable(
                    f"row {at} has {len(row)} cells, but there are {len(self.headings)} headings."
                )
            self._count(found, at, [*row, *[""] * (len(self.headings) - len(row))])

    def _count(self, found: Ratings, number: int, row: list[str]) -> None:
        if self.round_ is not None and not self._cell(row, self.round_):
            raise Unreadable(f"row {number} has no round in its column {self.headings[self.round_]}.")
        for item, column in self._rated(row):
            if not item:
                heading = self.headings[self.item or 0]
                raise Unreadable(f"row {number} has no item in its column {heading}.")
            try:
                place = found.place_of(row[column])
            except Unreadable as problem:
                raise Unreadable(f"row {number}, column {self.headings[column]}: {problem}") from None
            found.add((item, self._cell(row, self.round_), self._cell(row, self.group)), place)
        if self.keeps_people:
            self._keep(found, row, number)

    def _keep(self, found: Ratings, row: Sequence[str], number: int) -> None:
        person, round_ = self._cell(row, self.person), self._cell(row, self.round_)
        if not person:
            return
        for item, column in self._rated(row):
            if not found.keep(person, item, round_, found.place_of(row[column])):
                raise Unreadable(
                    f"row {number}, column {self.headings[column]}: {show(person)} has answered this item in "
                    "this round before."
                )

    def _rated(self, row: Sequence[str] = ()) -> list[tuple[str, int]]:
        """Items and the columns of their ratings; of a long file the item that the row names."""
        if self.item is not None and self.rating is not None:
            return [(row[self.item].strip() if row else "", self.rating)]
        others = {self.person, self.group, self.round_}
        return [(name, at) for at, name in enumerate(self.headings) if name and at not in others]

    @staticmethod
    def _cell(row: Sequence[str], column: int | None) -> str:
        return "" if column is None else row[column].strip()


def _column(headings: Sequence[str], named: str | None, usual: Sequence[str]) -> int | None:
    if named is not None:
        if named in headings:
            return headings.index(named)
        raise Unreadable(f"There is no column {show(named)}. The headings are: {', '.join(headings)}.")
    lowered = [heading.casefold() for heading in headings]
    return next((lowered.index(name) for name in usual if name in lowered), None)


def _blocks(file: BinaryIO) -> Iterator[tuple[int, list[list[str]]]]:
    """The headings by themselves, empty where there are none, and then the other rows many at a time.

    Each with the number of its first row; blank rows before the headings are passed over, and so is the row
    in which a spreadsheet may name its separator.
    """
    start = file.read(65536)
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), None) or _guess(start)
    text = io.TextIOWrapper(io.BufferedReader(_Again(start, file)), encoding=encoding, newline="")
    head = start.decode(encoding, errors="ignore").lstrip("\ufeff").lstrip().partition("\n")[0]
    named = _NAMED_SEPARATOR.fullmatch(head.strip())
    separator = named[1] if named else max(SEPARATORS, key=head.count)
    csv.field_size_limit(LONGEST_LINE)
    # Strict: a quotation mark that is never closed would swallow the rest of the file in silence.
    reader = csv.reader(text, delimiter=separator, strict=True)
    number = 1
    is_collecting = gc.isenabled()
    # Looking for rings among millions of short lists, which have none, would take half of the time.
    gc.disable()
    try:
        row = next(reader, None)
        while row is not None and (_is_blank(row) or (named and row[0].startswith("sep="))):
            row, number = next(reader, None), number + 1
        yield number, [row or []]
        number += 1
        while block := list(islice(reader, ROWS_AT_ONCE)):
            yield number, block
            number += len(block)
    except UnicodeDecodeError:
        raise Unreadable(
            f"row {reader.line_num + 1} holds characters that are not {encoding.upper()}. Save the file as "
            "CSV UTF-8 and try again."
        ) from None
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            raise Unreadable(
                f"a quotation mark is opened after row {number - 1} and never closed: the file ends inside a "
                "cell."
            ) from None
        raise Unreadable(f"line {reader.line_num} cannot be read as CSV ({problem}).") from None
    finally:
        if is_collecting:
            gc.enable()


def _is_blank(row: list[str]) -> bool:
    return not any(cell.strip() for cell in row)


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
