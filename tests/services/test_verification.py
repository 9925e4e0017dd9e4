"""Verifying finds one changed character in any record, and nothing where nobody meddled."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from delphi.domain.actors import Operator, Role
from delphi.domain.canonical import checksum
from delphi.domain.draft_texts import draft_checksum
from delphi.domain.errors import NotAllowed, NotFound
from delphi.domain.ids import StudyId
from delphi.extensions import db
from delphi.models.sections import Draft
from delphi.services.deletion import stop_and_delete
from delphi.services.verification import verify_study

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
DELETED_AT = datetime(2025, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def study(small_study):
    """A small study with one published round: people differ, and one of them commented."""
    codes = small_study.started(4)
    for place, code in enumerate(codes):
        words = {"change": "Shorter, please."} if place == 1 else {}
        small_study.save(code, ratings={"clear": 4 + place % 2, "feasible": 4}, comments=words)
        feasible = "unable" if place % 4 == 3 else 4
        small_study.save(code, section="next-steps", ratings={"clear": 5, "feasible": feasible})
    small_study.codes = codes
    return small_study.close().analyse().publish()


def verify(study, **arguments):
    with study.look():
        return verify_study(**{"study_id": study.id, "actor": Operator(), "now": NOW} | arguments)


def meddle(study, statement, **values):
    """Change something behind the platform's back; exactly one row must be hit."""
    with study.look():
        assert db.session.execute(text(statement), values).rowcount == 1
        db.session.commit()


def look_up(study, statement):
    with study.look():
        return db.session.execute(text(statement)).scalars().all()


def other_digit(content, at=0):
    """The text with one of its digits changed, the `at`th from the end."""
    places = [place for place, sign in enumerate(content) if sign.isdigit()]
    place = places[-1 - at]
    return content[:place] + str((int(content[place]) + 1) % 10) + content[place + 1 :]


def delete_one(study, place=0):
    with study.work():
        stop_and_delete(study_id=study.id, code=study.codes[place], actor=study.lead, now=DELETED_AT)


def test_a_study_that_nobody_meddled_with_is_in_order_and_says_what_was_checked(study):
    found = verify(study)
    assert found.findings == ()
    assert found.ok
    counts = {check.name: check.n_checked for check in found.checks}
    assert counts.pop("events") > 20
    assert counts == {
        "seal": 1,
        "published drafts": 2,
        "frozen sections and items": 6,
        "ratings": 48,
        "results": 1,
        "feedback": 1,
        "own copies": 12,
        "deletions": 0,
    }


def test_a_study_that_has_not_begun_is_in_order(small_study):
    assert verify(small_study).findings == ()


def test_the_note_on_the_log_names_its_last_hash(study):
    (last,) = look_up(study, "SELECT hash FROM event_head")
    assert any(last in note for note in verify(study).notes)


def test_progress_is_told_up_to_the_end(study):
    told = []
    verify(study, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(len(told)))
    assert told[-1][0] == told[-1][1]


def test_only_who_may_verify_can(study):
    with pytest.raises(NotAllowed):
        verify(study, actor=study.clerk)
    with pytest.raises(NotAllowed):
        verify(study, actor=study.person(study.codes[0]))
    assert Role.LEAD in study.lead.roles
    assert verify(study, actor=study.lead).ok


def test_a_study_that_is_not_there_is_not_found(study):
    with pytest.raises(NotFound):
        verify(study, study_id=StudyId(987))


def test_it_refuses_to_run_inside_a_unit_of_work(study):
    with pytest.raises(RuntimeError, match="from outside"), study.work():
        verify_study(study_id=study.id, actor=Operator(), now=NOW)


FROZEN = ("seal", "result_snapshot", "feedback_snapshot")


def test_one_changed_digit_in_frozen_content_is_found(study):
    for table in FROZEN:
        (content,) = look_up(study, f"SELECT content FROM {table}")
        for at in (0, 3):
            meddle(study, f"UPDATE {table} SET content = :new", new=other_digit(content, at))
            assert any("does not fit its checksum" in sentence for sentence in verify(study).findings)
        meddle(study, f"UPDATE {table} SET content = :new", new=content)
    assert verify(study).ok


def test_content_and_checksum_that_were_changed_together_do_not_fit_the_log(study):
    for table in FROZEN:
        (content,) = look_up(study, f"SELECT content FROM {table}")
        forged = other_digit(content)
        statement = f"UPDATE {table} SET content = :new, checksum = :sum"
        meddle(study, statement, new=forged, sum=checksum(forged))
        assert any("log names another" in sentence for sentence in verify(study).findings)
        meddle(study, statement, new=content, sum=checksum(content))
    assert verify(study).ok


def test_one_changed_rating_is_found_in_the_results_and_in_the_persons_copy(study):
    where = "panellist_id = (SELECT min(panellist_id) FROM rating) AND item_id = (SELECT min(id) FROM item)"
    meddle(study, f"UPDATE rating SET value = 1 WHERE {where}")
    words = "\n".join(verify(study).findings)
    assert (
        "Round 1, results 1: computed from the answers again, it differs in items first-steps/clear" in words
    )
    assert f"own copy of {study.codes[0]}: it differs from what is saved" in words


def test_two_swapped_ratings_that_leave_every_count_alone_are_found(study):
    first, second = look_up(study, "SELECT DISTINCT panellist_id FROM rating ORDER BY panellist_id LIMIT 2")
    item = "item_id = (SELECT min(id) FROM item)"
    meddle(study, f"UPDATE rating SET value = 5 WHERE {item} AND panellist_id = {first}")
    meddle(study, f"UPDATE rating SET value = 4 WHERE {item} AND panellist_id = {second}")
    assert len(verify(study).findings) == 2


def test_a_rating_that_was_taken_out_is_found(study):
    where = "panellist_id = (SELECT min(panellist_id) FROM rating) AND item_id = (SELECT min(id) FROM item)"
    meddle(study, f"DELETE FROM rating WHERE {where}")
    assert not verify(study).ok


def test_a_rating_off_the_scale_is_found_in_an_open_round_too(small_study):
    code = small_study.started()[0]
    small_study.save(code)
    assert verify(small_study).ok
    meddle(small_study, "UPDATE rating SET value = 9 WHERE item_id = (SELECT min(id) FROM item)")
    assert verify(small_study).findings == ("Round 1: 1 rating is not on the scale from 1 to 5.",)


def test_one_changed_character_of_an_event_is_found(study):
    for number, column in enumerate(("data", "subject", "actor", "kind", "hash", "previous_hash"), start=3):
        meddle(study, f"UPDATE event SET {column} = substr({column} || 'x', 2) WHERE number = {number}")
        assert f"Event {number} does not fit its hash." in verify(study).findings


def test_an_event_at_another_time_is_found(study):
    other = datetime(2025, 1, 8, 10, 0, 1, tzinfo=UTC)
    if db_is_sqlite(study):
        other = other.replace(tzinfo=None).isoformat(sep=" ")
    meddle(study, "UPDATE event SET at = :new WHERE number = 2", new=other)
    assert verify(study).findings == ("Event 2 does not fit its hash.",)


def db_is_sqlite(study):
    with study.look():
        return db.engine.dialect.name == "sqlite"


def test_an_event_that_is_missing_is_found_in_the_middle_and_at_the_end(study):
    (last,) = look_up(study, "SELECT max(number) FROM event")
    meddle(study, "DELETE FROM event WHERE number = 4")
    assert "After event 3 the log goes on with event 5." in verify(study).findings
    meddle(study, f"DELETE FROM event WHERE number = {last}")
    assert any(f"The log ends with event {last - 1}, and should end" in one for one in verify(study).findings)


def test_one_changed_character_of_a_published_draft_is_found(study):
    meddle(study, "UPDATE draft_variant SET text = text || '.' WHERE draft_id = (SELECT min(id) FROM draft)")
    (found,) = verify(study).findings
    assert found == "Draft 1 of “first-steps” does not fit the checksum that it got when it was published."


def test_a_changed_own_copy_is_found(study):
    (content,) = look_up(study, "SELECT content FROM feedback_copy ORDER BY panellist_id LIMIT 1")
    where = "panellist_id = (SELECT min(panellist_id) FROM feedback_copy)"
    meddle(study, f"UPDATE feedback_copy SET content = :new WHERE {where}", new=other_digit(content))
    assert any("own copy of" in one and "checksum" in one for one in verify(study).findings)


def test_a_comment_that_was_changed_after_it_was_shown_is_found(study):
    meddle(study, "UPDATE comment SET shown_text = 'Longer, please.'")
    (found,) = verify(study).findings
    assert "differs from what the team decided, in sections first-steps, comments 1, text" in found


def test_an_item_on_another_draft_and_other_drafts_than_the_log_says_are_found(study):
    meddle(
        study,
        "UPDATE item SET draft_id = (SELECT max(id) FROM draft) WHERE id = (SELECT min(id) FROM item)",
    )
    assert any("is not on the draft that the round put" in one for one in verify(study).findings)
    meddle(study, "UPDATE draft SET number = 7 WHERE id = (SELECT min(id) FROM draft)")
    assert any("opened with other drafts" in one for one in verify(study).findings)


def test_what_was_sealed_and_changed_later_is_named(study):
    meddle(study, "UPDATE criterion SET statement = 'Something else.' WHERE code = 'clear'")
    words = "What was sealed and what holds now differ in criteria clear, statement."
    assert words in verify(study).findings


def test_results_from_before_a_deletion_pass_and_say_why_they_cannot_be_recomputed(study):
    delete_one(study, place=1)
    found = verify(study)
    assert found.findings == ()
    note = "Round 1, results 1: released figures kept; not recomputable: deletion of Sunday 2 March 2025."
    assert note in found.notes
    counts = {check.name: check.n_checked for check in found.checks}
    assert (counts["results"], counts["deletions"], counts["own copies"]) == (2, 1, 11)


def test_two_deletions_pass(study):
    delete_one(study, place=1)
    delete_one(study, place=5)
    assert verify(study).findings == ()


def test_a_digit_in_figures_kept_after_a_deletion_is_found(study):
    delete_one(study)
    (content,) = look_up(study, "SELECT content FROM result_snapshot WHERE number = 1")
    plain = json.loads(content)
    cell = next(
        cell for item in plain["released"]["items"] for cell in item["cells"] if cell["display"] == "full"
    )
    cell["counts"][-1] += 1
    meddle(study, "UPDATE result_snapshot SET content = :new WHERE number = 1", new=json.dumps(plain))
    assert any("the figures are not those of results 1" in one for one in verify(study).findings)


@pytest.mark.parametrize("table", ["result_snapshot", "feedback_snapshot"])
def test_words_changed_in_what_a_deletion_left_are_found(study, table):
    delete_one(study, place=1)
    which = "tombstone_id IS NOT NULL"
    (content,) = look_up(study, f"SELECT content FROM {table} WHERE {which}")
    changed = content.replace("First steps", "Last steps").replace("agreed", "close", 1)
    meddle(study, f"UPDATE {table} SET content = :new WHERE {which}", new=changed)
    assert any(
        "what the deletion left of it is not what the log names" in one for one in verify(study).findings
    )


def test_a_draft_changed_together_with_its_checksum_does_not_fit_the_log(study):
    with study.look():
        draft = db.session.scalars(db.select(Draft).order_by(Draft.id)).first()
        draft.variants[0].text += "."
        draft.checksum = draft_checksum({one.variant: one.text for one in draft.variants})
        db.session.commit()
    assert any("Draft 1 of “first-steps”: the log names another" in one for one in verify(study).findings)


def test_the_results_after_a_deletion_are_recomputed(study):
    delete_one(study)
    (content,) = look_up(study, "SELECT content FROM result_snapshot WHERE number = 2")
    meddle(study, "UPDATE result_snapshot SET content = :new WHERE number = 2", new=other_digit(content))
    assert any("results 2" in one for one in verify(study).findings)


def test_anything_that_is_left_of_a_deleted_person_is_found(study):
    delete_one(study)
    code = study.codes[0]
    (person,) = look_up(study, f"SELECT id FROM panellist WHERE code = '{code}'")
    insert = (
        "INSERT INTO {} (round_id, panellist_id, {}, study_id) "
        f"SELECT round_id, {person}, {{}}, study_id FROM {{}} LIMIT 1"
    )
    meddle(study, insert.format("rating", "item_id, value", "item_id, value", "rating"))
    columns, values = "panellist_id, study_id, name, email", f"{person}, {study.id}, 'A', 'a@b'"
    meddle(study, f"INSERT INTO identity ({columns}) VALUES ({values})")
    words = "\n".join(verify(study).findings)
    assert f"{code} was deleted, but there is still something left of them: name." in words
    assert f"{code} was deleted, but there is still something left of them: ratings." in words
    meddle(study, "DELETE FROM identity WHERE name = 'A'")


def test_a_tombstone_that_was_taken_away_is_found(study):
    delete_one(study)
    for table in ("result_snapshot", "feedback_snapshot"):
        with study.look():
            db.session.execute(text(f"UPDATE {table} SET tombstone_id = NULL"))
            db.session.commit()
    meddle(study, "DELETE FROM tombstone")
    assert f"{study.codes[0]} was deleted, and no record says so." in verify(study).findings


def test_content_that_is_no_longer_readable_is_a_finding_and_no_crash(study):
    meddle(study, "UPDATE feedback_snapshot SET content = '{'")
    found = verify(study)
    assert any("feedback could not be read to the end" in one for one in found.findings)
    assert next(check for check in found.checks if check.name == "results").n_checked == 1


PLACES = {
    "result_snapshot": ("content",),
    "feedback_snapshot": ("content",),
    "feedback_copy": ("content",),
    "seal": ("content",),
    "event": ("data", "actor", "subject", "kind", "hash", "previous_hash"),
}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_character_anywhere_is_found(study, data):
    table = data.draw(st.sampled_from(sorted(PLACES)))
    column = data.draw(st.sampled_from(PLACES[table]))
    key = {"event": "number", "seal": "study_id", "result_snapshot": "number"}.get(table, "round_id")
    if table == "feedback_copy":
        key = "panellist_id"
    rows = look_up(study, f"SELECT {key} FROM {table} WHERE length({column}) > 0 ORDER BY {key}")
    row = data.draw(st.sampled_from(rows))
    (before,) = look_up(study, f"SELECT {column} FROM {table} WHERE {key} = {row}")
    place = data.draw(st.integers(0, len(before) - 1))
    sign = data.draw(
        st.characters(min_codepoint=32, max_codepoint=126).filter(lambda one: one != before[place])
    )
    after = before[:place] + sign + before[place + 1 :]
    meddle(study, f"UPDATE {table} SET {column} = :new WHERE {key} = {row}", new=after)
    found = verify(study)
    meddle(study, f"UPDATE {table} SET {column} = :new WHERE {key} = {row}", new=before)
    assert not found.ok
    assert verify(study).ok


def test_verifying_changes_nothing(study):
    def everything():
        with study.look():
            return {
                name: sorted(map(str, db.session.execute(db.select(table)).all()))
                for name, table in db.metadata.tables.items()
            }

    before = everything()
    verify(study)
    assert everything() == before
