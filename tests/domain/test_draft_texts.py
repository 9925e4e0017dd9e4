"""What a draft's texts must be, and the checksum that freezes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delphi.domain.draft_texts import VARIANTS, draft_checksum, text_problems
from delphi.domain.errors import InvalidInput
from delphi.domain.wording import LONGEST_NOTE, has_unprintable, optional_words, required_words

texts = st.dictionaries(st.sampled_from(VARIANTS), st.text(), min_size=1)


@given(texts)
def test_the_checksum_does_not_depend_on_the_order_of_variants(found):
    assert draft_checksum(dict(reversed(found.items()))) == draft_checksum(found)


@given(texts, texts)
def test_other_texts_have_another_checksum(one, two):
    assert (draft_checksum(one) == draft_checksum(two)) == (one == two)


def test_every_picture_must_be_the_study_s_own():
    text = "Words.\n\n![Map](images/map.svg) ![](cup.svg) ![Far](https://example.org/map.svg)"
    problems = text_problems({"standard": text}, {"map.svg"})
    assert [problem.sentence.split("”")[0] for problem in problems] == [
        "The study has no picture “cup.svg",
        "The picture “https://example.org/map.svg",
    ]


def test_a_draft_in_every_variant_is_fine():
    assert text_problems(dict.fromkeys(VARIANTS, "# A title\n\nWords."), set()) == []


@given(st.text(max_size=200).filter(lambda text: text.strip() and not has_unprintable(text)))
def test_words_come_back_trimmed_and_can_be_stored(text):
    words = required_words("reason", text)
    assert words == words.strip()
    assert words in text.replace("\r\n", "\n").replace("\r", "\n")
    words.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "empty"),
        (None, "empty"),
        (" \n", "empty"),
        ("nul \x00.", "cannot be shown"),
        ("half \ud800 a letter", "cannot be shown"),
        ("x" * (LONGEST_NOTE + 1), "5,001 characters"),
    ],
)
def test_words_that_cannot_stand_are_refused_with_where_and_why(text, match):
    with pytest.raises(InvalidInput, match=match) as caught:
        required_words("reason", text)
    assert caught.value.problems[0].where == "reason"


def test_nothing_is_fine_where_words_are_optional():
    assert optional_words("reason", None) is None
    assert optional_words("reason", " \n") is None
    assert optional_words("reason", " a ") == "a"
