"""The rule while it can still change: by a short form, or taken from the literature."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.consensus.library import PUBLISHED_RULES
from delphi.domain.errors import InvalidInput, NotFound, Problem, Stale
from delphi.domain.permissions import Permission
from delphi.domain.rule import to_dict
from delphi.domain.setup.simple_rule import read_simple_rule
from delphi.queries.rule_form_page import rule_form_page
from delphi.services.setup import change_rule
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.studies.settings import words_of
from delphi.web.team import current_member, team_page

blueprint = Blueprint("rule_form", __name__)


@blueprint.get("/studies/<slug>/settings/rule")
@requires(Permission.EDIT_STUDY)
def show(slug: str) -> str:
    """The rule in words with the short form, while the study is being set up."""
    return _page()


@blueprint.post("/studies/<slug>/settings/rule")
@requires(Permission.EDIT_STUDY)
def save(slug: str) -> Response | tuple[str, int]:
    """Take the rule that the short form says, or one from the literature."""
    member, given = current_member(), request.form.to_dict()
    page = rule_form_page(member)
    try:
        if given.get("published"):
            rule = _published(given["published"])
        else:
            labels = {one.code: one.label for one in page.criteria}
            rule = read_simple_rule(given, list(labels)).plain(labels)
        with unit_of_work():
            changed = change_rule(
                study_id=member.study_id,
                rule=rule,
                seen=given.get("seen", ""),
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        problems = tuple(
            Problem("" if one.where.startswith("consensus_rule") else one.where, one.sentence)
            for one in error.problems
        )
        return _page(problems, given), 422
    except Stale as error:
        return _page((Problem("", str(error)),), given), 409
    flash(words_of(changed))
    return redirect(url_for("rule_form.show", slug=slug), code=303)


def _published(code: str) -> dict[str, object]:
    for one in PUBLISHED_RULES:
        if one.code == code:
            plain = to_dict(one.make(clock.now().date()))
            return {key: value for key, value in plain.items() if key != "fixed_on"}
    raise NotFound("There is no such rule in the library.")


def _page(problems: tuple[Problem, ...] = (), given: dict[str, str] | None = None) -> str:
    return team_page(
        "studies/settings/rule.html",
        part="settings",
        page=rule_form_page(current_member()),
        published=PUBLISHED_RULES,
        problems=problems,
        given=given,
    )
