"""The room that the pages about the whole panel share."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("panel", __name__)
