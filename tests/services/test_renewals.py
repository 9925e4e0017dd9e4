"""A new version of the information or the consent: everybody agrees again, or the record says why not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.extensions import db
from delphi.models.log import Event, OutboxEntry
from delphi.models.panellists import ConsentRecord, Identity
from delphi.models.renewals import Renewal
from delphi.models.studies import ConsentText
from delphi.queries.agreeing_again import codes_to_agree_again, what_changed_for
from delphi.queries.studies import study_of
from delphi.services.consent import change_permissions, give_consent
from delphi.services.renewals import ask_to_agree_again
from tools.new_version import publish_version
from tools.small_study import SmallStudy, small_plain

SHEET = {
    "id": "sheet",
    "title": "Information sheet",
    "version": "1.0",
    "date": small_plain()["consent"]["date"],
    "formats": ["web"],
    "texts": {"standard": "sections/01-first-steps.v1.md"},
}


@pytest.fixture
def started(small_study):
    small_study.codes = small_study.started(1)
    small_study.renewed_at = small_study.answered_at + timedelta(days=1)
    return small_study


def publish(study, part="consent", **more):
    publish_version(study, part, **({"now": study.renewed_at} | more))


def waiting(study):
    with study.look():
        return codes_to_agree_again(study_of(study.id))


def agree(study, code, **more):
    person = study.person(code)
    with study.work():
        give_consent(
            **{
                "study_id": study.id,
                "code": code,
                "given": {"c1", "c2"},
                "actor": person,
                "now": study.renewed_at + timedelta(hours=1),
            }
            | more
        )


def save(study, code):
    study.save(code, ratings={"clear": 4}, now=study.renewed_at + timedelta(hours=2))


def test_everybody_is_asked_again_and_nobody_answers_before(started):
    first = started.codes[0]
    assert waiting(started) == ()
    publish(started)
    assert set(waiting(started)) == set(started.codes)
    with pytest.raises(WrongState, match="read what is new and agree again"):
        save(started, first)
    agree(started, first)
    assert first not in waiting(started)
    save(started, first)


def test_the_old_text_and_the_old_record_stay(started):
    publish(started)
    agree(started, started.codes[0])
    with started.look():
        assert db.session.scalars(db.select(ConsentText.version).order_by(ConsentText.id)).all() == [
            "1.0",
            "1.1",
        ]
        person = started.person(started.codes[0]).panellist_id
        records = db.session.scalars(
            db.select(ConsentRecord).where(ConsentRecord.panellist_id == person)
        ).all()
        assert [one.answers[0].text for one in records] == [
            "I have read the information.",
            "I have read the new information.",
        ]
        renewal = db.session.scalars(db.select(Renewal)).one()
        assert (renewal.versions, renewal.published_by) == ("1.0 to 1.1", started.lead.account_id)
        assert what_changed_for(study_of(started.id), person) == ()


def test_what_changed_is_told_in_the_teams_words(started):
    publish(started)
    with started.look():
        person = started.person(started.codes[0]).panellist_id
        assert what_changed_for(study_of(started.id), person) == ("We keep answers for 12 years, not 10.",)


def test_nobody_is_asked_where_the_record_says_why_not(started):
    with pytest.raises(InvalidInput, match="Say why nobody has to agree again"):
        publish(started, asks_again=False, reason=" ")
    publish(started, asks_again=False, reason="A telephone number was corrected.")
    assert waiting(started) == ()
    save(started, started.codes[0])
    with started.look():
        events = db.session.scalars(db.select(Event.kind).order_by(Event.number.desc()).limit(3)).all()
        assert "information_renewed" in events


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({}, "Nothing is different"),
        ({"consent.statements.0.text": "New."}, "new version"),
    ],
)
def test_a_version_is_new_in_words_and_in_number(started, changes, match):
    with pytest.raises(InvalidInput, match=match):
        publish(started, changes=changes)
    assert waiting(started) == ()


def test_optional_permissions_are_no_way_round_agreeing(started):
    publish(started)
    person = started.person(started.codes[0])
    with pytest.raises(WrongState, match="agree again first"), started.work():
        change_permissions(
            study_id=started.id, code=person.code, given={"o1"}, actor=person, now=started.renewed_at
        )
    assert person.code in waiting(started)


def test_a_consent_on_paper_counts_too(started):
    publish(started)
    agree(started, started.codes[0], how="paper", actor=started.clerk)
    assert started.codes[0] not in waiting(started)


def test_a_new_information_page_asks_again_and_the_old_one_is_kept(app):
    study = SmallStudy(app, documents=[SHEET])
    study.codes, study.renewed_at = study.started(1), study.answered_at + timedelta(days=1)
    old = "documents.0.texts.standard"
    with pytest.raises(InvalidInput, match="Give it a new version number"):
        publish(study, "documents", changes={old: "# Sheet\n\nTwelve years."})
    publish(study, "documents", changes={old: "# Sheet\n\nTwelve years.", "documents.0.version": "2.0"})
    assert set(waiting(study)) == set(study.codes)
    agree(study, study.codes[0])
    assert study.codes[0] not in waiting(study), "agreeing to the same statements again is agreeing"
    with study.look():
        renewal = db.session.scalars(db.select(Renewal)).one()
        assert renewal.versions == "Information sheet: 1.0 to 2.0"
        assert "Begin with" in renewal.replaced[0]["texts"]["standard"]


def test_before_the_start_the_page_itself_is_changed(small_study):
    small_study.renewed_at = small_study.imported_at
    with pytest.raises(WrongState, match="while a study is under way"):
        publish(small_study)


def test_only_those_who_set_the_study_up_publish(started):
    with pytest.raises(NotAllowed):
        publish(started, actor=started.clerk)


def ask(study, **changes):
    with study.work():
        return ask_to_agree_again(
            **({"study_id": study.id, "actor": study.lead, "now": study.renewed_at} | changes)
        )


def written_to(study):
    with study.look():
        entries = db.session.scalars(db.select(OutboxEntry).where(OutboxEntry.key.startswith("agree_again:")))
        return sorted(entry.payload["panellist_id"] for entry in entries)


def test_people_who_have_to_agree_again_are_written_to_once_for_each_version(started):
    assert ask(started) == 0, "nobody has been asked for anything yet"
    publish(started)
    agreed, unreachable, *others = (started.person(code).panellist_id for code in started.codes)
    agree(started, started.codes[0])
    with started.work():
        db.session.execute(
            db.update(Identity).where(Identity.panellist_id == unreachable).values(email=None, phone="01632")
        )
    assert ask(started) == len(others)
    assert written_to(started) == sorted(others)
    assert ask(started) == 0
    with started.look():
        [event] = db.session.scalars(db.select(Event).where(Event.kind == "messages_to_agree_again"))
        assert json.loads(event.data) == {"sent": len(others), "without_email": 1}
    started.renewed_at += timedelta(hours=2)
    publish(started, changes={"consent.version": "1.2", "consent.statements.0.text": "Newer."})
    assert ask(started) == len([agreed, *others])


def test_only_those_who_manage_the_panel_write_to_it(started):
    publish(started)
    with pytest.raises(NotAllowed):
        ask(started, actor=started.clerk)
