"""A server starts with the panel's side; the team's side is there as soon as somebody asks for it."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import Client

from delphi.app import create_app, settings_of
from delphi.extensions import db
from delphi.paths import templates_folder
from delphi.web.access import Key, access_of
from delphi.web.late_team import EARLY, LateTeam

ENDPOINT = re.compile(r"""url_for\(\s*["']([a-z_.]+)["']""")


@pytest.fixture
def early(app):
    early = create_app(settings_of(app), with_team=False)
    yield early
    with early.app_context():
        db.engine.dispose()


@pytest.fixture
def loaded(app, early):
    """A client of a server that has just started, and how often the whole application was made."""
    made = []

    def make_whole():
        made.append(1)
        return app

    return Client(LateTeam(early, make_whole)), made


def endpoints(app):
    return {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}


@pytest.mark.parametrize("address", ["/readyz", "/healthz", "/code", "/display", "/static/panel.css"])
def test_what_panellists_ask_for_needs_no_team_side(loaded, address):
    client, made = loaded
    assert client.get(address).status_code == 200
    assert made == []


@pytest.mark.parametrize(
    ("address", "status"), [("/sign-in", 200), ("/", 200), ("/studies", 303), ("/no-such-page", 404)]
)
def test_any_other_page_brings_the_team_side_along_once(loaded, address, status):
    client, made = loaded
    assert client.get(address).status_code == status
    assert client.get("/sign-in").status_code == 200
    assert client.get("/code").status_code == 200
    assert made == [1]


def test_every_page_of_a_panellist_is_there_early_and_the_same(app, early):
    there = endpoints(early)
    for endpoint, view in endpoints(app).items():
        access = access_of(view)
        if endpoint.startswith(EARLY) or (access is not None and access.key is Key.PANEL):
            assert endpoint.startswith(EARLY), endpoint
            assert access_of(there[endpoint]) == access, endpoint
    assert [str(rule) for rule in early.url_map.iter_rules()] == [
        str(rule) for rule in app.url_map.iter_rules() if rule.endpoint in there
    ]


def test_no_page_that_is_there_early_leads_to_one_that_is_not():
    templates = templates_folder()
    shown = [templates / "base.html", templates / "panel" / "base.html", templates / "errors" / "panel.html"]
    shown += [*(templates / "taking_part").rglob("*.html"), *(templates / "macros" / "panel").rglob("*.html")]
    assert len(shown) > 20
    led = {
        (file.name, name)
        for file in shown
        for name in ENDPOINT.findall(file.read_text(encoding="utf-8"))
        if not name.startswith(EARLY)
    }
    assert led == set()


def test_who_signed_in_before_is_signed_in_afterwards(loaded):
    client, made = loaded
    client.post("/display", data={"size": "app-text-large"})
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/display").text)[1]
    client.get("/studies")
    kept = client.post("/display", data={"size": "app-text-large", "csrf_token": token})
    assert kept.status_code == 303
    assert made == [1]
