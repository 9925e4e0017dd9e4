"""Whether a round could open: which drafts it would put to the panel, and everything that is missing."""

from __future__ import annotations

from delphi.domain.errors import Problem
from delphi.domain.states import DraftState, SectionState
from delphi.extensions import db
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section
from delphi.models.studies import Study
from delphi.queries.limits import most_ratings_by


def drafts_to_put(round_: Round) -> list[tuple[Section, Draft]]:
    """The sections of a planned round with the drafts its plan names, in the plan's order.

    Sections or drafts that do not exist are left out here; `readiness_problems` names them.
    """
    planned = round_.planned_items
    rows = db.session.execute(
        db.select(Section, Draft)
        .join(Draft, Draft.section_id == Section.id)
        .where(Section.study_id == round_.study_id, Section.code.in_(list(planned)))
    )
    found = {(section.code, draft.number): (section, draft) for section, draft in rows}
    return [found[pair] for pair in planned.items() if pair in found]


def readiness_problems(study: Study, round_: Round) -> list[Problem]:
    """Everything that stands in the way of opening a round, each with what to do."""
    if not round_.planned_items:
        # An open round may ask about the whole before there is any text.
        if round_.kind == "open":
            return []
        return [Problem(f"round {round_.number}", "No sections are planned for it yet. Choose them first.")]
    found = {section.code: (section, draft) for section, draft in drafts_to_put(round_)}
    problems = []
    limit, _ = most_ratings_by(study)
    for code, number in round_.planned_items.items():
        if code not in found:
            problems.append(
                Problem(code, f"It has no draft {number} yet. Write it, or choose another draft.")
            )
            continue
        section, draft = found[code]
        if draft.state not in (DraftState.PUBLISHED, DraftState.SUPERSEDED):
            problems.append(Problem(code, f"Draft {number} has not been signed off and published yet."))
        if section.state not in (SectionState.DRAFTING, SectionState.IN_PLAY):
            problems.append(
                Problem(
                    code,
                    f"It is {section.state.value.replace('_', ' ')} already; only a decision re-opens it.",
                )
            )
        if times_rated(draft, round_) >= limit:
            problems.append(
                Problem(
                    code,
                    f"Draft {number} has been put to the panel {limit} time{'s' if limit > 1 else ''}, "
                    "which is the limit.",
                )
            )
    return problems


def times_rated(draft: Draft, before: Round) -> int:
    """In how many other rounds a draft was put to the panel (requirement M19)."""
    rounds = db.session.scalars(
        db.select(RoundSection.round_id).where(
            RoundSection.draft_id == draft.id, RoundSection.round_id != before.id
        )
    ).all()
    return len(rounds)
