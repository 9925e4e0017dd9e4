"""A section's page: read, answer, save and continue. Nothing that was typed is ever lost on the way."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Stale, WrongState
from delphi.domain.permissions import Permission
from delphi.queries.answers import SavedPage
from delphi.queries.panel_home import round_line_of
from delphi.queries.rating_page import RatingPage, Typed, questions_about_change, rating_page
from delphi.queries.round_outline import RoundOutline, SectionOutline, round_outline
from delphi.queries.section_content import EASY_READ
from delphi.services.answers import save_answers
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, current_visit, requires
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import (
    agreed,
    blueprint,
    chosen_variant,
    keep_variant,
    page,
    picture_address,
)
from delphi.web.taking_part.forms import (
    CHOOSE,
    Given,
    problems_by_field,
    read_answers,
    revision_of,
    says_nothing_new,
)
from delphi.web.taking_part.ready import ready_page

SHOWS = ("changes", "new", "old")
"""What of a changed draft is shown: marked changes, the new text, the old one."""


@blueprint.get("/studies/<slug>/taking-part/round-<int:number>/sections/<code>")
@requires(Permission.ANSWER, key=Key.PANEL)
@agreed
def section(slug: str, number: int, code: str) -> tuple[str, int]:
    """Show a section with what this person has said about it so far."""
    keep_variant()
    return _shown(round_outline(current_visit().study, number), code)


@blueprint.post("/studies/<slug>/taking-part/round-<int:number>/sections/<code>")
@requires(Permission.ANSWER, key=Key.PANEL)
@shows_again
@agreed
def save(slug: str, number: int, code: str) -> tuple[str, int] | Response:
    """Save a page and go on; whatever stands in the way, the page comes back as it was typed."""
    outline = round_outline(current_visit().study, number)
    asked = outline.section(code)
    clear = request.form.get("clear")
    given = read_answers(request.form, outline, asked, clear)
    problem = token_problem() or given.problem
    if problem:
        return _shown(outline, code, given.typed(), problem=problem, status=400)
    try:
        revision = _save(number, code, given)
    except InvalidInput as error:
        return _shown(outline, code, given.typed(problems_by_field(error)), status=422)
    except Stale as error:
        if not says_nothing_new(given, error.theirs):
            typed = Typed(given.ratings, given.comments, revision_of(error.theirs), {}, _theirs(error.theirs))
            return _shown(outline, code, typed, status=409)
        revision = given.revision
    except WrongState as error:
        return _too_late(outline, asked, given, str(error))
    return _onwards(outline, asked, given, revision, clear)


def _save(number: int, code: str, given: Given) -> int:
    visit = current_visit()
    # An empty box on a page that was never saved clears nothing.
    comments = {name: text for name, text in given.comments.items() if text.strip() or given.revision}
    with unit_of_work(wakes_outbox=False):
        return save_answers(
            study_id=visit.study_id,
            number=number,
            code=visit.code,
            section=code,
            ratings=given.ratings,
            comments=comments,
            revision=given.revision,
            variant=chosen_variant(),
            actor=visit.actor,
            now=clock.now(),
        )


def _onwards(
    outline: RoundOutline, asked: SectionOutline, given: Given, revision: int, clear: str | None
) -> tuple[str, int] | Response:
    """Where to after a save: back to a question just cleared, a question just raised, or the next section."""
    visit = current_visit()

    def to(code: str, anchor: str | None = None) -> Response:
        address = url_for(
            "taking_part.section", slug=visit.slug, number=outline.number, code=code, _anchor=anchor
        )
        return redirect(address, code=303)

    if clear:
        return to(asked.code, f"rating-{clear}")
    blanks = [item.criterion for item in asked.items if given.ratings.get(item.criterion) is None]
    if blanks and "asked" not in request.form:
        saved = Typed(given.ratings, given.comments, revision, dict.fromkeys(blanks, CHOOSE))
        return _shown(outline, asked.code, saved, status=422, is_saved=True)
    raised = set(questions_about_change(visit, outline, asked, given.ratings))
    raised -= set(request.form.getlist("shown"))
    if raised:
        return to(asked.code, f"comment-{min(raised)}")
    following = outline.after(asked.code)
    if following is None:
        return redirect(url_for("taking_part.review", slug=visit.slug, number=outline.number), code=303)
    return to(following.code)


def _shown(
    outline: RoundOutline,
    code: str,
    typed: Typed | None = None,
    *,
    problem: str = "",
    status: int = 200,
    is_saved: bool = False,
) -> tuple[str, int]:
    visit = current_visit()
    found = rating_page(
        visit, outline, code, variant=chosen_variant(), picture=picture_address(visit.slug), typed=typed
    )
    usual = "new" if found.content.variant == EASY_READ else "changes"
    asked = request.args.get("show", usual)
    shows = asked if asked in SHOWS else usual
    round_line = round_line_of(visit, found.round, is_open=found.is_open, closes=found.closes)

    def render(**gaps: Any) -> str:
        html, _ = page(
            "taking_part/section.html",
            section=found,
            shows=shows,
            problem=problem,
            is_stale=typed is not None and typed.theirs is not None,
            is_saved=is_saved,
            has_asked=is_saved or "asked" in request.form,
            round_line=round_line,
            **gaps,
        )
        return html

    # A page that comes back, and one that answers its reader's own comments, are for this reader alone.
    is_own = typed is not None or bool(found.own_comments)
    like = (visit.frame, shows, round_line, found.is_open, found.rated_before, bool(found.boxes))
    return ready_page(found, render, like=None if is_own else like, keep=_keep_key(found)), status


def _too_late(outline: RoundOutline, asked: SectionOutline, given: Given, sentence: str) -> tuple[str, int]:
    """The round closed in between: what was typed is shown, so that it can be copied."""
    visit = current_visit()
    found = rating_page(
        visit,
        outline,
        asked.code,
        variant=chosen_variant(),
        picture=picture_address(visit.slug),
        typed=given.typed(),
    )
    return page("taking_part/too_late.html", section=found, sentence=sentence, status=409)


def _keep_key(found: RatingPage) -> str:
    """The name under which this device keeps answers that could not be sent; of one person, one page."""
    visit = current_visit()
    return f"delphi/{visit.slug}/{found.round}/{found.code}/{visit.code}"


def _theirs(saved: object) -> SavedPage | None:
    return saved if isinstance(saved, SavedPage) else None
