"""How hard a text is to read: counts that can be checked by hand, and no age where it would mean nothing."""

from __future__ import annotations

import pytest

from delphi.text.markdown import render
from delphi.text.reading import _syllables, read

EASY = "The cat sat on the mat. The dog ran to the man. " * 4
HARD = (
    "Organisational representatives responsible for commissioning appropriate interdisciplinary provision "
    "should systematically evaluate the accessibility of community opportunities before individuals are "
    "encouraged to participate in unfamiliar environments."
)


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("cat", 1),
        ("people", 2),
        ("table", 2),
        ("made", 1),
        ("agreement", 3),
        ("the", 1),
        ("12", 1),
        ("see", 1),
    ],
)
def test_syllables_are_groups_of_vowels(word, syllables):
    assert _syllables(word) == syllables


def test_the_age_follows_the_published_formula():
    # 48 words, 8 sentences, 48 syllables: 0.39 * 6 + 11.8 * 1 - 15.59 = -1.45, and nobody reads before five.
    found = read(render(EASY))
    assert (found.words, found.sentences, found.age) == (48, 8, 5)


def test_a_harder_text_has_a_higher_age():
    hard = read(render(f"{HARD} {HARD}"))
    assert hard.age is not None
    assert hard.age > 18


def test_a_few_words_and_other_languages_have_no_age():
    assert read(render("A few words.")).age is None
    assert read(render(EASY), is_english=False).age is None


def test_headings_and_list_items_end_a_sentence():
    assert read(render("# Title\n\n- one thing\n- another thing\n")).sentences == 3


def test_long_sentences_are_named_and_easy_read_is_stricter():
    text = render(
        "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen six."
    )
    assert read(text).warnings == ()
    easy = read(text, is_easy_read=True)
    assert easy.n_long == 1
    assert easy.long_sentences[0].endswith("…")
    assert easy.warnings == ("1 sentence has more than 15 words.", "1 line has no picture.")


def test_an_empty_text_has_no_words():
    found = read(render(""))
    assert (found.words, found.age, found.facts) == (0, None, "0 words.")
