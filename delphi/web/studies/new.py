"""Beginning a study in the browser, without a file: the least is asked, the rest is filled in later."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.actors import TeamMember
from delphi.domain.errors import InvalidInput, NotAllowed, Problem
from delphi.domain.setup.reading import made_id
from delphi.domain.setup.scales import READY_MADE
from delphi.domain.setup.starting import Beginning
from delphi.domain.wording import with_capital
from delphi.queries.studies import member_of, study_of
from delphi.queries.studies_page import first_led_study
from delphi.services.studies import begin_study
from delphi.unit_of_work import unit_of_work
from delphi.web.team import account_here, needs_account

blueprint = Blueprint("new_study", __name__)

FIELDS = {
    "study.title": "title",
    "study.short_title": "short_title",
    "study.slug": "slug",
    "study.language": "language",
    "study.timezone": "timezone",
    "information.contact.phone": "phone",
    "information.safety.phone": "phone",
    "information.contact": "phone",
}
"""Which field of the form a place of the study file comes from."""


@blueprint.get("/studies/new")
@needs_account
def show() -> str:
    """Ask for what has to be known to begin."""
    member = leading_member()
    timezone = study_of(member.study_id).timezone
    return _page({"language": "en-GB", "timezone": timezone, "scale": next(iter(READY_MADE))})


@blueprint.post("/studies/new")
@needs_account
def begin() -> Response | tuple[str, int]:
    """Begin the study; whoever begins it leads it."""
    member, account, given = leading_member(), account_here(), request.form.to_dict()
    try:
        beginning = _read(given, account.name, account.email)
        with unit_of_work():
            slug = begin_study(beginning=beginning, actor=member, now=clock.now()).slug
    except InvalidInput as error:
        problems = tuple(
            {
                (field, one.sentence): Problem(field, with_capital(one.sentence))
                for one in error.problems
                for field in (FIELDS.get(one.where, one.where),)
            }.values()
        )
        return _page(given, problems), 422
    flash("The study is begun, and you lead it. Nothing is sealed yet.")
    return redirect(url_for("settings.index", slug=slug), code=303)


def leading_member() -> TeamMember:
    """The account as a member of a study that it leads; only such people may bring or begin another.

    Raises NotAllowed for everybody else.
    """
    account = account_here()
    leading = first_led_study(account.account_id)
    if leading is None:
        raise NotAllowed(
            "Only somebody who leads a study may bring or begin one. Ask whoever looks after this server."
        )
    return member_of(leading.study_id, account.account_id)


def _read(given: dict[str, str], name: str, email: str) -> Beginning:
    words = {key: value.strip() for key, value in given.items()}
    missing = {
        "title": "Give the study a title.",
        "short_title": "Give the study a short title.",
        "phone": "Give a telephone number: people must be able to ring somebody.",
    }
    problems = [Problem(key, sentence) for key, sentence in missing.items() if not words.get(key)]
    if words.get("scale") not in READY_MADE:
        problems.append(Problem("scale", "Choose a scale. Its words can be changed afterwards."))
    if problems:
        raise InvalidInput(problems)
    return Beginning(
        slug=words.get("slug") or made_id(words["short_title"], set()),
        title=words["title"],
        short_title=words["short_title"],
        language=words.get("language") or "en-GB",
        timezone=words.get("timezone") or "Europe/London",
        scale=words["scale"],
        contact=name,
        email=email,
        phone=words["phone"],
    )


def _page(given: dict[str, str], problems: tuple[Problem, ...] = ()) -> str:
    return render_template(
        "studies/new.html",
        account=account_here(),
        given=given,
        problems=problems,
        scales=tuple(READY_MADE.values()),
    )
