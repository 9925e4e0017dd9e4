"""The page that says on which statements answers held since the round before, and on which they moved.

Only the same people, only drafts that may be compared. Tests describe: panellists are no random sample.
"""

from __future__ import annotations

from dataclasses import dataclass

from delphi.consensus.movement_words import movement_in_words, steadiness_in_words, verdict_in_words
from delphi.consensus.two_rounds import Adjusted, Steadiness, TwoRounds, adjusted, two_rounds
from delphi.consensus.vocabulary import listed
from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.models.sections import Criterion
from delphi.queries.movement import ItemPairs, compared, everybody, why_withheld
from delphi.queries.number_words import p_in_words, percent_of_pairs, two_decimals
from delphi.queries.results import answers_were_deleted, keeps_pairs
from delphi.queries.results_look import Look, Piece, PutSection
from delphi.queries.rounds_before import Before

IN_ORDER, MOST_CHANGED, AWAY, LEAST_ALIKE = "order", "changed", "away", "kappa"
SORTS = (
    (IN_ORDER, "Section, in the order of the guidance"),
    (MOST_CHANGED, "Changed, the most first"),
    (AWAY, "Away from the median, the most first"),
    (LEAST_ALIKE, "Kappa, the lowest first"),
)
KINDS = (
    (Steadiness.STABLE, "Stable"),
    (Steadiness.MOVED, "Not stable"),
    (Steadiness.TOO_FEW, "Too few to say"),
)
SIGNS = {Steadiness.STABLE: "tick", Steadiness.MOVED: "now", Steadiness.TOO_FEW: "todo"}
"""Signs and not the marks of outcomes: stable is neither good nor bad."""
BAR = 110.0


@dataclass(frozen=True, slots=True)
class StabilityRow:
    """One statement rated by the same people in two rounds, with its figures as they are printed."""

    code: str
    title: str
    criterion: str
    label: str
    rounds: str
    draft_words: str
    found: TwoRounds
    after: Adjusted
    pieces: tuple[Piece, ...]
    sign: str
    verdict: str
    why: str
    words: str
    position: int

    @property
    def changed(self) -> str:
        """Who gave another answer, in per cent of those who rated both times."""
        return percent_of_pairs(self.found.movement.pct_changed)

    @property
    def towards(self) -> str:
        """Who came closer to the median of the round before."""
        return percent_of_pairs(self.found.movement.pct_towards_median)

    @property
    def away(self) -> str:
        """Who went further from it."""
        return percent_of_pairs(self.found.movement.pct_away_from_median)

    @property
    def within_one(self) -> str:
        """Who moved by at most one point."""
        return percent_of_pairs(self.found.kappa.pct_within_one)

    @property
    def net(self) -> str:
        """The net change of the distribution."""
        return percent_of_pairs(self.found.movement.net_change_pct)

    @property
    def kappa(self) -> str:
        """Cohen's kappa with quadratic weights."""
        return two_decimals(self.found.kappa.kappa_quadratic)

    @property
    def p_wilcoxon(self) -> str:
        """Wilcoxon's p after Holm."""
        return p_in_words(self.after.wilcoxon)

    @property
    def p_margins(self) -> str:
        """Stuart and Maxwell's p after Holm."""
        return p_in_words(self.after.stuart_maxwell)


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A section that no figure compares with a round before, and why."""

    code: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Stopping:
    """What the study's own sealed stop rule says of a section, as the results keep it."""

    code: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class StabilityPage:
    """The page; `kinds` are the ways to filter with how many statements each shows.

    `stopping` is what a sealed stop rule says; empty for a rule that has none.
    """

    number: int
    heading: str
    sentence: str
    rows: tuple[StabilityRow, ...]
    n_rows: int
    kinds: tuple[tuple[str, str, int], ...]
    shown: str
    sorts: tuple[tuple[str, str], ...]
    sorted_by: str
    criteria: tuple[tuple[str, str], ...]
    criterion: str
    not_compared: tuple[NotCompared, ...]
    stopping: tuple[Stopping, ...]
    may_export: bool


def stability_page(
    member: TeamMember, number: int, *, show: str = "", sort: str = "", criterion: str = ""
) -> StabilityPage:
    """On which statements of a round answers held; WrongState before the analysis.

    What is not known counts as not chosen: an old bookmark still opens.
    """
    look = Look(member, number)
    rows, not_compared = stability_rows(look)
    counts = [(key.value, words, sum(row.verdict == words for row in rows)) for key, words in KINDS]
    labels = {one.code: one.label for one in look.criteria}
    criterion = criterion if criterion in labels else ""
    show = show if show in [key for key, _, _ in counts] else ""
    sort = sort if sort in dict(SORTS) else IN_ORDER
    chosen = [
        row for row in rows if criterion in ("", row.criterion) and (not show or row.found.steadiness == show)
    ]
    return StabilityPage(
        number=number,
        heading=_heading(number, rows),
        sentence=steadiness_in_words([row.found for row in rows]) if rows else "",
        rows=tuple(_sorted(chosen, sort)),
        n_rows=len(rows),
        kinds=tuple(counts),
        shown=show,
        sorts=SORTS,
        sorted_by=sort,
        criteria=tuple(labels.items()),
        criterion=criterion,
        not_compared=tuple(not_compared),
        stopping=tuple(_stopping(look)),
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def _stopping(look: Look) -> list[Stopping]:
    """What the results keep of the stop rule, section by section."""
    return [
        Stopping(code, look.sections[code].title, " ".join(outcome.stop.words))
        for code, outcome in look.results.outcomes.items()
        if outcome.stop is not None and code in look.sections
    ]


def _heading(number: int, rows: list[StabilityRow]) -> str:
    if not rows:
        return f"Round {number}: nothing can be compared with a round before"
    n = sum(row.found.steadiness == Steadiness.STABLE for row in rows)
    return f"Round {number}: answers held on {n} of {len(rows)} statements that were put again"


def stability_rows(look: Look) -> tuple[list[StabilityRow], list[NotCompared]]:
    """Every statement that may be compared, and every section that may not, in the order of the round."""
    beside = compared(look.study, look.round, look.scale)
    places: list[tuple[PutSection, Criterion, Before, TwoRounds]] = []
    not_compared = []
    for section in look.sections.values():
        before = beside.before.get(section.id)
        if before is None or not before.is_comparable:
            not_compared.append(NotCompared(section.code, section.title, why_not(section, before)))
            continue
        rated = [one for one in look.criteria if (section.id, one.code) in beside.pairs]
        for criterion in rated:
            pairs = beside.pairs[section.id, criterion.code]
            places.append(
                (section, criterion, before, in_two_rounds(look, section, criterion, before, pairs))
            )
        cut = [one.label for one in look.criteria if (section.id, one.code) in beside.withheld]
        if cut:
            why = f"{listed(cut, 'and')}. {why_withheld(before)}"
            not_compared.append(NotCompared(section.code, section.title, why))
        elif not rated:
            not_compared.append(NotCompared(section.code, section.title, why_nobody(look, before)))
    after = adjusted([found for *_, found in places])
    rows = [
        _row(look, place, *one, after=p) for place, (one, p) in enumerate(zip(places, after, strict=True))
    ]
    return rows, not_compared


def why_nobody(look: Look, before: Before) -> str:
    """Why there is no pair although the drafts may be compared."""
    if keeps_pairs(look.snapshot):
        return f"Nobody rated it both in round {before.round.number} and in round {look.round.number}."
    return "These results were kept without who rated twice. Analyse the round again to compare it."


def why_not(section: PutSection, before: Before | None) -> str:
    """Why a section is not set beside a round before."""
    if before is None:
        return "Put for the first time."
    reason = before.reason or "Nobody declared the two drafts comparable."
    return f"A new draft since round {before.round.number}. {reason}"


def in_two_rounds(
    look: Look, section: PutSection, criterion: Criterion, before: Before, pairs: ItemPairs
) -> TwoRounds:
    """Everything about one statement and everybody on the panel."""
    both = everybody(pairs.values(), look.scale)
    if answers_were_deleted(before.round):
        # Everybody's figures of that round are not told any more: those who rated twice are all there is.
        return two_rounds(both, agree_band=look.scale.bands["agree"])
    earlier = look.earlier(before.round.number)
    return two_rounds(
        both,
        round1=earlier.histogram(section.code, criterion.code, earlier.everybody),
        round2=look.histogram(section.code, criterion.code, look.everybody),
        agree_band=look.scale.bands["agree"],
    )


def _row(
    look: Look,
    place: int,
    section: PutSection,
    criterion: Criterion,
    before: Before,
    found: TwoRounds,
    *,
    after: Adjusted,
) -> StabilityRow:
    return StabilityRow(
        code=section.code,
        title=section.title,
        criterion=criterion.code,
        label=criterion.label,
        rounds=f"{before.round.number} to {look.round.number}",
        draft_words="same draft" if before.draft_is_same else "reworded, declared comparable",
        found=found,
        after=after,
        pieces=_pieces(found),
        sign=SIGNS[found.steadiness],
        verdict=dict(KINDS)[found.steadiness],
        why=verdict_in_words(found),
        words=movement_in_words(found),
        position=place,
    )


def _pieces(found: TwoRounds) -> tuple[Piece, ...]:
    """Who went lower, who stayed, who went higher, from the left."""
    n, x, pieces = found.n_pairs, 0.0, []
    for css, count in (
        ("s1p", found.n_down),
        ("move-same", n - found.n_changed),
        ("s5", found.n_up),
    ):
        if count:
            wide = count / n * BAR
            pieces.append(Piece(css, round(x, 1), round(max(wide - 1, 0.5), 1)))
            x += wide
    return tuple(pieces)


def _sorted(rows: list[StabilityRow], sort: str) -> list[StabilityRow]:
    if sort == MOST_CHANGED:
        return sorted(rows, key=lambda row: (-(row.found.movement.pct_changed or 0), row.position))
    if sort == AWAY:
        return sorted(rows, key=lambda row: (-(row.found.movement.pct_away_from_median or 0), row.position))
    if sort == LEAST_ALIKE:

        def kappa(row: StabilityRow) -> tuple[float, int]:
            value = row.found.kappa.kappa_quadratic
            return (2.0 if value is None else value), row.position

        return sorted(rows, key=kappa)
    return rows
