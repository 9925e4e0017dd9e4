"""What may be said about a new member of the panel, checked the same way however it was given.

A form gives one entry, a file gives many: both get the same sentences, each with the name of the field.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from delphi.domain.groups import GroupStructure

FORMATS = ("standard", "easy_read", "large_print", "paper")
MODES = ("self", "supported", "paper", "phone")
LONGEST = {"name": 200, "email": 254, "phone": 40, "address": 1000, "region": 100, "code": 12}

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]{2,}")
_PHONE = re.compile(r"[+0-9(][0-9 ()./-]*[0-9][0-9 ()./-]*(?:(?:x|ext\.?) ?[0-9]+)?")
_CODE = re.compile(r"[A-Z][A-Z0-9-]*")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """One person as they are to be registered; empty fields are None."""

    name: str
    group: str
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    format: str = "standard"
    mode: str = "self"
    region: str | None = None
    perspectives: tuple[str, ...] = ()
    code: str | None = None

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """What tells that two entries are one person: see `marks_of`."""
        return marks_of(self.name, self.email, self.phone, self.address)


def marks_of(
    name: str, email: str | None, phone: str | None, address: str | None
) -> tuple[tuple[str, str], ...]:
    """The marks of one person; two people who share one of them are taken to be the same."""
    who = " ".join(name.casefold().split())
    marks = []
    if email:
        marks.append(("e-mail address", email.casefold()))
    if phone:
        digits = "".join(filter(str.isdigit, phone))
        marks.append(("name and telephone number", f"{who} {digits}"))
    if address:
        home = " ".join(address.casefold().replace(",", " ").split())
        marks.append(("name and address", f"{who} {home}"))
    return tuple(marks)


def entry_from(
    *,
    name: str | None,
    group: str | None,
    email: str | None = None,
    phone: str | None = None,
    address: str | None = None,
    format: str | None = None,  # noqa: A002 - the word that the study file and the table use
    mode: str | None = None,
    region: str | None = None,
    perspectives: Iterable[str] = (),
    code: str | None = None,
    structure: GroupStructure,
) -> PanelEntry:
    """An entry from what was typed: trimmed, the e-mail address in small and the code in capital letters.

    Groups are named by code or by label. Somebody who reads on paper also answers on paper unless told.
    """
    shape = _word(format) or "standard"
    return PanelEntry(
        name=" ".join((name or "").split()),
        group=_group_code(group or "", structure),
        email=(_text(email) or "").lower() or None,
        phone=_text(phone),
        address=_text(address),
        format=shape,
        mode=_word(mode) or ("paper" if shape == "paper" else "self"),
        region=_text(region),
        perspectives=tuple(dict.fromkeys(_group_code(other, structure) for other in perspectives)),
        code=(_text(code) or "").upper() or None,
    )


def faults_in(entry: PanelEntry, structure: GroupStructure) -> Iterator[tuple[str, str]]:
    """Everything that is wrong with one entry by itself, as (field, sentence)."""
    yield from _faults_in_length(entry)
    if not entry.name:
        yield "name", "The name is missing."
    if not (entry.email or entry.phone or entry.address):
        yield "email", "Give at least one of e-mail, phone or postal address."
    if entry.email and not _EMAIL.fullmatch(entry.email):
        yield "email", f"“{entry.email}” is not an e-mail address. It looks like name@place.example."
    if entry.phone and not _PHONE.fullmatch(entry.phone):
        yield "phone", f"“{entry.phone}” is not a telephone number. Use digits, blanks and a leading +."
    if entry.format not in FORMATS:
        yield "format", _not_one_of("format", entry.format, FORMATS)
    if entry.mode not in MODES:
        yield "mode", _not_one_of("way of taking part", entry.mode, MODES)
    if entry.code and not _CODE.fullmatch(entry.code):
        yield "code", f"“{entry.code}” is not a code. Use letters and digits, beginning with a letter."
    yield from _faults_in_groups(entry, structure)


def _faults_in_length(entry: PanelEntry) -> Iterator[tuple[str, str]]:
    for field, longest in LONGEST.items():
        value = getattr(entry, field) or ""
        if len(value) > longest:
            yield field, f"This has {len(value)} characters; there is room for {longest}. Please shorten it."
        if _CONTROL.search(value):
            yield field, "This has an invisible control character in it. Type it again by hand."


def _faults_in_groups(entry: PanelEntry, structure: GroupStructure) -> Iterator[tuple[str, str]]:
    codes = [group.code for group in structure.groups]
    if not entry.group:
        yield "group", f"The stakeholder group is missing. Use one of {', '.join(codes)}."
    elif entry.group not in codes:
        yield "group", _not_one_of("stakeholder group", entry.group, codes)
    for other in entry.perspectives:
        if other not in codes:
            yield "other_perspectives", _not_one_of("stakeholder group", other, codes)
    if entry.group and entry.group in entry.perspectives:
        yield "other_perspectives", f"“{entry.group}” is the main perspective already. Take it out here."


def _not_one_of(noun: str, given: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(given.casefold(), known, n=1)
    hint = f"Did you mean “{near[0]}”?" if near else f"Use one of {', '.join(known)}."
    return f"“{given}” is not a {noun} of this study. {hint}"


def _group_code(given: str, structure: GroupStructure) -> str:
    """The code of the group that was meant, or what was given when there is none."""
    wanted = " ".join(given.split())
    for group in structure.groups:
        if wanted.casefold() in (group.code.casefold(), group.label.casefold()):
            return group.code
    return wanted


def _text(given: str | None) -> str | None:
    """What was typed, with one kind of line end and without blanks around it; None when nothing is left."""
    plain = (given or "").replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return plain.strip() or None


def _word(given: str | None) -> str:
    return "_".join((given or "").casefold().replace("-", " ").split())
