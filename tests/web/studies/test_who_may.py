"""Every team page at once: strangers find nothing, roles what is theirs, and forms need their token."""

from __future__ import annotations

import pytest

from delphi.domain.actors import Operator, Role, TeamMember
from delphi.domain.permissions import is_allowed
from delphi.services.studies import import_study
from delphi.web.access import Key, access_of
from tools.small_study import small_bundle, small_plain

VALUES = {
    "number": 1,
    "comment": 1,
    "section": "first-steps",
    "code": "P01",
    "handle": "made-up",
    "group": "users",
    "reading": "standard",
    "name": "map.png",
    "variant": "easy_read",
    "setting": "names",
    "theme": 1,
    "person": 1,
    "meeting": 1,
}


def team_routes(app, method):
    """Address and access of every team page that answers to a method, with values that exist."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            access = access_of(app.view_functions[rule.endpoint])
            if access is None or access.permission is None or access.key is not Key.TEAM:
                continue
            if method in rule.methods:
                values = {name: VALUES[name] for name in rule.arguments if name != "slug"}
                yield rule, values, access


def addresses(app, method, slug):
    with app.test_request_context():
        return [
            app.url_map.bind("localhost").build(rule.endpoint, values | {"slug": slug}, method=method)
            for rule, values, _ in team_routes(app, method)
        ]


@pytest.fixture
def other_study(small_study):
    identity = small_plain()["study"] | {"slug": "other-study"}
    with small_study.work():
        import_study(bundle=small_bundle(study=identity), actor=Operator(), now=small_study.imported_at)


def test_every_page_of_another_study_is_not_there(app, lead, other_study):
    found = {a: lead.client.get(a).status_code for a in addresses(app, "GET", "other-study")}
    assert len(found) > 20
    assert set(found.values()) == {404}


def test_nothing_can_be_sent_to_another_study(app, lead, other_study):
    lead.get("/studies")
    _, token = lead.page.form_of("Sign out")
    found = {a: lead.client.post(a, data=token).status_code for a in addresses(app, "POST", "other-study")}
    assert set(found.values()) == {404}


def test_nobody_who_is_not_signed_in_sees_a_page(app, visitor, small_study):
    found = {a: visitor.client.get(a) for a in addresses(app, "GET", "small-study")}
    assert {one.status_code for one in found.values()} == {303}
    assert all("/sign-in" in one.headers["Location"] for one in found.values())


def test_no_form_is_taken_without_its_token(app, lead):
    found = {a: lead.client.post(a).status_code for a in addresses(app, "POST", "small-study")}
    # A page that comes back with what was typed looks first for what it is about: there is no comment 1 here.
    assert {a: status for a, status in found.items() if status != 400 and "/comments/1" not in a} == {}
    assert set(found.values()) <= {400, 404}


def test_data_entry_finds_exactly_what_the_policy_gives(app, sign_in_as, small_study):
    clerk = sign_in_as("clerk")
    member = TeamMember(small_study.clerk.account_id, small_study.id, frozenset({Role.DATA_ENTRY}))
    wrong = []
    for rule, values, access in list(team_routes(app, "GET")):
        with app.test_request_context():
            address = app.url_map.bind("localhost").build(rule.endpoint, values | {"slug": "small-study"})
        status = clerk.client.get(address).status_code
        if (status == 403) == is_allowed(member, access.permission):
            wrong.append((address, status))
    assert not wrong
