"""When nothing more is rated: whether a section's draft has stopped by the rule, and whether the study has.

To stop without agreement is a result of its own, not a failure: answers that are stable and differ are
dissent. What the team does then is its decision; here is only what the sealed rule says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from delphi.consensus.assess import ConditionResult, SectionAssessment, evaluate
from delphi.consensus.context import NOTHING, Context
from delphi.consensus.counts import ItemCounts
from delphi.consensus.explain import met_words, missed_words
from delphi.consensus.measure import Figures
from delphi.consensus.vocabulary import Vocabulary
from delphi.domain.groups import GroupStructure
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale


class StoppedBy(StrEnum):
    """Why a draft is not put to the panel again."""

    AGREED = "agreed"
    LEFT_OUT = "agreed_to_leave_out"
    LAST_ROUND = "last_round"
    STABLE = "stable"


@dataclass(frozen=True, slots=True)
class SectionStop:
    """Whether a section's draft stops; `stable` is what the stability tests found, if the rule has any."""

    stopped_by: StoppedBy | None
    stable: ConditionResult | None

    @property
    def stops(self) -> bool:
        """Whether the draft is not put again."""
        return self.stopped_by is not None


_BY_OUTCOME = {
    Outcome.AGREED: StoppedBy.AGREED,
    Outcome.AGREED_TO_LEAVE_OUT: StoppedBy.LEFT_OUT,
}


def section_stop(
    rule: Rule,
    scale: Scale,
    structure: GroupStructure,
    items: Mapping[str, ItemCounts],
    assessment: SectionAssessment,
    context: Context = NOTHING,
) -> SectionStop | None:
    """Whether a section stops after a round.

    Parameters
    ----------
    rule, scale, structure : Rule, Scale, GroupStructure
        Those of the study.
    items : mapping of criterion code to ItemCounts
        The section's counts in this round.
    assessment : SectionAssessment
        What `assess_section` found with the same counts.
    context : Context
        The pairs of the round before, for a rule that stops by stability.

    Returns
    -------
    SectionStop or None
        None for a rule without a stop rule. An outcome that settles the section comes first, then the last
        round, then stability. A section that cannot be assessed has not become stable.
    """
    stop = rule.stop
    if stop is None:
        return None
    stable: ConditionResult | None = None
    if stop.stable is not None and assessment.outcome is not Outcome.NOT_ASSESSABLE:
        number = assessment.round_number
        figures = Figures(rule, scale, structure, items, round_number=number, context=context)
        stable = evaluate(stop.stable, figures)
    by = _BY_OUTCOME.get(assessment.outcome)
    if by is None and stop.after_round is not None and assessment.round_number >= stop.after_round:
        by = StoppedBy.LAST_ROUND
    if by is None and stable is not None and stable.passed:
        by = StoppedBy.STABLE
    return SectionStop(by, stable)


@dataclass(frozen=True, slots=True)
class StudyStop:
    """How many of the sections of a round stop; the study does when all of them do."""

    n_stopped: int
    n_sections: int

    @property
    def stops(self) -> bool:
        """Whether nothing is to be rated again; never without sections."""
        return 0 < self.n_sections == self.n_stopped


def stop_in_words(stop: SectionStop, rule: Rule, vocabulary: Vocabulary) -> tuple[str, ...]:
    """What the stop rule says of a section: one sentence, then the figures of movement behind it."""
    head = _HEADS[stop.stopped_by]
    if stop.stopped_by is StoppedBy.LAST_ROUND and rule.stop is not None:
        head = f"Round {rule.stop.after_round} is the last by the stop rule."
    if stop.stopped_by is StoppedBy.STABLE and stop.stable is not None:
        return (head, *met_words(stop.stable, rule, vocabulary))
    if stop.stopped_by is None and stop.stable is not None:
        return (head, *missed_words(stop.stable, rule, vocabulary))
    return (head,)


_HEADS = {
    None: "The stop rule lets this draft be put to the panel again.",
    StoppedBy.AGREED: "By the stop rule it is not rated again: it is agreed.",
    StoppedBy.LEFT_OUT: "By the stop rule it is not rated again: it is agreed to leave it out.",
    StoppedBy.LAST_ROUND: "This is the last round by the stop rule.",
    StoppedBy.STABLE: "By the stop rule this draft is not rated again: its answers are stable.",
}


def study_stop_in_words(stop: StudyStop) -> str:
    """What the stop rule says of the study after a round."""
    if stop.stops:
        return "By the stop rule nothing has to be rated again."
    sections = "section" if stop.n_sections == 1 else "sections"
    return (
        f"By the stop rule {stop.n_stopped} of {stop.n_sections} {sections} are not rated again as they are."
    )
