"""The charts of a report on paper: kept beside the text, which holds only their places.

A page with a thousand shapes need not be read again to be set, and each picture goes to the page as it was
drawn, with its name and description in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

from delphi.reports import charts
from delphi.reports.charts import Flow
from delphi.reports.content import ReportContent
from delphi.reports.items import ItemRow

PLACE = "data-plate"
BESIDE = 440
"""How wide a chart is drawn of which two stand beside each other: most labels then need one line."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A drawing as SVG, what it says in words, and how wide it was drawn (pixels)."""

    svg: str
    words: str
    width: float

    @classmethod
    def of(cls, svg: str) -> Plate:
        """Read name, description and width from our own drawing; ValueError for one without a name."""
        from lxml import etree

        root = etree.fromstring(svg)
        said = [child.text or "" for child in root if etree.QName(child).localname in ("title", "desc")]
        if not said:
            raise ValueError("a drawing without a name cannot be put on paper")
        title, *rest = said
        return cls(svg, " ".join([f"{title}.", *rest]).strip(), float(root.get("width", "360")))


@dataclass(slots=True)
class Plates:
    """Draws as `delphi.reports.charts` does, and keeps what it drew: templates cannot tell the difference."""

    kept: list[Plate] = field(default_factory=list)

    def distribution_of(self, content: ReportContent, row: ItemRow, key: str) -> Markup:
        """The place of the distribution of one item."""
        return self._keep(charts.distribution_of(content, row, key, width=BESIDE))

    def sections_chart(self, content: ReportContent) -> Flow | None:
        """The place of F1."""
        return self._keep_flow(charts.sections_chart(content))

    def people_chart(self, content: ReportContent) -> Flow | None:
        """The place of F2."""
        return self._keep_flow(charts.people_chart(content))

    def _keep_flow(self, flow: Flow | None) -> Flow | None:
        return Flow(self._keep(flow.wide), Markup(), flow.words) if flow else None

    def _keep(self, svg: Markup) -> Markup:
        # The font has no arrows; without one the whole line would be set in another font.
        self.kept.append(Plate.of(str(svg).replace("← ", "").replace(" →", "")))
        return Markup(f'<img {PLACE}="{len(self.kept) - 1}">')  # noqa: S704 - a name of ours and a number
