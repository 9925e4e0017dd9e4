"""What a draft's texts must be, in whichever way they come in, and the checksum that freezes them.

Pure: a draft is a mapping from its variants to markdown.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import Problem
from delphi.domain.study_file_parts import TextPaths
from delphi.domain.study_file_texts import has_words, picture_references
from delphi.domain.wording import has_unprintable

STANDARD = "standard"
VARIANTS: tuple[str, ...] = tuple(TextPaths.model_fields)
"""The forms that a text can have: those that a study file can carry."""

VARIANT_WORDS = {
    STANDARD: "Standard text",
    "easy_read": "Easy Read",
    "picture_map": "Picture map",
    "script": "Worker’s script",
}
"""The forms as people call them."""

LONGEST_TEXT = 200_000
"""Characters in one variant: far more than anybody reads before answering a few questions."""


def variant_words(code: str) -> str:
    """A form of a text as people call it."""
    return VARIANT_WORDS.get(code, code.replace("_", " ").capitalize())


def draft_checksum(texts: Mapping[str, str]) -> str:
    """SHA-256 of a draft's texts in every variant, as 64 hexadecimal digits."""
    return checksum(canonical_json(dict(texts)))


def text_problems(texts: Mapping[str, str], pictures: Collection[str]) -> list[Problem]:
    """Everything that keeps these texts from being a draft; `pictures` are the file names the study has."""
    problems = []
    if STANDARD not in texts:
        problems.append(Problem(STANDARD, "Every draft needs its standard text. Write it."))
    for variant, text in texts.items():
        if variant not in VARIANTS:
            problems.append(
                Problem(variant, f"There is no such variant. Variants are {', '.join(VARIANTS)}.")
            )
        elif has_unprintable(text):
            problems.append(Problem(variant, "This holds characters that cannot be shown. Type it again."))
        elif len(text) > LONGEST_TEXT:
            problems.append(
                Problem(
                    variant,
                    f"This text has {len(text):,} characters; the longest is {LONGEST_TEXT:,}. "
                    "Make two sections of it.",
                )
            )
        elif not has_words(text):
            problems.append(Problem(variant, "This text has no words below its title. Write it."))
        else:
            problems.extend(_picture_problems(variant, text, pictures))
    return problems


def _picture_problems(variant: str, text: str, pictures: Collection[str]) -> list[Problem]:
    problems = []
    for reference in picture_references(text):
        if reference.name is None:
            sentence = (
                f"The picture “{reference.written}” does not lie in the study's picture folder. "
                "Add it to the study and name it as images/NAME."
            )
        elif reference.name not in pictures:
            sentence = f"The study has no picture “{reference.name}”. Add it, or correct the name."
        else:
            continue
        problems.append(Problem(variant, sentence))
    return problems
