"""A scale: labelled points in a row, bands that rules may name."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from delphi.domain.scale import Scale


def scale(low: int = 1, high: int = 5, **bands: tuple[int, ...]) -> Scale:
    return Scale.model_validate(
        {
            "id": "scale",
            "points": [{"value": value, "label": f"Point {value}"} for value in range(low, high + 1)],
            "bands": bands or {"agree": (high - 1, high)},
        }
    )


def test_the_disagree_band_mirrors_the_agree_band_unless_it_is_given() -> None:
    assert scale().bands["disagree"] == (1, 2)
    assert scale(0, 10, agree=(7, 8, 9, 10)).bands["disagree"] == (0, 1, 2, 3)
    assert scale(agree=(4, 5), disagree=(1,)).bands["disagree"] == (1,)


def test_points_and_labels_are_known_from_low_to_high() -> None:
    nine = scale(1, 9)
    assert (nine.minimum, nine.maximum, nine.values) == (1, 9, tuple(range(1, 10)))
    assert nine.label_of(3) == "Point 3"
    with pytest.raises(ValueError, match="10 is not on the scale 1 to 9"):
        nine.label_of(10)


@pytest.mark.parametrize(
    ("bands", "said"),
    [
        ({"agree": (5, 6)}, "does not have"),
        ({"agree": ()}, "each of its points once"),
        ({"agree": (4, 4)}, "each of its points once"),
        ({"agree": (3, 4, 5)}, "in both"),
        ({"agree": (4, 5), "disagree": (1, 4)}, "in both"),
        ({"disagree": (1,)}, 'count as "agree"'),
    ],
)
def test_bands_that_do_not_fit_are_refused(bands: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        scale(**bands)


@pytest.mark.parametrize("values", [(1,), (1, 3), (2, 1), (1, 1), tuple(range(12))])
def test_points_that_make_no_scale_are_refused(values: tuple[int, ...]) -> None:
    points = [{"value": value, "label": "Words"} for value in values]
    with pytest.raises(ValidationError):
        Scale.model_validate({"id": "s", "points": points, "bands": {"agree": (values[-1],)}})


def test_every_point_has_words() -> None:
    with pytest.raises(ValidationError, match="label"):
        Scale.model_validate({"id": "s", "points": [{"value": 1}, {"value": 2}], "bands": {"agree": (2,)}})
