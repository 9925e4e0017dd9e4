"""The gallery's figures: every kind of picture that delphi/charts draws, and scales of every length."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from delphi.charts.agreement_rows import agreement_rows
from delphi.charts.columns import columns
from delphi.charts.days import DaysSoFar, Reminded, days_chart
from delphi.charts.distribution import distribution
from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.charts.flow import Count, Stage, Tone, flow_chart
from delphi.domain.scale import CannotSay, Scale, ScalePoint

FIVE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
SHORT = {
    2: ("No", "Yes"),
    3: ("No", "In part", "Yes"),
    4: ("Not at all", "A little", "Mostly", "Completely"),
    5: FIVE,
    6: ("Not at all", "Hardly", "Partly", "Mostly", "Nearly all", "Completely"),
    7: ("Not at all", "Hardly", "A little", "Partly", "Mostly", "Nearly all", "Completely"),
}
BANDS = {8: (3, 2, 3), 9: (3, 3, 3), 10: (3, 4, 3), 11: (4, 3, 4)}


@dataclass(frozen=True, slots=True)
class Option:
    """A point to choose, as rating pages have it."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A scale as the question component takes it."""

    points: tuple[Option, ...]
    cannot: Option
    bands: tuple[tuple[str, tuple[Option, ...]], ...] = ()


def scale_of(size: int, chosen: int | None = None) -> Sample:
    """A scale of two to eleven points, with one of them chosen or none."""
    labels = SHORT.get(size) or [str(value) for value in range(0 if size == 11 else 1, size + (size < 11))]
    points = tuple(Option(str(i), label, i == chosen) for i, label in enumerate(labels, 1))
    cannot = Option("unable", "I can’t say", chosen == 0)
    if size not in BANDS:
        return Sample(points, cannot)
    low, middle, _ = BANDS[size]
    cuts = (points[:low], points[low : low + middle], points[low + middle :])
    names = ("Not important", "Important", "Very important")
    return Sample(points, cannot, tuple(zip(names, cuts, strict=True)))


def charts() -> dict[str, Markup]:
    """One picture of each kind, by name. The figures are made up."""
    scale = _scale(5)
    rows = [
        UnitRow("Everyone", Level.EVERYONE, Full((0, 1, 19, 18, 8), 2)),
        UnitRow("People with lived experience and carers", Level.PANEL, Full((0, 1, 10, 4, 3))),
        UnitRow("Family members and carers", Level.GROUP, Coarse(5, 1, 1)),
        UnitRow("Practice and policy panel", Level.PANEL, Full((0, 0, 9, 14, 5), 2)),
        UnitRow("Researchers and educators", Level.GROUP, NotShown()),
    ]
    said = "26 of 46 people agreed. The table below has the same figures."
    drawn = {
        "columns": columns("gallery-c", "Easy to understand: what the panel said", said, rows, scale, own=3),
        "nine": columns("gallery-n", "Important: what the panel said", said, [_nine()], _scale(9), own=6),
        "distribution": distribution("gallery-d", "Easy to understand", Full((2, 1, 9, 18, 8), 2), scale),
        "rows": agreement_rows("gallery-r", "Easy to understand, by group", rows, scale, width=360),
        "rows-wide": agreement_rows("gallery-w", "Easy to understand, by group", rows, scale, width=900),
        "flow": flow_chart("gallery-f", "What happened to the sections", _stages(), closing="9 agreed"),
    }
    drawn["days"] = days_chart("gallery-days", "Finished so far, by day", "9 of 20 had finished.", _days())
    # Our own pictures escape what they are given; only pages of columns come marked so already.
    return {name: Markup(picture) for name, picture in drawn.items()}  # noqa: S704


def _scale(size: int) -> Scale:
    labels = FIVE if size == 5 else tuple(str(value) for value in range(1, size + 1))
    return Scale(
        id="gallery",
        points=tuple(ScalePoint(value=i, label=label) for i, label in enumerate(labels, 1)),
        cannot_say=CannotSay(label="I can’t say"),
        bands={"agree": (4, 5) if size == 5 else (7, 8, 9)},
    )


def _nine() -> UnitRow:
    return UnitRow("Everyone", Level.EVERYONE, Full((1, 2, 3, 4, 9, 8, 10, 6, 2), 1))


def _days() -> DaysSoFar:
    return DaysSoFar(
        n_days=19,
        asked=45,
        finished=(4, 9, 11, 11, 15, 15, 15, 16, 18, 22, 23, 24, 24, 24, 24, 29),
        before=(2, 5, 5, 6, 7, 7, 7, 15, 17, 18, 18, 19, 21, 21, 21, 24, 28, 28, 30),
        before_words="round 1",
        first_words="29 April",
        last_words="17 May",
        reminded=(Reminded(8, "reminder 1"), Reminded(15, "reminder 2")),
    )


def _stages() -> list[Stage]:
    return [
        Stage(
            "Round 1", 9, "sections rated",
            left=(Count(3, "agreed", "Getting started; Strengths; Small steps", Tone.GOOD),),
            onward="5 revised, 1 re-rated unchanged",
        ),
        Stage(
            "Round 2", 7, "sections rated",
            joined=(Count(1, "new section", "asked for by the panel"),),
            left=(Count(6, "agreed", tone=Tone.GOOD), Count(1, "no agreement", tone=Tone.BAD)),
        ),
    ]  # fmt: skip
