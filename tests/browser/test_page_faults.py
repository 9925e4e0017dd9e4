"""The eyes of the other tests are open: a page with faults is found out."""

from __future__ import annotations

import pytest

from tools.page_faults import DESK, PHONE, faults_of

pytestmark = pytest.mark.browser

FAULTY = """<!doctype html><html lang="en-GB"><title>Faulty</title><main>
<details><summary>Folded</summary><p style="color: #ccc">Pale.</p><img src="data:,"></details>
<p style="width: 340px; background: #eee">Wide.</p></main></html>"""


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


def test_faults_are_found_folded_ones_too_at_each_width(page):
    page.set_content(FAULTY)
    faults = "\n".join(faults_of(page))
    assert f"{DESK} px: image-alt: <img" in faults
    assert f"{PHONE} px: image-alt: <img" in faults
    assert f"{DESK} px: color-contrast" in faults
    assert "320 px: scrolls sideways" in faults
    assert "does not have one first heading" in faults
    assert page.locator("details[open]").count() == 0


def test_a_good_page_has_none(page):
    page.set_content('<!doctype html><html lang="en-GB"><title>Good</title><main><h1>Good</h1></main></html>')
    assert faults_of(page) == []


def test_what_goes_wrong_in_a_window_is_kept(windows, address):
    window = windows.open()
    window.open("/sign-in")
    window.page.evaluate("console.error('Something broke')")
    window.page.evaluate("fetch('http://elsewhere.example/').catch(() => null)")
    troubles, windows.troubles = windows.troubles, []
    assert any("Something broke" in one for one in troubles)
    assert any("elsewhere.example" in one for one in troubles)
