"""Exact figures: no root is taken before a comparison, and they are the figures that the pages show."""

from __future__ import annotations

import doctest
from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.consensus import context, exact, vocabulary
from delphi.consensus.bands import Share
from delphi.consensus.content_validity import item_validity
from delphi.consensus.counts import Histogram
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.exact import (
    RootFigure,
    exact_agreement_a,
    exact_kappa_modified,
    exact_kappa_quadratic,
    exact_leik_consensus,
    mean_of,
    squared_variation_of,
    variance_of,
)
from delphi.consensus.kappa import weighted_kappa_rounds
from delphi.consensus.ordinal_consensus import ordinal_consensus
from delphi.consensus.summaries import summarise
from delphi.consensus.vocabulary import number_in_words

COUNTS = st.lists(st.integers(0, 40), min_size=3, max_size=11).map(lambda found: Histogram(1, tuple(found)))
SQUARES = st.builds(Fraction, st.integers(0, 400), st.integers(1, 40))
LIMITS = st.builds(Fraction, st.integers(-50, 400), st.integers(1, 20))


@pytest.mark.parametrize("module", [exact, context, vocabulary])
def test_the_examples_in_the_documentation_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@given(COUNTS)
def test_exact_figures_are_those_of_the_statistics_pages(histogram: Histogram) -> None:
    summary, ordinal = summarise(histogram), ordinal_consensus(histogram)
    assert mean_of(histogram) == summary.mean
    variance, squared = variance_of(histogram), squared_variation_of(histogram)
    assert (variance is None) == (summary.sd is None)
    if variance is not None and squared is not None:
        assert float(RootFigure(variance)) == pytest.approx(summary.sd, rel=1e-12, abs=1e-12)
        assert float(RootFigure(squared)) == pytest.approx(summary.cv, rel=1e-12, abs=1e-12)
    agreement, leik = exact_agreement_a(histogram), exact_leik_consensus(histogram)
    if histogram.n:
        assert float(agreement) == pytest.approx(ordinal.agreement_a, abs=1e-12)  # type: ignore[arg-type]
        assert float(leik) == pytest.approx(ordinal.leik_consensus, abs=1e-12)  # type: ignore[arg-type]
    else:
        assert (agreement, leik) == (None, None)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=40))
def test_exact_kappa_is_cohen_s(pairs: list[tuple[int, int]]) -> None:
    table = CrossTab.of_pairs(1, 5, pairs)
    found, kappa = exact_kappa_quadratic(table), weighted_kappa_rounds(table).kappa_quadratic
    assert (found is None) == (kappa is None)
    if found is not None:
        assert float(found) == pytest.approx(kappa, abs=1e-12)


@given(st.integers(2, 60), st.data())
def test_exact_modified_kappa_is_polit_s(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    found = exact_kappa_modified(k, n)
    assert found is not None
    assert float(found) == pytest.approx(item_validity(Share(k, n)).kappa_modified, abs=1e-12)


@given(SQUARES, SQUARES, LIMITS)
def test_a_root_compares_as_its_decimals_do(square: Fraction, other: Fraction, limit: Fraction) -> None:
    getcontext().prec = 60
    figure = RootFigure(square, other)

    def root(value: Fraction) -> Decimal:
        return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()

    distance = abs(root(square) - root(other)) - Decimal(limit.numerator) / Decimal(limit.denominator)
    side = 0 if abs(distance) < Decimal("1e-40") else 1 if distance > 0 else -1
    assert (figure >= limit, figure > limit, figure <= limit, figure < limit) == (
        side >= 0,
        side > 0,
        side <= 0,
        side < 0,
    )


def test_a_negative_number_has_no_root() -> None:
    with pytest.raises(ValueError, match="no root"):
        RootFigure(Fraction(-1))


@given(st.one_of(SQUARES, SQUARES.map(RootFigure)), st.lists(LIMITS, max_size=3))
def test_a_figure_in_words_stands_on_the_same_side_of_every_threshold(
    value: Fraction | RootFigure, limits: list[Fraction]
) -> None:
    said = number_in_words(value, limits)
    if said.startswith("just "):
        return
    shown = Fraction(said)
    assert abs(shown - Fraction(float(value))) <= Fraction(1, 199)
    for limit in limits:
        assert (shown > limit) == (value > limit)
        assert (shown == limit) == (value >= limit and value <= limit)
