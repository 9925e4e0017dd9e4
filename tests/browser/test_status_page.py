"""The plain page that a browser sees before there are others."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_status_page_opens_without_an_error(page, address):
    response = page.goto(address)
    assert response is not None
    assert response.status == 200
    assert page.title()
    assert page.get_by_role("heading", level=1).count() == 1


@pytest.mark.parametrize("width", [1280, 360])
def test_the_status_page_fits_the_window(page, address, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
