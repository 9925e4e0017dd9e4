"""The text of one section while a study is being set up, in the two forms that people write by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.states import DraftState
from delphi.queries.sections import section_of

FORMS = (
    ("standard", "Text", "Begin with # and the title. ## begins a heading, * a list, ** makes bold."),
    ("easy_read", "In Easy Read (if any)", "Short words, one thought in a sentence, one sentence in a line."),
)
"""The forms of a text on this page: key, label and hint."""


@dataclass(frozen=True, slots=True)
class SectionTextPage:
    """A section's text; `other_forms` are kept as they are, `may_write` is false once it was put forward."""

    code: str
    title: str
    number: int
    revision: int | None
    texts: Mapping[str, str]
    other_forms: Mapping[str, str]
    may_write: bool
    state: str


def section_text_page(member: TeamMember, code: str) -> SectionTextPage:
    """The newest draft of a section for writing; NotFound for a section that there is not."""
    section = section_of(member.study_id, code)
    newest = section.drafts[-1] if section.drafts else None
    texts = {one.variant: one.text for one in newest.variants} if newest else {}
    here = {form for form, _, _ in FORMS}
    return SectionTextPage(
        code=section.code,
        title=section.title,
        number=newest.number if newest else 1,
        revision=newest.revision if newest else None,
        texts={form: text for form, text in texts.items() if form in here},
        other_forms={form: text for form, text in texts.items() if form not in here},
        may_write=newest is None or newest.state == DraftState.WORKING,
        state=newest.state.value if newest else "",
    )
