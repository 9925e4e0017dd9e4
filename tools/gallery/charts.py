"""The gallery's figures: every kind of picture that delphi/charts draws."""

from __future__ import annotations

from markupsafe import Markup

from delphi.charts.agreement_rows import agreement_rows
from delphi.charts.columns import columns
from delphi.charts.days import DaysSoFar, Reminded, days_chart
from delphi.charts.distribution import distribution
from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.charts.flow import Count, Stage, Tone, flow_chart
from delphi.domain.scale import CannotSay, Scale, ScalePoint

FIVE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")


SAID = "26 of 46 people agreed. The table below has the same figures."
ROWS = (
    UnitRow("Everyone", Level.EVERYONE, Full((0, 1, 19, 18, 8), 2)),
    UnitRow("People with lived experience and carers", Level.PANEL, Full((0, 1, 10, 4, 3))),
    UnitRow("Family members and carers", Level.GROUP, Coarse(5, 1, 1)),
    UnitRow("Practice and policy panel", Level.PANEL, Full((0, 0, 9, 14, 5), 2)),
    UnitRow("Researchers and educators", Level.GROUP, NotShown()),
)


def charts() -> dict[str, Markup]:
    """One picture of each kind, by name. The figures are made up."""
    scale = plain_scale(5)
    drawn = {
        "columns": columns("gallery-c", "Easy to understand: what the panel said", SAID, ROWS, scale, own=3),
        "distribution": distribution("gallery-d", "Easy to understand", Full((2, 1, 9, 18, 8), 2), scale),
        "rows": agreement_rows("gallery-r", "Easy to understand, by group", ROWS, scale, width=360),
        "rows-wide": agreement_rows("gallery-w", "Easy to understand, by group", ROWS, scale, width=900),
        "flow": flow_chart("gallery-f", "What happened to the sections", _stages(), closing="9 agreed"),
    }
    drawn["days"] = days_chart("gallery-days", "Finished so far, by day", "9 of 20 had finished.", _days())
    # Our own pictures escape what they are given; only pages of columns come marked so already.
    return {name: Markup(picture) for name, picture in drawn.items()}  # noqa: S704


def plain_scale(size: int, labels: tuple[str, ...] = ()) -> Scale:
    """A scale of so many points with these words, or with its numbers; from 0 where there are eleven."""
    first = 0 if size == 11 else 1
    words = labels or (FIVE if size == 5 else tuple(str(value) for value in range(first, first + size)))
    points = tuple(ScalePoint(value=i, label=label) for i, label in enumerate(words, first))
    return Scale(
        id="gallery",
        points=points,
        cannot_say=CannotSay(label="I can’t say"),
        bands={"agree": tuple(point.value for point in points[-(size // 3 or 1) - (size == 5) :])},
    )


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
