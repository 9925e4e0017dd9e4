"""A study's settings, one page a theme: what stands there, what can still change, and saving it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem, Stale
from delphi.domain.permissions import Permission
from delphi.domain.study_archive import read_archive
from delphi.queries.settings_index import settings_index
from delphi.queries.settings_page import SettingsPage, in_summary, placed, settings_page
from delphi.services.setup import Changed, SavedSetup, change_setup
from delphi.services.setup_replacing import replace_setup
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page
from delphi.web.uploads import chosen_file

blueprint = Blueprint("settings", __name__)

SAVED = "Saved."
NOTHING_NEW = "Nothing was different, so nothing was changed."
SIGN_AGAIN = "Saved. The rule had been signed; it covers this, so it has to be signed again."


@blueprint.get("/studies/<slug>/settings")
@requires(Permission.EDIT_STUDY)
def index(slug: str) -> str:
    """Every page of the settings, and what is still missing on it."""
    return team_page(
        "studies/settings/index.html", part="settings", page=settings_index(current_member(), clock.now())
    )


@blueprint.get("/studies/<slug>/settings/<setting>")
@requires(Permission.EDIT_STUDY)
def show(slug: str, setting: str) -> str:
    """One page of the settings."""
    return _page(settings_page(current_member(), setting))


@blueprint.post("/studies/<slug>/settings/<setting>")
@requires(Permission.EDIT_STUDY)
def save(slug: str, setting: str) -> Response | tuple[str, int]:
    """Save a page; when somebody else saved first, both are kept."""
    member, given = current_member(), request.form.to_dict()
    seen = given.pop("seen", "")
    try:
        with unit_of_work():
            changed = change_setup(
                study_id=member.study_id, theme=setting, given=given, seen=seen, actor=member, now=clock.now()
            )
    except InvalidInput as error:
        page = settings_page(member, setting, given=given, seen=seen)
        return _page(page, placed(error.problems, page)), 422
    except Stale as error:
        if not isinstance(error.theirs, SavedSetup):
            raise
        page = settings_page(member, setting, given=given, theirs=error.theirs.values, seen=error.theirs.seen)
        return _page(page, sentence=str(error)), 409
    flash(words_of(changed))
    return redirect(url_for("settings.show", slug=slug, setting=setting), code=303)


@blueprint.get("/studies/<slug>/settings/study-file")
@requires(Permission.EDIT_STUDY)
def file_page(slug: str) -> str:
    """Take the study file out, or bring it back while the study is being set up."""
    return _file_page()


@blueprint.post("/studies/<slug>/settings/study-file")
@requires(Permission.EDIT_STUDY)
def replace(slug: str) -> Response | tuple[str, int]:
    """Make the study be what a study file says; every mistake in it is listed and nothing is changed."""
    member = current_member()
    try:
        bundle = read_archive(chosen_file().content)
        with unit_of_work():
            changed = replace_setup(study_id=member.study_id, bundle=bundle, actor=member, now=clock.now())
    except InvalidInput as error:
        return _file_page(error.problems), 422
    flash(words_of(changed))
    return redirect(url_for("settings.index", slug=slug), code=303)


def words_of(changed: Changed) -> str:
    """What to say after a save."""
    if not changed.is_different:
        return NOTHING_NEW
    return SIGN_AGAIN if changed.has_lost_signatures else SAVED


def _file_page(problems: tuple[Problem, ...] = ()) -> str:
    page = settings_index(current_member(), clock.now())
    return team_page("studies/settings/file.html", part="settings", page=page, problems=problems)


def _page(page: SettingsPage, problems: tuple[Problem, ...] = (), sentence: str = "") -> str:
    return team_page(
        "studies/settings/page.html",
        part="settings",
        page=page,
        problems=problems,
        summary=in_summary(problems, page),
        sentence=sentence,
    )
