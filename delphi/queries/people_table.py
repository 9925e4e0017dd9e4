"""The people of a panel as a table for letters and calls: contact and progress, never codes or answers."""

from __future__ import annotations

from delphi.queries.identities import PanelPage
from delphi.queries.panel_people_page import ERASED, person_row
from delphi.queries.plain_table import PlainTable

HEADS = ("Name", "E-mail", "Telephone", "Postal address", "Group", "Format", "Where they stand", "Progress")


def people_table(slug: str, panel: PanelPage, round_number: int | None, timezone: str) -> PlainTable:
    """Everybody whose contact details are kept, by name; after `open_panel_page`, which leaves an event."""
    people = [(row.person, row) for row in panel.rows if row.state != ERASED and row.person is not None]
    people.sort(key=lambda one: one[0].name.casefold())
    shown = ((person, person_row(row, round_number, None, timezone)) for person, row in people)
    return PlainTable(
        name=f"{slug}-people",
        sheet="People",
        title="People on the panel",
        heads=HEADS,
        rows=tuple(
            (
                person.name,
                person.email,
                person.phone,
                person.address,
                seen.group,
                seen.format,
                seen.invitation,
                seen.progress,
            )
            for person, seen in shown
        ),
    )
