"""Count tables: what they hold, and that sums of them lose nobody."""

from __future__ import annotations

import pytest

from delphi.consensus.counts import Histogram, ItemCounts


def test_cannot_say_and_skipped_are_counted_beside_ratings() -> None:
    histogram = Histogram(0, (1, 2, 3), n_unable=4, n_skipped=5)
    assert (histogram.n, histogram.n_answered, histogram.maximum) == (6, 10, 2)
    assert list(histogram.values) == [0, 1, 2]


def test_groups_add_up_to_all() -> None:
    counts = ItemCounts({"a": Histogram(1, (1, 0), n_unable=1), "b": Histogram(1, (2, 3), n_skipped=1)})
    assert counts.pooled == Histogram(1, (3, 3), 1, 1)
    assert counts.of(["b"]) == Histogram(1, (2, 3), n_skipped=1)
    with pytest.raises(KeyError):
        counts.of(["c"])


@pytest.mark.parametrize("bad", [{"counts": (1, -1)}, {"counts": (1,), "n_unable": -1}])
def test_a_negative_count_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="negative"):
        Histogram(1, **bad)  # type: ignore[arg-type]


def test_scales_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="different scales"):
        Histogram(1, (1, 2)) + Histogram(0, (1, 2))
    with pytest.raises(ValueError, match="at least one"):
        ItemCounts({})
