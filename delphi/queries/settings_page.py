"""The pages of a study's settings: their fields, what is fixed, and how much still has to be filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import Problem
from delphi.domain.setup.arranging import arranged
from delphi.domain.setup.fields import Theme, Title, fingerprint, shown_values
from delphi.domain.setup.marks import n_to_fill_in
from delphi.domain.setup.scales import READY_MADE
from delphi.domain.setup.themes import THEME_OF_PART, THEMES, theme_of
from delphi.domain.states import DraftState, StudyState
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.sections import sections_of
from delphi.queries.settings_fields import FixedLine, Shown, ShownField, ShownRows, fixed_lines
from delphi.queries.studies import study_of
from delphi.queries.study_export import bundle_of


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section with how far its text has come."""

    code: str
    title: str
    words: str
    is_to_write: bool


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One page of the settings."""

    key: str
    title: str
    lead: str
    seen: str
    blocks: tuple[ShownField | ShownRows | Title, ...]
    fixed: tuple[FixedLine, ...]
    fixed_because: str
    names: tuple[str, ...]
    before: tuple[str, str] | None
    after: tuple[str, str] | None
    n_to_fill_in: int
    sections: tuple[SectionLine, ...] = ()
    has_versions: bool = False
    ready_scales: tuple[tuple[str, str, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsLink:
    """One page of the settings in their list."""

    key: str
    title: str
    lead: str
    n_to_fill_in: int
    is_fixed: bool


def settings_links(study: Study) -> tuple[SettingsLink, ...]:
    """Every page that is made of fields, with how much is left to fill in."""
    setup = arranged(bundle_of(study))
    is_draft = study.state == StudyState.DRAFT
    return tuple(
        SettingsLink(
            theme.key,
            theme.title,
            theme.lead,
            n_to_fill_in(shown_values(theme, setup).values()),
            not is_draft and not theme.is_open,
        )
        for theme in THEMES
    )


def settings_page(
    member: TeamMember,
    key: str,
    *,
    given: Mapping[str, str] | None = None,
    theirs: Mapping[str, str] | None = None,
    seen: str = "",
    is_new_version: bool = False,
) -> SettingsPage:
    """A page of the settings; `given` is a form that came back, `theirs` what somebody else saved since.

    With `is_new_version` everything can be written, as in a study that has not started. Raises NotFound for
    a page that there is not.
    """
    theme, study = theme_of(key), study_of(member.study_id)
    bundle = bundle_of(study)
    setup = arranged(bundle)
    setup["pictures"] = [{"id": name, "label": name} for name in sorted(bundle.pictures)]
    values = shown_values(theme, setup)
    is_draft = study.state == StudyState.DRAFT or is_new_version
    is_put_away = study.state == StudyState.ARCHIVED
    shown = Shown(setup, given if given is not None else values, theirs, given is not None)
    may_write = [
        block
        for block in theme.blocks
        if not is_put_away and (is_draft or (not isinstance(block, Title) and block.is_open))
    ]
    blocks = tuple(shown.block(block) for block in may_write)
    fixed = [block for block in theme.blocks if block not in may_write and not isinstance(block, Title)]
    place = THEMES.index(theme)
    return SettingsPage(
        key=theme.key,
        title=theme.title,
        lead=theme.lead,
        seen=seen or fingerprint(theme, setup),
        blocks=blocks,
        fixed=tuple(line for block in fixed for line in fixed_lines(block, setup)),
        fixed_because=_fixed_because(theme, study) if fixed else "",
        names=tuple(_names(blocks)),
        before=_neighbour(place - 1),
        after=_neighbour(place + 1),
        n_to_fill_in=n_to_fill_in(values.values()),
        sections=tuple(_section_line(one) for one in sections_of(study.id)) if key == "sections" else (),
        ready_scales=_ready_scales(study) if key == "scale" and is_draft else (),
        has_versions=key in ("consent", "documents") and study.state == StudyState.RUNNING,
    )


def placed(problems: Iterable[Problem], page: SettingsPage) -> tuple[Problem, ...]:
    """Problems beside the nearest field of a page; what lies on another page says on which."""
    return tuple(_placed(problem, page) for problem in problems)


def in_summary(problems: Iterable[Problem], page: SettingsPage) -> tuple[Problem, ...]:
    """The problems as they are listed above a page: each says beside which field it stands."""
    labels = dict(_labels(page.blocks))
    return tuple(
        Problem(one.where, f"{labels[one.where]}: {one.sentence}" if one.where in labels else one.sentence)
        for one in problems
    )


def _labels(blocks: Iterable[ShownField | ShownRows | Title]) -> Iterable[tuple[str, str]]:
    for block in blocks:
        if isinstance(block, ShownRows):
            for row in block.rows:
                yield from ((one.name, f"{row.heading}, {one.label}") for one in row.fields)
        elif isinstance(block, ShownField):
            yield block.name, block.label


def _ready_scales(study: Study) -> tuple[tuple[str, str, str, bool], ...]:
    """The scales to begin from: code, title, what it is like, and whether the study has it now."""
    return tuple(
        (one.code, one.title, one.about, one.code == study.scale.get("id")) for one in READY_MADE.values()
    )


def _section_line(section: Section) -> SectionLine:
    if not section.drafts:
        return SectionLine(section.code, section.title, "No text yet", False)
    newest = section.drafts[-1]
    texts = {one.variant: one.text for one in newest.variants}
    gaps = n_to_fill_in(texts.values())
    with_easy = "with Easy Read" if "easy_read" in texts else "without Easy Read"
    words = "Still to be written" if gaps else f"Draft {newest.number}, {newest.state.value}, {with_easy}"
    return SectionLine(section.code, section.title, words, newest.state == DraftState.WORKING)


def _placed(problem: Problem, page: SettingsPage) -> Problem:
    where = problem.where
    while where:
        if where in page.names:
            return Problem(where, problem.sentence)
        inside = [name for name in page.names if name.startswith(f"{where}.")]
        if inside:
            return Problem(inside[0], problem.sentence)
        where = where.rpartition(".")[0]
    theme = THEME_OF_PART.get(problem.where.split(".")[0])
    if problem.where.startswith("consensus_rule"):
        return Problem("On the page of the rule", problem.sentence)
    return Problem(
        f"On the page “{theme.title}”" if theme and theme.key != page.key else "", problem.sentence
    )


def _neighbour(place: int) -> tuple[str, str] | None:
    return (THEMES[place].key, THEMES[place].title) if 0 <= place < len(THEMES) else None


def _names(blocks: Iterable[ShownField | ShownRows | Title]) -> Iterable[str]:
    for block in blocks:
        if isinstance(block, ShownRows):
            yield block.key
            for row in block.rows:
                yield from (one.name for one in row.fields)
        elif isinstance(block, ShownField):
            yield block.name


def _fixed_because(theme: Theme, study: Study) -> str:
    if study.state == StudyState.ARCHIVED:
        return "This study is in the archive and can only be read."
    if theme.is_sealed and study.seal is not None:
        day = in_words(day_of(study.seal.sealed_at, study.timezone))
        return f"Sealed on {day}, before any rating. It can no longer be changed."
    return "Fixed since the study started: people have agreed to take part on the strength of it."
