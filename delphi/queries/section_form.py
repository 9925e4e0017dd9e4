"""What can be chosen when a section is added."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.states import RoundState, StudyState
from delphi.queries.decisions import last_round_of
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import section_of, sections_of
from delphi.queries.studies import study_of


@dataclass(frozen=True, slots=True)
class SectionForm:
    """Adding a section. `places` are (number, words); `rounds` the planned ones; both ready for a select.

    `origin`, `round` and `place` are what the form begins with; `whole` is the title of the section
    that is split.
    """

    is_running: bool
    whole: str
    origin: str
    round: str
    place: str
    places: tuple[tuple[str, str], ...]
    rounds: tuple[tuple[str, str], ...]


def section_form(member: TeamMember, split_from: str = "") -> SectionForm:
    """The form for a new section of the member's study; NotFound for a section that is not there."""
    study = study_of(member.study_id)
    planned = [one for one in rounds_of(study.id) if one.state == RoundState.PLANNED]
    whole = section_of(study.id, split_from) if split_from else None
    origin = ""
    if whole is not None:
        last = last_round_of(whole)
        why = (last.decision.reason or "") if last and last.decision else ""
        after = f" after round {last.round.number}" if last else ""
        origin = f"Part of “{whole.title}”, which was split{after}. {why}".strip()
    sections = sections_of(study.id)
    places = [(str(place + 1), f"After “{one.title}”") for place, one in enumerate(sections, 1)]
    behind = next((str(place + 1) for place, one in enumerate(sections, 1) if one is whole), "")
    return SectionForm(
        is_running=study.state == StudyState.RUNNING,
        whole=whole.title if whole else "",
        origin=origin,
        round=str(planned[0].number) if planned else "",
        place=behind if behind != str(len(sections) + 1) else "",
        places=(("", "At the end"), ("1", "At the beginning"), *places[:-1]),
        rounds=tuple((str(one.number), f"Round {one.number}") for one in planned),
    )
