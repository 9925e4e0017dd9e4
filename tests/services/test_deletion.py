"""Who asks for deletion in time leaves no answer, comment, link or name; what was shared stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from delphi.domain.errors import NotAllowed, NotFound, WrongState
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.answers import (
    Comment,
    CommentTheme,
    Disposition,
    LateRequest,
    Rating,
    SectionSave,
    Submission,
    Theme,
)
from delphi.models.decisions import Revision, RevisionChange, RevisionChangeComment
from delphi.models.log import Event, OutboxEntry
from delphi.models.panellists import AccessToken, Identity, Perspective, Tombstone
from delphi.models.sections import Draft, Section
from delphi.models.snapshots import FeedbackCopy, FeedbackSnapshot, ResultSnapshot
from delphi.queries.consent import consent_records_of, current_permissions
from delphi.queries.panellists import panellist_of
from delphi.services import invitations
from delphi.services.deletion import Deletion, stop_and_delete
from delphi.services.events import record
from delphi.services.late_requests import ask_to_be_late
from delphi.services.leaving import stop
from tools.small_study import SmallStudy

SECRET = "Only Pat of Mill Lane would say this."


@pytest.fixture
def codes(small_study: SmallStudy) -> list[str]:
    """Nine people in an open round 1, all of whom have answered; the first also wrote a comment."""
    codes = small_study.started(3)
    for code in codes:
        small_study.save(code, comments={"change": SECRET if code == codes[0] else f"From {code}."})
        small_study.save(code, "next-steps")
    return codes


def delete(study: SmallStudy, code: str, **changes: object) -> Deletion:
    with study.work():
        return stop_and_delete(
            **({"study_id": study.id, "code": code, "actor": study.lead, "now": study.analysed_at} | changes)
        )


def rows_of(panellist_id: int) -> dict[str, int]:
    """How many rows of each table speak of a person."""
    tables = (Rating, LateRequest, SectionSave, Comment, Submission, FeedbackCopy, Identity, Perspective)
    return {
        table.__tablename__: len(
            db.session.scalars(db.select(table.panellist_id).where(table.panellist_id == panellist_id)).all()
        )
        for table in tables
    }


def test_a_request_to_be_late_goes_with_the_answers(small_study, codes):
    small_study.close()
    person = small_study.person(codes[0])
    with small_study.work():
        ask_to_be_late(
            study_id=small_study.id,
            number=1,
            code=codes[0],
            reason=SECRET,
            actor=person,
            now=small_study.analysed_at,
        )
    delete(small_study, codes[0])
    with small_study.look():
        assert rows_of(person.panellist_id)["late_request"] == 0


def test_in_an_open_round_the_answers_vanish(small_study, codes):
    person = small_study.person(codes[0])
    with small_study.work():
        invitations.issue_link(panellist_id=person.panellist_id, now=small_study.answered_at)
    done = delete(small_study, codes[0], actor=person, now=small_study.answered_at)
    assert (done.n_ratings, done.n_comments, done.exports) == (4, 1, ())
    with small_study.look():
        assert set(rows_of(person.panellist_id).values()) == {0}
        assert db.session.scalars(db.select(AccessToken)).all() == []
        assert len(db.session.scalars(db.select(Rating)).all()) == 32
        gone = panellist_of(small_study.id, codes[0])
        assert (gone.state, gone.left_at) == (PanellistState.ERASED, small_study.answered_at)
        assert gone.invitation.state == InvitationState.REVOKED
    small_study.save(codes[1], "next-steps", revision=1)


def test_a_tombstone_keeps_code_date_and_scope(small_study, codes):
    delete(small_study, codes[0])
    with small_study.look():
        stone = db.session.scalars(db.select(Tombstone)).one()
        assert (stone.code, stone.deleted_at) == (codes[0], small_study.analysed_at)
        assert stone.scope == "ratings and comments (round 1), contact details and links"
        erased = db.session.scalars(db.select(Event).where(Event.kind == "panellist_erased")).one()
        assert erased.subject == f"panellist:{codes[0]}"


def test_the_proof_of_consent_stays_and_permits_nothing_any_more(small_study, codes):
    delete(small_study, codes[0])
    with small_study.look():
        person = panellist_of(small_study.id, codes[0])
        assert len(consent_records_of(person.id)) == 1
        assert current_permissions(person) == frozenset()


def test_what_else_was_known_of_the_person_goes_too(small_study, codes):
    with small_study.work():
        person = panellist_of(small_study.id, codes[0])
        person.region, person.format, person.mode = "North", "easy_read", "supported"
        person.perspectives.append(Perspective(group_id=person.group_id))
    delete(small_study, codes[0])
    with small_study.look():
        person = panellist_of(small_study.id, codes[0])
        assert (person.region, person.format, person.mode) == (None, "standard", "self")
        assert person.perspectives == []


def test_comments_go_with_every_copy_and_link(small_study, codes):
    small_study.close().analyse()
    with small_study.work():
        mine = db.session.scalars(db.select(Comment).where(Comment.text == SECRET)).one()
        other = db.session.scalars(db.select(Comment).where(Comment.text != SECRET)).first()
        theme = Theme(study_id=small_study.id, label="Place")
        mine.themes.append(CommentTheme(theme=theme))
        mine.disposition = Disposition(kind="noted", reason="Thanks.", disposed_at=small_study.analysed_at)
        other.disposition = Disposition(
            kind="duplicate", reason="As above.", duplicate_of_id=mine.id, disposed_at=small_study.analysed_at
        )
        section = db.session.scalars(db.select(Section)).first()
        draft = db.session.scalars(db.select(Draft).where(Draft.section_id == section.id)).one()
        db.session.add(
            Revision(
                study_id=small_study.id,
                section_id=section.id,
                for_round=2,
                kind="rerating",
                from_draft_id=draft.id,
                to_draft_id=draft.id,
                comparable="same",
                comparable_reason="The same draft.",
                summary="Again.",
                written_at=small_study.analysed_at,
                changes=[
                    RevisionChange(
                        you_said="Shorter.",
                        we_did="Cut.",
                        position=1,
                        comments=[
                            RevisionChangeComment(comment_id=mine.id),
                            RevisionChangeComment(comment_id=other.id),
                        ],
                    )
                ],
            )
        )
        other_id = other.id
    delete(small_study, codes[0])
    with small_study.look():
        assert db.session.scalars(db.select(Comment).where(Comment.text == SECRET)).all() == []
        assert db.session.scalars(db.select(CommentTheme)).all() == []
        assert db.session.scalars(db.select(RevisionChangeComment.comment_id)).all() == [other_id]
        kept = db.session.scalars(db.select(Disposition)).one()
        assert (kept.comment_id, kept.duplicate_of_id) == (other_id, None)


def test_figures_that_were_shared_stay_and_the_words_leave_the_feedback(small_study, codes):
    small_study.close().analyse().publish()
    with small_study.look():
        shared = db.session.scalars(db.select(ResultSnapshot)).one()
        before = (shared.checksum, shared.number)
        assert SECRET in db.session.scalars(db.select(FeedbackSnapshot.content)).one()
    delete(small_study, codes[0])
    with small_study.look():
        first, again = db.session.scalars(db.select(ResultSnapshot).order_by(ResultSnapshot.number)).all()
        stone = db.session.scalars(db.select(Tombstone)).one()
        assert (first.checksum, first.number) == before
        assert (first.tombstone_id, again.purpose) == (stone.id, "after_deletion")
        assert SECRET not in db.session.scalars(db.select(FeedbackSnapshot.content)).one()
        copies = db.session.scalars(db.select(FeedbackCopy)).all()
        assert len(copies) == 8
        assert SECRET not in "".join(copy.content for copy in copies)


def test_nothing_anywhere_in_the_database_names_the_person_or_their_words(small_study, codes):
    small_study.close().analyse().publish()
    with small_study.look():
        identity = db.session.get(Identity, panellist_of(small_study.id, codes[0]).id)
        traces = (SECRET, identity.name, identity.email)
    delete(small_study, codes[0])
    with small_study.look():
        for table in db.metadata.sorted_tables:
            content = str(db.session.execute(db.select(table)).all())
            assert [trace for trace in traces if trace in content] == [], table.name


def test_the_links_and_messages_of_the_person_are_gone(small_study, codes):
    person = small_study.person(codes[0])
    with small_study.work():
        link = invitations.issue_link(panellist_id=person.panellist_id, now=small_study.answered_at)
    small_study.close()
    delete(small_study, codes[0])
    with small_study.look():
        payloads = [entry.payload for entry in db.session.scalars(db.select(OutboxEntry))]
        assert [one for one in payloads if one.get("panellist_id") == person.panellist_id] == []
    with pytest.raises(NotFound), small_study.work():
        invitations.open_link(token=link, now=small_study.analysed_at)


def test_exports_that_may_hold_the_person_are_listed_for_the_team(small_study, codes):
    for day, name in ((-30, "before"), (1, "after")):
        with small_study.work():
            record(
                "report_exported",
                study_id=small_study.id,
                actor=small_study.lead,
                now=small_study.answered_at + timedelta(days=day),
                subject=name,
            )
    assert [export.subject for export in delete(small_study, codes[0]).exports] == ["after"]


def test_deletion_is_possible_until_the_day_before_the_cut_off_and_then_says_what_is(small_study, codes):
    last = datetime(2025, 6, 30, 22, 59, tzinfo=UTC)
    with pytest.raises(WrongState, match=r"until Monday 30 June 2025.*contact details deleted.*team@small"):
        delete(small_study, codes[0], now=last + timedelta(minutes=1))
    with small_study.look():
        assert panellist_of(small_study.id, codes[0]).state == PanellistState.ACTIVE
        assert db.session.scalars(db.select(Tombstone)).all() == []
    delete(small_study, codes[0], now=last)
    with small_study.look():
        assert panellist_of(small_study.id, codes[0]).state == PanellistState.ERASED


def test_somebody_who_stopped_earlier_can_ask_for_deletion_later(small_study, codes):
    with small_study.work():
        stop(study_id=small_study.id, code=codes[0], actor=small_study.lead, now=small_study.answered_at)
    delete(small_study, codes[0])
    with small_study.look():
        person = panellist_of(small_study.id, codes[0])
        assert (person.state, person.left_at) == (PanellistState.ERASED, small_study.answered_at)


def test_what_is_deleted_stays_deleted(small_study, codes):
    delete(small_study, codes[0])
    with pytest.raises(WrongState, match="deleted already"):
        delete(small_study, codes[0])


def test_only_the_person_and_the_core_team_may_delete(small_study, codes):
    for actor in (small_study.person(codes[1]), small_study.clerk):
        with pytest.raises(NotAllowed):
            delete(small_study, codes[0], actor=actor)
    with small_study.look():
        assert db.session.scalars(db.select(Tombstone)).all() == []
