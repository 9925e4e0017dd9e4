"""How an address names a person whose name stands on the page: by a handle that tells nothing.

The code stands beside answers and comments. It must not stand beside a name, not even in a link.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from delphi.domain.errors import NotFound


def handle_of(slug: str, code: str) -> str:
    """A person's handle in addresses of one study."""
    shuffled = "".join(f"{ord(letter) ^ 0x2A:02x}" for letter in code)
    return str(_serializer(slug).dumps(shuffled))


def code_of(slug: str, handle: str) -> str:
    """The code behind a handle; NotFound for a handle of another study or none of ours."""
    try:
        shuffled = str(_serializer(slug).loads(handle))
        return "".join(
            chr(int(shuffled[place : place + 2], 16) ^ 0x2A) for place in range(0, len(shuffled), 2)
        )
    except (BadSignature, ValueError):
        raise NotFound("There is nobody here. Go back to the panel and choose again.") from None


def _serializer(slug: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"person of {slug}")
