"""What a screen reader is told of a section's page: its accessibility tree, held against approved files.

After a change that is meant, approve what the page now says and read the difference before committing it:

    DELPHI_TEST_APPROVE=1 .venv/bin/pytest tests/browser/test_section_read_aloud.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from delphi import clock
from delphi.queries.panellists import panellist_of
from delphi.services import invitations
from tools.small_second_round import ANSWERED_AT, CHANGED, opened_second_round

pytestmark = pytest.mark.browser

APPROVED = Path(__file__).parent / "approved"
OURS = "/studies/small-study/taking-part"


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def come_in(small_study, windows, monkeypatch):
    """Somebody of the panel, signed in at a moment."""

    def come(code, now):
        monkeypatch.setattr(clock, "now", lambda: now)
        with small_study.work():
            link = invitations.issue_link(panellist_id=panellist_of(small_study.id, code).id, now=now)
        return windows.open().open(link).press("Continue")

    return come


def is_approved(window, name):
    """Hold the tree of the main part, everything unfolded, against the approved file."""
    window.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    told = window.page.get_by_role("main").aria_snapshot() + "\n"
    file = APPROVED / f"{name}.yaml"
    if os.environ.get("DELPHI_TEST_APPROVE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8"), f"read docs/developing.md on how to approve {file.name}"


def test_a_section_of_the_first_round(small_study, come_in):
    codes = small_study.started(1)
    window = come_in(codes[0], small_study.answered_at).open(f"{OURS}/round-1/sections/first-steps")
    is_approved(window.at("First steps"), "section-of-round-1")


def test_a_section_that_was_changed(small_study, come_in):
    codes = opened_second_round(small_study)
    window = come_in(codes[0], ANSWERED_AT).open(f"{OURS}/round-2/sections/{CHANGED}")
    is_approved(window.at("First steps"), "section-changed-for-round-2")
