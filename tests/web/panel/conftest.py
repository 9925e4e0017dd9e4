"""Sending a form as it is, with the token of the page before it."""

from __future__ import annotations

import pytest


@pytest.fixture
def send():
    """Post to an address from the page that a visitor looks at; what the server answers."""

    def post(visitor, address, status=303, **values):
        token = visitor.page.tree.xpath("//input[@name='csrf_token']/@value")[0]
        return visitor.post(address, status, csrf_token=token, **values)

    return post
