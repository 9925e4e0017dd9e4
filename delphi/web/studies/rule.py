"""The rule in words, signing and sealing it, and recording a deviation from what was sealed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.permissions import Permission
from delphi.queries.rule_page import rule_page
from delphi.services.deviations import record_deviation
from delphi.services.studies import seal_study, sign_rule
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("rule", __name__)

PARTS = ("subject", "before", "after", "reason")


@blueprint.get("/studies/<slug>/rule")
@requires(Permission.SEE_STUDY)
def show(slug: str) -> str:
    """What decides outcomes, as sentences, with the seal."""
    return _page()


@blueprint.post("/studies/<slug>/rule/sign")
@requires(Permission.SIGN_OFF)
def sign(slug: str) -> Response:
    """Put one's name under the rule."""
    member = current_member()
    with unit_of_work():
        sign_rule(study_id=member.study_id, actor=member, now=clock.now())
    flash("You have signed the rule.")
    return redirect(url_for("rule.show", slug=slug), code=303)


@blueprint.post("/studies/<slug>/rule/seal")
@requires(Permission.SEAL_STUDY)
def seal(slug: str) -> Response | tuple[str, int]:
    """Seal the study, which starts it; asks for a tick, because it cannot be undone."""
    member = current_member()
    if not request.form.get("sure"):
        return _page((Problem("sure", "Tick that you have read what will be sealed."),)), 422
    with unit_of_work():
        seal_study(study_id=member.study_id, actor=member, now=clock.now())
    flash("The study is sealed and has started.")
    return redirect(url_for("rule.show", slug=slug), code=303)


@blueprint.post("/studies/<slug>/rule/deviations")
@requires(Permission.RECORD_DEVIATION)
def deviate(slug: str) -> Response | tuple[str, int]:
    """Record where the study goes another way than was sealed."""
    member = current_member()
    given = {part: request.form.get(part, "") for part in PARTS}
    try:
        with unit_of_work():
            record_deviation(study_id=member.study_id, actor=member, now=clock.now(), **given)
    except InvalidInput as error:
        return _page(error.problems, given), 422
    flash("The deviation is recorded. It is printed in every report.")
    return redirect(url_for("rule.show", slug=slug), code=303)


def _page(problems: tuple[Problem, ...] = (), given: dict[str, str] | None = None) -> str:
    page = rule_page(current_member())
    return team_page("studies/rule.html", part="rule", page=page, problems=problems, given=given or {})
