"""Short codes are understood however they are typed."""

from __future__ import annotations

import pytest

from delphi.domain.errors import InvalidInput
from delphi.domain.short_codes import ALPHABET, LENGTH, read_code, spelled

CODE = "7KD4M1X0P9"


@pytest.mark.parametrize(
    "typed",
    [CODE, "7KD4M-1X0P9", " 7kd4m 1x0p9 ", "7KD4M–1X0P9", "7.k.d.4.m.1.x.0.p.9", "７KD4M1X0P9", "7kd4mlxop9"],
)
def test_small_letters_blanks_dashes_and_look_alikes_do_not_matter(typed):
    assert read_code(typed) == CODE


def test_a_code_is_shown_in_groups_and_read_back():
    assert spelled(CODE) == "7KD4M-1X0P9"
    assert read_code(spelled(CODE)) == CODE


def test_no_sign_of_a_code_is_taken_for_another():
    assert len(set(ALPHABET)) == 32
    assert read_code(ALPHABET[:LENGTH]) + read_code(ALPHABET[-LENGTH:]) == ALPHABET[:10] + ALPHABET[-10:]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type the short code"),
        (" - ", "Type the short code"),
        ("7KD4M", "10 letters and digits. This has 5."),
        (CODE + "A", "This has 11."),
        ("U" * 10, "There is no “U”"),
        ("Ω7KD4M1X0P", "There is no “Ω”"),
        ("7" * 100_000, "This has many more."),
    ],
)
def test_what_cannot_be_a_code_is_said_in_a_sentence(typed, said):
    with pytest.raises(InvalidInput, match=said):
        read_code(typed)
