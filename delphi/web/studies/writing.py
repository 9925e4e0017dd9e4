"""Writing the text of a section while a study is being set up: standard and Easy Read on one page."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.errors import InvalidInput, Problem, Stale
from delphi.domain.permissions import Permission
from delphi.queries.section_text_page import FORMS, section_text_page
from delphi.services.draft_texts import SavedDraft
from delphi.services.drafts import write_draft
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.team import current_member, team_page

blueprint = Blueprint("writing", __name__)


@blueprint.get("/studies/<slug>/settings/sections/<section>")
@requires(Permission.WRITE_DRAFTS)
def show(slug: str, section: str) -> str:
    """The newest text of a section in both forms."""
    return _page(section)


@blueprint.post("/studies/<slug>/settings/sections/<section>")
@requires(Permission.WRITE_DRAFTS)
def save(slug: str, section: str) -> Response | tuple[str, int]:
    """Save the text as the section's working draft; when somebody else saved first, both are kept."""
    member, given = current_member(), {form: request.form.get(form, "") for form, _, _ in FORMS}
    page = section_text_page(member, section)
    number = request.form.get("number", page.number, type=int)
    texts = {form: text for form, text in given.items() if text.strip()}
    try:
        with unit_of_work():
            write_draft(
                study_id=member.study_id,
                section=section,
                texts={**page.other_forms, **texts},
                number=number,
                revision=request.form.get("revision", type=int),
                without_variants=[form for form in page.texts if form not in texts],
                actor=member,
                now=clock.now(),
            )
    except InvalidInput as error:
        return _page(section, given, problems=error.problems), 422
    except Stale as error:
        theirs = error.theirs if isinstance(error.theirs, SavedDraft) else None
        return _page(section, given, theirs=theirs, sentence=str(error)), 409
    flash(f"The text of “{page.title}” is saved.")
    return redirect(url_for("settings.show", slug=slug, setting="sections"), code=303)


def _page(
    section: str,
    given: Mapping[str, str] | None = None,
    *,
    problems: tuple[Problem, ...] = (),
    theirs: SavedDraft | None = None,
    sentence: str = "",
) -> str:
    return team_page(
        "studies/settings/section.html",
        part="settings",
        page=section_text_page(current_member(), section),
        forms=FORMS,
        given=given,
        problems=problems,
        theirs=theirs,
        sentence=sentence,
    )
