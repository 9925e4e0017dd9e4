"""Building the rule in the browser while it can still change: part by part, or one that was published.

Every button of the form but "Save" gives the page back with what was typed and writes nothing.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem, Stale
from delphi.domain.permissions import Permission
from delphi.domain.setup.rule_fields import read_parts
from delphi.domain.setup.rule_moves import moved
from delphi.domain.setup.rule_parts import RuleParts
from delphi.domain.setup.rule_together import PLACE, put_together, said_where
from delphi.queries.rule_draft import TEXT_HOLDS, old_words, rule_draft, study_of_rule
from delphi.queries.rule_form_page import (
    COMPARED,
    CRITERIA_OPTIONS,
    JOINS,
    OUTCOMES,
    rule_form_page,
    rule_shown,
)
from delphi.queries.rule_library import library_page, parts_with_stop, published_rule
from delphi.queries.studies import study_of
from delphi.services.setup import Changed, change_rule
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.studies.settings import words_of
from delphi.web.team import current_member, team_page

blueprint = Blueprint("rule_form", __name__)

Answer = Response | str | tuple[str, int]
SAVE = "save"
STOP_PUT_IN = "The stop rule is put into your rule. Nothing is saved yet: look at it, then save it."
CHOICES = {"criteria": CRITERIA_OPTIONS, "joins": JOINS, "outcomes": OUTCOMES, "compared": COMPARED}


@blueprint.get("/studies/<slug>/settings/rule")
@requires(Permission.EDIT_STUDY)
def show(slug: str) -> str:
    """The rule in its parts while the study is being set up, in words afterwards."""
    return _page()


@blueprint.post("/studies/<slug>/settings/rule")
@requires(Permission.EDIT_STUDY)
def save(slug: str) -> Answer:
    """Save the rule that the form says; any other button changes the form and saves nothing."""
    given = request.form.to_dict()
    parts = read_parts(given)
    button = given.get("do", SAVE)
    if button != SAVE:
        after = moved(parts, button)
        return _page(after.parts, given, focus=after.focus, said=after.said)
    of = study_of_rule(study_of(current_member().study_id))
    draft = rule_draft(of, parts)
    problems = (*draft.problems, *old_words(of, draft, given))
    if problems:
        return _page(parts, given, problems=problems), 422
    try:
        changed = _changed(dict(draft.plain), given.get("seen", ""))
    except InvalidInput as error:
        return _page(parts, given, problems=_beside(parts, error)), 422
    except Stale as error:
        return _page(parts, given | {"seen": ""}, sentence=str(error)), 409
    flash(words_of(changed))
    return redirect(url_for("rule_form.show", slug=slug), code=303)


@blueprint.post("/studies/<slug>/settings/rule/shown")
@requires(Permission.EDIT_STUDY)
def shown(slug: str) -> str:
    """What the rule says as it stands in the form; writes nothing: a form is too long for a link."""
    given = request.form.to_dict()
    of = study_of_rule(study_of(current_member().study_id))
    found = rule_shown(of, rule_draft(of, read_parts(given)), given)
    return render_template("studies/settings/_rule_shown.html", shown=found, given=given)


@blueprint.get("/studies/<slug>/settings/rule/library")
@requires(Permission.EDIT_STUDY)
def library(slug: str) -> str:
    """Rules that were published, each in this study's words."""
    return _library()


@blueprint.post("/studies/<slug>/settings/rule/library")
@requires(Permission.EDIT_STUDY)
def take(slug: str) -> Answer:
    """Take a published rule, or put a stop rule into the form of the saved one.

    A rule that somebody has changed is replaced only after asking.
    """
    given = request.form.to_dict()
    if "stop" in given:
        parts = parts_with_stop(study_of_rule(study_of(current_member().study_id)), given["stop"])
        return _page(parts, given, focus="stop_after", said=STOP_PUT_IN)
    rule = published_rule(given.get("published", ""), clock.now().date())
    page = library_page(current_member(), chosen=given.get("published", ""))
    if page.asks_first and not given.get("sure"):
        return _library(chosen=given.get("published", ""))
    try:
        changed = _changed(dict(rule), given.get("seen", ""))
    except InvalidInput as error:
        parts = page.parts
        return _page(parts, given, problems=_beside(parts, error)), 422
    except Stale as error:
        return _library(chosen=given.get("published", ""), sentence=str(error)), 409
    flash(words_of(changed))
    return redirect(url_for("rule_form.show", slug=slug), code=303)


def _changed(rule: dict[str, object], seen: str) -> Changed:
    member = current_member()
    with unit_of_work():
        return change_rule(study_id=member.study_id, rule=rule, seen=seen, actor=member, now=clock.now())


def _beside(parts: RuleParts, error: InvalidInput) -> tuple[Problem, ...]:
    """What the study as a whole objects to; the rule's own objections stand beside their fields."""
    asked = put_together(parts)
    return tuple(
        found
        for one in error.problems
        for found in (asked.beside_fields([one]) if one.where.startswith(PLACE) else (one,))
    )


def _page(
    parts: RuleParts | None = None,
    given: dict[str, str] | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    sentence: str = "",
    focus: str = "",
    said: str = "",
) -> str:
    return team_page(
        "studies/settings/rule.html",
        part="settings",
        page=rule_form_page(current_member(), parts, given),
        choices=CHOICES,
        text_holds=TEXT_HOLDS,
        given=given or {},
        problems=problems,
        summary=said_where(problems),
        sentence=sentence,
        focus=focus,
        said=said,
    )


def _library(*, chosen: str = "", sentence: str = "") -> str:
    page = library_page(current_member(), chosen=chosen)
    return team_page("studies/settings/rule_library.html", part="settings", page=page, sentence=sentence)
