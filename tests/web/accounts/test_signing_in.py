"""Coming in to the team's side, and going out again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from delphi import clock
from delphi.domain.actors import Operator
from delphi.extensions import db
from delphi.models.accounts import Account, SignInLink, TeamRole
from delphi.services.signing_in import make_sign_in_link

PASSWORD = "heron ladder quiet window"


@pytest.fixture
def link(small_study):
    with small_study.work():
        return make_sign_in_link(email="lead@small.example", base_url="", actor=Operator(), now=clock.now())


def test_opening_a_link_signs_nobody_in(visitor, link, small_study):
    page = visitor.get(link)
    assert page.heading == "Sign in as Sam Lead"
    assert visitor.get("/studies", 303).location.startswith("/sign-in")
    with small_study.look():
        assert db.session.query(SignInLink).one().used_at is None


def test_a_link_signs_in_once(visitor, link, sign_in_as, small_study):
    visitor.get(link)
    assert visitor.press("Sign in").heading == "Your studies"
    again = visitor.get(link, 409)
    assert "works once" in again.text


def test_a_link_pressed_twice_at_once_signs_in_once(app, visitor, link):
    visitor.get(link)
    action, values = visitor.page.form_of("Sign in")
    visitor.post(action, 303, **values)
    values["csrf_token"] = ""
    app.config["WTF_CSRF_ENABLED"] = False
    assert "Ask for a new one" in visitor.post(action, 409, **values).text


def test_a_link_runs_out_after_a_day(app, visitor, link, small_study):
    with small_study.work():
        db.session.query(SignInLink).one().expires_at = clock.now() - timedelta(seconds=1)
    assert "24 hours" in visitor.get(link, 409).text


def test_half_a_link_says_what_to_do(visitor, link):
    assert "copy all of it" in visitor.get(link[:-9], 404).text


def test_a_password_lets_in_and_a_wrong_one_does_not(app, lead, visitor):
    lead.get("/your-account")
    page = lead.press("Save the password", **{"New password": PASSWORD, "The same again": PASSWORD})
    assert "Your password is saved" in page.text
    visitor.get("/sign-in")
    page = visitor.press("Sign in", 422, **{"E-mail address": "lead@small.example", "Password": "wrong"})
    assert "do not go together" in page.errors[0]
    assert page.title.startswith("Problem: ")
    assert page.field("E-mail address").get("value") == "lead@small.example"
    page = visitor.press("Sign in", Password=PASSWORD)
    assert page.heading == "Your studies"


def test_nobody_learns_whether_an_address_has_an_account(visitor, small_study):
    said = []
    for email in ("lead@small.example", "nobody@small.example"):
        visitor.get("/sign-in")
        page = visitor.press("Sign in", 422, **{"E-mail address": email, "Password": "a wrong one"})
        said.append(page.errors)
    assert said[0] == said[1]


def test_after_five_wrong_passwords_one_has_to_wait(visitor, small_study):
    visitor.get("/sign-in")
    for _ in range(6):
        page = visitor.press("Sign in", 422, **{"E-mail address": "lead@small.example", "Password": "guess"})
    assert "too many tries" in page.errors[0]


def test_passwords_that_would_be_guessed_are_refused(lead):
    lead.get("/your-account")
    for password, sentence in (
        ("short", "at least 12"),
        ("aaaaaaaaaaaaa", "guessed"),
        ("lead@small.example", "guessed"),
    ):
        page = lead.press("Save the password", 422, **{"New password": password, "The same again": password})
        assert sentence in page.errors[0]
    page = lead.press("Save the password", 422, **{"New password": PASSWORD, "The same again": "other"})
    assert "not the same" in page.errors[0]


def test_a_new_password_ends_every_other_session(sign_in_as):
    here, there = sign_in_as("lead"), sign_in_as("lead")
    here.get("/your-account")
    here.press("Save the password", **{"New password": PASSWORD, "The same again": PASSWORD})
    here.get("/studies")
    assert there.get("/studies", 303).location.startswith("/sign-in")


def test_signing_out_everywhere_means_everywhere(sign_in_as):
    here, there = sign_in_as("lead"), sign_in_as("lead")
    here.get("/your-account")
    here.press("Sign out on every device")
    for one in (here, there):
        assert one.get("/studies", 303).location.startswith("/sign-in")


def test_signing_out_leaves_a_panellists_link_in_the_browser(lead):
    with lead.client.session_transaction() as session:
        session["panel"] = {"small-study": [1, 1]}
    lead.get("/studies")
    lead.press("Sign out")
    with lead.client.session_transaction() as session:
        assert session["panel"] == {"small-study": [1, 1]}
        assert "team" not in session


def test_after_signing_in_one_is_where_one_wanted_to_go(visitor, lead):
    lead.get("/your-account")
    lead.press("Save the password", **{"New password": PASSWORD, "The same again": PASSWORD})
    there = visitor.get("/studies/small-study", 303).location
    visitor.get(there)
    page = visitor.press("Sign in", **{"E-mail address": "lead@small.example", "Password": PASSWORD})
    assert "being set up" in page.heading


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "/studies\\@x", "/sign-out"]
)
def test_the_way_on_never_leads_elsewhere(visitor, lead, wanted):
    lead.get("/your-account")
    lead.press("Save the password", **{"New password": PASSWORD, "The same again": PASSWORD})
    visitor.get("/sign-in")
    _, values = visitor.page.form_of("Sign in")
    values |= {"email": "lead@small.example", "password": PASSWORD, "next": wanted}
    assert visitor.post("/sign-in", **values).location == "/studies"


def test_a_switched_off_account_is_out_with_the_next_click(lead, small_study):
    lead.get("/studies")
    with small_study.work():
        account = db.session.get(Account, small_study.lead.account_id)
        account.is_active = False
    assert lead.get("/studies", 303).location.startswith("/sign-in")


def test_somebody_taken_out_of_a_team_is_out_with_the_next_click(lead, small_study):
    lead.get("/studies/small-study")
    with small_study.work():
        db.session.query(TeamRole).filter_by(account_id=small_study.lead.account_id).delete()
    assert "not in its team" in lead.get("/studies/small-study", 404).text


def test_a_form_without_its_token_does_nothing_and_loses_nothing(visitor, small_study):
    visitor.get("/sign-in")
    page = visitor.post("/sign-in", 422, email="lead@small.example", password="x")
    assert page.field("E-mail address").get("value") == "lead@small.example"
    assert "send it once more" in page.errors[0]
