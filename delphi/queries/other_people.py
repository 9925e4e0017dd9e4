"""Whose answers count if not everybody's do: the sets of people of the sensitivity table (S11, M11, T11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from delphi.domain.ids import PanellistId, RoundId
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist, Perspective
from delphi.models.rounds import Item, Round
from delphi.models.studies import Study

COMPLETERS, HANDED_IN, NOT_LATE, ALONE, OTHER_PERSPECTIVE = (
    "completers",
    "handed-in",
    "not-late",
    "alone",
    "other-perspective",
)
TITLES = {
    COMPLETERS: "Only people who took part in every round",
    HANDED_IN: "Only answers that were handed in",
    NOT_LATE: "Without late answers",
    ALONE: "Without paper, phone or supported answers",
    OTHER_PERSPECTIVE: "By people's other perspective",
}
"""Every set of people beside everybody, in the order of the table."""


@dataclass(frozen=True, slots=True)
class PeopleCounted:
    """A set of people of one round: the position of the group in which each is counted.

    `n_other` people are left out of it, or are counted in another group than by the protocol.
    """

    group_of: Mapping[PanellistId, int]
    n_other: int


@dataclass(frozen=True, slots=True)
class _Answered:
    group: int
    is_handed_in: bool
    is_late: bool
    mode: str


def people_counted(study: Study, round_: Round, group_codes: tuple[str, ...]) -> dict[str, PeopleCounted]:
    """The other sets of people of a round by their code, of those who count by the protocol.

    Completers took part in every round with ratings that has been analysed. Somebody with several other
    perspectives is counted in the first of them, in the order of the study's groups.
    """
    answered = _answered(round_, group_codes)
    if study.protocol.get("partial_submissions") == "not_counted":
        answered = {person: one for person, one in answered.items() if one.is_handed_in}
    everybody = {person: one.group for person, one in answered.items()}
    completers = _completers(study)
    others = _other_perspectives(study, group_codes)
    kept = {
        COMPLETERS: {person for person in answered if person in completers},
        HANDED_IN: {person for person, one in answered.items() if one.is_handed_in},
        NOT_LATE: {person for person, one in answered.items() if not one.is_late},
        ALONE: {person for person, one in answered.items() if one.mode == "self"},
    }
    found = {
        code: PeopleCounted(
            {person: group for person, group in everybody.items() if person in people},
            len(everybody) - len(people),
        )
        for code, people in kept.items()
    }
    found[OTHER_PERSPECTIVE] = PeopleCounted(
        {person: others.get(person, group) for person, group in everybody.items()},
        sum(person in others for person in everybody),
    )
    return found


def _answered(round_: Round, group_codes: tuple[str, ...]) -> dict[PanellistId, _Answered]:
    rows = db.session.execute(
        db.select(
            Submission.panellist_id,
            StakeholderGroup.code,
            Submission.state,
            Submission.is_late,
            Submission.mode,
        )
        .join(Panellist, Panellist.id == Submission.panellist_id)
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .where(Submission.round_id == round_.id)
    )
    return {
        person: _Answered(group_codes.index(code), state == SubmissionState.SUBMITTED, is_late, mode)
        for person, code, state, is_late, mode in rows
    }


def analysed_rounds(study: Study) -> list[RoundId]:
    """The rounds with ratings that have been analysed."""
    return list(
        db.session.scalars(
            db.select(Round.id)
            .where(
                Round.study_id == study.id,
                Round.state.in_([RoundState.ANALYSED, RoundState.PUBLISHED]),
                db.select(Item.id).where(Item.round_id == Round.id).exists(),
            )
            .order_by(Round.number)
        ).all()
    )


def _completers(study: Study) -> set[PanellistId]:
    rounds: Sequence[RoundId] = analysed_rounds(study)
    statement = (
        db.select(Submission.panellist_id)
        .where(Submission.round_id.in_(rounds))
        .group_by(Submission.panellist_id)
        .having(db.func.count() == len(rounds))
    )
    if study.protocol.get("partial_submissions") == "not_counted":
        statement = statement.where(Submission.state == SubmissionState.SUBMITTED)
    return set(db.session.scalars(statement).all())


def _other_perspectives(study: Study, group_codes: tuple[str, ...]) -> dict[PanellistId, int]:
    rows = db.session.execute(
        db.select(Perspective.panellist_id, StakeholderGroup.code)
        .join(StakeholderGroup, StakeholderGroup.id == Perspective.group_id)
        .where(StakeholderGroup.study_id == study.id)
        .order_by(StakeholderGroup.position.desc())
    )
    return {person: group_codes.index(code) for person, code in rows}
