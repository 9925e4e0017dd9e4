"""Scales that the chart tests draw on."""

import pytest

from delphi.domain.scale import Scale


def scale_of(labels: list[str], agree: tuple[int, ...], minimum: int = 1) -> Scale:
    return Scale.model_validate(
        {
            "id": "test",
            "points": [{"value": minimum + i, "label": label} for i, label in enumerate(labels)],
            "cannot_say": {"label": "I can't say"},
            "bands": {"agree": agree},
        }
    )


@pytest.fixture(scope="session")
def five() -> Scale:
    labels = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]
    return scale_of(labels, (4, 5))


@pytest.fixture(scope="session")
def nine() -> Scale:
    labels = ["Not important at all", *"2345678", "Critically important"]
    return scale_of(labels, (7, 8, 9))
