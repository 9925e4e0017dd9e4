"""The contact view: names, how to reach people and how far they are; never codes, ratings or comments."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.states import InvitationState, PanellistState
from delphi.queries.identities import PanelPage, PanelRow

FILTERS = (
    ("all", "All"),
    ("not-invited", "Not invited"),
    ("not-joined", "Invited, not joined"),
    ("not-started", "Not started"),
    ("part", "Part done"),
    ("finished", "Finished"),
    ("bounced", "Address does not work"),
    ("left", "Stopped"),
)
SORTS = ("name", "group", "progress")
PAGE = 25
FORMAT_WORDS = {
    "standard": "Standard",
    "easy_read": "Easy Read",
    "large_print": "Large print",
    "paper": "Paper",
}
INVITATION_WORDS = {
    "": ("Not invited", ""),
    InvitationState.PREPARED.value: ("Not invited", ""),
    InvitationState.SENT.value: ("Sent", "now"),
    InvitationState.OPENED.value: ("Opened", "good"),
    InvitationState.CONSENTED.value: ("Joined", "good"),
    InvitationState.DECLINED.value: ("Declined", ""),
    InvitationState.BOUNCED.value: ("Bounced", "bad"),
    InvitationState.EXPIRED.value: ("Expired", "warn"),
    InvitationState.REVOKED.value: ("Taken back", ""),
}
PROGRESS_WORDS = {"submitted": "Finished", "started": "Part done"}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as the team reaches them. `code` is for forms that act on the person, never for reading."""

    code: str
    name: str
    contact: str
    group: str
    format: str
    progress: str
    invitation: str
    tone: str
    needs_care: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people that a filter, a search and a page number leave."""

    rows: tuple[PersonRow, ...]
    filters: tuple[tuple[str, str, int, bool], ...]
    n_found: int
    first: int
    last: int
    page: int
    n_pages: int
    round_number: int | None


def people_page(
    panel: PanelPage, *, chosen: str, search: str, sort: str, page: int, round_number: int | None
) -> PeoplePage:
    """What to show of a panel that was opened with `services.identities.open_panel_page`."""
    rows = [row for row in panel.rows if row.state != PanellistState.ERASED.value]
    found = [row for row in rows if _fits(row, chosen, round_number)]
    wanted = search.casefold().split()
    if wanted:
        found = [
            row
            for row in found
            if row.person is not None and all(word in row.person.name.casefold() for word in wanted)
        ]
    found.sort(key=lambda row: _order(row, sort, round_number))
    n_pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), n_pages)
    first = (page - 1) * PAGE
    shown = found[first : first + PAGE]
    return PeoplePage(
        rows=tuple(_row(row, round_number) for row in shown),
        filters=tuple(
            (key, label, sum(_fits(row, key, round_number) for row in rows), key == chosen)
            for key, label in FILTERS
        ),
        n_found=len(found),
        first=first + 1 if shown else 0,
        last=first + len(shown),
        page=page,
        n_pages=n_pages,
        round_number=round_number,
    )


def person_row(row: PanelRow, round_number: int | None) -> PersonRow:
    """One person for their own page."""
    return _row(row, round_number)


def _fits(row: PanelRow, chosen: str, number: int | None) -> bool:
    progress = row.progress.get(number, "") if number else ""
    is_active = row.state == PanellistState.ACTIVE.value
    is_registered = row.state == PanellistState.REGISTERED.value
    not_invited = row.invitation in ("", InvitationState.PREPARED.value)
    return {
        "not-invited": is_registered and not_invited,
        "not-joined": is_registered and not not_invited,
        "not-started": is_active and not progress,
        "part": progress == "started",
        "finished": progress == "submitted",
        "bounced": row.invitation == InvitationState.BOUNCED.value,
        "left": row.state == PanellistState.STOPPED.value,
    }.get(chosen, True)


def _order(row: PanelRow, sort: str, number: int | None) -> tuple[str, str]:
    name = row.person.name.casefold() if row.person else "\uffff"
    if sort == "group":
        return row.group.casefold(), name
    if sort == "progress":
        return row.progress.get(number, "") if number else "", name
    return name, row.code


def _row(row: PanelRow, number: int | None) -> PersonRow:
    person = row.person
    contact = (person.email or person.phone or person.address or "") if person else ""
    words, tone = INVITATION_WORDS[row.invitation]
    if row.state == PanellistState.STOPPED.value:
        words, tone = "Stopped", ""
    progress = row.progress.get(number, "") if number else ""
    return PersonRow(
        code=row.code,
        name=person.name if person else "Contact details deleted",
        contact=contact,
        group=row.group,
        format=FORMAT_WORDS.get(row.format, words_of_format(row.format)),
        progress=PROGRESS_WORDS.get(
            progress, "Not started" if row.state == PanellistState.ACTIVE.value else "–"
        ),
        invitation=words,
        tone=tone,
        needs_care=row.invitation == InvitationState.BOUNCED.value,
    )


def words_of_format(name: str) -> str:
    """A format that has no word of its own, as a person reads it."""
    return name.replace("_", " ").capitalize()
