"""Figures as the tables of the team print them: p-values, points, coefficients. Rounded for the eye alone."""

from __future__ import annotations

from fractions import Fraction

MINUS = "\N{MINUS SIGN}"


def p_in_words(p: float | None) -> str:
    """A p-value with three decimals, never as 0: "0.034", "<0.001"; a dash without one."""
    if p is None:
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def two_decimals(value: float | Fraction | None) -> str:
    """A coefficient: "0.42", "−0.10"; a dash without one."""
    if value is None:
        return "–"
    written = f"{float(value):.2f}"
    return written.replace("-", MINUS) if float(written) else "0.00"


def points_in_words(points: float, *, signed: bool = True) -> str:
    """Percentage points as a whole number: "+23", "−4", "0"."""
    whole = round(points)
    if not signed:
        return str(abs(whole))
    return f"+{whole}" if whole > 0 else f"{MINUS}{-whole}" if whole < 0 else "0"


def percent_of_pairs(value: Fraction | None) -> str:
    """A share of people in per cent as a whole number: "18%"; a dash without people."""
    return "–" if value is None else f"{round(float(value))}%"
