"""Saving answers as they are given: what the page's small script calls. Everything works without it."""

from __future__ import annotations

from flask import jsonify, request
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Stale, WrongState
from delphi.domain.permissions import Permission
from delphi.queries.own_page import time_words
from delphi.queries.rating_page import questions_about_change
from delphi.queries.round_outline import round_outline
from delphi.services.answers import save_answers
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, current_visit, requires
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import agreed, blueprint, chosen_variant
from delphi.web.taking_part.forms import read_answers, revision_of, says_nothing_new


@blueprint.post("/studies/<slug>/taking-part/round-<int:number>/sections/<code>/answers")
@requires(Permission.ANSWER, key=Key.PANEL)
@shows_again
@agreed
def save_as_given(slug: str, number: int, code: str) -> Response:
    """Save what changed on a page; the answer is its new revision, or a sentence for the reader."""
    visit, now = current_visit(), clock.now()
    outline = round_outline(visit.study, number)
    asked = outline.section(code)
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict) or token_problem():
        return _refused("again", token_problem() or "This could not be read.", 400)
    given = read_answers(sent, outline, asked)
    if given.problem:
        return _refused("again", given.problem, 400)
    try:
        with unit_of_work(wakes_outbox=False):
            revision = save_answers(
                study_id=visit.study_id,
                number=number,
                code=visit.code,
                section=code,
                ratings=given.ratings,
                comments=given.comments,
                revision=given.revision,
                variant=chosen_variant(),
                actor=visit.actor,
                now=now,
            )
    except InvalidInput as error:
        return _refused("input", error.problems[0].sentence, 422)
    except Stale as error:
        if not says_nothing_new(given, error.theirs):
            return _refused("stale", str(error), 409)
        revision = revision_of(error.theirs)
    except WrongState as error:
        return _refused("closed", str(error), 409)
    raised = questions_about_change(visit, outline, asked, given.ratings)
    return jsonify(revision=revision, at=time_words(now, visit.frame.timezone), asks=list(raised))


def _refused(why: str, sentence: str, status: int) -> Response:
    response = jsonify(why=why, sentence=sentence)
    response.status_code = status
    return response
