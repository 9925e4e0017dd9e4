"""Which comments of a round a reader chose to look at: by tab, section, theme and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from delphi.domain.states import CommentState
from delphi.models.answers import Comment

HIDDEN = (CommentState.HELD, CommentState.ESCALATED)
TABS = (("", "All"), ("open", "Open"), ("held", "Held"), ("passed", "Passed on"))
WHOLE = "whole"
"""Stands in the address for comments about the whole, which have no section."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose; empty parts choose everything. `blind` hides who wrote by group."""

    show: str = ""
    section: str = ""
    theme: str = ""
    search: str = ""
    blind: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Choice:
        """From an address or a form; a tab that is not there counts as all."""
        show = given.get("show", "")
        return cls(
            show=show if show in dict(TABS) else "",
            section=given.get("section", ""),
            theme=given.get("theme", ""),
            search=given.get("q", "").strip(),
            blind=given.get("blind") == "yes",
        )

    def fields(self) -> dict[str, str]:
        """As it stands in an address, without what is empty."""
        given = {"show": self.show, "section": self.section, "theme": self.theme, "q": self.search}
        return {key: value for key, value in given.items() if value} | (
            {"blind": "yes"} if self.blind else {}
        )

    def but(self, **changes: str | bool) -> dict[str, str]:
        """The address of this choice with something else in it."""
        return replace(self, **changes).fields()  # type: ignore[arg-type]

    @property
    def narrows(self) -> bool:
        """Whether it leaves comments out, apart from the tab."""
        return bool(self.section or self.theme or self.search)

    def fits(self, comment: Comment, section: str) -> bool:
        """Whether a comment is among those chosen; `section` is its section's code, "" for the whole."""
        return self._fits_tab(comment) and self._fits_rest(comment, section)

    def _fits_tab(self, comment: Comment) -> bool:
        if self.show == "open":
            return not is_done(comment)
        if self.show == "held":
            return comment.state == CommentState.HELD
        return comment.state == CommentState.ESCALATED if self.show == "passed" else True

    def _fits_rest(self, comment: Comment, section: str) -> bool:
        if self.section and self.section != (section or WHOLE):
            return False
        if self.theme and self.theme not in {link.theme.label for link in comment.themes}:
            return False
        # A search must not tell what a held text says.
        text = "" if comment.state in HIDDEN else comment.text.casefold()
        said = f"{text} c{comment.id}"
        return all(word in said for word in self.search.casefold().split())


def is_done(comment: Comment) -> bool:
    """Whether a comment is reviewed and answered."""
    return comment.state != CommentState.NEW and comment.disposition is not None
