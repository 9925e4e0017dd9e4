"""The studies somebody works on, and each study's home."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from delphi import clock
from delphi.domain.permissions import Permission
from delphi.queries.studies_page import studies_page
from delphi.queries.study_home import study_home
from delphi.web.access import requires
from delphi.web.team import account_here, current_member, needs_account, team_page

blueprint = Blueprint("studies", __name__)


@blueprint.get("/studies")
@needs_account
def index() -> str:
    """The studies of whoever is signed in, each with its next step."""
    account, search = account_here(), request.args.get("q", "").strip()
    page = studies_page(account.account_id, clock.now(), search)
    return render_template("studies/index.html", account=account, page=page, search=search)


@blueprint.get("/studies/<slug>")
@requires(Permission.SEE_STUDY)
def home(slug: str) -> str:
    """Where a study stands, what is next, what needs attention."""
    return team_page("studies/home.html", part="home", home=study_home(current_member(), clock.now()))
