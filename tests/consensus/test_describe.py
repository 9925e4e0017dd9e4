"""The figures of the item table, exact inside and plain numbers outside."""

from __future__ import annotations

import json

import pytest

from delphi.consensus.bands import Share
from delphi.consensus.counts import Histogram
from delphi.consensus.describe import describe
from delphi.domain.scale import Scale, ScalePoint

FIVE = Scale(
    id="five", points=tuple(ScalePoint(value=v, label=str(v)) for v in range(1, 6)), bands={"agree": (4, 5)}
)


def test_an_item_is_described_with_the_number_of_people_behind_each_figure() -> None:
    found = describe(Histogram(1, (1, 2, 7, 20, 15), n_unable=1, n_skipped=2), FIVE)
    assert (found.n, found.n_unable, found.n_skipped, found.n_answered) == (45, 1, 2, 46)
    assert (found.agree, found.disagree, found.neutral) == (Share(35, 45), Share(3, 45), Share(7, 45))
    assert (found.median, found.q1, found.q3, found.iqr) == (4, 4, 5, 1)
    assert found.agree_wilson95 is not None
    assert found.agree_wilson95.low < 35 / 45 < found.agree_wilson95.high
    assert found.reasons == {}


def test_figures_for_files_are_plain_and_unrounded() -> None:
    plain = describe(Histogram(1, (0, 0, 0, 1, 2)), FIVE).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["pct_agree"] == 100
    assert plain["mean"] == 14 / 3
    assert plain["median"] == 5
    assert plain["n_agree"] == 3


def test_cannot_say_lowers_the_share_when_the_rule_counts_it() -> None:
    found = describe(Histogram(1, (0, 0, 0, 8, 0), n_unable=2), FIVE, denominator="respondents")
    assert found.agree == Share(8, 10)
    assert found.agree_wilson95 is not None
    assert found.agree_wilson95.high < 1


@pytest.mark.parametrize("denominator", ["valid", "respondents"])
def test_all_cannot_say_leaves_nothing_but_counts(denominator: str) -> None:
    found = describe(Histogram(1, (0,) * 5, n_unable=6), FIVE, denominator=denominator)  # type: ignore[arg-type]
    plain = found.as_dict()
    undefined = {key for key, value in plain.items() if value is None}
    assert undefined == set(found.reasons)
    assert plain["n_unable"] == 6
    assert {"pct_agree", "wilson95", "median", "iqr"} <= undefined


def test_one_person_has_no_spread() -> None:
    found = describe(Histogram(1, (0, 0, 0, 1, 0)), FIVE)
    assert found.sd is None
    assert found.reasons == {"sd": "one_rater"}


def test_counts_of_another_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="points 1 to 9 do not fit the scale 1 to 5"):
        describe(Histogram.empty(1, 9), FIVE)
