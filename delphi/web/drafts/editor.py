"""Writing a draft: the difference to the one before while one types, and two people's texts kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from delphi import clock
from delphi.domain.draft_texts import STANDARD
from delphi.domain.errors import InvalidInput, Problem, Stale, WrongState
from delphi.domain.permissions import Permission
from delphi.domain.study_file_texts import plain_newlines
from delphi.queries.draft_editor import conflict_page, difference_shown, editor_page, put_together
from delphi.services.draft_texts import SavedDraft
from delphi.services.drafts import write_draft
from delphi.unit_of_work import unit_of_work
from delphi.web.access import requires
from delphi.web.previews.pages import picture_address
from delphi.web.team import current_member, team_page

blueprint = Blueprint("editor", __name__)

Answer = Response | tuple[str, int]

TEXT, BASE = "text.", "base."
"""What the fields of a form begin with: the text as typed, and the saved one its writer started from."""


@blueprint.get("/studies/<slug>/drafts/<section>/<int:number>/edit")
@requires(Permission.WRITE_DRAFTS)
def show(slug: str, section: str, number: int) -> str:
    """The editor with what is saved, or with what the next draft begins from."""
    return _editor(slug, section, number)


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/edit")
@requires(Permission.WRITE_DRAFTS)
def save(slug: str, section: str, number: int) -> Answer:
    """Save a draft, or only look at the difference, or put two people's texts together first."""
    wanted = request.form.get("do", "save")
    if wanted == "look":
        return _editor(slug, section, number, is_looking=True), 200
    if wanted == "merge":
        return _merged(slug, section, number), 200
    texts = _typed(TEXT)
    try:
        saved = _save(section, number, texts)
    except InvalidInput as error:
        problems = tuple(Problem(f"{TEXT}{one.where}", one.sentence) for one in error.problems)
        return _editor(slug, section, number, problems=problems), 422
    except Stale as error:
        stands = error.theirs.number if isinstance(error.theirs, SavedDraft) else number
        page = conflict_page(current_member(), section, stands, texts, _typed(BASE))
        checked = request.form.getlist("checked")
        return team_page("drafts/conflict.html", part="drafts", page=page, checked=checked), 409
    except WrongState as error:
        return _editor(slug, section, number, sentence=str(error)), 409
    flash(f"Draft {saved} is saved.")
    return redirect(url_for("drafts.show", slug=slug, section=section, number=saved), code=303)


@blueprint.post("/studies/<slug>/drafts/<section>/<int:number>/difference")
@requires(Permission.WRITE_DRAFTS)
def difference(slug: str, section: str, number: int) -> str:
    """A text as it would stand against the draft before; writes nothing: a text is too long for a link."""
    variant, text = request.form.get("variant", STANDARD), request.form.get("text", "")
    shown = difference_shown(current_member(), section, number, variant, text, picture_address(slug))
    return render_template("drafts/_difference.html", shown=shown)


def _save(section: str, number: int, texts: Mapping[str, str]) -> int:
    """Save what was typed; the number of the draft that holds it now."""
    member = current_member()
    given = {variant: text for variant, text in texts.items() if text.strip()}
    bases, checked = _typed(BASE), request.form.getlist("checked")
    with unit_of_work():
        draft = write_draft(
            study_id=member.study_id,
            section=section,
            texts=given,
            number=number,
            # Who began a draft that somebody else has begun meanwhile started from no saved text at all.
            revision=request.form.get("revision", 0, type=int),
            without_variants=[one for one in texts if one not in given and bases.get(one, "").strip()],
            unchecked=[one for one in given if one not in checked and _is_untouched(one, given, bases)],
            actor=member,
            now=clock.now(),
        )
        return draft.number


def _is_untouched(variant: str, texts: Mapping[str, str], bases: Mapping[str, str]) -> bool:
    """Whether a form besides the standard text came back as it was."""
    if variant == STANDARD or variant not in bases:
        return False
    return plain_newlines(texts[variant]).strip() == plain_newlines(bases[variant]).strip()


def _merged(slug: str, section: str, number: int) -> str:
    """The editor with both texts in one, to be read and saved over what is saved now."""
    member = current_member()
    texts, n_both = put_together(member, section, number, _typed(TEXT), _typed(BASE))
    address = picture_address(slug)
    saved = editor_page(member, section, number, address)
    page = editor_page(
        member,
        section,
        number,
        address,
        revision=saved.revision,
        texts=texts,
        bases={one.code: one.base for one in saved.fields},
    )
    words = "Both texts are put together. Nothing is saved yet: read it, then save it."
    if n_both:
        places = "place" if n_both == 1 else "places"
        words += f" In {n_both} {places} you both wrote something: both stand there, one after the other."
    return _page(page, merged=words)


def _typed(start: str) -> dict[str, str]:
    """The fields of a form whose names begin like this, by the form of text they hold."""
    return {key.removeprefix(start): text for key, text in request.form.items() if key.startswith(start)}


def _editor(
    slug: str,
    section: str,
    number: int,
    *,
    problems: tuple[Problem, ...] = (),
    sentence: str = "",
    is_looking: bool = False,
) -> str:
    """The editor with what is saved, or with what was typed when a form was sent."""
    typed: dict[str, Any] = {}
    if request.method == "POST":
        typed = {
            "revision": request.form.get("revision", type=int),
            "texts": _typed(TEXT),
            "bases": _typed(BASE),
        }
    page = editor_page(current_member(), section, number, picture_address(slug), **typed)
    return _page(page, problems=problems, sentence=sentence, is_looking=is_looking)


def _page(page: Any, **values: Any) -> str:
    empty: dict[str, Any] = {"problems": (), "sentence": "", "is_looking": False, "merged": ""}
    checked = request.form.getlist("checked")
    return team_page("drafts/edit.html", part="drafts", page=page, checked=checked, **empty | values)
