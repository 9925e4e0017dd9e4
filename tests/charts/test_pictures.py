"""Every picture is safe to put in a page, has a name and a description, and is the same each time."""

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.charts import palette
from delphi.charts.agreement_rows import agreement_rows
from delphi.charts.distribution import distribution
from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow
from delphi.charts.flow import Count, Stage, Tone, flow_chart
from delphi.charts.moves import moves_chart
from delphi.charts.scatter import Dot, panel_scatter
from delphi.charts.verdicts import MOST, VerdictRow, verdict_rows
from delphi.domain.scale import Scale

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert('x')</script> & \"q\" \x00\x0b\u202e\u05e2\u05d1"


def rows(label: str) -> list[UnitRow]:
    return [
        UnitRow("Everyone", Level.EVERYONE, Full((0, 1, 19, 18, 8), 2)),
        UnitRow(label, Level.PANEL, Full((0, 0, 0, 0, 0), 3)),
        UnitRow("Volunteers", Level.GROUP, Coarse(2, 4)),
        UnitRow("Researchers", Level.GROUP, NotShown()),
    ]


def stages(label: str) -> list[Stage]:
    return [
        Stage("Round 1", 9, "sections", (Count(9, "drafted"),), (Count(3, "agreed", label, Tone.GOOD),)),
        Stage(
            "Round 2", 7, label, (Count(1, "new"),), (Count(2, "not agreed", tone=Tone.BAD),), (label,), label
        ),
    ]


MOVES = [[3, 0, 1, 0, 0], [0] * 5, [0, 0, 9, 2, 0], [0, 4, 0, 22, 5], [1, 0, 0, 0, 0]]


def dots(label: str) -> list[Dot]:
    return [Dot(label, 1.0, 0.0, True), Dot(label, 1.0, 0.0, True), Dot("b", 0.5, 0.5, False)] + [
        Dot(f"{label} {i}", i / 12, 1.0, True) for i in range(12)
    ]


def verdicts(label: str) -> list[VerdictRow]:
    return [
        VerdictRow("1. All the same", "agreed", {"agreed": 12}),
        VerdictRow(label, "not", {"agreed": 3, "left": 4, "not": 3, "na": 2}),
        VerdictRow("3. Nothing the same", "na", {"agreed": 12}),
        VerdictRow("4. Not asked", "left", {}),
    ]


Drawing = Callable[[str, str, str, Scale], str]
DRAWINGS: dict[str, Drawing] = {
    "full": lambda k, t, w, s: distribution(k, t, Full((0, 1, 19, 18, 8), 2), s, label=w, own=3),
    "coarse": lambda k, t, w, s: distribution(k, t, Coarse(6, 0, 1), s, label=w, own="cannot_say"),
    "rows": lambda k, t, w, s: agreement_rows(k, t, rows(w), s),
    "rows, wide": lambda k, t, w, s: agreement_rows(k, t, rows(w), s, width=1000),
    "flow": lambda k, t, w, s: flow_chart(k, t, stages(w), closing=w),
    "scatter": lambda k, t, w, s: panel_scatter(k, t, (w, "Practice"), dots(w), (0.7, None)),
    "moves": lambda k, t, w, s: moves_chart(k, t, MOVES, s, (1, 2)),
    "verdicts": lambda k, t, w, s: verdict_rows(k, t, verdicts(w)),
    "flow, wide": lambda k, t, w, s: flow_chart(k, t, stages(w), closing=w, width=900),
}
every_drawing = pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)


@every_drawing
def test_a_picture_is_an_image_with_a_name_and_a_description(draw: Drawing, five: Scale) -> None:
    root = ET.fromstring(draw("fig-1", "Clear", "Carers", five))
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "fig-1-title fig-1-desc"
    assert root.findtext(f"{SVG}title") == "Clear"
    assert (root.findtext(f"{SVG}desc") or "").endswith((".", "Carers"))


@every_drawing
def test_a_picture_holds_no_style_and_no_script(draw: Drawing, five: Scale) -> None:
    for element in ET.fromstring(draw("fig", "Clear", "Carers", five)).iter():
        assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject"}
        assert not [name for name in element.attrib if name == "style" or name.startswith("on")]
        assert "href" not in " ".join(element.attrib)


@every_drawing
def test_ids_begin_with_the_key_are_unique_and_are_all_that_is_referred_to(
    draw: Drawing, five: Scale
) -> None:
    svg = draw("fig", "Clear", "Carers", five)
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert len(ids) == len(set(ids))
    assert all(identity.startswith("fig-") for identity in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(ids)


@every_drawing
def test_words_of_any_kind_stay_words(draw: Drawing, five: Scale) -> None:
    root = ET.fromstring(draw("fig", NASTY, NASTY, five))
    assert root.findtext(f"{SVG}title") == NASTY.replace("\x00", "").replace("\x0b", "")
    assert not root.findall(f".//{SVG}script")


@every_drawing
def test_the_same_figures_give_the_same_bytes(draw: Drawing, five: Scale) -> None:
    svg = draw("fig", "Clear", "Carers", five)
    assert svg == draw("fig", "Clear", "Carers", five)
    assert not re.search(r'="-0"|="[\d.]*\.\d{3,}|e-\d', svg)


@every_drawing
def test_nothing_is_drawn_outside_the_picture(draw: Drawing, five: Scale) -> None:
    root = ET.fromstring(draw("fig", "Clear", "Carers", five))
    _, _, width, height = (float(part) for part in root.get("viewBox", "").split())
    for element in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
        assert min(x, y) >= 0
        assert x + w <= width
        assert y + h <= height
    for element in root.iter(f"{SVG}text"):
        assert 0 <= float(element.get("x", "")) <= width
        assert 0 < float(element.get("y", "")) <= height


def test_a_withheld_row_says_so_and_has_no_bar(five: Scale) -> None:
    svg = agreement_rows("fig", "Clear", [UnitRow("Researchers", Level.GROUP, NotShown())], five)
    assert "not shown" in svg
    assert "app-chart__inside" not in svg


@pytest.mark.parametrize("width", [360, 1000])
@given(st.lists(st.lists(st.integers(0, 60), min_size=9, max_size=9), min_size=1, max_size=5))
def test_lengths_right_of_the_line_are_the_shares_that_agree(
    nine: Scale, width: int, counts: list[list[int]]
) -> None:
    units = [UnitRow(f"Unit {i}", Level.GROUP, Full(tuple(c))) for i, c in enumerate(counts)]
    root = ET.fromstring(agreement_rows("fig", "T", units, nine, width=width))
    agree, all_bars = 0.0, 0.0
    for bar in (e for e in root.iter(f"{SVG}rect") if e.get("height") == "23"):
        length = float(bar.get("width", "")) + 1.5
        all_bars += length
        agree += length if bar.get("class") == "app-chart__agree" else 0
    shares = [sum(c[6:]) / sum(c) for c in counts if sum(c)]
    if shares and all_bars:
        assert agree / all_bars == pytest.approx(sum(shares) / len(shares), abs=0.03)


def test_a_long_scale_is_drawn_with_numbers_and_its_two_ends_in_words(nine: Scale) -> None:
    svg = distribution("fig", "T", Full((0, 1, 1, 2, 3, 5, 8, 14, 8)), nine)
    assert "1: Not important at all" in svg
    assert "9: Critically important" in svg


def test_a_chart_without_rows_and_one_without_a_name_are_refused(five: Scale) -> None:
    with pytest.raises(ValueError, match="at least one row"):
        agreement_rows("fig", "T", [], five)
    with pytest.raises(ValueError, match="needs a title"):
        distribution("fig", " ", Full((1, 1, 1, 1, 1)), five)
    with pytest.raises(ValueError, match="cannot be the id"):
        distribution("1 fig", "T", Full((1, 1, 1, 1, 1)), five)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mark", [palette.AGREE, palette.MIDDLE, palette.DISAGREE, palette.EDGE, palette.YOU])
def test_marks_have_three_to_one_on_paper(mark: str) -> None:
    assert contrast(mark, palette.PAPER) >= 3


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        (palette.INK, palette.PAPER),
        (palette.INK_QUIET, palette.WASH),
        (palette.INK_QUIET, palette.YOU_TINT),
        (palette.INK_QUIET, palette.GOOD_TINT),
        (palette.PAPER, palette.AGREE),
        (palette.PAPER, palette.DISAGREE),
        (palette.PAPER, palette.YOU),
        (palette.INK, palette.AGREE_TINT),
        (palette.INK, palette.DISAGREE_TINT),
        (palette.INK, palette.MIDDLE),
        (palette.GOOD, palette.GOOD_TINT),
        (palette.BAD, palette.BAD_TINT),
    ],
)
def test_text_has_four_and_a_half_to_one_on_its_ground(ink: str, ground: str) -> None:
    assert contrast(ink, ground) >= 4.5


def test_every_person_who_moved_is_in_the_words_of_the_moves(five: Scale) -> None:
    said = ET.fromstring(moves_chart("fig", "T", MOVES, five, (1, 2))).findtext(f"{SVG}desc") or ""
    assert "34 people gave the same answer" in said
    assert "5 people from Agree to Strongly agree" in said
    assert sum(int(n) for n in re.findall(r"(\d+) p(?:eople|erson)", said)) == sum(map(sum, MOVES))


@given(st.lists(st.lists(st.integers(0, 30), min_size=5, max_size=5), min_size=5, max_size=5))
def test_bars_are_as_high_as_there_are_people(five: Scale, counts: list[list[int]]) -> None:
    n = sum(map(sum, counts))
    if n == 0:
        with pytest.raises(ValueError, match="nobody answered"):
            moves_chart("fig", "T", counts, five, (1, 2))
        return
    root = ET.fromstring(moves_chart("fig", "T", counts, five, (1, 2)))
    bars = [b for b in root.iter(f"{SVG}rect") if b.get("class") == "app-chart__answer"]
    totals = [sum(row) for row in counts] + [sum(column) for column in zip(*counts, strict=True)]
    for bar, people in zip(bars, totals, strict=True):
        assert float(bar.get("height", "0")) == pytest.approx(max(people * 240 / n, 1.5), abs=0.01)


OUTCOMES = st.dictionaries(st.sampled_from(["agreed", "left", "not", "na"]), st.integers(0, 20))


@given(
    st.lists(st.tuples(st.sampled_from(["agreed", "left", "not", "na"]), OUTCOMES), min_size=1, max_size=4)
)
def test_bars_of_outcomes_are_as_long_as_there_are_ways(given: list[tuple[str, dict[str, int]]]) -> None:
    rows = [VerdictRow(f"{i}", outcome, counts) for i, (outcome, counts) in enumerate(given)]
    root = ET.fromstring(verdict_rows("fig", "T", rows))
    drawn: dict[str, list[float]] = {}
    for bar in (e for e in root.iter(f"{SVG}rect") if e.get("height") == "23"):
        drawn.setdefault((bar.get("class") or "").rsplit("--")[1], []).append(float(bar.get("width", "")))
    longest = max(1, *(row.n for row in rows))
    for kind, lengths in drawn.items():
        expected = [row.counts[kind] for row in rows if row.counts.get(kind)]
        assert [round((length + 1.5) * longest / 362) for length in lengths] == expected
    tails = [t.text for t in root.iter(f"{SVG}text")]
    assert all(f"{row.n_otherwise} of {row.n}" in tails for row in rows if row.n)


def test_of_many_sections_the_least_firm_are_drawn_and_all_are_in_the_words() -> None:
    rows = [VerdictRow(f"Section {i}", "agreed", {"agreed": 3, "not": i}) for i in range(MOST + 5)]
    root = ET.fromstring(verdict_rows("fig", "T", rows))
    labels = [t.text for t in root.iter(f"{SVG}text") if (t.text or "").startswith("Section")]
    assert labels == [f"Section {i}" for i in range(5, MOST + 5)]
    assert (root.findtext(f"{SVG}desc") or "").count("by the sealed rule") == MOST + 5


def test_an_outcome_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no outcome 'maybe'"):
        verdict_rows("fig", "T", [VerdictRow("a", "maybe", {})])
    with pytest.raises(ValueError, match="at least one row"):
        verdict_rows("fig", "T", [])


def test_two_statements_on_one_place_are_one_dot_that_says_so(five: Scale) -> None:
    root = ET.fromstring(panel_scatter("fig", "T", ("A", "B"), dots("a"), (0.7, 0.7)))
    places = [(c.get("cx"), c.get("cy")) for c in root.iter(f"{SVG}circle")]
    assert len(places) == len(set(places))
    assert "2" in [t.text for t in root.iter(f"{SVG}text")]
