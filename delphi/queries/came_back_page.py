"""The page that says who came back since the first round, and whether those who left had rated differently.

Tests describe: panellists are no random sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from delphi.consensus.attrition import attrition
from delphi.consensus.came_back import MeanRatings, Sign, mean_ratings, signs_of_bias
from delphi.consensus.movement_words import leaving_in_words
from delphi.consensus.plain_words import people
from delphi.consensus.quantiles import median
from delphi.consensus.two_rounds import FEWEST_PAIRS
from delphi.consensus.uncertainty import Uncertainty, uncertainty
from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.queries.leavers import Leavers, Parted, leavers
from delphi.queries.number_words import p_in_words, two_decimals
from delphi.queries.results import answers_were_deleted
from delphi.queries.results_look import Look, Piece

IN_ORDER, LARGEST = "order", "delta"
SORTS = ((IN_ORDER, "Section, in the order of the guidance"), (LARGEST, "Difference, the largest first"))
FLAGGED = "flagged"
BAR = 160.0


@dataclass(frozen=True, slots=True)
class BackRow:
    """One set of people: how many answered the first round, and how many of them the later one."""

    label: str
    is_all: bool
    n_back: int
    n_left: int
    pieces: tuple[Piece, ...]

    @property
    def n(self) -> int:
        """People who answered the first round."""
        return self.n_back + self.n_left

    @property
    def lost(self) -> str:
        """Who did not come back, in per cent."""
        return f"{round(100 * self.n_left / self.n)}%" if self.n else "–"


@dataclass(frozen=True, slots=True)
class Side:
    """Ratings of those who came back, or of those who left: the share that agrees, and the median."""

    n: int
    n_agree: int
    at: float | None
    median: str
    uncertainty: Uncertainty


@dataclass(frozen=True, slots=True)
class BiasRow:
    """One statement of the first round, of those who came back and of those who left."""

    title: str
    criterion: str
    label: str
    sides: tuple[Side, Side]
    sign: Sign
    delta: str
    p: str
    fisher: str
    verdict: str
    position: int


@dataclass(frozen=True, slots=True)
class CameBackPage:
    """The page; `first` is the round that everybody here answered, 0 in the first round itself.

    How those who left had rated is withheld once answers to that round were deleted after they were shared.
    """

    number: int
    first: int
    heading: str
    sentence: str
    means: MeanRatings | None
    means_words: str
    groups: tuple[BackRow, ...]
    by_criterion: tuple[BiasRow, ...]
    is_withheld: bool
    rows: tuple[BiasRow, ...]
    n_rows: int
    n_flagged: int
    is_few: bool
    shown: str
    sorts: tuple[tuple[str, str], ...]
    sorted_by: str
    criteria: tuple[tuple[str, str], ...]
    criterion: str
    may_export: bool


def came_back_page(
    member: TeamMember, number: int, *, show: str = "", sort: str = "", criterion: str = ""
) -> CameBackPage:
    """Who came back in a round since the first one; WrongState before the analysis.

    What is not known counts as not chosen: an old bookmark still opens.
    """
    look = Look(member, number, also_after_deletion=True)
    first = _first_round(look)
    labels = {one.code: one.label for one in look.criteria}
    found = leavers(look.study, first, look.round, look.scale) if first else Leavers({}, {}, (), ())
    is_withheld = first is not None and answers_were_deleted(first)
    told = replace(found, items={}, means_back=(), means_left=()) if is_withheld else found
    rows = _bias(look, _by_title(look, first, told), labels)
    lower, higher = sum(row.sign.is_lower for row in rows), sum(row.sign.is_higher for row in rows)
    means = mean_ratings(told.means_back, told.means_left) if first else None
    criterion = criterion if criterion in labels else ""
    show = FLAGGED if show == FLAGGED else ""
    sort = sort if sort in dict(SORTS) else IN_ORDER
    chosen = [row for row in rows if criterion in ("", row.criterion) and (not show or row.sign.is_flagged)]
    return CameBackPage(
        number=number,
        first=first.number if first else 0,
        heading=_heading(number, first, found),
        sentence=f"{found.n_left} did not." if is_withheld else _words(found, lower, higher, len(rows)),
        means=means,
        means_words=_means_words(means) if means else "",
        groups=tuple(_groups(look, found)),
        by_criterion=tuple(_bias(look, _summed(told), labels)),
        is_withheld=is_withheld,
        rows=tuple(_sorted(chosen, sort)),
        n_rows=len(rows),
        n_flagged=lower + higher,
        is_few=min(found.n_back, found.n_left) < FEWEST_PAIRS,
        shown=show,
        sorts=SORTS,
        sorted_by=sort,
        criteria=tuple(labels.items()),
        criterion=criterion,
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def _first_round(look: Look) -> Round | None:
    """The first analysed round before this one."""
    found: Round | None = db.session.scalar(
        db.select(Round)
        .where(
            Round.study_id == look.study.id,
            Round.number < look.round.number,
            Round.state.in_([RoundState.ANALYSED, RoundState.PUBLISHED]),
        )
        .order_by(Round.number)
        .limit(1)
    )
    return found


def _words(found: Leavers, lower: int, higher: int, n_items: int) -> str:
    return leaving_in_words(found.n_back, found.n_left, lower, higher, n_items)


def _heading(number: int, first: Round | None, found: Leavers) -> str:
    if first is None:
        return f"Round {number} is the first: nobody could come back yet"
    n = found.n_back + found.n_left
    return f"Round {number}: {found.n_back} of {people(n)} who answered round {first.number} came back"


def _means_words(means: MeanRatings) -> str:
    """The COMET check in a sentence."""
    if means.mean_completers is None or means.mean_dropouts is None:
        return ""
    stayed, left = (f"{float(one):.2f}" for one in (means.mean_completers, means.mean_dropouts))
    return (
        f"Each person’s mean over all statements of that round: {left} on average of those who left, "
        f"{stayed} of those who came back (Cliff’s delta {two_decimals(means.cliffs_delta)}, "
        f"Mann–Whitney p {p_in_words(means.p)})."
    )


def _groups(look: Look, found: Leavers) -> list[BackRow]:
    units = [look.everybody]
    for panel in look.panels:
        units += [panel, *(one for one in look.groups if one.groups[0] in panel.groups)]
    rows = []
    for unit in units if look.panels else (look.everybody, *look.groups):
        both = [found.people.get(group, (0, 0)) for group in unit.groups]
        back, left = sum(one for one, _ in both), sum(one for _, one in both)
        rows.append(BackRow(unit.label, not unit.code.startswith("group:"), back, left, _pieces(back, left)))
    return rows


def _pieces(back: int, left: int) -> tuple[Piece, ...]:
    if not back + left:
        return ()
    wide = back / (back + left) * BAR
    pieces = [Piece("s5", 0.0, round(wide, 1)), Piece("s1p", round(wide, 1), round(BAR - wide, 1))]
    return tuple(piece for piece in pieces if piece.width)


def _by_title(look: Look, first: Round | None, found: Leavers) -> dict[tuple[str, str], Parted]:
    """Every statement by its section's title."""
    put = look.earlier(first.number).sections if first and found.items else {}
    return {(put[section].title, criterion): one for (section, criterion), one in found.items.items()}


def _summed(found: Leavers) -> dict[tuple[str, str], Parted]:
    """All sections together, by criterion, as the report's table T3."""
    together: dict[tuple[str, str], Parted] = {}
    for (_, criterion), one in found.items.items():
        key = "All sections", criterion
        together[key] = together[key] + one if key in together else one
    return together


def _bias(look: Look, items: dict[tuple[str, str], Parted], labels: dict[str, str]) -> list[BiasRow]:
    band = tuple(look.scale.bands["agree"])
    signs = signs_of_bias([attrition(one.back, one.left, band) for one in items.values()])
    return [
        _row(place, title, criterion, labels[criterion], one, sign, band)
        for place, (((title, criterion), one), sign) in enumerate(zip(items.items(), signs, strict=True))
    ]


def _row(
    place: int, title: str, criterion: str, label: str, one: Parted, sign: Sign, band: tuple[int, ...]
) -> BiasRow:
    verdict = "lower" if sign.is_lower else "higher" if sign.is_higher else ""
    return BiasRow(
        title=title,
        criterion=criterion,
        label=label,
        sides=(_side(one, band, left=False), _side(one, band, left=True)),
        sign=sign,
        delta=two_decimals(sign.found.cliffs_delta),
        p=p_in_words(sign.p_adjusted),
        fisher=p_in_words(sign.fisher_adjusted),
        verdict=f"Those who left had rated {verdict}" if verdict else "",
        position=place,
    )


def _side(one: Parted, band: tuple[int, ...], *, left: bool) -> Side:
    histogram = one.left if left else one.back
    unsure = uncertainty(histogram, band)
    k = histogram.count_in(band)
    at = round(100 * k / histogram.n, 1) if histogram.n else None
    middle = median(histogram)
    return Side(histogram.n, k, at, "–" if middle is None else f"{float(middle):g}", unsure)


def _sorted(rows: list[BiasRow], sort: str) -> list[BiasRow]:
    if sort == LARGEST:
        return sorted(rows, key=lambda row: (-abs(row.sign.found.cliffs_delta or 0), row.position))
    return rows
