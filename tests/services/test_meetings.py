"""Consensus meetings: recorded after the rounds, vote by vote, beside what the panel said."""

from __future__ import annotations

import json
from datetime import date

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, NotFound, WrongState
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.meetings import Meeting, MeetingVote
from delphi.queries.meetings import votes_by_section
from delphi.queries.sections import section_of
from delphi.services.meetings import record_meeting, record_vote
from delphi.services.rounds import cancel_round

VOTE = {
    "section": "first-steps",
    "question": "Keep it as it stands",
    "n_for": 9,
    "n_against": 2,
    "n_abstained": 1,
}


@pytest.fixture
def over(small_study):
    """Sealed, and no round is left."""
    small_study.seal()
    for number in (1, 2):
        with small_study.work():
            cancel_round(
                study_id=small_study.id,
                number=number,
                reason="Not needed.",
                actor=small_study.lead,
                now=small_study.analysed_at,
            )
    return small_study


def act(study, service, **given):
    common = {"study_id": study.id, "actor": study.lead, "now": study.analysed_at}
    with study.work():
        found = service(**(common | given))
        return getattr(found, "id", None)


def meet(study, **given):
    values = {"held_on": date(2025, 2, 17), "who": " 6 panellists (2 of each group) "}
    return act(study, record_meeting, **(values | given))


def count(study, kind):
    with study.look():
        return db.session.scalar(db.select(db.func.count()).select_from(kind))


def test_a_meeting_and_its_votes_are_kept_with_who_recorded_them(over):
    meeting = meet(over, how="Show of hands.")
    act(over, record_vote, meeting_id=meeting, changes="Shorter words.", **VOTE)
    with over.look():
        kept = db.session.get(Meeting, meeting)
        assert (kept.who, kept.how) == ("6 panellists (2 of each group)", "Show of hands.")
        (vote,) = kept.votes
        assert (vote.n_for, vote.n_against, vote.n_abstained) == (9, 2, 1)
        assert vote.recorded_by == over.lead.account_id
        words = votes_by_section(over.id)["first-steps"]
        assert words == (
            "The meeting on Monday 17 February 2025 voted on “Keep it as it stands”: 9 for, 2 against, "
            "1 abstained. Changes wanted: Shorter words."
        )


def test_a_vote_changes_no_section_and_the_log_holds_no_words(over):
    with over.look():
        before = section_of(over.id, "first-steps").state
    act(over, record_vote, meeting_id=meet(over), changes="Shorter words.", **VOTE)
    with over.look():
        assert section_of(over.id, "first-steps").state == before
        data = db.session.scalar(db.select(Event.data).where(Event.kind == "meeting_vote_recorded"))
        assert json.loads(data) == {"meeting": 1, "n_for": 9, "n_against": 2, "n_abstained": 1}


def test_a_slip_is_put_right_and_the_log_keeps_both(over):
    meeting = meet(over)
    act(over, record_vote, meeting_id=meeting, **VOTE)
    act(over, record_vote, meeting_id=meeting, **VOTE | {"n_for": 8})
    with over.look():
        assert db.session.scalars(db.select(MeetingVote.n_for)).all() == [8]
        kinds = db.session.scalars(db.select(Event.kind).where(Event.kind == "meeting_vote_recorded"))
        assert len(kinds.all()) == 2


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"n_for": -1}, "from 0 to"),
        ({"n_for": 0, "n_against": 0, "n_abstained": 0}, "Nobody voted"),
        ({"question": " "}, "Say what was voted on"),
    ],
)
def test_what_cannot_be_a_vote_is_refused(over, wrong, match):
    meeting = meet(over)
    with pytest.raises(InvalidInput, match=match):
        act(over, record_vote, meeting_id=meeting, **VOTE | wrong)
    assert count(over, MeetingVote) == 0


def test_a_meeting_says_who_came_and_lies_not_ahead(over):
    with pytest.raises(InvalidInput, match="Say who came"):
        meet(over, who="")
    with pytest.raises(InvalidInput, match="once it has been held"):
        meet(over, held_on=date(2025, 2, 18))
    assert count(over, Meeting) == 0


def test_a_meeting_comes_after_the_rounds(small_study):
    small_study.seal()
    with pytest.raises(WrongState, match="Round 1 is not over"):
        meet(small_study)


def test_a_meeting_that_is_not_there_takes_no_vote(over):
    with pytest.raises(NotFound):
        act(over, record_vote, meeting_id=7, **VOTE)


def test_only_those_who_decide_record_votes(over):
    with pytest.raises(NotAllowed):
        meet(over, actor=over.clerk)
