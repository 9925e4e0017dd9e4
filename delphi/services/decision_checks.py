"""Whether a decision is true to the outcome, to the protocol, and to what follows from it already."""

from __future__ import annotations

from delphi.consensus.stopping import StoppedBy
from delphi.domain.decisions import (
    DECISION_WORDS,
    NEEDS_ANOTHER_ROUND,
    DecisionKind,
    asks_for_reason,
    fits_outcome,
)
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.rule import Outcome
from delphi.domain.states import SectionState
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.limits import last_round_by, most_ratings_by
from delphi.queries.readiness import times_rated
from delphi.queries.results import OutcomeRecord, outcomes_of_round
from delphi.queries.revisions import later_revision_of
from delphi.queries.sections import parts_of, published_draft_of, section_of
from delphi.queries.studies import study_of

REVISION_KINDS = {DecisionKind.REVISE: "revision", DecisionKind.RERATE_UNCHANGED: "rerating"}
"""Which entry ("you said, we did") follows from a decision."""


def check_decision(
    kind: str, reason: str | None, into: str | None, *, round_: Round, entry: RoundSection
) -> DecisionKind:
    """The decision, if it can be taken about this section after this round.

    Raises InvalidInput when it contradicts the outcome or lacks a reason, WrongState when the protocol or
    what was written since leaves no room for it.
    """
    choice = _kind_of(kind)
    found = outcomes_of_round(round_).get(entry.section.code)
    outcome = found.outcome if found else None
    if not fits_outcome(choice, outcome):
        raise InvalidInput([Problem("kind", _unfit_sentence(choice, entry.section, outcome))])
    if asks_for_reason(choice, outcome) and not reason:
        raise InvalidInput(
            [Problem("reason", f"Say why: “{DECISION_WORDS[choice]}” is printed with its reason.")]
        )
    if into is not None and choice != DecisionKind.MERGE:
        raise InvalidInput([Problem("into", "Only a section that is merged goes on in another one.")])
    study = study_of(round_.study_id)
    if choice in NEEDS_ANOTHER_ROUND:
        require_round_left(study, round_.number)
    if choice == DecisionKind.RERATE_UNCHANGED:
        _require_rating_left(study, round_, entry)
        _require_not_stable(entry, found)
    _require_no_contradiction(choice, round_, entry)
    return choice


def require_round_left(study: Study, number: int) -> None:
    """Stop unless the protocol and the stop rule allow a round after this one."""
    most, by = last_round_by(study)
    if number >= most:
        raise WrongState(
            f"{by.capitalize()} ends the study after round {most}, so nothing can be rated again. "
            "Decide on something that ends here."
        )


def require_nothing_follows(round_: Round, entry: RoundSection) -> None:
    """Stop when something was written or published that only makes sense after a decision."""
    section = entry.section
    written = later_revision_of(section.id, round_.number)
    if written is not None:
        raise WrongState(
            f"For round {written.for_round} a {written.kind} of “{section.title}” is written down. "
            "Withdraw that first."
        )
    newest = published_draft_of(section)
    if newest is not None and newest.number > entry.draft.number:
        raise WrongState(
            f"Draft {newest.number} of “{section.title}” has been published since, so the decision stands."
        )
    parts = parts_of(section)
    if parts:
        titles = ", ".join(f"“{part.title}”" for part in parts)
        raise WrongState(f"“{section.title}” was split into {titles}, so the decision stands.")


def merge_target(section: Section, into: str | None) -> Section:
    """The section that a merged one goes on in; raises InvalidInput unless it is another one that goes on."""
    if not into:
        raise InvalidInput([Problem("into", "Say into which section it is merged.")])
    target = section_of(section.study_id, into)
    if target.id == section.id:
        raise InvalidInput([Problem("into", "A section cannot be merged into itself. Name another one.")])
    goes_on = target.state in (SectionState.DRAFTING, SectionState.IN_PLAY)
    if not goes_on or target.merged_into_id is not None:
        raise InvalidInput(
            [Problem("into", f"“{target.title}” does not go on itself. Name another section.")]
        )
    return target


def _kind_of(kind: str) -> DecisionKind:
    try:
        return DecisionKind(kind)
    except ValueError:
        known = ", ".join(choice.value for choice in DecisionKind)
        raise InvalidInput(
            [Problem("kind", f"“{kind}” is not a decision that a team can take. Decisions are: {known}.")]
        ) from None


def _unfit_sentence(choice: DecisionKind, section: Section, outcome: Outcome | None) -> str:
    came_out = (
        f"came out as “{outcome.value.replace('_', ' ')}”" if outcome else "was not rated in this round"
    )
    return (
        f"“{section.title}” {came_out}, so the decision cannot be “{DECISION_WORDS[choice]}”. "
        "Choose a decision that is true to the outcome."
    )


def _require_rating_left(study: Study, round_: Round, entry: RoundSection) -> None:
    limit, _ = most_ratings_by(study)
    if times_rated(entry.draft, round_) + 1 >= limit:
        raise WrongState(
            f"Draft {entry.draft.number} of “{entry.section.title}” has been put to the panel {limit} "
            f"time{'s' if limit > 1 else ''}, which is the limit. Revise it, or decide on something else."
        )


def _require_not_stable(entry: RoundSection, found: OutcomeRecord | None) -> None:
    """A draft whose answers are stable by the stop rule is not put again as it is."""
    if found is not None and found.stop is not None and found.stop.stopped_by is StoppedBy.STABLE:
        raise WrongState(
            f"The answers on “{entry.section.title}” are stable, so the stop rule does not put draft "
            f"{entry.draft.number} to the panel again. Revise it, or decide on something that ends here."
        )


def _require_no_contradiction(choice: DecisionKind, round_: Round, entry: RoundSection) -> None:
    """What was written for the next round, or published for it, must follow from the decision."""
    section = entry.section
    written = later_revision_of(section.id, round_.number)
    if written is not None and REVISION_KINDS.get(choice) != written.kind:
        raise WrongState(
            f"For round {written.for_round} a {written.kind} of “{section.title}” is written down. "
            "Withdraw that first."
        )
    parts = parts_of(section)
    if parts and choice != DecisionKind.SPLIT:
        raise WrongState(
            f"“{section.title}” was split into {len(parts)} sections already, so the decision has to stay "
            "“split”."
        )
    newest = published_draft_of(section)
    if newest is not None and newest.number > entry.draft.number and choice != DecisionKind.REVISE:
        raise WrongState(
            f"Draft {newest.number} of “{section.title}” has been published since, so the decision has to "
            "stay “revise”."
        )
