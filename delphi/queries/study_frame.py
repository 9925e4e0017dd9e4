"""What stands around every page of a study: its name, whom to ask, who helps, and who runs it."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.models.studies import Study


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who helps when a person is upset or in danger."""

    name: str
    phone: str

    @property
    def call(self) -> str:
        """The number as a telephone dials it."""
        return "".join(sign for sign in self.phone if sign.isdigit() or sign == "+")


@dataclass(frozen=True, slots=True)
class StudyFrame:
    """The words around a page; the same at the same place on each of them (requirement A23)."""

    slug: str
    title: str
    short_title: str
    language: str
    timezone: str
    contact_name: str
    email: str | None
    phone: str | None
    support: tuple[Helper, ...]
    organisation: str
    ethics_reference: str | None
    accent: str = ""
    logo: str = ""

    @property
    def contact_call(self) -> str:
        """The study's number as a telephone dials it."""
        return Helper("", self.phone or "").call

    @property
    def whom_to_ask(self) -> str:
        """The contact as the end of a sentence."""
        ways = " or ".join(way for way in (self.phone, self.email) if way)
        return f"{self.contact_name}: {ways}" if ways else self.contact_name


def frame_of(study: Study) -> StudyFrame:
    """The frame of a study's pages."""
    information = study.information
    contact = information.get("contact") or {}
    safety = information.get("safety") or {}
    return StudyFrame(
        slug=study.slug,
        title=study.title,
        short_title=study.short_title,
        language=study.language,
        timezone=study.timezone,
        contact_name=str(contact.get("name") or "The study team"),
        email=contact.get("email"),
        phone=contact.get("phone"),
        support=tuple(Helper(one["name"], one["phone"]) for one in safety.get("support_contacts") or ()),
        organisation=str(information.get("organisation") or ""),
        ethics_reference=information.get("ethics_reference"),
        accent=str(study.look.get("accent") or ""),
        logo=str(study.look.get("logo") or ""),
    )
