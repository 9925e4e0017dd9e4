"""Ways to decide and what they say, as rows of a table: the same on pages, in files and in reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from delphi.consensus.flipping import Distance
from delphi.consensus.other_rules import Decided, Kind, OtherWay, UnderOtherRules
from delphi.consensus.verdict import VERDICT_WORDS, Verdict

MARKS = {
    Verdict.AGREED: "agreed",
    Verdict.LEFT_OUT: "left",
    Verdict.NOT_AGREED: "not",
    Verdict.NOT_ASSESSABLE: "na",
}
"""The sign of each verdict in the sprite."""

KIND_WORDS = {
    Kind.PUBLISHED: "Other published rules",
    Kind.SETTING: "The sealed rule, with another setting",
    Kind.PEOPLE: "The sealed rule, on other answers",
}


@dataclass(frozen=True, slots=True)
class Says:
    """What a way says of a section: the sign of its mark, its words, and whether the sealed rule differs."""

    mark: str
    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A section that comes out otherwise, and how."""

    code: str
    title: str
    says: Says


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way: how many sections come out how, and which of them otherwise than by the sealed rule.

    `tally` counts agreed, agreed to leave out, not agreed and not assessable. With `unfit` the way cannot be
    asked, and has no numbers. Of `n_too_few` sections it says nothing, since too few people are left, and of
    `n_not_asked`, since it cannot be asked of them.
    """

    title: str
    note: str
    source: str
    tally: tuple[int, ...]
    changed: tuple[Changed, ...]
    n_too_few: int
    n_not_asked: int
    unfit: str


@dataclass(frozen=True, slots=True)
class WayGroup:
    """Ways of one kind, under their heading; `unfit` are those that cannot be asked."""

    heading: str
    rows: tuple[WayRow, ...]
    unfit: tuple[WayRow, ...]


def says_of(decided: Decided) -> Says:
    """What one way says of a section, as a mark."""
    if decided.verdict is None:
        return Says("none", "Not asked", differs=False)
    if decided.too_few:
        return Says("na", "Too few", differs=False)
    return Says(MARKS[decided.verdict], VERDICT_WORDS[decided.verdict].capitalize(), decided.differs)


def sealed_row(found: UnderOtherRules) -> WayRow:
    """The sealed rule as the first row."""
    return WayRow("The sealed rule", "", "", _tally([one.verdict for one in found.sections]), (), 0, 0, "")


def way_groups(
    found: UnderOtherRules, titles: Mapping[str, str], only: Collection[OtherWay] | None = None
) -> tuple[WayGroup, ...]:
    """Every way by its kind, or `only` some of them; `titles` are the sections' by code."""
    groups = []
    for kind, heading in KIND_WORDS.items():
        rows = [
            _way_row(found, way, titles)
            for way in found.ways
            if way.kind is kind and (only is None or way in only)
        ]
        if rows:
            fit, unfit = ([row for row in rows if bool(row.unfit) is wanted] for wanted in (False, True))
            groups.append(WayGroup(heading, tuple(fit), tuple(unfit)))
    return tuple(groups)


def answers_in_words(distance: Distance) -> str:
    """The number of answers for a narrow column: "3", "more than 2", "–"."""
    if distance.n_answers is None:
        return "–"
    return str(distance.n_answers) if distance.is_exact else f"more than {distance.n_answers - 1}"


def _tally(verdicts: list[Verdict]) -> tuple[int, ...]:
    return tuple(sum(one is verdict for one in verdicts) for verdict in Verdict)


def _way_row(found: UnderOtherRules, way: OtherWay, titles: Mapping[str, str]) -> WayRow:
    decided = list(zip(found.sections, found.by(way), strict=True))
    return WayRow(
        way.title,
        way.note,
        way.source,
        _tally([one.verdict for _, one in decided if one.verdict is not None]),
        tuple(Changed(given.code, titles[given.code], says_of(one)) for given, one in decided if one.differs),
        sum(one.too_few for _, one in decided),
        sum(one.verdict is None for _, one in decided),
        way.unfit,
    )
