"""Many tests at once: p-values adjusted over their family. A test that has no p does not count in it."""

from __future__ import annotations

from collections.abc import Sequence

PValues = Sequence[float | None]


def holm(p_values: PValues) -> list[float | None]:
    """Holm's step-down adjustment: for a few tests that were planned.

    Parameters
    ----------
    p_values : sequence of float or None
        From 0 to 1; None stays None and does not count.

    Returns
    -------
    list of float or None
        In the same order, at most 1.

    Raises
    ------
    ValueError
        If a p-value is not between 0 and 1.

    References
    ----------
    Holm S. Scand J Stat 1979;6:65-70.

    Examples
    --------
    >>> [round(p, 10) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    found, order = list(p_values), _ascending(p_values)
    highest = 0.0
    for place, (p, index) in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - place) * p))
        found[index] = highest
    return found


def benjamini_hochberg(p_values: PValues) -> list[float | None]:
    """Benjamini and Hochberg's adjustment for the false discovery rate: for screening many items.

    Parameters, Returns and Raises as for `holm`.

    References
    ----------
    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300.

    Examples
    --------
    >>> [round(p, 10) for p in benjamini_hochberg([0.01, 0.04, 0.03])]
    [0.03, 0.04, 0.04]
    """
    found, order = list(p_values), _ascending(p_values)
    lowest = 1.0
    for place in range(len(order), 0, -1):
        p, index = order[place - 1]
        lowest = min(lowest, len(order) * p / place)
        found[index] = lowest
    return found


def bonferroni(p_values: PValues) -> list[float | None]:
    """Each p times the number of tests; Parameters, Returns and Raises as for `holm`.

    Examples
    --------
    >>> bonferroni([0.25, None, 0.75])
    [0.5, None, 1.0]
    """
    m = len(_ascending(p_values))
    return [None if p is None else min(1.0, m * p) for p in p_values]


def _ascending(p_values: PValues) -> list[tuple[float, int]]:
    """The p-values there are, from low to high, each with its place in the list given."""
    for place, p in enumerate(p_values, start=1):
        if p is not None and not 0 <= p <= 1:
            raise ValueError(f"p-value {place} is {p}, but a p-value lies between 0 and 1")
    return sorted((p, index) for index, p in enumerate(p_values) if p is not None)
