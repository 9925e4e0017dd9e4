"""One statement in two rounds, in full: who went where as a picture and a table, by group, and its tests."""

from __future__ import annotations

from dataclasses import dataclass, replace

from delphi.charts.moves import moves_chart
from delphi.consensus.change_tests import mcnemar_of
from delphi.consensus.movement_words import movement_in_words, verdict_in_words
from delphi.consensus.rank_correlation import spearman
from delphi.consensus.two_rounds import TwoRounds, two_rounds
from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotFound, WrongState
from delphi.models.sections import Criterion
from delphi.queries.move_rows import MoveRows, move_rows
from delphi.queries.movement import EVERYBODY, ItemPairs, compared, everybody, why_withheld
from delphi.queries.number_words import p_in_words, percent_of_pairs, two_decimals
from delphi.queries.results import answers_were_deleted
from delphi.queries.results_look import Look, PutSection
from delphi.queries.rounds_before import Before
from delphi.queries.stability_page import KINDS, SIGNS, in_two_rounds, why_nobody, why_not


@dataclass(frozen=True, slots=True)
class UnitMoves:
    """One set of people in two rounds: how many, and what became of them, as counts."""

    label: str
    is_all: bool
    found: TwoRounds
    n_in: int
    n_out: int

    @property
    def changed(self) -> str:
        """Who gave another answer, in per cent."""
        return percent_of_pairs(self.found.movement.pct_changed)


@dataclass(frozen=True, slots=True)
class TestRow:
    """One test or coefficient: its name, its value in words, and what it asks."""

    name: str
    value: str
    asks: str


@dataclass(frozen=True, slots=True)
class StabilityItem:
    """One statement in two rounds; `criteria` are those of the section that were rated both times.

    After a deletion from the earlier round (`is_cut`) only everybody who rated both times is told of.
    """

    number: int
    number_before: int
    code: str
    title: str
    criterion: str
    label: str
    statement: str
    draft_words: str
    is_cut: bool
    median_before: str
    words: str
    sign: str
    verdict: str
    why: str
    picture: str
    rows: MoveRows
    units: tuple[UnitMoves, ...]
    tests: tuple[TestRow, ...]
    criteria: tuple[tuple[str, str], ...]


def stability_item(member: TeamMember, number: int, code: str, criterion: str = "") -> StabilityItem:
    """One statement of a section beside the round before; the first one when `criterion` names none.

    Raises NotFound for a section that the round did not put, WrongState where two drafts may not be
    compared, with the reason.
    """
    look = Look(member, number)
    section = look.sections.get(code)
    if section is None:
        raise NotFound(f"Round {number} did not put a section “{code}”.")
    beside = compared(look.study, look.round, look.scale, section.id)
    before = beside.before.get(section.id)
    if before is None or not before.is_comparable:
        raise WrongState(
            f"“{section.title}” is not set beside a round before. {why_not(section, before)} A change of the "
            "text is not a change of mind; the results of each round stand on their own pages."
        )
    rated = [one for one in look.criteria if (section.id, one.code) in beside.pairs]
    if not rated and any(section_id == section.id for section_id, _ in beside.withheld):
        raise WrongState(f"“{section.title}” is not compared. {why_withheld(before)}")
    if not rated:
        raise WrongState(f"“{section.title}” is not compared. {why_nobody(look, before)}")
    chosen = next((one for one in rated if one.code == criterion), rated[0])
    return _in_full(look, section, chosen, rated, before, beside.pairs[section.id, chosen.code])


def _in_full(
    look: Look,
    section: PutSection,
    chosen: Criterion,
    rated: list[Criterion],
    before: Before,
    by_group: ItemPairs,
) -> StabilityItem:
    found = in_two_rounds(look, section, chosen, before, by_group)
    number_before, number = before.round.number, look.round.number
    median = found.movement.median1
    same = f"the same draft as in round {number_before}"
    return StabilityItem(
        number=number,
        number_before=number_before,
        code=section.code,
        title=section.title,
        criterion=chosen.code,
        label=chosen.label,
        statement=chosen.statement or chosen.label,
        draft_words=same if before.draft_is_same else f"reworded and declared comparable: {before.reason}",
        is_cut=EVERYBODY in by_group,
        median_before="–" if median is None else f"{float(median):g}",
        words=movement_in_words(found),
        sign=SIGNS[found.steadiness],
        verdict=dict(KINDS)[found.steadiness],
        why=verdict_in_words(found),
        picture=moves_chart(
            f"{section.code}-{chosen.code}-moves",
            f"{chosen.label}: who went where",
            found.pairs.counts,
            look.scale,
            (number_before, number),
        ),
        rows=move_rows(found.pairs, look.scale),
        units=tuple(_units(look, section, chosen, before, by_group)),
        tests=_tests(found, look),
        criteria=tuple((one.code, one.label) for one in rated),
    )


def _units(
    look: Look, section: PutSection, criterion: Criterion, before: Before, by_group: ItemPairs
) -> list[UnitMoves]:
    """Everybody, each panel with its groups: closer and further are from the median of everybody before."""
    if answers_were_deleted(before.round):
        everyone = everybody(by_group.values(), look.scale).earlier
    else:
        earlier = look.earlier(before.round.number)
        everyone = earlier.histogram(section.code, criterion.code, earlier.everybody)
    agree = look.scale.bands["agree"]
    units = [look.everybody]
    for panel in look.panels:
        units += [panel, *(one for one in look.groups if one.groups[0] in panel.groups)]
    if not look.panels:
        units += look.groups
    if EVERYBODY in by_group:
        units = [replace(look.everybody, groups=(EVERYBODY,))]
    rows = []
    for unit in units:
        pairs = everybody((by_group[group] for group in unit.groups if group in by_group), look.scale)
        flow = mcnemar_of(pairs, agree)
        found = two_rounds(pairs, round1=everyone, agree_band=agree)
        is_group = unit.code.startswith("group:")
        rows.append(UnitMoves(unit.label, not is_group, found, flow.b_gain, flow.c_loss))
    return rows


def _tests(found: TwoRounds, look: Look) -> tuple[TestRow, ...]:
    """Every test of this statement alone, not adjusted: the table of the round adjusts."""
    signed, margins = found.signed_rank, found.homogeneity
    flow, rank = mcnemar_of(found.pairs, look.scale.bands["agree"]), spearman(found.pairs)
    moved = found.movement
    exact = "exact" if signed.p_wilcox_exact is not None else "asymptotic"
    pratt = signed.p_pratt_asymptotic if signed.p_pratt_exact is None else signed.p_pratt_exact
    rows = [
        TestRow(
            f"Wilcoxon signed-rank, {exact}",
            f"p {p_in_words(found.p_wilcoxon)}; effect {two_decimals(signed.rank_biserial)}",
            "Did people move more one way than the other? Those who stayed are left out.",
        ),
        TestRow(
            "The same by Pratt",
            f"p {p_in_words(pratt)}",
            "As above; those who stayed are ranked first, which is fairer where many did.",
        ),
        TestRow(
            "McNemar, exact",
            f"p {p_in_words(flow.p_exact)}; {flow.b_gain} in, {flow.c_loss} out",
            "Did more people move into agreement than out of it?",
        ),
        TestRow(
            "Stuart–Maxwell",
            f"p {p_in_words(margins.stuart_maxwell_p)}",
            "Is the panel's distribution the same in both rounds?",
        ),
        TestRow(
            "Bowker",
            f"p {p_in_words(margins.bowker_p)}",
            "Did as many go from each answer to another as back?",
        ),
        TestRow(
            "Kappa, quadratic weights",
            two_decimals(found.kappa.kappa_quadratic),
            "How alike each person's two answers are, beyond chance; 1 is every answer kept.",
        ),
        TestRow("Spearman's rho", two_decimals(rank.rho), "Do people who rated high before rate high again?"),
        TestRow(
            "Chaffin–Talley",
            f"p {p_in_words(moved.chaffin_talley_p)}; Cramér's V {two_decimals(moved.cramers_v)}",
            "Do answers of the two rounds go together at all? Expected counts are small: "
            f"the smallest is {two_decimals(moved.min_expected)}.",
        ),
    ]
    return tuple(rows)
