"""How long a text is and how hard to read: facts for whoever writes it, never a verdict.

Reading age is the Flesch–Kincaid grade level (Kincaid, Fishburne, Rogers and Chissom 1975, Naval Technical
Training Command research branch report 8-75) plus five years. It was made for English prose and counts
syllables by spelling, so it is "about", and it is not given for other languages or for a few words.

Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

__all__ = ["Reading", "read"]

FEWEST_WORDS = 30
"""Words below which a reading age says nothing."""

LONGEST_SENTENCE = 25
"""Words in a sentence of standard text above which it is named (GOV.UK content style)."""

LONGEST_EASY_SENTENCE = 15
"""Words in a sentence of Easy Read above which it is named (requirement A1)."""

SHOWN_SENTENCES = 3

_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|td|th|blockquote|pre)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+")
_WORD = re.compile(r"[^\W_][\w'’‑-]*")
_VOWELS = re.compile(r"[aeiouy]+")
_LINE_WITHOUT_PICTURE = re.compile(r"<p>(?!<img)(?!</p>)")


@dataclass(frozen=True, slots=True)
class Reading:
    """Facts about one text. `age` is in years, None where it would mean nothing.

    `long_sentences` holds at most three, shortened; `n_long` counts all of them. `n_without_picture` counts
    the lines of an Easy Read text that have no picture, and is 0 for any other text.
    """

    words: int
    sentences: int
    age: int | None
    n_long: int
    long_sentences: tuple[str, ...]
    longest_allowed: int
    n_without_picture: int

    @property
    def facts(self) -> str:
        """Length and reading age in a line."""
        length = f"{self.words:,} {'word' if self.words == 1 else 'words'}."
        return f"{length} Reading age about {self.age}." if self.age is not None else length

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody may want to change, each in a sentence."""
        found = []
        if self.n_long:
            has = "sentence has" if self.n_long == 1 else "sentences have"
            found.append(f"{self.n_long} {has} more than {self.longest_allowed} words.")
        if self.n_without_picture:
            has = "line has" if self.n_without_picture == 1 else "lines have"
            found.append(f"{self.n_without_picture} {has} no picture.")
        return tuple(found)


def read(html: Markup, *, is_easy_read: bool = False, is_english: bool = True) -> Reading:
    """The facts about a rendered text; headings and list items count as sentences."""
    sentences = [sentence for block in _blocks(html) for sentence in _SENTENCE_END.split(block)]
    lengths = [(sentence, len(_WORD.findall(sentence))) for sentence in sentences]
    counted = [(sentence.strip(), n) for sentence, n in lengths if n]
    words = [word for sentence, _ in counted for word in _WORD.findall(sentence)]
    limit = LONGEST_EASY_SENTENCE if is_easy_read else LONGEST_SENTENCE
    too_long = [sentence for sentence, n in counted if n > limit]
    return Reading(
        words=len(words),
        sentences=len(counted),
        age=_age(words, len(counted)) if is_english else None,
        n_long=len(too_long),
        long_sentences=tuple(_shortened(one) for one in too_long[:SHOWN_SENTENCES]),
        longest_allowed=limit,
        n_without_picture=len(_LINE_WITHOUT_PICTURE.findall(str(html))) if is_easy_read else 0,
    )


def _blocks(html: Markup) -> list[str]:
    return [unescape(_TAG.sub("", block)) for block in _BLOCK_END.split(str(html))]


def _age(words: list[str], n_sentences: int) -> int | None:
    if len(words) < FEWEST_WORDS:
        return None
    syllables = sum(_syllables(word) for word in words)
    grade = 0.39 * len(words) / n_sentences + 11.8 * syllables / len(words) - 15.59
    return max(5, round(grade + 5))


def _syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one."""
    plain = word.lower()
    n = len(_VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee", "ye")):
        n -= 1
    return max(1, n)


def _shortened(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:12]) + " …" if len(words) > 12 else sentence
