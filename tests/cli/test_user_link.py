"""`delphi user link`: how somebody gets in before they have a password."""

from __future__ import annotations

import re


def test_a_link_is_printed_for_somebody_with_an_account(delphi):
    delphi.ok("user", "add", "sam@example.org", "--name", "Sam Lead")
    printed = delphi.ok("user", "link", "sam@example.org")
    assert re.fullmatch(r"http://127\.0\.0\.1:8000/sign-in/[\w-]{40,}\n", printed)


def test_nobody_without_an_account_gets_one(delphi):
    assert "delphi user add" in delphi.refused("user", "link", "nobody@example.org")
