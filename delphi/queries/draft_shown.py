"""One text of a draft as its page and its editor show it: rendered, compared, and how hard it is to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from delphi.domain.draft_texts import STANDARD
from delphi.domain.study_file_texts import picture_name
from delphi.extensions import db
from delphi.models.studies import Picture, Study
from delphi.queries.section_content import EASY_READ, PictureAddress
from delphi.text.difference import compare
from delphi.text.markdown import PictureResolver, render
from delphi.text.reading import read


@dataclass(frozen=True, slots=True)
class TextShown:
    """A text as people read it. `difference` and `summary` are empty where there is nothing to compare with.

    `is_changed` says whether anything differs. `facts` is its length and reading age, with what these were
    before; `warnings` are what its writer may want to change, `long_sentences` the first that are too long.
    """

    html: Markup
    difference: Markup
    summary: str
    is_changed: bool
    facts: str
    warnings: tuple[str, ...]
    long_sentences: tuple[str, ...]


def pictures_of(study: Study, address: PictureAddress) -> PictureResolver:
    """Where the pictures of a study's texts are shown; None for a name that the study does not have."""
    rows = db.session.scalars(db.select(Picture.name).where(Picture.study_id == study.id))
    names = {picture_name(name) or name for name in rows}
    return lambda name: address(name) if name in names else None


def text_shown(
    study: Study, variant: str, text: str, before: str | None, picture: PictureResolver
) -> TextShown:
    """A text of a draft beside the same form of the draft before; None when that had none."""
    html = render(text, picture=picture, demote=2)
    is_easy, is_english = variant == EASY_READ, study.language.lower().startswith("en")
    now = read(html, is_easy_read=is_easy, is_english=is_english)
    facts = now.facts
    difference, summary, is_changed = Markup(), "", False
    if before is not None:
        old = render(before, picture=picture, demote=2)
        difference, summary = marked(old, html)
        is_changed = old != html
        earlier = read(old, is_easy_read=is_easy, is_english=is_english)
        if now.age is not None and earlier.age is not None:
            was = "as before" if now.age == earlier.age else f"before it was {earlier.age}"
            facts = f"{facts.removesuffix('.')}, {was}."
    return TextShown(html, difference, summary, is_changed, facts, now.warnings, now.long_sentences)


def marked(old: Markup, new: Markup) -> tuple[Markup, str]:
    """Both texts in one, in the words and classes of the team's pages, and how much changed."""
    difference = compare(old, new)
    both = difference.html(added="put in:", deleted="taken out:")
    return both.replace(
        Markup('class="visually-hidden"'), Markup('class="govuk-visually-hidden"')
    ), difference.summary


def in_order(variants: Iterable[str]) -> list[str]:
    """The forms of a text, the standard one first."""
    return sorted(variants, key=lambda one: (one != STANDARD, one))
