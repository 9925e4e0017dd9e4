"""The team's side of the house, loaded when its first page is asked for.

A server that has just started answers panellists at once and from less memory: they need half of our modules.
The first page of the team's side takes about a second longer, once; from then on one whole application
answers everybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

EARLY = ("static", "assets.", "taking_part.", "status.healthz", "status.readyz")
"""How the endpoints begin that are answered without the team's side: no page of theirs leads there."""


class LateTeam:
    """The WSGI application of a server: `panel` until somebody wants more, then what `make_whole` makes."""

    def __init__(self, panel: Flask, make_whole: Callable[[], Flask]) -> None:
        self._panel, self._make_whole = panel, make_whole
        self._whole: Flask | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        app = self._whole or (self._panel if self._is_early(environ) else self._load())
        return app(environ, start_response)

    def _load(self) -> Flask:
        with self._lock:
            if self._whole is None:
                self._whole = self._make_whole()
            return self._whole

    def _is_early(self, environ: WSGIEnvironment) -> bool:
        try:
            endpoint, _ = self._panel.url_map.bind_to_environ(environ).match()
        except HTTPException:
            # An address that nobody knows gets the page for it from the whole application.
            return False
        return str(endpoint).startswith(EARLY)
