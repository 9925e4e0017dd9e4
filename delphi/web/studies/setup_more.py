"""Parts of the settings that are no fields: a scale of another length, and the study's pictures."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.domain.pictures import MOST_BYTES
from delphi.queries.settings_index import picture_names
from delphi.queries.settings_page import in_summary, placed, settings_page
from delphi.queries.studies import study_of
from delphi.services.setup import add_picture, change_scale
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.studies.settings import words_of
from delphi.web.team import current_member, team_page
from delphi.web.uploads import chosen_file

blueprint = Blueprint("setup_more", __name__)


@blueprint.post("/studies/<slug>/settings/scale/ready-made")
@requires(Permission.EDIT_STUDY)
def take_scale(slug: str) -> Response | tuple[str, int]:
    """Take a ready-made scale in place of the one that is there."""
    member = current_member()
    try:
        with unit_of_work():
            changed = change_scale(
                study_id=member.study_id, code=request.form.get("ready", ""), actor=member, now=clock.now()
            )
    except InvalidInput as error:
        page = settings_page(member, "scale")
        problems = placed(
            (Problem("", one.sentence) if one.where == "ready" else one for one in error.problems), page
        )
        shown = team_page(
            "studies/settings/page.html",
            part="settings",
            page=page,
            problems=problems,
            summary=in_summary(problems, page),
            sentence="",
        )
        return shown, 422
    flash(words_of(changed))
    return redirect(url_for("settings.show", slug=slug, setting="scale"), code=303)


@blueprint.get("/studies/<slug>/settings/pictures")
@requires(Permission.EDIT_STUDY)
def pictures(slug: str) -> str:
    """The pictures there are, and a form for one more."""
    return _pictures(())


@blueprint.post("/studies/<slug>/settings/pictures")
@requires(Permission.EDIT_STUDY)
def add(slug: str) -> Response | tuple[str, int]:
    """Add a picture."""
    member = current_member()
    try:
        sent = chosen_file("picture", most=MOST_BYTES + 1)
        with unit_of_work():
            name = add_picture(
                study_id=member.study_id, name=sent.name, content=sent.content, actor=member, now=clock.now()
            )
    except InvalidInput as error:
        return _pictures(error.problems), 422
    flash(f"{name} is added. Texts name it as ../images/{name}.")
    return redirect(url_for("setup_more.pictures", slug=slug), code=303)


def _pictures(problems: tuple[Problem, ...]) -> str:
    names = picture_names(study_of(current_member().study_id))
    return team_page("studies/settings/pictures.html", part="settings", names=names, problems=problems)
