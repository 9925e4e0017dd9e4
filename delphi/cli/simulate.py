"""`delphi simulate`: how often the rule would call a section agreed, before there is any data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

import click

from delphi.cli.shared import with_database
from delphi.cli.trouble import Trouble
from delphi.consensus.rehearsal import Rehearsed, dice_of, rehearse
from delphi.consensus.rehearsal_words import ALIKE, groups_apart, limits_of_rehearsal
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale
from delphi.queries.studies import criteria_of, groups_of, rule_of, scale_of, structure_of, study_by_slug

if TYPE_CHECKING:
    from delphi.consensus.rehearsal import Dice

LEVELS = (50, 60, 70, 75, 80, 85, 90, 95)
"""True agreement, in per cent, at which the rule is tried."""
MOST_PANELS = 100_000
WIDTH = 95
"""Characters in a line of running text."""
OUTCOME_WORDS = {
    Outcome.AGREED: "Agreed",
    Outcome.AGREED_TO_LEAVE_OUT: "To leave out",
    Outcome.CLOSE: "Close",
    Outcome.NOT_AGREED: "Not agreed",
    Outcome.NOT_ASSESSABLE: "Too few ratings",
}


@dataclass(frozen=True, slots=True)
class _Rehearsal:
    """Everything of a study that a rehearsal needs."""

    rule: Rule
    scale: Scale
    structure: GroupStructure
    criteria: tuple[str, ...]
    sizes: Mapping[str, int]
    n_panels: int

    def play(self, agreement: Mapping[str, float], dice: Dice) -> Rehearsed:
        return rehearse(
            self.rule,
            self.scale,
            self.structure,
            sizes=self.sizes,
            agreement=agreement,
            criteria=self.criteria,
            n_panels=self.n_panels,
            dice=dice,
        )

    def alike(self, part: float) -> dict[str, float]:
        return dict.fromkeys(self.structure.group_codes, part)


@click.command(
    epilog="\b\nExamples\n  delphi simulate my-study\n"
    "  delphi simulate my-study --response 70 --differs 40\n"
    "  delphi simulate my-study --size carers=4 --size workers=20"
)
@click.argument("slug", metavar="STUDY")
@click.option(
    "--size",
    "given",
    metavar="GROUP=PEOPLE",
    multiple=True,
    help="People of a group (its target). Repeatable.",
)
@click.option(
    "--response",
    type=click.IntRange(1, 100),
    default=100,
    metavar="PER CENT",
    help="Of them, who rate (100).",
)
@click.option(
    "--differs",
    type=click.IntRange(0, 100),
    default=50,
    metavar="PER CENT",
    help="True agreement of a group that differs from all others, who are at 90 (50).",
)
@click.option(
    "--panels",
    "n_panels",
    type=click.IntRange(10, MOST_PANELS),
    default=1000,
    help="Panels to make up (1000).",
)
@click.option("--seed", type=click.IntRange(0), default=1, help="The same seed gives the same answer (1).")
@with_database
def simulate(
    slug: str, given: tuple[str, ...], response: int, differs: int, n_panels: int, seed: int
) -> None:
    """Play made-up panels against the rule of STUDY.

    The panels have the sizes that the study plans. Shows how often a section would be called agreed for a
    given true agreement, and how much a single group can decide. Nothing is saved.
    """
    study = study_by_slug(slug)
    structure = structure_of(study.id)
    targets = {group.code: group.target for group in groups_of(study.id)}
    planned = _sizes(structure, targets, given)
    sizes = {code: max(1, round(people * response / 100)) for code, people in planned.items()}
    criteria = tuple(criterion.code for criterion in criteria_of(study.id))
    rehearsal = _Rehearsal(rule_of(study), scale_of(study), structure, criteria, sizes, n_panels)
    dice = dice_of(seed)
    click.echo(_people(structure, sizes))
    click.echo(_by_agreement(rehearsal, dice))
    if len(structure.groups) > 1:
        click.echo(_by_group(rehearsal, differs, dice))
    click.echo(
        f"\n{n_panels:,} made-up panels a line (seed {seed}). Who agrees is a part of all people there are.\n"
        f"People answer each of {len(criteria)} criteria independently; if they answer alike, more is agreed."
    )
    for words in limits_of_rehearsal(rehearsal.rule):
        click.echo(words)


def _sizes(
    structure: GroupStructure, targets: Mapping[str, int | None], given: tuple[str, ...]
) -> dict[str, int]:
    sizes = {code: target for code, target in targets.items() if target}
    for one in given:
        code, _, people = one.partition("=")
        if code not in structure.group_codes:
            raise Trouble(f"There is no group “{code}”. Groups: {', '.join(structure.group_codes)}.")
        if not people.isdecimal() or int(people) < 1:
            raise Trouble(f"“{one}” says no number of people. Write --size {code}=12.")
        sizes[code] = int(people)
    without = [code for code in structure.group_codes if code not in sizes]
    if without:
        raise Trouble(f"How many people will there be of {without[0]}? Write --size {without[0]}=12.")
    return {code: sizes[code] for code in structure.group_codes}


def _people(structure: GroupStructure, sizes: Mapping[str, int]) -> str:
    each = ", ".join(f"{sizes[group.code]} {group.label}" for group in structure.groups)
    return f"{sum(sizes.values())} people who rate: {each}.\n"


def _by_agreement(rehearsal: _Rehearsal, dice: Dice) -> str:
    """How often each outcome comes of each level of agreement, and what stands in the way at the top."""
    found = {level: rehearsal.play(rehearsal.alike(level / 100), dice) for level in LEVELS}
    can_come = [clause.outcome for clause in rehearsal.rule.clauses] + list(found[ALIKE].outcomes)
    outcomes = [one for one in OUTCOME_WORDS if one in can_come or one is Outcome.NOT_AGREED]
    lines = ["They agree  " + "  ".join(OUTCOME_WORDS[one].rjust(15) for one in outcomes)]
    for level, played in found.items():
        shares = "  ".join(f"{100 * played.share(one):.0f}%".rjust(15) for one in outcomes)
        lines.append(f"{level}%".rjust(10) + f"  {shares}")
    return "\n".join(
        [
            "What becomes of a section, if every group agrees alike",
            "",
            *lines,
            "",
            _in_the_way(rehearsal, found[ALIKE]),
        ]
    )


def _in_the_way(rehearsal: _Rehearsal, played: Rehearsed) -> str:
    """Which set of people alone kept a section that 90% agree with from being agreed."""
    stopped = played.n_panels - played.outcomes.get(Outcome.AGREED, 0)
    if not stopped or not played.alone:
        return ""
    of, times = max(played.alone.items(), key=lambda one: one[1])
    kind, _, code = of.partition(":")
    label, people = "Everybody together", sum(rehearsal.sizes.values())
    if kind == "panel":
        panel = rehearsal.structure.panel_by_code[code]
        label, people = panel.label, sum(rehearsal.sizes[group] for group in panel.groups)
    elif kind == "group":
        label, people = rehearsal.structure.group_by_code[code].label, rehearsal.sizes[code]
    return (
        f"If {ALIKE}% agree, {stopped:,} of {played.n_panels:,} panels did not, by chance. In {times:,}\n"
        f"one set of people alone was below what the rule asks: {label} ({people} people).\n"
    )


def _by_group(rehearsal: _Rehearsal, differs: int, dice: Dice) -> str:
    """What one group that thinks otherwise does to the outcome, the heaviest first."""
    found = groups_apart(
        lambda agreement: rehearsal.play(agreement, dice).share(Outcome.AGREED),
        rehearsal.structure,
        rehearsal.sizes,
        differs,
    )
    width = max(len(one.label) for one in found.groups)
    lines = [
        f"{one.label.ljust(width)}  {one.people:>6}  {f'{100 * one.share:.0f}%':>6}" for one in found.groups
    ]
    everywhere = f"If {ALIKE}% agree everywhere, {100 * found.alike:.0f}% of panels agree."
    return "\n".join(
        [
            f"{everywhere} If {differs}% of a group do:",
            "",
            f"{'Group'.ljust(width)}  People  Agreed",
            *lines,
            "",
            fill(found.words, WIDTH),
        ]
    )
