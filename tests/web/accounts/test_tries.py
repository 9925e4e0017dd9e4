"""Guessing passwords over many addresses is slow, and tells nobody which of them have an account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from delphi.web.accounts.tries import MOST_ADDRESSES, MOST_WRONG, WINDOW, Tries

NOW = datetime(2025, 2, 3, 9, tzinfo=UTC)


@pytest.fixture
def tries():
    return Tries()


def guess(visitor, email):
    visitor.get("/sign-in")
    return visitor.press("Sign in", 422, **{"E-mail address": email, "Password": "guess"}).errors[0]


def test_an_address_without_an_account_has_to_wait_as_one_with_an_account(visitor, small_study):
    said = {}
    for email in ("lead@small.example", "nobody@small.example"):
        said[email] = [guess(visitor, email) for _ in range(7)]
    assert said["lead@small.example"] == said["nobody@small.example"]
    assert "too many tries" in said["nobody@small.example"][-1]


def test_very_many_wrong_passwords_close_signing_in_by_password_and_not_by_link(app, visitor, sign_in_as):
    held = app.extensions.setdefault("delphi_tries", Tries())
    from delphi import clock

    for number in range(MOST_WRONG):
        held.note_wrong(f"person{number}@small.example", clock.now())
    assert "closed for about 15 minutes" in guess(visitor, "second@small.example")
    assert sign_in_as("second").page.heading == "Your studies"


def test_the_window_moves_on(tries):
    for number in range(MOST_WRONG):
        tries.note_wrong(f"{number}@x.example", NOW)
    assert tries.obstacle("new@x.example", NOW + WINDOW - timedelta(seconds=1))
    assert not tries.obstacle("new@x.example", NOW + WINDOW)


def test_an_address_is_one_however_it_is_written(tries):
    for _ in range(5):
        tries.note_wrong("Sam@X.example ", NOW)
    assert "too many tries" in tries.obstacle("sam@x.example", NOW)
    tries.forget("SAM@x.example")
    assert not tries.obstacle("sam@x.example", NOW)


def test_what_is_remembered_is_bounded_and_holds_no_address(tries):
    for number in range(MOST_ADDRESSES + 10):
        tries.note_wrong(f"{number}@x.example", NOW + timedelta(minutes=number))
        tries.obstacle("x", NOW + timedelta(minutes=number))
    assert len(tries.by_address) == MOST_ADDRESSES
    assert len(tries.wrong) <= WINDOW.total_seconds() / 60 + 1
    assert not any(b"@" in key and b"example" in key for key in tries.by_address)
