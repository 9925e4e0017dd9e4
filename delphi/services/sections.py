"""Adding sections: while a study is prepared, and later when comments ask for something that is missing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, get_args

from delphi.domain.actors import Actor
from delphi.domain.decisions import DecisionKind
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState, StudyState
from delphi.domain.study_file_parts import SectionKind
from delphi.domain.wording import optional_words, required_words
from delphi.extensions import db
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.decisions import last_round_of
from delphi.queries.rounds import round_of
from delphi.queries.sections import section_of, sections_of
from delphi.queries.studies import study_of
from delphi.services.draft_checks import require_under_way
from delphi.services.events import record

CODE = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
LONGEST_CODE = 60
LONGEST_TITLE = 300


def add_section(
    *,
    study_id: StudyId,
    code: str,
    title: str,
    position: int | None = None,
    origin: str | None = None,
    added_in_round: int | None = None,
    kind: str = "guidance",
    split_from: str | None = None,
    actor: Actor,
    now: datetime,
) -> Section:
    """Add a section to the guidance; its text is written as its draft 1.

    `position` counts from 1 and makes room; without it the section comes last. Once the study runs, `origin`
    says what asked for the section, and `added_in_round` names the planned round that first puts it to
    the panel (requirement M8). `split_from` names the section that was decided to be split, of which this is
    a part. Raises InvalidInput, WrongState, NotFound for a round that does not exist.
    """
    require(actor, Permission.WRITE_DRAFTS, study_id)
    study = study_of(study_id)
    require_under_way(study)
    others = sections_of(study_id)
    _check_code(code, {section.code for section in others})
    if kind not in get_args(SectionKind):
        raise InvalidInput([Problem("kind", f"A section is one of: {', '.join(get_args(SectionKind))}.")])
    whole = _whole_of(study_id, split_from) if split_from else None
    words = optional_words("origin", origin)
    _check_joining(study, words, added_in_round)
    place = len(others) + 1 if position is None else max(1, min(position, len(others) + 1))
    for number, section in enumerate(others, start=1):
        section.position = number + (number >= place)
    section = Section(
        study_id=study_id,
        code=code,
        title=required_words("title", title, at_most=LONGEST_TITLE, missing="Give the section a title."),
        kind=kind,
        origin=words,
        added_in_round=added_in_round,
        split_from_id=whole.id if whole else None,
        position=place,
    )
    db.session.add(section)
    db.session.flush()
    data: dict[str, Any] = {"round": added_in_round} if added_in_round else {}
    data |= {"split_from": whole.code} if whole else {}
    record("section_added", study_id=study_id, actor=actor, now=now, subject=f"section:{code}", data=data)
    return section


def _whole_of(study_id: StudyId, code: str) -> Section:
    """The section of which a new one is a part; InvalidInput unless the team decided to split it."""
    whole = section_of(study_id, code)
    last = last_round_of(whole)
    decided = last.decision.kind if last and last.decision else ""
    if decided != DecisionKind.SPLIT:
        raise InvalidInput(
            [Problem("split_from", f"Nobody decided to split “{whole.title}”. Decide that first.")]
        )
    return whole


def _check_code(code: str, taken: set[str]) -> None:
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise InvalidInput(
            [
                Problem(
                    "code",
                    f"“{code}” cannot be a code: use small letters, digits and hyphens after a first letter, "
                    f"at most {LONGEST_CODE} characters.",
                )
            ]
        )
    if code in taken:
        raise InvalidInput([Problem("code", f"There is a section “{code}” already. Choose another code.")])


def _check_joining(study: Study, origin: str | None, added_in_round: int | None) -> None:
    if study.state == StudyState.RUNNING and added_in_round is None:
        raise InvalidInput(
            [Problem("added_in_round", "The study is running: say in which round the section is first put.")]
        )
    if study.state == StudyState.RUNNING and origin is None:
        raise InvalidInput([Problem("origin", "Say what asked for this section; the report prints it.")])
    if added_in_round is None:
        return
    round_ = round_of(study.id, added_in_round)
    if round_.state != RoundState.PLANNED:
        raise WrongState(
            f"Round {added_in_round} is {round_.state.value}; only a planned round takes new sections."
        )
