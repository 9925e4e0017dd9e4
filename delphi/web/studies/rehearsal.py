"""The rule rehearsed on made-up panels of the planned sizes, before there is any data."""

from __future__ import annotations

from flask import Blueprint, request

from delphi.domain.permissions import Permission
from delphi.queries.rehearsal_page import rehearsal_page
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("rehearsal", __name__)


@blueprint.get("/studies/<slug>/rule/rehearsal")
@requires(Permission.SEE_STUDY)
def show(slug: str) -> str:
    """How often a section would be called agreed, by true agreement and size, and what one group decides."""
    page = rehearsal_page(current_member(), differs=request.args.get("differs", ""))
    return team_page("studies/rehearsal.html", part="rule", page=page)
