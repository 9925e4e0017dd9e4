"""Two people's changes in one text: each taken over, and where both wrote something else both stay."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from delphi.text.merging import merge

BASE = "It depends on what is allowed. If sharing is not allowed, there is another way.\n\nAsk first.\n"


def test_changes_in_different_places_come_together():
    mine = BASE.replace("Ask first.", "Always ask first.")
    theirs = BASE.replace("is allowed.", "your policy says.")
    merged = merge(BASE, mine, theirs)
    assert merged.text == theirs.replace("Ask first.", "Always ask first.")
    assert merged.n_both == 0


def test_two_sentences_put_in_at_one_place_both_stay():
    mine = BASE.replace("allowed. If", "allowed. Ask before you promise anything. If")
    theirs = BASE.replace("allowed. If", "allowed. Read the policy together. If")
    merged = merge(BASE, mine, theirs)
    assert "Ask before you promise anything. Read the policy together. If sharing" in merged.text
    assert merged.n_both == 1


def test_what_one_took_out_and_the_other_left_alone_goes():
    assert merge(BASE, BASE.replace("\n\nAsk first.", ""), BASE).text == BASE.replace("\n\nAsk first.", "")


def test_the_same_change_by_both_is_made_once():
    both = BASE.replace("Ask first.", "Always ask first.")
    assert merge(BASE, both, both).text == both


TEXTS = st.lists(
    st.sampled_from(["One. ", "Two. ", "Three! ", "Four?\n\n", "- five\n", "six"]), max_size=8
).map("".join)


@given(TEXTS, TEXTS)
def test_what_only_one_changed_is_taken_over_whole(base, mine):
    assert merge(base, mine, base).text == mine
    assert merge(base, base, mine).text == mine


@given(TEXTS, TEXTS, TEXTS)
def test_no_sentence_that_either_added_is_lost(base, mine, theirs):
    merged = merge(base, mine, theirs).text
    for text in (mine, theirs):
        for sentence in ("One.", "Two.", "Three!", "Four?"):
            if sentence in text and sentence not in base:
                assert sentence in merged
