"""New versions of the consent text and the information pages once a study is under way."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, NotFound, Problem, Stale
from delphi.domain.permissions import Permission
from delphi.queries.renewals import new_version_page, renewals_page
from delphi.queries.settings_page import SettingsPage, in_summary, placed
from delphi.services.renewals import PARTS, ask_to_agree_again, publish_new_version
from delphi.services.setup import SavedSetup
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("renewals", __name__)

OWN = ("summary", "asks", "reason")
"""Fields of the page itself, beside those of what is changed."""


@blueprint.get("/studies/<slug>/settings/versions")
@requires(Permission.EDIT_STUDY)
def index(slug: str) -> str:
    """Every new version since the start, and how many people still have to agree again."""
    return team_page("studies/settings/versions.html", part="settings", page=renewals_page(current_member()))


@blueprint.get("/studies/<slug>/settings/<setting>/new-version")
@requires(Permission.EDIT_STUDY)
def new(slug: str, setting: str) -> str:
    """Write a new version, beginning with the one that holds."""
    _require_versions(setting)
    return _page(new_version_page(current_member(), setting))


@blueprint.post("/studies/<slug>/settings/<setting>/new-version")
@requires(Permission.EDIT_STUDY)
def publish(slug: str, setting: str) -> Response | tuple[str, int]:
    """Publish it, and ask everybody again unless it is said why not."""
    _require_versions(setting)
    member, given = current_member(), request.form.to_dict()
    own, seen = {name: given.pop(name, "") for name in OWN}, given.pop("seen", "")
    try:
        if own["asks"] not in ("yes", "no"):
            raise InvalidInput([Problem("asks", "Choose whether people are asked again.")])
        with unit_of_work():
            publish_new_version(
                study_id=member.study_id,
                part=setting,
                given=given,
                seen=seen,
                summary=own["summary"],
                asks_again=own["asks"] == "yes",
                reason=own["reason"],
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        page = new_version_page(member, setting, given=given, seen=seen)
        return _page(page, tuple(_beside(one, page) for one in error.problems)), 422
    except Stale as error:
        if not isinstance(error.theirs, SavedSetup):
            raise
        page = new_version_page(
            member, setting, given=given, theirs=error.theirs.values, seen=error.theirs.seen
        )
        return _page(page, sentence=str(error)), 409
    flash(
        "The new version is published."
        + (" People are asked when they next come in. Write to them below." if own["asks"] == "yes" else "")
    )
    return redirect(url_for("renewals.index", slug=slug), code=303)


@blueprint.post("/studies/<slug>/settings/versions/message")
@requires(Permission.MANAGE_PANEL)
def tell(slug: str) -> Response:
    """Write to everybody who still has to agree again."""
    member = current_member()
    with unit_of_work():
        n = ask_to_agree_again(study_id=member.study_id, actor=member, now=clock.now())
    flash(
        f"{n} {'person is' if n == 1 else 'people are'} written to."
        if n
        else "There is nobody left to write to about this."
    )
    return redirect(url_for("renewals.index", slug=slug), code=303)


def _require_versions(setting: str) -> None:
    if setting not in PARTS:
        raise NotFound("Only the consent text and the information pages have versions.")


def _beside(problem: Problem, page: SettingsPage) -> Problem:
    return problem if problem.where in ("", *OWN) else placed([problem], page)[0]


def _page(page: SettingsPage, problems: tuple[Problem, ...] = (), sentence: str = "") -> str:
    return team_page(
        "studies/settings/new_version.html",
        part="settings",
        page=page,
        given=request.form,
        problems=problems,
        summary=in_summary(problems, page),
        names=(*OWN, *page.names),
        sentence=sentence,
    )
