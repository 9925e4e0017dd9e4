"""What the demo prints while it plays: the story of the study, in sentences that a visitor can follow."""

from __future__ import annotations

import json
from collections.abc import Iterator

from delphi.consensus.disclosure_release import Release
from delphi.domain.ids import StudyId
from delphi.domain.rule import Outcome
from delphi.domain.states import RoundState, SectionState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.snapshots import ResultSnapshot
from delphi.queries.feedback import feedback_of
from delphi.queries.results import newest_snapshot, outcomes_in
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of

DECISION_WORDS = {
    "keep": "kept, its text is locked",
    "revise": "revised for the next round",
    "rerate_unchanged": "put again unchanged, with figures and reasons",
    "report_no_agreement": "reported as no agreement",
}


def results_told(round_: Round) -> Iterator[str]:
    """A round's response and the outcome of each section, with the figure that decided it."""
    content = json.loads(newest_snapshot(round_).content)
    response = content["response"].values()
    took_part = sum(group["took_part"] for group in response)
    asked = sum(group["asked"] for group in response)
    yield f"Round {round_.number} is analysed: {took_part} of {asked} people took part."
    titles = {section.code: section.title for section in sections_of(round_.study_id)}
    for code, found in outcomes_in(content).items():
        yield f"  {titles[code]} (draft {found.draft}): {found.headline}."
        if found.outcome is not Outcome.AGREED and found.missed:
            yield f"      {found.missed[0]}"
            if len(found.missed) > 1:
                yield f"      … and {len(found.missed) - 1} more figures below what the rule asks for."


def feedback_told(round_: Round) -> Iterator[str]:
    """What the team decided, and whose figures the panel is not shown."""
    content = json.loads(feedback_of(round_).content)
    yield f"The feedback of round {round_.number} is published and frozen."
    for section in content["sections"]:
        yield f"  {section['title']}: {DECISION_WORDS.get(section['decision'], section['decision'])}."
    for note in content["notes"]:
        yield f"  {note}"


def deletion_told(study_id: StudyId, code: str) -> Iterator[str]:
    """What a withdrawal with deletion left as it was, and what it changed for the team."""
    yield f"{code} withdraws and asks for deletion: answers and contact details are gone."
    for round_ in rounds_of(study_id):
        if round_.state != RoundState.PUBLISHED:
            continue
        snapshots = db.session.scalars(
            db.select(ResultSnapshot)
            .where(ResultSnapshot.round_id == round_.id)
            .order_by(ResultSnapshot.number)
        ).all()
        before, after = (
            {code: found.outcome for code, found in outcomes_in(json.loads(one.content)).items()}
            for one in (snapshots[0], snapshots[-1])
        )
        changed = [section for section in before if before[section] != after[section]]
        figures = Release.from_dict(json.loads(feedback_of(round_).content)["figures"])
        n = max(cells[0].histogram.n for cells in figures.cells.values() if cells[0].histogram)
        yield (
            f"  Shared figures of round {round_.number} stay as they were (n = {n}). "
            f"Without these answers {_changes(changed)}; only the team is told."
        )


def _changes(changed: list[str]) -> str:
    return f"the outcome of {', '.join(changed)} would change" if changed else "no outcome would change"


def end_told(study_id: StudyId) -> Iterator[str]:
    """How many sections were agreed, and which were not."""
    sections = sections_of(study_id)
    agreed = [section for section in sections if section.state == SectionState.AGREED]
    yield f"The study is finished: {len(agreed)} of {len(sections)} sections are agreed."
    for section in sections:
        if section.state != SectionState.AGREED:
            yield f"  {section.title}: {section.state.value.replace('_', ' ')}."
