"""What every answer forbids the browser: other servers, foreign frames, telling where one came from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from delphi.app import create_app
from delphi.web.headers import HEADERS, SOURCES

ADDRESSES = ["/", "/healthz", "/nowhere", "/static/panel.css", "/accents/0b4f6c.css", "/sign-in"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_every_header(app, address):
    headers = app.test_client().get(address).headers
    missing = {name for name, value in HEADERS.items() if headers.get(name) != value}
    assert not missing


def test_the_policy_allows_nothing_by_default_and_nothing_unsafe():
    assert SOURCES["default-src"] == "'none'"
    assert set(SOURCES.values()) == {"'none'", "'self'"}
    assert SOURCES["frame-ancestors"] == SOURCES["base-uri"] == "'none'"


def test_no_address_travels_with_the_next_click(app):
    assert app.test_client().get("/link/a-personal-token").headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("address", ["/", "/nowhere", "/sign-in", "/link/a-personal-token"])
def test_no_page_is_kept_on_a_shared_device(app, address):
    assert app.test_client().get(address).headers["Cache-Control"] == "no-store"


def test_only_a_server_with_https_asks_for_it(app, settings):
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers
    secure = create_app(replace(settings, base_url="https://delphi.example"))
    assert "max-age=" in secure.test_client().get("/healthz").headers["Strict-Transport-Security"]


def test_a_view_may_know_better_than_the_default(app):
    @app.get("/kept")
    def kept():
        return "kept", 200, {"Cache-Control": "private, max-age=60"}

    assert app.test_client().get("/kept").headers["Cache-Control"] == "private, max-age=60"
