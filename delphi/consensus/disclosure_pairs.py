"""Whether it may be told how the same people answered twice, once somebody's answers were deleted (E34).

Who rated twice, counted by the earlier answer, is a table of some people of a round whose figures were
shared. Taken from those it leaves the people who did not rate again, and whoever is gone. So it is judged as
any other table beside what was shared (`disclosure_views`). Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.disclosure_release import Cell, Display, Release
from delphi.consensus.disclosure_views import Seen, View, decide_views

GONE = "gone"


def may_tell_pairs(release: Release, key: str, left: ItemCounts, again: Mapping[str, Histogram]) -> bool:
    """Whether everybody's pairs of one item may be told beside the earlier round's release.

    Parameters
    ----------
    release
        The earlier round's figures as they were shared, with those who are gone since.
    key
        The item.
    left
        The answers to it that are left, by stakeholder group.
    again
        Of these by group the ratings of who rated it later as well.

    Returns
    -------
    bool
        False as well where it cannot be known what a reader would learn: everybody's figure was shared
        coarsely, people of several groups are gone, or the answers changed in another way.

    References
    ----------
    Office for National Statistics, *Disclosure control guidance for tables produced from administrative
    sources* (disclosure by differencing).
    """
    rows = [row for row in release.rows(key) if row.cell.display is not Display.HIDDEN]
    whole = rows[0].cell.histogram if rows else None
    gone = _less(whole, left.pooled) if whole is not None else None
    if gone is None:
        return False
    atoms = {GONE: gone}
    for group, answered in left.by_group.items():
        first = again.get(group, Histogram.empty(answered.minimum, len(answered.counts)))
        others = _less(answered, first)
        if others is None:
            return False
        atoms |= {f"again {group}": first, f"else {group}": others}
    seen = []
    for row in rows:
        n_gone = _n(row.cell) - left.of(row.unit.groups).n_answered
        if n_gone not in (0, gone.n_answered):
            return False
        people = {f"{part} {group}" for group in row.unit.groups for part in ("again", "else")}
        coarse = frozenset([key]) if row.cell.display is Display.COARSE else frozenset[str]()
        seen.append(Seen(frozenset(people | ({GONE} if n_gone else set())), coarse))
    view = View("again", "Who rated twice", frozenset(f"again {group}" for group in left.by_group))
    found = decide_views({key: ItemCounts(atoms)}, [view], release.agree_band, release.policy, seen)
    return found.cells[key][0].display is Display.FULL


def _less(a: Histogram, b: Histogram) -> Histogram | None:
    """The answers of a without those of b; None if b is not part of a."""
    counts = tuple(x - y for x, y in zip(a.counts, b.counts, strict=True))
    n_unable = a.n_unable - b.n_unable
    if min(*counts, n_unable) < 0:
        return None
    return Histogram(a.minimum, counts, n_unable)


def _n(cell: Cell) -> int:
    """Everybody who answered, by a cell that is shown."""
    if cell.histogram is not None:
        return cell.histogram.n_answered
    return cell.coarse.n + cell.coarse.n_unable if cell.coarse is not None else 0
