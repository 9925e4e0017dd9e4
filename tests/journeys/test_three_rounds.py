"""A whole study in three rounds, with what goes wrong in real ones; at its end every record still agrees.

A deadline is put off, a round is opened again, a form comes late, somebody leaves between rounds and has
their answers deleted, a section is revised and then rated once more unchanged.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from delphi.domain.actors import Operator
from delphi.domain.errors import WrongState
from delphi.domain.states import PanellistState, SectionState, StudyState
from delphi.extensions import db
from delphi.models.answers import Comment, Rating
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.snapshots import FeedbackCopy, ResultSnapshot
from delphi.models.studies import Deviation, Study
from delphi.queries.panellists import panellist_of
from delphi.queries.results import newest_snapshot, outcomes_of_round
from delphi.queries.rounds import round_of
from delphi.services import (
    comments,
    consent,
    decisions,
    deletion,
    dispositions,
    drafts,
    leaving,
    panel,
    revisions,
    rounds,
    studies,
)
from delphi.services.analysis import analyse_round
from delphi.services.feedback import publish_feedback
from delphi.services.forms import FormPage, enter_form
from delphi.services.verification import verify_study
from tools.small_study import CONSENT, CRITERIA, SECTIONS, SmallStudy, small_plain

FIRST, SECOND = SECTIONS
WRITTEN = "# Next steps\n\nThen take another step, in your own time.\n"


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2025, month, day, hour, tzinfo=UTC)


class Journey:
    """The study, and one call for one act of its team."""

    def __init__(self, app: Flask) -> None:
        plain = small_plain()
        third = {
            "number": 3,
            "kind": "rating",
            "opens": date(2025, 3, 31),
            "closes": date(2025, 4, 11),
        }
        self.study = SmallStudy(
            app,
            protocol=plain["protocol"] | {"max_rounds": 3, "stop_rule": "Three rounds."},
            rounds=[*plain["rounds"], third],
        )
        self.codes = self.study.started(3)

    def __call__(self, service: Any, now: datetime, **given: Any) -> Any:
        with self.study.work():
            return service(**{"study_id": self.study.id, "actor": self.study.lead, "now": now} | given)

    def rate(self, code: str, number: int, points: dict[str, int], now: datetime, words: str = "") -> None:
        for section, point in points.items():
            said = {"change": words} if words and section == SECOND else {}
            given = dict.fromkeys(CRITERIA, point)
            self.study.save(code, section=section, ratings=given, comments=said, number=number, now=now)

    def settle(self, number: int, now: datetime, **kinds: str) -> None:
        """Review and answer every comment, decide, sign and publish."""
        with self.study.look():
            round_id = round_of(self.study.id, number).id
            waiting = db.session.scalars(db.select(Comment.id).where(Comment.round_id == round_id)).all()
        for comment_id in waiting:
            self(comments.review_comment, now, comment_id=comment_id, state="shown")
            self(dispositions.answer_comment, now, comment_id=comment_id, kind="accepted", reason="Agreed.")
        for section, kind in kinds.items():
            code = section.replace("_", "-")
            self(decisions.decide, now, number=number, section=code, kind=kind, reason="As found.")
        for signer in (self.study.lead, self.study.second):
            self(decisions.sign_decisions, now, number=number, actor=signer)
        self(publish_feedback, now, number=number)

    def results(self, number: int) -> dict[str, Any]:
        with self.study.look():
            found: dict[str, Any] = json.loads(newest_snapshot(round_of(self.study.id, number)).content)
            return found

    def outcomes(self, number: int) -> dict[str, str]:
        with self.study.look():
            found = outcomes_of_round(round_of(self.study.id, number))
            return {section: one.outcome.value for section, one in found.items()}

    def first_round(self) -> None:
        """Put off once, closed, opened again, with a late form; the second section is not agreed."""
        for code in self.codes[:6]:
            words = {0: "Take the hurry out.", 1: "Too fast for me."}.get(self.codes.index(code), "")
            self.rate(code, 1, {FIRST: 4, SECOND: 2}, at(2, 5), words)
        self(rounds.extend_round, at(2, 13), number=1, closes_on=date(2025, 2, 16), reason="Few workers.")
        self(rounds.close_round, at(2, 17, 0), number=1)
        with pytest.raises(WrongState, match="has closed"):
            self.rate(self.codes[6], 1, {FIRST: 5}, at(2, 17))
        self(rounds.reopen_round, at(2, 17), number=1, closes_on=date(2025, 2, 18), reason="No post.")
        self.rate(self.codes[6], 1, {FIRST: 5, SECOND: 2}, at(2, 18))
        self(rounds.close_round, at(2, 19, 0), number=1)
        pages = {section: FormPage(dict.fromkeys(CRITERIA, 4)) for section in SECTIONS}
        form = {"number": 1, "code": self.codes[7], "pages": pages, "actor": self.study.clerk}
        self(enter_form, at(2, 20), **form, received_on=date(2025, 2, 20), late_reason="Lost in the post.")
        self(analyse_round, at(2, 21), number=1)
        with pytest.raises(WrongState, match="is analysed"):
            self(enter_form, at(2, 22), **form, received_on=date(2025, 2, 18))
        self.settle(1, at(2, 24), first_steps="keep", next_steps="revise")

    def between(self) -> None:
        """One person leaves and has everything deleted, one stops, one joins late; the section is revised."""
        self(deletion.stop_and_delete, at(2, 25), code=self.codes[0], actor=self.study.person(self.codes[0]))
        self(leaving.stop, at(2, 25), code=self.codes[3])
        who = {"name": "Late", "email": "late@panel.example", "group": "workers"}
        self.codes.append(self(lambda **given: panel.register_panellist(**given).code, at(2, 26), **who))
        given = {"code": self.codes[9], "given": CONSENT, "how": "phone"}
        self(consent.give_consent, at(2, 26), **given)
        self(drafts.write_draft, at(2, 26), section=SECOND, texts={"standard": WRITTEN})
        draft = {"section": SECOND, "number": 2}
        self(drafts.propose_draft, at(2, 26), **draft)
        for signer in (self.study.lead, self.study.second):
            self(drafts.sign_draft, at(2, 27), **draft, actor=signer)
        self(drafts.publish_draft, at(2, 27), **draft)
        self.revise("revision", 2, "no", 1, 2, at(2, 27))

    def revise(self, kind: str, number: int, comparable: str, old: int, new: int, now: datetime) -> None:
        with self.study.look():
            said = list(db.session.scalars(db.select(Comment.id)))
        self(
            revisions.write_revision,
            now,
            section=SECOND,
            for_round=number,
            kind=kind,
            from_number=old,
            to_number=new,
            comparable=comparable,
            comparable_reason="Said plainly.",
            summary="Slower." if kind == "revision" else "The same text again.",
            changes=[(said, "Too fast.", "We took the hurry out.")] if kind == "revision" else [],
        )

    def later_round(self, number: int, draft: int, points: dict[str, int], start: datetime) -> None:
        self(rounds.plan_round, start, number=number, items={SECOND: draft})
        self(rounds.arm_round, start, number=number)
        self(rounds.open_round, start, number=number)
        for code, point in points.items():
            self.rate(code, number, {SECOND: point}, start)
        self(rounds.close_round, start, number=number)
        self(analyse_round, start, number=number)


def test_a_study_of_three_rounds_ends_with_every_record_in_agreement(app: Flask):
    journey = Journey(app)
    study, codes = journey.study, journey.codes
    journey.first_round()
    assert journey.outcomes(1) == {FIRST: "agreed", SECOND: "not_agreed"}
    response = journey.results(1)["response"]
    assert [response["workers"][name] for name in ("asked", "took_part", "late")] == [3, 2, 1]

    journey.between()
    shared = journey.results(1)
    assert [item["counts"]["users"] for item in shared["items"][:2]] == [[[0, 0, 0, 2, 0], 0, 0]] * 2
    with study.look():
        gone = panellist_of(study.id, codes[0])
        assert gone.state == PanellistState.ERASED
        assert db.session.scalars(db.select(Rating).where(Rating.panellist_id == gone.id)).all() == []
        assert (
            db.session.scalars(db.select(FeedbackCopy).where(FeedbackCopy.panellist_id == gone.id)).all()
            == []
        )
        numbers = db.session.scalars(db.select(ResultSnapshot.purpose).order_by(ResultSnapshot.id)).all()
        assert numbers == ["analysis", "after_deletion"]

    still = [code for code in codes if code not in (codes[0], codes[3])]
    journey.later_round(2, 2, dict.fromkeys(still[:4], 4) | dict.fromkeys(still[4:], 3), at(3, 4))
    for left in (codes[0], codes[3]):
        with pytest.raises(WrongState):
            journey.rate(left, 2, {SECOND: 1}, at(3, 4))
    assert journey.outcomes(2)[SECOND] in ("close", "not_agreed")
    journey.settle(2, at(3, 18), next_steps="rerate_unchanged")
    journey.revise("rerating", 3, "same", 2, 2, at(3, 19))

    journey.later_round(3, 2, dict.fromkeys(still, 5), at(4, 1))
    assert journey.outcomes(3) == {SECOND: "agreed"}
    journey.settle(3, at(4, 15), next_steps="keep")
    journey(studies.finish_study, at(4, 20))

    with study.look():
        assert db.session.get_one(Study, study.id).state == StudyState.FINISHED
        states = dict(db.session.execute(db.select(Section.code, Section.state)).all())
        assert states == dict.fromkeys(SECTIONS, SectionState.AGREED)
        subjects = db.session.scalars(db.select(Deviation.subject).order_by(Deviation.id)).all()
        assert subjects == ["Closing day of round 1", "Round 1 opened again"]
        first = db.session.scalars(db.select(Round).where(Round.number == 1)).one()
        assert (first.closes_on, len(first.extensions)) == (date(2025, 2, 18), 1)
    with study.look():
        found = verify_study(study_id=study.id, actor=Operator(), now=at(4, 21))
        assert found.findings == ()
