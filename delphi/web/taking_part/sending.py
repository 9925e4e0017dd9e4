"""Checking, sending, the receipt, and going back to change something while the round is open."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Stale, WrongState
from delphi.domain.permissions import Permission
from delphi.queries.panel_home import round_line_of
from delphi.queries.sending import SendingPage, WholeQuestion, receipt_page, sending_page
from delphi.services.answers import save_about_the_whole, submit, take_up_again
from delphi.services.copies import ask_for_copy
from delphi.unit_of_work import unit_of_work
from delphi.web.access import Key, current_visit, requires
from delphi.web.forms_base import shows_again, token_problem
from delphi.web.taking_part.blueprint import agreed, blueprint, page
from delphi.web.taking_part.forms import COMMENT, number_in, problems_by_field


@blueprint.get("/studies/<slug>/taking-part/round-<int:number>/review")
@requires(Permission.ANSWER, key=Key.PANEL)
@agreed
def review(slug: str, number: int) -> tuple[str, int]:
    """Show every answer of the round before it is sent."""
    return _review(sending_page(current_visit(), number))


@blueprint.post("/studies/<slug>/taking-part/round-<int:number>/send")
@requires(Permission.ANSWER, key=Key.PANEL)
@shows_again
@agreed
def send(slug: str, number: int) -> tuple[str, int] | Response:
    """Hand in what is saved, with what was said about the whole."""
    visit, problem = current_visit(), token_problem()
    if problem:
        return _review(sending_page(visit, number), problem, status=422)
    try:
        with unit_of_work():
            _hand_in(number)
    except InvalidInput as error:
        return _review(sending_page(visit, number), problems=problems_by_field(error), status=422)
    except Stale as error:
        return _review(sending_page(visit, number), str(error), is_stale=True, status=409)
    except WrongState as error:
        return _review(sending_page(visit, number), str(error), status=422)
    return redirect(url_for("taking_part.receipt", slug=slug, number=number), code=303)


def _hand_in(number: int) -> None:
    visit, now = current_visit(), clock.now()
    common = {"study_id": visit.study_id, "number": number, "code": visit.code}
    # An empty box where nothing was said before says nothing: it must not begin a submission.
    said = {one.code for one in sending_page(visit, number).whole if one.text}
    whole = {prompt: text for prompt, text in _whole().items() if text.strip() or prompt in said}
    if whole:
        revision = number_in(request.form.get("whole-revision"))
        save_about_the_whole(**common, comments=whole, revision=revision, actor=visit.actor, now=now)  # type: ignore[arg-type]
    submit(**common, support=request.form.get("support"), actor=visit.actor, now=now)  # type: ignore[arg-type]


@blueprint.get("/studies/<slug>/taking-part/round-<int:number>/receipt")
@requires(Permission.ANSWER, key=Key.PANEL)
@agreed
def receipt(slug: str, number: int) -> tuple[str, int]:
    """Say that the answers have arrived, with a copy to keep."""
    found = receipt_page(current_visit(), number)
    return page("taking_part/receipt.html", sending=found, round_line=_line(found))


@blueprint.post("/studies/<slug>/taking-part/round-<int:number>/copy")
@requires(Permission.ANSWER, key=Key.PANEL)
@agreed
def send_copy(slug: str, number: int) -> Response:
    """Mail this person a copy of their own answers, because they asked for it."""
    visit = current_visit()
    with unit_of_work():
        ask_for_copy(
            study_id=visit.study_id, number=number, code=visit.code, actor=visit.actor, now=clock.now()
        )
    is_sent = bool(sending_page(visit, number).sent_at)
    back = "taking_part.receipt" if is_sent else "taking_part.review"
    return redirect(url_for(back, slug=slug, number=number, copy="asked", _anchor="copy"), code=303)


@blueprint.post("/studies/<slug>/taking-part/round-<int:number>/change")
@requires(Permission.ANSWER, key=Key.PANEL)
@agreed
def change(slug: str, number: int) -> Response:
    """Take answers up again that were sent, while the round is open."""
    visit = current_visit()
    with unit_of_work():
        take_up_again(
            study_id=visit.study_id, number=number, code=visit.code, actor=visit.actor, now=clock.now()
        )
    return redirect(url_for("taking_part.home", slug=slug, changing="yes"), code=303)


def _review(
    found: SendingPage,
    problem: str = "",
    problems: dict[str, str] | None = None,
    *,
    is_stale: bool = False,
    status: int = 200,
) -> tuple[str, int]:
    """The page as it is saved, with what was typed in place of it where a form has come back."""
    typed = _whole()
    whole = tuple(
        replace(
            one,
            text=typed.get(one.code, one.text),
            problem=(problems or {}).get(one.code, ""),
            elsewhere=_elsewhere(one, typed) if is_stale else None,
        )
        for one in found.whole
    )
    return page(
        "taking_part/review.html",
        sending=replace(found, whole=whole),
        problem=problem,
        is_stale=is_stale,
        support=request.form.get("support", found.support),
        support_problem=(problems or {}).get("support", ""),
        round_line=_line(found),
        status=status,
    )


def _elsewhere(saved: WholeQuestion, typed: dict[str, str]) -> str | None:
    """What is saved from another device, where that differs from what was typed here."""
    here = typed.get(saved.code, saved.text).replace("\r\n", "\n").strip()
    return saved.text if here != saved.text.strip() else None


def _whole() -> dict[str, str]:
    """What was typed about the guidance as a whole, by prompt."""
    return {
        name.removeprefix(COMMENT): text for name, text in request.form.items() if name.startswith(COMMENT)
    }


def _line(found: SendingPage) -> str:
    return round_line_of(current_visit(), found.round, is_open=found.is_open, closes=found.closes)
