"""What changed in a section and why: "you said, we did" for the next round."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.decisions import CHANGE_WORDS, ChangeClass
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import CommentId
from delphi.domain.permissions import Permission
from delphi.queries.revision_form import ChangeLine, revision_form
from delphi.services.revisions import Change, withdraw_revision, write_revision
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("revision", __name__)

FIELDS = ("change_class", "comparable", "comparable_reason", "summary")
CLASSES = tuple((kind.value, *CHANGE_WORDS[kind]) for kind in ChangeClass)
SPARE_LINES = 1


@blueprint.get("/studies/<slug>/drafts/<section>/for-round/<int:number>")
@requires(Permission.WRITE_DRAFTS)
def show(slug: str, section: str, number: int) -> str:
    """What is written down, or an empty form."""
    return _page(section, number, None, None, ())


@blueprint.post("/studies/<slug>/drafts/<section>/for-round/<int:number>")
@requires(Permission.WRITE_DRAFTS)
def save(slug: str, section: str, number: int) -> Response | tuple[str, int]:
    """Write it down, or write it anew."""
    member = current_member()
    form = revision_form(member, section, number)
    given = {name: request.form.get(name, "") for name in FIELDS}
    lines = _lines()
    try:
        if form.kind == "revision" and not given["change_class"]:
            raise InvalidInput([Problem("change_class", "Say what kind of change it is.")])
        with unit_of_work():
            write_revision(
                study_id=member.study_id,
                section=section,
                for_round=number,
                kind=form.kind,
                from_number=form.from_number,
                to_number=form.to_number,
                change_class=given["change_class"] or None,
                comparable=given["comparable"],
                comparable_reason=given["comparable_reason"],
                summary=given["summary"],
                changes=[_change(line) for line in lines],
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(section, number, given, lines, error.problems), 422
    except (NotFound, WrongState) as error:
        return _page(section, number, given, lines, (Problem("", str(error)),)), 409
    flash("“You said, we did” is saved.")
    return redirect(url_for("drafts.section", slug=slug, section=section), code=303)


@blueprint.post("/studies/<slug>/drafts/<section>/for-round/<int:number>/withdraw")
@requires(Permission.WRITE_DRAFTS)
def withdraw(slug: str, section: str, number: int) -> Response:
    """Take back what was written down, so that another decision can be taken."""
    member = current_member()
    with unit_of_work():
        withdraw_revision(
            study_id=member.study_id, section=section, for_round=number, actor=member, now=clock.now()
        )
    flash("What was written down is taken back.")
    return redirect(url_for("drafts.section", slug=slug, section=section), code=303)


def _lines() -> tuple[ChangeLine, ...]:
    """The lines of the form in which something was written."""
    columns: list[list[str]] = [request.form.getlist(name) for name in ("comments", "you_said", "we_did")]
    lines = [ChangeLine(*(part.strip() for part in parts)) for parts in zip(*columns, strict=False)]
    return tuple(line for line in lines if line.comments or line.you_said or line.we_did)


def _change(line: ChangeLine) -> Change:
    ids = [CommentId(int(number)) for number in re.findall(r"\d+", line.comments)]
    return (ids, line.you_said, line.we_did)


def _page(
    section: str,
    number: int,
    given: dict[str, str] | None,
    lines: tuple[ChangeLine, ...] | None,
    problems: tuple[Problem, ...],
) -> str:
    form = revision_form(current_member(), section, number)
    values: dict[str, Any] = given or {name: getattr(form, name) for name in FIELDS}
    shown = [*(form.changes if lines is None else lines), *[ChangeLine("", "", "")] * SPARE_LINES]
    return team_page(
        "drafts/revision.html",
        part="drafts",
        form=form,
        given=values,
        lines=shown,
        classes=CLASSES,
        problems=problems,
    )
