"""Figures said in words: the sentence that stands before each chart, and its text alternative.

People come before percent. Percentages are whole numbers of exact fractions, and never say more than the
fraction: not 100% unless everybody, not 0% unless nobody, and never over a threshold that was not met. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from delphi.charts.figures import Coarse, Full, Level, NotShown, UnitRow, n_agree
from delphi.domain.scale import Scale
from delphi.domain.scale_bands import words_of


def percent(part: int, whole: int, thresholds: Collection[int] = ()) -> str:
    """A share as a whole percentage, halves up: "83%".

    "over 99%" and "under 1%" where rounding would claim everybody or nobody. With `thresholds` (whole
    percentages of a rule), a share below one is never rounded up to it: 79.6% is "79%" beside 80.
    Raises ValueError unless 0 <= part <= whole and whole > 0.
    """
    if whole <= 0 or not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is not a share")
    down, rounded = 100 * part // whole, (200 * part + whole) // (2 * whole)
    if any(down < threshold <= rounded for threshold in thresholds):
        rounded = down
    if rounded == 100 and part < whole:
        return "over 99%"
    if rounded == 0 and part > 0:
        return "under 1%"
    return f"{rounded}%"


def people(n: int) -> str:
    """A number of people: "1 person", "n people"."""
    return f"{n} person" if n == 1 else f"{n} people"


def chose(scale: Scale) -> str:
    """What people did who gave an answer of the "agree" band, in the words of the scale's own points.

    "agreed" where its points speak of agreeing; else "chose 7 to 9" of numbered points, and of others "chose
    “Important” or “Very important”".
    """
    band = [point for point in scale.points if point.value in scale.bands["agree"]]
    if any("agree" in point.label.lower() for point in band):
        return "agreed"
    low, high = band[0].value, band[-1].value
    are_numbered = any(words_of(point.value, point.label) != point.label.strip() for point in band)
    if are_numbered and high - low == len(band) - 1:
        return f"chose {low} to {high}" if high > low else f"chose {low}"
    *most, last = [f"“{point.label}”" for point in band]
    return f"chose {', '.join(most)} or {last}" if most else f"chose {last}"


def finding(figures: Full | Coarse, scale: Scale, thresholds: Collection[int] = ()) -> str:
    """One sentence that says what a distribution shows.

    "34 of 41 people agreed (83%); the most common answer was “Agree” (20 people), and 1 person could not
    say." A coarse figure has no most common answer.
    """
    n, agreed = figures.n, n_agree(figures, scale)
    unable = f"{people(figures.n_unable)} could not say"
    if n == 0:
        return f"Nobody gave a rating; {unable}." if figures.n_unable else "Nobody answered."
    clauses = [] if isinstance(figures, Coarse) else _most_common(figures, scale)
    if figures.n_unable:
        clauses.append(unable)
    tail = f"; {', and '.join(clauses)}" if clauses else ""
    return f"{_agreed(agreed, n, chose(scale))} ({percent(agreed, n, thresholds)}){tail}."


def tenths(figures: Full | Coarse, scale: Scale) -> int | None:
    """How many of ten people agreed, halves up; None when nobody gave a rating."""
    if not figures.n:
        return None
    return (20 * n_agree(figures, scale) + figures.n) // (2 * figures.n)


def easy_finding(figures: Full | Coarse, scale: Scale) -> str:
    """The finding for Easy Read: digits, no percentage, at most ten words.

    "7 out of 9 people said yes." With more than ten people in tenths: "About 8 out of 10 people said yes."
    Never "0 out of 10" unless nobody did, nor "10 out of 10" unless everybody did.
    """
    n, agreed, share = figures.n, n_agree(figures, scale), tenths(figures, scale)
    if share is None:
        return "Nobody gave an answer."
    did = chose(scale).replace("agreed", "said yes")
    if agreed == n:
        return f"Everybody {did}." if n > 1 else f"The 1 person who answered {did}."
    if not agreed:
        return f"Nobody {did}."
    if n <= 10:
        return f"{agreed} out of {n} people {did}."
    if share in (0, 10):
        return f"Very few people {did}." if share == 0 else f"Nearly everybody {did}."
    about = "" if share * n == agreed * 10 else "About "
    return f"{about}{share} out of 10 people {did}."


def group_finding(rows: Sequence[UnitRow], scale: Scale) -> str:
    """From which group the fewest agreed to which the most did, or "" with fewer than two groups shown.

    "By group: from 4 of 12 people with lived experience to all 5 researchers and educators."
    """
    shares = [
        (n_agree(row.figures, scale), row.figures.n, row.label)
        for row in rows
        if row.level is Level.GROUP and not isinstance(row.figures, NotShown) and row.figures.n
    ]
    if len(shares) < 2:
        return ""
    # The first in the study's order stands for those with the same share.
    low = min(shares, key=lambda share: share[0] / share[1])
    high = max(shares, key=lambda share: share[0] / share[1])
    if low[0] * high[1] == high[0] * low[1]:
        return f"The share is the same in each of the {len(shares)} groups shown."
    return f"By group: from {_fraction(*low)} to {_fraction(*high)}."


def described(figures: Full | Coarse | NotShown, scale: Scale) -> str:
    """Every figure of a row in words, for those who do not see the picture."""
    if isinstance(figures, NotShown):
        return "not shown."
    if isinstance(figures, Coarse):
        parts = [f"Agree: {figures.n_agree}", f"Do not agree: {figures.n_not_agree}"]
    else:
        parts = [f"{p.label}: {count}" for p, count in zip(scale.points, figures.counts, strict=True)]
    if scale.cannot_say is not None or figures.n_unable:
        parts.append(f"{cannot_say(scale)}: {figures.n_unable}")
    return "; ".join(parts) + "."


def cannot_say(scale: Scale) -> str:
    """What the answer beside the scale is called."""
    return scale.cannot_say.label if scale.cannot_say is not None else "Can't say"


def short_share(figures: Full | Coarse, scale: Scale) -> str:
    """The figure at the end of a row: "34 of 41", "all 5" or "no ratings"."""
    n, agreed = figures.n, n_agree(figures, scale)
    if n == 0:
        return "no ratings"
    if agreed == n:
        return f"all {n}"
    return f"{agreed} of {n}"


def share_said(figures: Full | Coarse, scale: Scale) -> str:
    """The same with what they did, where that is short: "34 of 41 agreed", "18 of 45 chose 7 to 9"."""
    share, did = short_share(figures, scale), chose(scale)
    return f"{share} {did}" if figures.n and "“" not in did else share


def _agreed(agreed: int, n: int, did: str) -> str:
    if n == 1:
        did_not = did.replace("agreed", "agree").replace("chose", "choose")
        return f"The 1 person who gave a rating {did if agreed else f'did not {did_not}'}"
    if agreed == n:
        return f"All {n} people {did}"
    return f"{agreed} of {n} people {did}" if agreed else f"None of {n} people {did}"


def _most_common(figures: Full, scale: Scale) -> list[str]:
    """The clause about the answer chosen most; none where more than two share that place."""
    most = max(figures.counts)
    labels = [p.label for p, count in zip(scale.points, figures.counts, strict=True) if count == most]
    if len(labels) > 2 or figures.n == 1:
        return []
    if len(labels) == 2:
        return [f"the most common answers were “{labels[0]}” and “{labels[1]}” ({people(most)} each)"]
    return [f"the most common answer was “{labels[0]}” ({people(most)})"]


def _fraction(agreed: int, n: int, label: str) -> str:
    who = label if label[1:2].isupper() else label[:1].lower() + label[1:]
    if n == 1:
        return f"{agreed} of 1 ({who})"
    if agreed == n:
        return f"all {n} {who}"
    return f"{agreed} of {n} {who}" if agreed else f"none of {n} {who}"
