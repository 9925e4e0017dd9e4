"""A plain page that says the platform is running, and two addresses for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from delphi.queries.status import PlatformStatus, platform_status
from delphi.web.access import public

blueprint = Blueprint("status", __name__)


@blueprint.get("/")
@public
def home() -> str:
    """Say that the platform runs, without saying anything about the studies on it."""
    return render_template("status/home.html", status=platform_status())


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """The database answers and its tables are up to date; 503 otherwise."""
    status: PlatformStatus = platform_status()
    text = "ready\n" if status.is_ready else f"{status.sentence}\n"
    return Response(text, status=200 if status.is_ready else 503, mimetype="text/plain")
