"""What a planned round would put to the panel if it followed from what the team decided."""

from __future__ import annotations

from delphi.domain.decisions import DecisionKind
from delphi.domain.states import SectionState
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.decisions import is_reopened, last_round_of
from delphi.queries.sections import sections_of


def suggested_items(study: Study, round_: Round) -> dict[str, int]:
    """Section to draft, for a round that nothing is planned for yet; empty for the first round.

    A section that is revised comes with its newer draft, one that is rated again with the same, a new one
    with its newest; what is not written yet is left out.
    """
    if round_.planned_items or round_.number == 1:
        return {}
    found = {one.code: _draft_for(one, round_) for one in sections_of(study.id)}
    return {code: number for code, number in found.items() if number is not None}


def _draft_for(section: Section, round_: Round) -> int | None:
    newest = section.drafts[-1].number if section.drafts else None
    if section.state == SectionState.DRAFTING:
        return newest if section.added_in_round == round_.number else None
    last = last_round_of(section)
    if section.state != SectionState.IN_PLAY or last is None or newest is None:
        return None
    kind = last.decision.kind if last.decision else None
    if kind == DecisionKind.RERATE_UNCHANGED:
        return last.draft.number
    goes_on = kind == DecisionKind.REVISE or is_reopened(section, last)
    return newest if goes_on and newest > last.draft.number else None
