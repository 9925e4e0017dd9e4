"""Commands about people, studies, panels and rounds: they act in a name, and say what happened."""

from __future__ import annotations

import zipfile

import pytest

from delphi.domain.states import RoundState
from delphi.domain.study_archive import files_of
from delphi.extensions import db
from delphi.models.accounts import Account
from delphi.models.log import Event
from delphi.models.panellists import Panellist
from delphi.models.studies import Study
from delphi.queries.rounds import round_of
from tools.small_study import small_bundle

LEAD = ("--as", "lead@small.example")


@pytest.fixture
def folder(tmp_path):
    """The small study as a plain folder."""
    root = tmp_path / "small"
    for path, content in files_of(small_bundle()).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return root


@pytest.fixture
def open_round(small_study):
    """The small study with its round 1 open and nine people who may answer."""
    small_study.codes = small_study.started()
    return small_study


def count(study_or_app, model):
    with study_or_app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(model))


def state_of(study, number=1):
    with study.look():
        return round_of(study.id, number).state


# --- Studies --------------------------------------------------------------------------------------------


def test_a_study_is_imported_moved_and_shown(delphi, folder):
    said = delphi.ok("study", "import", folder, "--starting", "2027-01-04")
    assert "as small-study; round 1 is planned to open on Monday 4 January 2027." in said
    assert "small-study: A small study of small steps (draft)" in delphi.ok("study", "show")
    shown = delphi.ok("study", "show", "small-study")
    assert "1: planned, Monday 4 January 2027 to Friday 15 January 2027" in shown
    assert "not sealed yet" in shown
    assert "consented" not in shown


def test_export_import_export_gives_the_same_file(delphi, folder, tmp_path):
    delphi.ok("study", "import", folder / "study.yaml")
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    delphi.ok("study", "export", "small-study", "--output", first)
    assert "study.yaml" in zipfile.ZipFile(first).namelist()
    assert "called “small-study” already" in delphi.refused("study", "import", first)
    delphi.ok("study", "import", first, "--slug", "copy")
    delphi.ok("study", "export", "copy", "--output", second)
    delphi.ok("study", "import", second, "--slug", "copy-2")
    third = tmp_path / "third.zip"
    delphi.ok("study", "export", "copy", "--output", third)
    assert second.read_bytes() == third.read_bytes()


def test_a_broken_study_file_changes_nothing_and_every_mistake_is_named(delphi, folder, app):
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("criteria:", "critera:", 1), encoding="utf-8")
    said = delphi.refused("study", "import", folder)
    assert "critera" in said
    assert "criteria" in said
    assert count(app, Study) == 0


def test_something_else_than_a_study_is_refused(delphi, tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("x", encoding="utf-8")
    assert "expected a folder" in delphi.refused("study", "import", other)
    assert "does not exist" in delphi.refused("study", "import", tmp_path / "nothing", code=2)


def test_an_export_that_cannot_be_written_leaves_no_event(delphi, small_study, tmp_path):
    said = delphi.refused("study", "export", "small-study", "--output", tmp_path / "no" / "x.zip")
    assert "No such file or directory" in said
    with small_study.look():
        assert "study_exported" not in db.session.scalars(db.select(Event.kind)).all()


def test_an_unknown_study_is_answered_with_those_there_are(delphi, small_study):
    assert "Studies here: small-study" in delphi.refused("study", "show", "smal-study")


# --- People ---------------------------------------------------------------------------------------------


def test_the_first_study_of_a_server_is_begun_without_a_file(delphi, app):
    delphi.ok("user", "add", "sam@example.org", "--name", "Sam Lead")
    given = ("--short-title", "Good sleep", "--phone", "01632 960 000", "--lead", "sam@example.org")
    told = delphi.ok("study", "new", "What helps people to sleep", *given)
    assert "Began “What helps people to sleep” as good-sleep; Sam Lead leads it." in told
    shown = delphi.ok("study", "show", "good-sleep", "--as", "sam@example.org")
    assert "Study lead: Sam Lead" in shown
    assert "already" in delphi.refused("study", "new", "Again", *given)
    assert "telephone" in delphi.refused("study", "new", "Other", *given[:2], "--phone", "me", *given[4:])
    assert "Nobody has an account" in delphi.refused("study", "new", "T", *given[:5], "no@example.org")


def test_somebody_is_added_with_a_role(delphi, small_study):
    said = delphi.ok(
        "user",
        "add",
        "New@Small.example",
        "--name",
        "New Person",
        "--study",
        "small-study",
        "--role",
        "analyst",
    )
    assert said == "Added New Person (new@small.example) as analyst of small-study.\n"
    assert "New Person <new@small.example>: analyst of small-study" in delphi.ok("user", "list")


def test_an_account_is_added_whole_or_not_at_all(delphi, app, small_study):
    before = count(app, Account)
    new = ("user", "add", "new@small.example", "--name", "New")
    delphi.refused(*new, "--study", "nowhere", "--role", "lead")
    assert count(app, Account) == before
    delphi.refused(*new, "--role", "lead", code=2)


def test_roles_are_given_and_taken(delphi, small_study):
    assert "is analyst of small-study." in delphi.ok(
        "user", "give-role", "clerk@small.example", "small-study", "analyst"
    )
    assert "already" in delphi.ok("user", "give-role", "clerk@small.example", "small-study", "analyst")
    delphi.ok("user", "take-role", "clerk@small.example", "small-study", "analyst")
    assert "only study lead" in delphi.refused(
        "user", "take-role", "lead@small.example", "small-study", "lead"
    )


def test_people_come_from_a_file_or_not_at_all(delphi, app, small_study, tmp_path):
    small_study.seal()
    file = tmp_path / "people.csv"
    file.write_text("name,email,group\nZoë,zoe@panel.example,users\nYan,,carers\n", encoding="utf-8")
    said = delphi.refused("panel", "import", "small-study", file, *LEAD)
    assert "row 3" in said
    assert count(app, Panellist) == 0
    file.write_text("name,email,group\nZoë,zoe@panel.example,users\n", encoding="utf-8")
    assert "1 people would be registered" in delphi.ok(
        "panel", "import", "small-study", file, "--check", *LEAD
    )
    assert count(app, Panellist) == 0
    assert delphi.ok("panel", "import", "small-study", file, *LEAD) == "Registered 1 people.\n"
    assert count(app, Panellist) == 1


# --- Rounds ---------------------------------------------------------------------------------------------


def test_nobody_is_taken_for_granted_as_the_one_who_acts(delphi, open_round):
    said = delphi.refused("round", "close", "small-study", "1", code=2)
    assert "--as EMAIL" in said
    assert "lead@small.example (Study lead)" in said
    assert state_of(open_round) == RoundState.OPEN


def test_somebody_without_a_role_or_the_right_to_it_is_refused(delphi, open_round):
    delphi.ok("user", "add", "other@x.example", "--name", "Other")
    close = ("round", "close", "small-study", "1", "--as")
    assert "not in the team" in delphi.refused(*close, "other@x.example")
    assert "You may not" in delphi.refused(*close, "clerk@small.example")
    assert "Nobody has an account" in delphi.refused(*close, "nobody@x.example")
    assert state_of(open_round) == RoundState.OPEN


def test_somebody_whose_account_is_switched_off_is_refused(delphi, open_round):
    with open_round.work():
        db.session.scalar(db.select(Account).where(Account.email == "lead@small.example")).is_active = False
    assert "switched off" in delphi.refused("round", "close", "small-study", "1", *LEAD)


def test_a_round_is_closed_opened_again_and_analysed_in_a_name(delphi, open_round):
    assert delphi.ok("round", "close", "small-study", "1", *LEAD) == "Round 1 is closed.\n"
    said = delphi.ok(
        *("round", "reopen", "small-study", "1", "--closes", "2099-01-02", "--reason", "Storm", *LEAD)
    )
    assert said == "Round 1 is open again, until the end of Friday 2 January 2099.\n"
    delphi.ok("round", "close", "small-study", "1", *LEAD)
    delphi.ok("round", "analyse", "small-study", "1", *LEAD)
    assert state_of(open_round) == RoundState.ANALYSED
    with open_round.look():
        last = db.session.scalars(db.select(Event).order_by(Event.number.desc())).first()
    assert (last.kind, last.actor) == ("round_analysed", open_round.lead.reference)


def test_a_round_is_armed_extended_and_cancelled(delphi, small_study):
    small_study.seal().publish_drafts()
    with small_study.work():
        round_ = round_of(small_study.id, 1)
        round_.opens_on = round_.opens_on.replace(year=2099)
        round_.closes_on = round_.closes_on.replace(year=2099)
    assert "Round 1 is armed" in delphi.ok("round", "arm", "small-study", "1", *LEAD)
    assert "Round 1 is open until" in delphi.ok("round", "open", "small-study", "1", *LEAD)
    extend = ("round", "extend", "small-study", "1", "--reason", "Post", *LEAD)
    said = delphi.ok(*extend, "--closes", "2099-03-06")
    assert "until the end of Friday 6 March 2099" in said
    assert "must be later" in delphi.refused(*extend, "--closes", "2099-03-01")
    delphi.ok("round", "cancel", "small-study", "1", "--reason", "Changed", *LEAD)
    assert state_of(small_study) == RoundState.CANCELLED


def test_publishing_says_what_is_missing(delphi, open_round):
    open_round.save(open_round.codes[0])
    open_round.close().analyse()
    said = delphi.refused("round", "publish", "small-study", "1", *LEAD)
    assert "decision" in said
    assert state_of(open_round) == RoundState.ANALYSED


def test_only_a_team_member_sees_how_many_have_answered(delphi, open_round):
    assert "people have answered" not in delphi.ok("study", "show", "small-study")
    shown = delphi.ok("study", "show", "small-study", *LEAD)
    assert "0 of 9 people have answered" in shown
    assert "Workers: 3 consented" in shown


# --- Generated pages ------------------------------------------------------------------------------------


def test_the_pages_of_docs_are_what_the_code_says(delphi):
    assert delphi.ok("docs", "--check") == "All pages are up to date.\n"


def test_a_page_that_was_edited_by_hand_is_named_and_written_again(delphi, tmp_path):
    delphi.ok("docs", "--folder", tmp_path)
    (tmp_path / "states.md").write_text("mine", encoding="utf-8")
    said = delphi.refused("docs", "--check", "--folder", tmp_path)
    assert "states.md is not what the code says" in said
    assert (tmp_path / "states.md").read_text(encoding="utf-8") == "mine"
    assert delphi.ok("docs", "--folder", tmp_path) == f"Wrote {tmp_path / 'states.md'}.\n"
    delphi.ok("docs", "--check", "--folder", tmp_path)
