"""One statement of a round in one plain sentence: how many agree, and which panels or groups do not."""

from __future__ import annotations

from delphi.consensus.bands import Share
from delphi.consensus.plain_words import Part, agreement_in_words
from delphi.models.sections import Criterion
from delphi.queries.results_look import Look, PutSection, Unit


def item_in_words(look: Look, section: PutSection, criterion: Criterion) -> str:
    """How many agree on one statement, and which panels, or groups where there is one panel, do not."""
    band = look.scale.bands["agree"]
    units, kind = (look.panels, "panel") if len(look.panels) > 1 else (look.groups, "group")

    def share(unit: Unit) -> Share:
        found = look.histogram(section.code, criterion.code, unit)
        return Share(found.count_in(band), found.n)

    return agreement_in_words(share(look.everybody), [Part(one.label, share(one)) for one in units], kind)
