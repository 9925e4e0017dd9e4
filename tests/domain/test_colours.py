"""A study's colour is accepted only when people can read with it, and so are all shades made of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.domain.colours import DARK_PAPER, DARK_WASH, TEXT, WASH, WHITE, accent_of, contrast, mixed
from delphi.domain.errors import InvalidInput

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        # Often quoted: the lightest grey that passes on white, and the next, which does not.
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
        ("#c2571a", "#ffffff", 4.49),
    ],
)
def test_contrast_is_that_of_the_guideline(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(one, other) == contrast(other, one)


def test_a_colour_mixed_with_nothing_stays_itself():
    assert mixed("#0b4f6c", "#ffffff", 0) == "#0b4f6c"
    assert mixed("#0b4f6c", "#ffffff", 1) == "#ffffff"


@given(COLOURS)
def test_every_accepted_colour_can_be_read_in_both_modes(colour):
    try:
        accent = accent_of(colour)
    except InvalidInput:
        return
    light, dark = accent.light, accent.dark
    for ground in (WHITE, WASH, light.tint):
        assert contrast(light.accent, ground) >= TEXT
        assert contrast(light.hover, ground) >= TEXT
    for ground in (DARK_PAPER, DARK_WASH, dark.tint):
        assert contrast(dark.accent, ground) >= TEXT
    assert contrast(light.on_accent, light.accent) >= TEXT
    assert contrast(dark.on_accent, dark.accent) >= TEXT
    assert contrast(dark.on_accent, dark.hover) >= TEXT
    assert contrast(WHITE, light.masthead) >= TEXT
    assert contrast(WHITE, dark.masthead) >= TEXT


@given(COLOURS)
def test_a_refused_colour_comes_with_one_that_does(colour):
    try:
        accent_of(colour)
    except InvalidInput as error:
        suggestion = str(error).split("; ")[-1].split()[0]
        assert accent_of(suggestion).colour == suggestion


def test_too_light_a_colour_is_refused_with_its_contrast():
    with pytest.raises(
        InvalidInput, match=r"#ffdd00 is too light: .* 1\.3 to 1, and reading well needs 4\.5"
    ):
        accent_of("#ffdd00")


@pytest.mark.parametrize("given_colour", ["", "blue", "#12345", "#12345g", "#1234567", "0b4f6c", "#0b4f6c;}"])
def test_what_is_no_colour_is_refused(given_colour):
    with pytest.raises(InvalidInput, match="not a colour"):
        accent_of(given_colour)


def test_case_and_spaces_do_not_matter():
    assert accent_of(" #0B4F6C ") == accent_of("#0b4f6c")
