"""The audit: what happened, by whom and when, as sentences."""

from __future__ import annotations

from flask import Blueprint, request

from delphi.domain.permissions import Permission
from delphi.queries.audit_page import audit_page
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("audit", __name__)


@blueprint.get("/studies/<slug>/audit")
@requires(Permission.SEE_AUDIT)
def index(slug: str) -> str:
    """The log by day, the newest first."""
    topic = request.args.get("topic", "")
    page = audit_page(current_member(), topic=topic, before=request.args.get("before", type=int))
    return team_page("audit/index.html", part="audit", page=page, topic=topic)
