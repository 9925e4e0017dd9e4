"""Feedback goes out whole or not at all, shows only what may be shown, and stays as it was shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import NotAllowed, NotFound, WrongState
from delphi.domain.states import RoundState, SectionState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.log import Event, OutboxEntry
from delphi.models.panellists import Identity, Panellist
from delphi.models.sections import Section
from delphi.models.snapshots import FeedbackCopy, FeedbackSnapshot
from delphi.queries.feedback import copy_for, feedback_of
from delphi.queries.rounds import round_of
from delphi.services import analysis, comments, decisions, dispositions, leaving
from delphi.services.feedback import publish_feedback
from tools.small_study import SECTIONS, SmallStudy
from tools.small_team import Team, answer_and_decide


def shown(study: SmallStudy) -> dict[str, Any]:
    with study.look():
        return json.loads(feedback_of(round_of(study.id, 1)).content)


def state(study: SmallStudy) -> RoundState:
    with study.look():
        return round_of(study.id, 1).state


# --- What has to be done first --------------------------------------------------------------------------


def all_but_one_reviewed(team: Team) -> None:
    for comment_id in list(team.comment_ids.values())[:-1]:
        team(comments.review_comment, comment_id=comment_id, state="shown")
    answered_and_decided(team)


def all_but_one_answered(team: Team) -> None:
    for comment_id in team.comment_ids.values():
        team(comments.review_comment, comment_id=comment_id, state="shown")
    for comment_id in list(team.comment_ids.values())[:-1]:
        team(dispositions.answer_comment, comment_id=comment_id, kind="noted", reason="Thank you.")
    decided(team)


def answered_and_decided(team: Team) -> None:
    for comment_id in team.comment_ids.values():
        team(dispositions.answer_comment, comment_id=comment_id, kind="noted", reason="Thank you.")
    decided(team)


def decided(team: Team) -> None:
    team(decisions.decide, number=1, section=SECTIONS[0], kind="keep")
    team(decisions.decide, number=1, section=SECTIONS[1], kind="revise")
    team.sign(decisions.sign_decisions, number=1)


def one_section_undecided(team: Team) -> None:
    answer_and_decide(team)
    with team.study.work():
        db.session.execute(db.text("DELETE FROM decision WHERE kind = 'revise'"))


def signed_by_one(team: Team) -> None:
    answer_and_decide(team)
    team(decisions.decide, number=1, section=SECTIONS[1], kind="report_no_agreement", reason="Enough.")
    team(decisions.sign_decisions, number=1)


@pytest.mark.parametrize(
    ("stage", "match"),
    [
        (all_but_one_reviewed, "have not been reviewed"),
        (all_but_one_answered, "have no answer from the team"),
        (one_section_undecided, "have no decision yet"),
        (signed_by_one, "have not been signed off"),
    ],
)
def test_nothing_is_published_while_something_is_missing(
    analysed: Team, stage: Callable[[Team], None], match: str
):
    stage(analysed)
    study = analysed.study
    analysed.refused(WrongState, match, publish_feedback, number=1)
    assert state(study) == RoundState.ANALYSED
    with study.look():
        assert db.session.scalars(db.select(FeedbackSnapshot)).all() == []
        assert set(db.session.scalars(db.select(Section.state))) == {SectionState.IN_PLAY}
        with pytest.raises(NotFound, match="has not been published yet"):
            feedback_of(round_of(study.id, 1))


@pytest.mark.parametrize("stage", ["opened", "closed"])
def test_nothing_is_published_before_the_analysis(request, stage):
    team = request.getfixturevalue(stage)
    team.refused(WrongState, "cannot become published", publish_feedback, number=1)


def test_what_is_published_stays_published(published: Team):
    before = shown(published.study)
    published.refused(WrongState, "is published, so it cannot become published", publish_feedback, number=1)
    published(analysis.analyse_round, number=1)
    assert shown(published.study) == before


def test_publishing_is_for_the_core_team(analysed: Team):
    answer_and_decide(analysed)
    analysed.refused(NotAllowed, "publish feedback", publish_feedback, number=1, actor=analysed.study.clerk)


def test_an_introduction_that_was_shown_needs_no_decision(small_study: SmallStudy):
    with small_study.work():
        db.session.scalars(db.select(Section).where(Section.code == SECTIONS[0])).one().kind = "introduction"
    for code in small_study.started(2):
        small_study.save(code, section=SECTIONS[1])
    small_study.close().analyse()
    team = Team(small_study)
    team(decisions.decide, number=1, section=SECTIONS[1], kind="keep")
    team.sign(decisions.sign_decisions, number=1)
    team(publish_feedback, number=1)
    assert state(small_study) == RoundState.PUBLISHED


# --- What is shown --------------------------------------------------------------------------------------


def test_feedback_is_frozen_with_its_checksum_and_told_to_those_who_still_take_part(analysed: Team):
    study = analysed.study
    with study.look():
        codes = db.session.scalars(db.select(Panellist.code).order_by(Panellist.id)).all()
    analysed(leaving.stop, code=codes[0], actor=study.person(codes[0]))
    answer_and_decide(analysed)
    analysed(publish_feedback, number=1)
    with study.look():
        snapshot = feedback_of(round_of(study.id, 1))
        assert snapshot.checksum == checksum(snapshot.content)
        event = db.session.scalars(db.select(Event).where(Event.kind == "feedback_published")).one()
        assert json.loads(event.data) == {"checksum": snapshot.checksum, "copies": len(codes)}
        told = db.select(OutboxEntry).where(OutboxEntry.key.startswith("feedback_published:"))
        people = {entry.payload["panellist_id"] for entry in db.session.scalars(told)}
        ids = dict(db.session.execute(db.select(Panellist.code, Panellist.id)).all())
        assert people == {ids[code] for code in codes[1:]}


def test_feedback_holds_no_name_no_code_and_nothing_that_was_held_back(analysed: Team):
    study = analysed.study
    with study.look():
        codes = list(db.session.scalars(db.select(Panellist.code)))
        names = list(db.session.scalars(db.select(Identity.name)))
        emails = list(db.session.scalars(db.select(Identity.email)))
    ids = analysed.comment_ids
    analysed(comments.review_comment, comment_id=ids["scores"], state="held", reason="Names somebody.")
    analysed(
        comments.review_comment,
        comment_id=ids["again"],
        state="redacted",
        shown_text="Scores […]?",
        reason="A name.",
    )
    analysed(comments.review_comment, comment_id=ids["pets"], state="shown")
    answered_and_decided(analysed)
    analysed(publish_feedback, number=1)
    text = json.dumps(shown(study), ensure_ascii=False)
    for secret in (
        *codes,
        *names,
        *emails,
        "No scores, please.",
        "Scores again?",
        "Names somebody",
        "panellist",
    ):
        assert secret not in text
    assert "Scores […]?" in text
    assert [one["text"] for one in shown(study)["about_the_whole"]] == ["Pets."]


def unequal(study: SmallStudy) -> SmallStudy:
    """Of nine people, five to seven answered: two workers only, and all carers of one mind."""
    codes = study.started(3)
    points = [5, 4, 2, 1, 1, 1, 4, 3]
    for code, point in zip(codes, points, strict=False):
        study.save(code, ratings={"clear": point, "feasible": point})
        study.save(code, section=SECTIONS[1], ratings={"clear": point, "feasible": point})
    return study.close().analyse().publish(decision="report_no_agreement")


def test_no_hidden_figure_is_in_what_is_published(small_study: SmallStudy):
    feedback = shown(unequal(small_study))
    figures = feedback["figures"]
    hidden = {
        unit["code"]: position
        for position, unit in enumerate(figures["units"])
        if unit["reason"] != "large_enough"
    }
    assert {"workers", "practice"} <= set(hidden)
    for item in figures["items"]:
        for position in hidden.values():
            assert item["cells"][position] == {"display": "hidden"}
        carers = item["cells"][[unit["code"] for unit in figures["units"]].index("carers")]
        assert carers["display"] != "full"
    assert len(feedback["notes"]) == len(hidden)
    numbers = [section["headline"] for section in feedback["sections"]]
    assert not any(character.isdigit() for headline in numbers for character in headline)


def test_a_group_that_is_hidden_is_not_named_beside_its_comments(small_study: SmallStudy):
    users, carers, workers = ((codes := small_study.started(3))[:3], codes[3:6], codes[6:])
    words = {carers[0]: "The only carer.", workers[0]: "One of three workers."}
    for code in (*users, carers[0], *workers):
        small_study.save(code, comments={"change": words[code]} if code in words else {})
        small_study.save(code, section=SECTIONS[1])
    small_study.close().analyse().publish()
    groups = {one["text"]: one["group"] for one in shown(small_study)["sections"][0]["comments"]}
    assert groups == {"The only carer.": None, "One of three workers.": "Workers"}


def test_the_order_of_comments_tells_nothing_of_who_wrote_first(small_study: SmallStudy):
    codes = small_study.started(1)
    for code, words in zip(codes, ("Zebra.", "Mole.", "Ant."), strict=True):
        small_study.save(code, comments={"change": words})
    small_study.close().analyse().publish(decision="report_not_assessable")
    texts = [one["text"] for one in shown(small_study)["sections"][0]["comments"]]
    assert texts == ["Ant.", "Mole.", "Zebra."]


def test_each_person_who_answered_and_nobody_else_gets_a_copy_of_their_own(small_study: SmallStudy):
    codes = small_study.started(1)
    small_study.save(codes[0], ratings={"clear": 5, "feasible": "unable"}, comments={"change": "Mine."})
    small_study.save(codes[1], ratings={"clear": 2})
    small_study.close().analyse().publish(decision="report_not_assessable")
    people = [small_study.person(code).panellist_id for code in codes]
    with small_study.look():
        round_ = round_of(small_study.id, 1)
        first, second, third = (copy_for(round_, person) for person in people)
        comment = db.session.scalars(db.select(Comment)).one()
        assert first == {
            "answers": {"first-steps": {"clear": 5, "feasible": "unable"}},
            "comments": [
                {
                    "comment": comment.id,
                    "section": "first-steps",
                    "prompt": "change",
                    "text": "Mine.",
                    "was_shown": True,
                    "disposition": "noted",
                    "reason": "Thank you.",
                }
            ],
        }
        assert second == {"answers": {"first-steps": {"clear": 2}}, "comments": []}
        assert third is None
        for copy in db.session.scalars(db.select(FeedbackCopy)):
            assert copy.checksum == checksum(copy.content)
            assert copy.content == canonical_json(json.loads(copy.content))
