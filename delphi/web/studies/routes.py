"""The studies somebody works on, each study's home, and bringing a study in from a file."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput
from delphi.domain.permissions import Permission
from delphi.domain.study_archive import read_archive
from delphi.queries.studies_page import studies_page
from delphi.queries.study_home import study_home
from delphi.services.studies import import_study
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.studies.new import leading_member
from delphi.web.team import account_here, current_member, needs_account, team_page
from delphi.web.uploads import chosen_file

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


@blueprint.get("/studies/import")
@needs_account
def import_page() -> str:
    """Choose a study file."""
    return render_template("studies/import.html", account=account_here(), problems=())


@blueprint.post("/studies/import")
@needs_account
def import_post() -> Response | tuple[str, int]:
    """Set up a study from a file; whoever brings it leads it."""
    account = account_here()
    try:
        content = chosen_file().content
        actor = leading_member()
        bundle = read_archive(content)
        with unit_of_work():
            slug = import_study(
                bundle=bundle, slug=request.form.get("slug", "").strip() or None, actor=actor, now=clock.now()
            ).slug
    except InvalidInput as error:
        page = render_template("studies/import.html", account=account, problems=error.problems)
        return page, 422
    flash("The study is set up. You lead it. Nothing is sealed yet.")
    return redirect(url_for("studies.home", slug=slug), code=303)
