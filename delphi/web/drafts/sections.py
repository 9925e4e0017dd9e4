"""Adding a section: before the study, because the panel missed something, or as a part of a split one."""

from __future__ import annotations

import re
import unicodedata

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.section_form import section_form
from delphi.services.sections import LONGEST_CODE, add_section
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("sections", __name__)

FIELDS = ("title", "code", "origin", "round", "position", "kind", "split_from")


@blueprint.get("/studies/<slug>/sections/new")
@requires(Permission.WRITE_DRAFTS)
def new(slug: str) -> str:
    """An empty form; `?from=` names a section that is to be split."""
    return _page({"split_from": request.args.get("from", "")}, ())


@blueprint.post("/studies/<slug>/sections/new")
@requires(Permission.WRITE_DRAFTS)
def add(slug: str) -> Response | tuple[str, int]:
    """Add the section and go on to its first text."""
    member = current_member()
    given = {name: request.form.get(name, "").strip() for name in FIELDS}
    code = given["code"] or code_from(given["title"])
    try:
        with unit_of_work():
            add_section(
                study_id=member.study_id,
                code=code,
                title=given["title"],
                position=int(given["position"]) if given["position"].isdigit() else None,
                origin=given["origin"],
                added_in_round=int(given["round"]) if given["round"].isdigit() else None,
                kind=given["kind"] or "guidance",
                split_from=given["split_from"] or None,
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(given, _beside_fields(error.problems, given)), 422
    flash("The section is added. Write its first text.")
    return redirect(url_for("editor.show", slug=slug, section=code, number=1), code=303)


def code_from(title: str) -> str:
    """A code made of a title: "Pets & plants" gives "pets-plants"."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-0123456789")[:LONGEST_CODE].strip("-")


def _beside_fields(problems: tuple[Problem, ...], given: dict[str, str]) -> tuple[Problem, ...]:
    """The problems under the names of the form; a code made of the title is the title's."""
    names = {"added_in_round": "round"}
    if not given["code"] and not given["title"]:
        problems = (Problem("title", "Give the section a title."),)
    elif not given["code"]:
        names["code"] = "title"
    return tuple(Problem(names.get(one.where, one.where), one.sentence) for one in problems)


def _page(given: dict[str, str], problems: tuple[Problem, ...]) -> str:
    form = section_form(current_member(), given.get("split_from", ""))
    values = {"origin": form.origin, "round": form.round, "position": form.place} | given
    return team_page("drafts/section.html", part="drafts", form=form, given=values, problems=problems)
