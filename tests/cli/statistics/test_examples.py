"""Every worked example is answered as its source says, through the command's own families."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from delphi.cli.statistics.families import FAMILIES, answer

EXAMPLES = Path(__file__).parents[2] / "consensus" / "examples"


def cases():
    for file in sorted(EXAMPLES.glob("*.json")):
        family = json.loads(file.read_text(encoding="utf-8"))
        for case in family["cases"]:
            yield pytest.param(family["family"], case, id=case["id"])


def differences(got, expected, tolerance, where="results"):
    """The places in which an answer is not what was expected."""
    if isinstance(expected, dict):
        return [
            one
            for key, value in expected.items()
            for one in differences(got.get(key, "missing"), value, tolerance, f"{where}.{key}")
        ]
    if isinstance(expected, list):
        if not isinstance(got, list) or len(got) != len(expected):
            return [(where, got, expected)]
        pairs = zip(got, expected, strict=True)
        return [
            one
            for place, (a, b) in enumerate(pairs)
            for one in differences(a, b, tolerance, f"{where}[{place}]")
        ]
    if expected is None or isinstance(expected, bool | str) or isinstance(got, bool | str | None):
        return (
            []
            if got == expected and isinstance(got, bool) == isinstance(expected, bool)
            else [(where, got, expected)]
        )
    allowed = max(tolerance["abs"], tolerance["rel"] * abs(expected))
    return [] if abs(got - expected) <= allowed else [(where, got, expected)]


def test_every_family_has_an_example():
    assert {case.values[0] for case in cases()} == set(FAMILIES)


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_an_example_is_answered_as_its_source_says(family, case):
    answered = answer({"family": family, "input": case["input"]})
    assert "error" not in answered
    assert differences(answered["results"], case["expected"], case["tolerance"]) == []


@pytest.mark.parametrize(("family", "case"), list(cases()))
def test_whatever_is_undefined_has_a_reason(family, case):
    answered = answer({"family": family, "input": case["input"]})
    undefined = {key for key, value in answered["results"].items() if value in (None, [None, None])}
    assert undefined <= set(answered["reasons"])
    json.dumps(answered, allow_nan=False)
