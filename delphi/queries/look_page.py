"""A study's colour with the contrasts it gives, and its logo."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.colours import DARK_PAPER, PLATFORM, TEXT, WASH, WHITE, accent_of, contrast
from delphi.domain.errors import NotFound
from delphi.extensions import db
from delphi.models.studies import Picture, Study
from delphi.queries.studies import study_of


@dataclass(frozen=True, slots=True)
class Contrast:
    """One pair of colours that people have to tell apart, with its contrast cut to one digit."""

    what: str
    ratio: str


@dataclass(frozen=True, slots=True)
class LookPage:
    """The colour that is saved, the one that is shown, and the logo; empty where there is none."""

    saved: str
    shown: str
    is_tried: bool
    contrasts: tuple[Contrast, ...]
    needed: float
    logo: str


def look_page(member: TeamMember, tried: str | None) -> LookPage:
    """How the member's study looks, or would look in the colour that is tried."""
    study = study_of(member.study_id)
    saved = str(study.look.get("accent") or "")
    shown = tried or saved
    return LookPage(
        saved=saved,
        shown=shown,
        is_tried=bool(tried) and tried != saved,
        contrasts=_contrasts(shown or PLATFORM),
        needed=TEXT,
        logo=str(study.look.get("logo") or ""),
    )


def logo_of(slug: str, name: str) -> Picture:
    """The logo of a study; NotFound for any other picture, which only its panel may see."""
    row = db.session.execute(
        db.select(Picture, Study.look)
        .join(Study, Study.id == Picture.study_id)
        .where(Study.slug == slug, Picture.name == name)
    ).one_or_none()
    if row is None or row.look.get("logo") != name:
        raise NotFound("There is no such logo.")
    picture: Picture = row[0]
    return picture


def _contrasts(colour: str) -> tuple[Contrast, ...]:
    accent = accent_of(colour)
    pairs = (
        ("White words on the header and on buttons", accent.light.accent, WHITE),
        ("Links on the quiet ground", accent.light.accent, WASH),
        ("White words on the header, dark mode", accent.dark.masthead, WHITE),
        ("Links on the page, dark mode", accent.dark.accent, DARK_PAPER),
    )
    return tuple(Contrast(what, f"{int(contrast(one, other) * 10) / 10} to 1") for what, one, other in pairs)
