"""A criterion as a panellist is asked it: the points, the answer now and the last one, the figures."""

from __future__ import annotations

from dataclasses import dataclass, replace

from markupsafe import Markup

from delphi.domain.scale import Scale
from delphi.domain.scale_bands import bands_of, words_of
from delphi.queries.answers import UNABLE, Answer
from delphi.queries.figures_shown import Figure, label_of, said_as
from delphi.queries.section_content import EASY_READ, SectionContent

N_FACES = 5
"""Easy Read has a face for each point of a scale of this many."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen; `value` is what the form sends, `hidden` is said and not seen."""

    value: str
    label: str
    number: int | None
    is_chosen: bool
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class OptionBand:
    """Neighbouring points of a long scale; `words` name them, for the eye."""

    words: str
    range: str
    points: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion as it is asked, with the person's answers now (`chosen`) and the last time (`before`).

    `source` is the section's page for everybody, of which the question is a part.
    """

    code: str
    label: str
    statement: str
    place: int
    of: int
    scale: Scale
    source: SectionContent
    chosen: Answer | None
    before: Answer | None
    problem: str
    elsewhere: str

    @property
    def field(self) -> str:
        """The name and the first id of its radios."""
        return f"rating-{self.code}"

    @property
    def variant(self) -> str:
        """The variant in whose words it is asked."""
        return self.source.variant

    @property
    def points(self) -> tuple[Option, ...]:
        """The points of the scale."""
        return tuple(self._option(value, value) for value in self.scale.values)

    @property
    def bands(self) -> tuple[OptionBand, ...]:
        """The points of a long scale, each with its number to see and its words to hear."""
        points = {one.number: one for one in self.points if one.number is not None}
        found = bands_of([(number, one.label) for number, one in points.items()])
        return tuple(
            OptionBand(band.words, band.range, tuple(_numbered(points[value]) for value in band.values))
            for band in found
        )

    @property
    def has_faces(self) -> bool:
        """Whether a face stands beside each point: in Easy Read, where there are five."""
        return self.variant == EASY_READ and len(self.scale.values) == N_FACES

    @property
    def cannot(self) -> Option | None:
        """The answer "can't say", where the scale has it."""
        return self._option(UNABLE, None) if self.scale.cannot_say else None

    def _option(self, answer: Answer, number: int | None) -> Option:
        label = label_of(self.scale, answer, self.variant)
        return Option(str(answer), label, number, self.chosen == answer)

    @property
    def last(self) -> str:
        """What this person answered the last time, in words; empty when nothing."""
        return said_as(self.scale, self.before, self.variant) if self.before is not None else ""

    @property
    def last_lead(self) -> str:
        """What leads to the last answer."""
        earlier = self.source.earlier
        return "About the old draft you said" if earlier and earlier.is_changed else "Last time you said"

    @property
    def figure(self) -> Figure | None:
        """What the panel said the last time, as far as it may be shown."""
        return self.source.earlier.figures.get(self.code) if self.source.earlier else None

    @property
    def chart(self) -> Markup | None:
        """The figure's chart with the person's own answer marked, if the scale still has it."""
        if self.figure is None:
            return None
        is_marked = self.before == UNABLE or self.before in self.scale.values
        return self.figure.chart(self.before if is_marked else None)


def _numbered(one: Option) -> Option:
    """A point as its number; its words are heard."""
    number = one.number or 0
    words = words_of(number, one.label)
    return replace(one, label=str(number), hidden=f", {words}" if words else "")
