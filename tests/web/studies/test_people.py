"""The study team: adding people, giving and taking roles, and a kind page for whoever was taken out."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from delphi.domain.actors import Operator, Role
from delphi.extensions import db
from delphi.models.accounts import Account, SignInLink, TeamRole
from delphi.models.log import Event
from delphi.services.accounts import add_account
from delphi.services.team import remove_member

PEOPLE = "/studies/small-study/settings/people"
NEW = {"E-mail address": "New@Small.example ", "Name, for somebody who has no account yet": "Noor New"}


def link_on(page):
    return urlsplit(page.tree.xpath("//main//code")[0].text_content()).path


def add(visitor, status=303, role="co_researcher", **given):
    visitor.get(PEOPLE)
    return visitor.press("Add to the team", status, role=role, **given)


def test_somebody_new_gets_an_account_and_a_link_that_works_once(lead, visitor, small_study):
    page = add(lead, 200, **NEW)
    assert page.heading == "Noor New can sign in with this link"
    link = link_on(page)
    assert lead.get(PEOPLE).row("Noor New")[:3] == ["Co-researcher", "new@small.example", "Not yet"]
    visitor.get(link)
    visitor.press("Sign in")
    assert "Small study" in visitor.get("/studies").main
    assert lead.get(PEOPLE).row("Noor New")[2] == "Yes"
    assert "link has been used" in visitor.get(link, 409).text
    with small_study.look():
        kinds = db.session.scalars(db.select(Event.kind).where(Event.kind.like("team%"))).all()
    assert kinds == ["team_role_given"]


def test_somebody_with_an_account_keeps_it_and_no_link_is_made(lead, small_study):
    with small_study.work():
        add_account(
            email="known@small.example", name="Kim Known", actor=Operator(), now=small_study.opened_at
        )
    assert "Kim Known is in the team." in add(lead, **{"E-mail address": "known@small.example"}).text
    with small_study.look():
        account = db.session.scalar(db.select(Account).where(Account.email == "known@small.example"))
        assert account.name == "Kim Known"
        assert not db.session.scalar(db.select(SignInLink).where(SignInLink.account_id == account.id))


@pytest.mark.parametrize(
    ("given", "role", "sentence"),
    [
        ({"E-mail address": "nobody"}, "lead", "is not an e-mail address"),
        ({"E-mail address": "n@small.example"}, "lead", "Give a name"),
        (NEW, None, "Choose at least one role"),
        (NEW, "queen", "Choose at least one role"),
        ({"E-mail address": "second@small.example"}, "researcher", "has this role already"),
    ],
)
def test_what_cannot_be_is_said_and_kept(lead, small_study, given, role, sentence):
    page = add(lead, 422, role=role, **given)
    assert sentence in " ".join(page.errors)
    assert page.field("E-mail address").get("value") == given["E-mail address"]
    with small_study.look():
        assert db.session.scalar(db.select(db.func.count()).select_from(Account)) == 3


def person(visitor, name):
    visitor.get(PEOPLE)
    return visitor.get(visitor.page.links()[f"Change {name}"])


def test_roles_are_given_and_taken(lead, small_study):
    person(lead, "Kit Clerk")
    _, token = lead.page.form_of("Save the roles")
    token.pop("role")
    lead.post(f"{PEOPLE}/{small_study.clerk.account_id}", role=["analyst", "observer"], **token)
    assert lead.get(PEOPLE).row("Kit Clerk")[0] == "Analyst, observer"
    with small_study.look():
        kinds = db.session.scalars(db.select(Event.kind).where(Event.kind.like("team%"))).all()
    assert kinds == ["team_role_given", "team_role_given", "team_role_taken"]


def test_no_role_at_all_is_not_how_somebody_leaves(lead, small_study):
    person(lead, "Kit Clerk")
    _, token = lead.page.form_of("Save the roles")
    token.pop("role")
    page = lead.post(f"{PEOPLE}/{small_study.clerk.account_id}", 422, **token)
    assert page.errors == ["Choose at least one role."]


def test_the_last_lead_stays(lead, small_study):
    page = person(lead, "Sam Lead")
    assert "This is the only study lead." in page.main
    assert "Take Sam Lead out" not in page.buttons()
    _, token = page.form_of("Save the roles")
    token.pop("role")
    me = f"{PEOPLE}/{small_study.lead.account_id}"
    assert "only study lead" in lead.post(me, 409, role="observer", **token).text
    assert "only study lead" in lead.post(f"{me}/remove", 409, sure="yes", **token).text
    assert person(lead, "Sam Lead").status == 200


def test_somebody_is_taken_out_after_a_tick(lead, small_study):
    person(lead, "Kit Clerk")
    assert lead.press("Take Kit Clerk out", 422).errors == ["Tick that this person leaves the team."]
    page = lead.press("Take Kit Clerk out", **{"Kit Clerk leaves the team": "yes"})
    assert "Kit Clerk is not in the team any more." in page.text
    with small_study.look():
        roles = db.select(TeamRole).where(TeamRole.account_id == small_study.clerk.account_id)
        assert not db.session.scalar(roles)


def test_a_lead_who_leaves_is_led_to_the_own_studies(lead, small_study):
    person(lead, "Ash Second")
    _, token = lead.page.form_of("Save the roles")
    token.pop("role")
    lead.post(f"{PEOPLE}/{small_study.second.account_id}", role="lead", **token)
    person(lead, "Sam Lead")
    page = lead.press("Take Sam Lead out", **{"Sam Lead leaves the team": "yes"})
    assert page.heading == "Your studies"


def test_a_lead_cannot_make_a_link_for_somebody_who_signed_in(lead, sign_in_as, small_study):
    assert "Make a new link" in person(lead, "Kit Clerk").buttons()
    _, token = lead.page.form_of("Make a new link")
    sign_in_as("clerk")
    assert "Make a new link" not in person(lead, "Kit Clerk").buttons()
    page = lead.post(f"{PEOPLE}/{small_study.clerk.account_id}/link", 409, **token)
    assert "only whoever runs this server" in page.text


def test_a_new_link_is_made_for_somebody_who_never_came(lead, visitor):
    person(lead, "Kit Clerk")
    visitor.get(link_on(lead.press("Make a new link", 200)))
    visitor.press("Sign in")
    assert visitor.page.heading == "Your studies"


def test_a_researcher_sees_the_team_and_arranges_nothing(sign_in_as, small_study):
    second = sign_in_as("second")
    page = second.get(PEOPLE)
    assert page.row("Sam Lead") == ["Study lead"]
    assert "lead@small.example" not in page.text
    second.get(f"{PEOPLE}/{small_study.clerk.account_id}", 403)


def test_somebody_of_another_study_is_nobody_here(lead, small_study):
    with small_study.work():
        stranger = add_account(email="x@small.example", name="X", actor=Operator(), now=small_study.opened_at)
        found = stranger.id
    lead.get(f"{PEOPLE}/{found}", 404)


def test_whoever_was_taken_out_reads_a_kind_page_and_keeps_what_was_typed(lead, sign_in_as, small_study):
    second = sign_in_as("second")
    address = "/studies/small-study/settings/sections/first-steps"
    second.get(address)
    with small_study.work():
        remove_member(
            study_id=small_study.id,
            account_id=small_study.second.account_id,
            actor=small_study.lead,
            now=small_study.opened_at,
        )
    words = "# First steps\n\nTwo hours of work."
    page = second.press(
        "Save the text", 403, Text=words, **{"base.standard": "What the editor started from."}
    )
    assert page.heading == "You are not in this team any more"
    assert "Sam Lead" in page.main
    kept = page.tree.xpath("//main//textarea")
    assert [one.text.strip() for one in kept] == [words]
    assert "small step" not in page.text, "nothing of the study is shown"
    assert "Panel" not in page.text
    page = second.get("/studies/small-study", 403)
    assert not page.tree.xpath("//main//textarea")
    with small_study.look():
        assert db.session.scalar(db.select(db.func.count()).where(TeamRole.role == Role.LEAD)) == 1


def test_a_stranger_learns_nothing_about_a_study(lead, small_study, visitor):
    assert "There is no such study here" in lead.get("/studies/elsewhere", 404).text
