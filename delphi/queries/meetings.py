"""Consensus meetings as the team and the report see them: who came, and each vote in words."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import in_words
from delphi.domain.errors import NotFound
from delphi.domain.ids import StudyId
from delphi.domain.states import SectionState, StudyState
from delphi.extensions import db
from delphi.models.meetings import Meeting, MeetingVote
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.settling_page import OVER
from delphi.queries.studies import study_of

NOT_VOTED_ON = (SectionState.REMOVED, SectionState.MERGED, SectionState.SPLIT)


@dataclass(frozen=True, slots=True)
class VoteLine:
    """One vote as it was recorded; `words` are the counts as a sentence."""

    code: str
    title: str
    question: str
    words: str
    changes: str


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting with its votes; `choices` are the sections that it can vote on, as code and title."""

    id: int
    held: str
    who: str
    how: str
    votes: tuple[VoteLine, ...]
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MeetingsPage:
    """Every meeting; `obstacle` says why none can be recorded now."""

    meetings: tuple[MeetingLine, ...]
    obstacle: str


def meetings_page(member: TeamMember) -> MeetingsPage:
    """The meetings of the member's study, the latest first."""
    found = db.session.scalars(
        db.select(Meeting)
        .where(Meeting.study_id == member.study_id)
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
    )
    return MeetingsPage(tuple(_line(one) for one in found), why_no_meeting(member.study_id))


def meeting_page(member: TeamMember, meeting_id: int) -> MeetingLine:
    """One meeting with the sections it can vote on; NotFound for another study's."""
    choices = tuple(
        (one.code, one.title)
        for one in sections_of(member.study_id)
        if one.kind != "introduction" and one.state not in NOT_VOTED_ON
    )
    return _line(meeting_of(member.study_id, meeting_id), choices)


def meeting_of(study_id: StudyId, meeting_id: int) -> Meeting:
    """A meeting of this study; NotFound otherwise."""
    found: Meeting | None = db.session.scalar(
        db.select(Meeting).where(Meeting.study_id == study_id, Meeting.id == meeting_id)
    )
    if found is None:
        raise NotFound("This study has no such meeting.")
    return found


def why_no_meeting(study_id: StudyId) -> str:
    """Why no meeting can be recorded now; empty when one can."""
    study = study_of(study_id)
    if study.state != StudyState.RUNNING:
        return f"This study is {study.state.value}, so no meeting can be recorded."
    unfinished = [one.number for one in rounds_of(study_id) if one.state not in OVER]
    if unfinished:
        return f"A meeting comes after the rounds. Round {unfinished[0]} is not over."
    return ""


def votes_by_section(study_id: StudyId) -> dict[str, str]:
    """What meetings made of each section, in sentences for the report and the team, by code."""
    rows = db.session.execute(
        db.select(MeetingVote, Meeting.held_on)
        .join(Meeting, Meeting.id == MeetingVote.meeting_id)
        .where(Meeting.study_id == study_id)
        .order_by(Meeting.held_on, Meeting.id)
    )
    found: dict[str, str] = {}
    for vote, held_on in rows:
        code = vote.section.code
        changes = f" Changes wanted: {vote.changes}" if vote.changes else ""
        words = f"The meeting on {in_words(held_on)} voted on “{vote.question}”: {counts(vote)}{changes}"
        found[code] = f"{found[code]} {words}" if code in found else words
    return found


def counts(vote: MeetingVote) -> str:
    """A vote as a sentence: "9 for, 2 against, 1 abstained."."""
    return f"{vote.n_for} for, {vote.n_against} against, {vote.n_abstained} abstained."


def _line(meeting: Meeting, choices: tuple[tuple[str, str], ...] = ()) -> MeetingLine:
    return MeetingLine(
        id=meeting.id,
        held=in_words(meeting.held_on),
        who=meeting.who,
        how=meeting.how or "",
        votes=tuple(
            VoteLine(one.section.code, one.section.title, one.question, counts(one), one.changes or "")
            for one in meeting.votes
        ),
        choices=choices,
    )
