"""A round's figures as its team sees them: one criterion of one section by one set of people, and its bar.

Everything is shown, also small groups: these figures are for the team and not for sharing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from delphi.consensus.counts import Histogram
from delphi.consensus.uncertainty import Uncertainty, uncertainty
from delphi.consensus.vocabulary import percent_in_words, threshold_in_words
from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import WrongState
from delphi.domain.groups import GroupStructure
from delphi.domain.ids import DraftId, SectionId
from delphi.domain.scale import Scale
from delphi.extensions import db
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section
from delphi.models.studies import Study
from delphi.queries.results import Results, answers_were_deleted, item_key, newest_snapshot, read_results
from delphi.queries.results_limits import agreed_limits
from delphi.queries.rounds import round_of
from delphi.queries.sections import sections_of
from delphi.queries.studies import criteria_of, rule_of, scale_of, structure_of, study_of

BAR = 68.0
GAP = 0.8


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bar: its class in the style sheet, where it begins, how long it is."""

    css: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Unit:
    """Whose ratings: everybody, a panel, or a stakeholder group."""

    code: str
    label: str
    short: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One criterion of one section by one set of people.

    `share` is the part that agrees, 0 to 1, or -1 without ratings; `n_unable` said "can't say" and
    `n_skipped` left the statement out.
    """

    label: str
    percent: str
    n_agree: int
    n: int
    n_unable: int
    n_skipped: int
    pieces: tuple[Piece, ...]
    notch: float | None
    needs: str
    fails: bool
    share: float
    histogram: Histogram
    agree_band: tuple[int, ...]

    @property
    def unsure(self) -> Uncertainty:
        """The 95% intervals of its share and its median, worked out when a page shows them."""
        return uncertainty(self.histogram, self.agree_band)


@dataclass(frozen=True, slots=True)
class PutSection:
    """A section as a round put it: its place in the guidance, from 1, and the draft."""

    id: SectionId
    code: str
    title: str
    draft: int
    draft_id: DraftId


class Look:
    """What every page about a round's results is made from, read once.

    WrongState before the analysis, and when answers were deleted after the figures were shared (E34). A page
    that shows no figure without those answers asks for it `also_after_deletion`.
    """

    def __init__(self, member: TeamMember, number: int, *, also_after_deletion: bool = False) -> None:
        self._member, self._also_after_deletion = member, also_after_deletion
        self._earlier: dict[int, Look] = {}
        self.study: Study = study_of(member.study_id)
        self.round: Round = round_of(member.study_id, number)
        if answers_were_deleted(self.round) and not also_after_deletion:
            raise WrongState(
                f"Somebody's answers to round {number} were deleted after its figures were shared. Figures "
                "without them would give the answers back, so this page is not shown any more. The results "
                "of the round stand as they were shared."
            )
        self.snapshot = newest_snapshot(self.round)
        self.results: Results = read_results(self.snapshot)
        self.scale: Scale = scale_of(self.study)
        self.structure: GroupStructure = structure_of(self.study.id)
        self.criteria = criteria_of(self.study.id)
        codes = [one.code for one in self.criteria]
        self.limits = agreed_limits(rule_of(self.study), self.structure, codes, number)
        self.everybody = Unit("pooled", "All panel members", "All", self.structure.group_codes)
        self.panels = tuple(
            Unit(f"panel:{one.code}", one.label, _short(one.code), one.groups)
            for one in self.structure.panels
        )
        self.units = (self.everybody, *self.panels)
        self.groups = tuple(
            Unit(f"group:{one.code}", one.label, one.label, (one.code,)) for one in self.structure.groups
        )
        self.sections = _sections_put(self.study, self.round)

    @property
    def analysed_on(self) -> str:
        """The day of the analysis, in words."""
        return in_words(day_of(self.snapshot.computed_at, self.study.timezone))

    def earlier(self, number: int) -> Look:
        """The same look at a round before this one, read once."""
        if number not in self._earlier:
            kept = Look(self._member, number, also_after_deletion=self._also_after_deletion)
            self._earlier[number] = kept
        return self._earlier[number]

    def has(self, section: str, criterion: str) -> bool:
        """Whether the round put this criterion of this section."""
        return item_key(section, criterion) in self.results.items

    def histogram(self, section: str, criterion: str, unit: Unit) -> Histogram:
        """The answers of some people to one item; empty where the item was not put."""
        counts = self.results.items.get(item_key(section, criterion))
        if counts is None:
            return Histogram.empty(self.scale.minimum, len(self.scale.points))
        return counts.of(unit.groups)

    def figure(self, section: str, criterion: str, label: str, unit: Unit, *, length: float = BAR) -> Figure:
        """One figure with its bar, `length` units long."""
        histogram = self.histogram(section, criterion, unit)
        limit = self.limits.get((unit.code, criterion))
        agree = histogram.count_in(self.scale.bands["agree"])
        share = Fraction(100 * agree, histogram.n) if histogram.n else None
        return Figure(
            label=label,
            percent="–" if share is None else percent_in_words(share, [limit.percent] if limit else []),
            n_agree=agree,
            n=histogram.n,
            n_unable=histogram.n_unable,
            n_skipped=histogram.n_skipped,
            pieces=_pieces(histogram, self.scale, length),
            notch=round(float(limit.percent) * length / 100, 1) if limit else None,
            needs=threshold_in_words(limit.percent) if limit else "",
            fails=limit is not None and share is not None and not limit.holds(share),
            share=float(share) / 100 if share is not None else -1.0,
            histogram=histogram,
            agree_band=tuple(self.scale.bands["agree"]),
        )


def points_of(scale: Scale) -> tuple[tuple[str, str], ...]:
    """What the colours of a bar stand for, from most agreement to least: class and words."""
    if len(scale.points) == 5:
        return tuple((css_of(scale, point.value), point.label) for point in reversed(scale.points))
    bands: dict[str, list[int]] = {}
    for point in reversed(scale.points):
        bands.setdefault(css_of(scale, point.value), []).append(point.value)
    return tuple(
        (css, f"{values[-1]} to {values[0]}" if len(values) > 1 else str(values[0]))
        for css, values in bands.items()
    )


def css_of(scale: Scale, value: int) -> str:
    """The class of a point: five shades for five points, one a band for any other scale."""
    if len(scale.points) == 5:
        return f"s{value - scale.minimum + 1}"
    if value in scale.bands["agree"]:
        return "s5"
    return "s1" if value in scale.bands["disagree"] else "s3"


def _sections_put(study: Study, round_: Round) -> dict[str, PutSection]:
    places = {section.id: number for number, section in enumerate(_numbered(study), start=1)}
    rows = db.session.execute(
        db.select(Section, Draft)
        .join(RoundSection, RoundSection.section_id == Section.id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .where(RoundSection.round_id == round_.id)
        .order_by(RoundSection.position)
    )
    return {
        section.code: PutSection(
            section.id, section.code, _title(section.title, places.get(section.id)), draft.number, draft.id
        )
        for section, draft in rows
    }


def _numbered(study: Study) -> list[Section]:
    return [one for one in sections_of(study.id) if one.kind != "introduction"]


def _title(title: str, place: int | None) -> str:
    return f"{place}. {title}" if place else title


def _short(code: str) -> str:
    """A panel's code as a short name for a narrow column: "Experience"."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def _pieces(histogram: Histogram, scale: Scale, length: float) -> tuple[Piece, ...]:
    """The bar of one figure: agreement at the left, so that lengths compare on one start."""
    if not histogram.n:
        return ()
    counts: dict[str, int] = {}
    for value, count in zip(reversed(histogram.values), reversed(histogram.counts), strict=True):
        css = css_of(scale, value)
        counts[css] = counts.get(css, 0) + count
    found = []
    x = 0.0
    for css, count in counts.items():
        wide = count / histogram.n * length
        if count:
            found.append(Piece(css, round(x, 1), round(max(wide - GAP, 0.5), 1)))
        x += wide
    return tuple(found)
