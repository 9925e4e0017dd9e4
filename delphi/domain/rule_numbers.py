"""Exact numbers in a rule: whole numbers, decimals in quotes, or fractions such as "200/3".

A rule is compared in whole numbers and sealed byte for byte, so a number never passes through
binary floating point: 79.6 in quotes is 796/10, and two writings of one number seal alike.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

_PATTERN = r"-?[0-9]{1,6}(?:\.[0-9]{1,6}|/[1-9][0-9]{0,5})?"


def read_number(given: object) -> Fraction:
    """The exact value of a number as written in a rule; ValueError for anything inexact.

    >>> read_number(80), read_number("79.6"), read_number("200/3")
    (Fraction(80, 1), Fraction(398, 5), Fraction(200, 3))
    """
    if isinstance(given, Fraction):
        given = str(given)
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if isinstance(given, float):
        raise ValueError(f'{given} could not be held exactly; write it in quotes, as "{given}"')
    if isinstance(given, str) and re.fullmatch(_PATTERN, given):
        return Fraction(given)
    raise ValueError(
        f'{given!r} is not a number that a rule can use; write a whole number, "79.6" or "200/3", '
        "with at most six digits in each part"
    )


def write_number(value: Fraction) -> int | str:
    """The one writing of a number: whole, else a decimal of up to six places, else a fraction.

    >>> write_number(Fraction(80)), write_number(Fraction(398, 5)), write_number(Fraction(200, 3))
    (80, '79.6', '200/3')
    """
    if value.denominator == 1:
        return value.numerator
    for places in range(1, 7):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            sign = "-" if value < 0 else ""
            return f"{sign}{digits[:-places]}.{digits[-places:]}"
    return str(value)


ExactNumber = Annotated[
    Fraction,
    PlainValidator(read_number),
    PlainSerializer(write_number),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": f"^{_PATTERN}$"}]}),
]
"""A number of a rule: held as a Fraction, written as `write_number` says."""
