"""A round's results as everybody may have them: the team's switch "Safe to share" (requirement E26).

Made from the release alone: the figures that were shared, or those that would be if the feedback were
published now. Reasons of outcomes are left out, since they name figures of small panels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import ClassVar

from delphi.consensus.disclosure_reasons import reader_notes
from delphi.consensus.disclosure_release import Cell, Display, Release, UnitKind
from delphi.consensus.figure_words import share_thresholds
from delphi.consensus.vocabulary import percent_in_words
from delphi.domain.actors import TeamMember
from delphi.domain.errors import WrongState
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.rule import Outcome
from delphi.domain.states import RoundState
from delphi.models.rounds import Round
from delphi.queries.feedback import feedback_of, shown_release
from delphi.queries.plain_table import PlainTable
from delphi.queries.results import answers_were_deleted, item_key
from delphi.queries.results_look import BAR, Look, Piece
from delphi.queries.results_rows import MARKS
from delphi.queries.studies import rule_of

NOT_SHOWN, COARSE = "not shown", "only agree or not"
LEVELS = {UnitKind.EVERYONE: "all", UnitKind.PANEL: "panel", UnitKind.FEEDBACK_GROUP: "group"}


@dataclass(frozen=True, slots=True)
class SafeFigure:
    """One statement by one set of people; `n_agree` and the rest are None where it is not shown."""

    label: str
    percent: str
    n_agree: int | None
    n: int | None
    n_unable: int | None
    is_coarse: bool

    notch: ClassVar[None] = None
    """What the rule needs is told to the team only."""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its bar: who agrees, and who does not. A bar tells no more than the figure beside it."""
        if not self.n or self.n_agree is None:
            return ()
        wide = round(BAR * self.n_agree / self.n, 1)
        pieces = (Piece("s5", 0.0, wide), Piece("track", wide, round(BAR - wide, 1)))
        return tuple(piece for piece in pieces if piece.width)


@dataclass(frozen=True, slots=True)
class SafeLine:
    """All statements of a section by one set of people; `level` is "all", "panel" or "group"."""

    label: str
    level: str
    is_shown: bool
    figures: tuple[SafeFigure, ...]


@dataclass(frozen=True, slots=True)
class SafeSection:
    """A section with its outcome and its lines."""

    code: str
    title: str
    draft: str
    mark: str
    outcome: str
    lines: tuple[SafeLine, ...]


@dataclass(frozen=True, slots=True)
class SafePage:
    """The results of a round that may be shared; before they are shared with the panel, only a look ahead."""

    number: int
    sentence: str
    is_shared: bool
    has_deletion: bool
    outcome_changes: bool
    criteria: tuple[tuple[str, str], ...]
    sections: tuple[SafeSection, ...]
    notes: tuple[str, ...]
    n_coarse: int
    may_export: bool

    @property
    def has_figures(self) -> bool:
        """Whether anything is shown at all."""
        return any(line.is_shown for one in self.sections for line in one.lines)


def safe_results(member: TeamMember, number: int) -> SafePage:
    """The safe results of an analysed round; WrongState before that, and for a round without ratings."""
    look = Look(member, number, also_after_deletion=True)
    release = shown_release(look.study, look.round)
    if release is None:
        raise WrongState(f"Nothing was rated in round {number}, so it has no figures to share.")
    thresholds = share_thresholds(rule_of(look.study))
    sections = tuple(_sections(look, release, list(thresholds)))
    return SafePage(
        number=number,
        sentence=f"{sum(one.mark == 'agreed' for one in sections)} of {len(sections)} sections are agreed.",
        is_shared=_is_shared(look.round),
        has_deletion=answers_were_deleted(look.round),
        outcome_changes=any(
            code in look.results.outcomes and look.results.outcomes[code].outcome != outcome
            for code, (outcome, _) in _outcomes(look).items()
        ),
        criteria=tuple((one.code, one.label) for one in look.criteria),
        sections=sections,
        notes=reader_notes(release),
        n_coarse=sum(figure.is_coarse for one in sections for line in one.lines for figure in line.figures),
        may_export=is_allowed(member, Permission.EXPORT_STUDY),
    )


def safe_table(slug: str, page: SafePage) -> PlainTable:
    """The safe results as plain values for a file; WrongState before they were shared with the panel.

    A file that left before could be set beside what is published later, without somebody who went.
    """
    if not page.is_shared:
        raise WrongState(
            f"Nothing of round {page.number} was shared with the panel yet. Publish its feedback first; the "
            "table can be passed on after that."
        )
    heads = ["Section", "Draft", "Outcome", "Whose ratings"]
    for _, label in page.criteria:
        heads += [f"{label}: {what}" for what in ("% agree", "agree", "rated", "can't say", "shown")]
    rows = tuple(
        (one.title, one.draft, one.outcome, line.label, *chain(*map(_values, line.figures)))
        for one in page.sections
        for line in one.lines
    )
    title = f"Round {page.number}, as it was shared. {' '.join(page.notes)}".strip()
    return PlainTable(f"{slug}-round-{page.number}-safe", f"Round {page.number}", title, tuple(heads), rows)


def _is_shared(round_: Round) -> bool:
    return round_.state == RoundState.PUBLISHED


def _sections(look: Look, release: Release, thresholds: list[Fraction]) -> Iterator[SafeSection]:
    for code, (outcome, headline) in _outcomes(look).items():
        if code not in look.sections:
            continue
        put = look.sections[code]
        lines = tuple(_line(look, release, code, place, thresholds) for place in range(len(release.units)))
        yield SafeSection(code, put.title, f"Draft {put.draft}", MARKS[outcome], headline, lines)


def _outcomes(look: Look) -> dict[str, tuple[Outcome, str]]:
    """Each rated section's outcome in words: the one that was shared, whatever was computed since."""
    if not _is_shared(look.round):
        return {code: (one.outcome, one.headline) for code, one in look.results.outcomes.items()}
    shared = json.loads(feedback_of(look.round).content)["sections"]
    return {one["section"]: (Outcome(one["outcome"]), one["headline"]) for one in shared if one["outcome"]}


def _line(look: Look, release: Release, section: str, place: int, thresholds: list[Fraction]) -> SafeLine:
    entry = release.units[place]
    figures = []
    for one in look.criteria:
        cells = release.cells.get(item_key(section, one.code))
        figures.append(_figure(one.label, cells[place] if cells else None, release, thresholds))
    label = "All panel members" if entry.unit.kind is UnitKind.EVERYONE else entry.unit.label
    return SafeLine(label, LEVELS[entry.unit.kind], entry.is_shown, tuple(figures))


def _figure(label: str, cell: Cell | None, release: Release, thresholds: list[Fraction]) -> SafeFigure:
    if cell is None:
        return SafeFigure(label, "–", None, None, None, is_coarse=False)
    if cell.histogram is not None:
        n_agree, n = cell.histogram.count_in(release.agree_band), cell.histogram.n
        n_unable = cell.histogram.n_unable
    elif cell.coarse is not None:
        n_agree, n, n_unable = cell.coarse.n_agree, cell.coarse.n, cell.coarse.n_unable
    else:
        return SafeFigure(label, NOT_SHOWN, None, None, None, is_coarse=False)
    percent = percent_in_words(Fraction(100 * n_agree, n), thresholds) if n else "–"
    return SafeFigure(label, percent, n_agree, n, n_unable, cell.display is Display.COARSE)


def _values(figure: SafeFigure) -> tuple[str | int | float | None, ...]:
    if figure.n is None or figure.n_agree is None:
        return (None, None, None, None, figure.percent if figure.percent == NOT_SHOWN else None)
    share = round(100 * figure.n_agree / figure.n, 1) if figure.n else None
    shown = COARSE if figure.is_coarse else "in full"
    return (share, figure.n_agree, figure.n, figure.n_unable, shown)
