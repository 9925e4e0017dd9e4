"""The contact view: names, how to reach people and how far they are; never codes, ratings or comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from delphi.domain.states import InvitationState, PanellistState
from delphi.queries.deliveries import LastMessage
from delphi.queries.identities import PanelPage, PanelRow
from delphi.queries.team_frame import short_day

FILTERS = (
    ("all", "All"),
    ("not-invited", "Not invited"),
    ("not-opened", "Not opened"),
    ("not-joined", "Opened, not joined"),
    ("expired", "Link expired"),
    ("not-started", "Not started"),
    ("part", "Part done"),
    ("finished", "Finished"),
    ("bounced", "Address does not work"),
    ("by-hand", "By phone or letter"),
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
    InvitationState.SENT.value: ("Not opened", "warn"),
    InvitationState.OPENED.value: ("Opened", "now"),
    InvitationState.CONSENTED.value: ("Joined", "good"),
    InvitationState.DECLINED.value: ("Said no", ""),
    InvitationState.BOUNCED.value: ("Bounced", "bad"),
    InvitationState.EXPIRED.value: ("Link expired", "warn"),
    InvitationState.REVOKED.value: ("Taken back", ""),
}
MESSAGE_STATES = {
    "waiting": ("On its way", "now"),
    "sent": ("Sent", "good"),
    "not_needed": ("Not needed", ""),
    "failed": ("Did not leave", "bad"),
}
PROGRESS_WORDS = {"submitted": "Finished", "started": "Part done"}
REGISTERED, ACTIVE = PanellistState.REGISTERED.value, PanellistState.ACTIVE.value
STOPPED, ERASED = PanellistState.STOPPED.value, PanellistState.ERASED.value
BOUNCED = InvitationState.BOUNCED.value
STAYING = (REGISTERED, ACTIVE)
BEFORE_JOINING = {
    "": "not-invited",
    InvitationState.PREPARED.value: "not-invited",
    InvitationState.SENT.value: "not-opened",
    InvitationState.OPENED.value: "not-joined",
    InvitationState.EXPIRED.value: "expired",
}
"""Under which filter somebody falls who has not joined."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as the team reaches them. `code` is for forms that act on the person, never for reading.

    `invitation` is where the person stands, `delivery` what became of `message`, the newest one to them.
    """

    code: str
    name: str
    contact: str
    group: str
    format: str
    progress: str
    invitation: str
    tone: str
    message: str
    delivery: str
    delivery_tone: str
    why: str
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
    panel: PanelPage,
    *,
    chosen: str,
    search: str,
    sort: str,
    page: int,
    round_number: int | None,
    messages: Callable[[Collection[str]], Mapping[str, LastMessage]],
    timezone: str,
) -> PeoplePage:
    """What to show of a panel that was opened with `services.identities.open_panel_page`.

    `messages` gives the newest message to each of some people; it is asked for those on the page only.
    """
    rows = [row for row in panel.rows if row.state != ERASED]
    places = {row.code: _places(row, round_number) for row in rows}
    counts = Counter(place for found in places.values() for place in found)
    known = chosen if chosen in dict(FILTERS) else "all"
    found = [row for row in rows if known in places[row.code]]
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
    sent = messages([row.code for row in shown])
    return PeoplePage(
        rows=tuple(person_row(row, round_number, sent.get(row.code), timezone) for row in shown),
        filters=tuple((key, label, counts[key], key == known) for key, label in FILTERS),
        n_found=len(found),
        first=first + 1 if shown else 0,
        last=first + len(shown),
        page=page,
        n_pages=n_pages,
        round_number=round_number,
    )


def _places(row: PanelRow, number: int | None) -> frozenset[str]:
    """Every filter that this person falls under."""
    progress = row.progress.get(number, "") if number else ""
    places = {"all"}
    if row.state == REGISTERED:
        places.add(BEFORE_JOINING.get(row.invitation, "all"))
    if row.state == ACTIVE and progress != "submitted":
        places.add("part" if progress == "started" else "not-started")
    if progress == "submitted":
        places.add("finished")
    if row.state == STOPPED:
        places.add("left")
    if row.state in STAYING:
        bounced = _has_bounced(row)
        if bounced:
            places.add("bounced")
        if row.person is not None and (bounced or not row.person.email):
            places.add("by-hand")
    return frozenset(places)


def _has_bounced(row: PanelRow) -> bool:
    return row.invitation == BOUNCED or (row.person is not None and row.person.has_bounced)


def _order(row: PanelRow, sort: str, number: int | None) -> tuple[str, str]:
    name = row.person.name.casefold() if row.person else "\uffff"
    if sort == "group":
        return row.group.casefold(), name
    if sort == "progress":
        return row.progress.get(number, "") if number else "", name
    return name, row.code


def person_row(row: PanelRow, number: int | None, message: LastMessage | None, timezone: str) -> PersonRow:
    """One person in the list, or on their own page."""
    person = row.person
    contact = (person.email or person.phone or person.address or "") if person else ""
    words, tone = INVITATION_WORDS[row.invitation]
    if row.state == STOPPED:
        words, tone = "Stopped", ""
    progress = row.progress.get(number, "") if number else ""
    delivery, delivery_tone = _delivery(row, message)
    return PersonRow(
        code=row.code,
        name=person.name if person else "Contact details deleted",
        contact=contact,
        group=row.group,
        format=FORMAT_WORDS.get(row.format, words_of_format(row.format)),
        progress=PROGRESS_WORDS.get(progress, "Not started" if row.state == ACTIVE else "–"),
        invitation=words,
        tone=tone,
        message=f"{short_day(message.at, timezone)}, {message.words.lower()}" if message else "",
        delivery=delivery,
        delivery_tone=delivery_tone,
        why=message.why if message and message.state in ("failed", "waiting") else "",
        needs_care=row.state in STAYING and _has_bounced(row),
    )


def _delivery(row: PanelRow, message: LastMessage | None) -> tuple[str, str]:
    """What became of writing to somebody; empty when there was nothing to become of."""
    if row.person is None or row.state not in STAYING:
        return "", ""
    if _has_bounced(row):
        return "Bounced", "bad"
    if not row.person.email:
        return "By phone or letter", ""
    if message is None:
        return "", ""
    if message.state == "waiting" and message.why:
        return "Tried again", "warn"
    return MESSAGE_STATES[message.state]


def words_of_format(name: str) -> str:
    """A format that has no word of its own, as a person reads it."""
    return name.replace("_", " ").capitalize()
