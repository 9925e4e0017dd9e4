"""A round under other rules as plain values for a file: a row for each section and each way to decide it."""

from __future__ import annotations

from delphi.queries.other_rules_page import OtherRulesPage, SectionRow
from delphi.queries.other_rules_rows import WayRow
from delphi.queries.plain_table import PlainTable

HEADS = (
    "Section",
    "By the sealed rule",
    "Answers to change it",
    "What it would take",
    "Kind",
    "Decided by",
    "Comes out as",
    "Otherwise",
    "About this way",
    "Source",
)


def other_rules_table(slug: str, page: OtherRulesPage) -> PlainTable:
    """What the page shows, filtered as it is there; ways that cannot be asked are in it with their reason."""
    ways = [(group.heading, way) for group in page.groups for way in (*group.rows, *group.unfit)]
    rows = tuple(_row(section, kind, way, page) for section in page.sections for kind, way in ways)
    return PlainTable(
        name=f"{slug}-round-{page.number}-other-rules",
        sheet=f"Round {page.number}, other rules",
        title=f"{page.heading}. {' '.join(page.sentences)} {page.caption}",
        heads=HEADS,
        rows=rows,
    )


def _row(section: SectionRow, kind: str, way: WayRow, page: OtherRulesPage) -> tuple[str, ...]:
    says = None if way.unfit else section.says[page.heads.index(way.title)]
    return (
        section.title,
        section.outcome.words,
        section.answers,
        section.how_far,
        kind,
        way.title,
        says.words if says else "Not asked",
        ("yes" if says.differs else "no") if says else "",
        way.unfit or way.note,
        way.source,
    )
