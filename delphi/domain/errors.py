"""The few ways in which a request to the study can fail, each with a sentence fit for a person.

Pure: knows neither Flask nor the database. `web/errors.py` and `cli` turn these into pages,
status codes and exit codes; nobody else needs to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class DelphiError(Exception):
    """Something the person asked for cannot be done; the message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was given.

    `where` names the place as the person sees it ("study.yaml: sections[2].id", "row 4, email"),
    `sentence` says what is wrong and what to do.
    """

    where: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}" if self.where else self.sentence


class InvalidInput(DelphiError):
    """What was given does not make sense; every problem found is listed, and nothing was changed."""

    def __init__(self, problems: Iterable[Problem] | str, *, heading: str = "") -> None:
        if isinstance(problems, str):
            problems = (Problem("", problems),)
        self.problems: tuple[Problem, ...] = tuple(problems)
        self.heading = heading
        lines = [heading] if heading else []
        lines += [str(problem) for problem in self.problems]
        super().__init__("\n".join(lines))


class NotAllowed(DelphiError):
    """The person is known but may not do this."""


class NotFound(DelphiError):
    """There is no such thing in this study."""


class WrongState(DelphiError):
    """The thing exists but is not in a state in which this can be done now."""


class Stale(DelphiError):
    """Somebody (often the same person in another tab) saved first; `theirs` holds what is saved now.

    Both texts are kept: the caller still has what it tried to save, and `theirs` is what stands.
    """

    def __init__(self, sentence: str, *, theirs: object = None) -> None:
        self.theirs = theirs
        super().__init__(sentence)
