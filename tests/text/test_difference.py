import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from delphi.text.difference import Edit, compare
from delphi.text.html_tree import VOID_TAGS
from delphi.text.markdown import render


def shown_at(name: str) -> str:
    return f"/pictures/{name}"


def difference(old: str, new: str):
    return compare(render(old, picture=shown_at), render(new, picture=shown_at))


def without_labels(html: str) -> str:
    return re.sub(r'<span class="visually-hidden">[^<]*</span>', "", html)


class Nesting(HTMLParser):
    """Fails when a tag is closed that is not the innermost open one, or left open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a start"
        assert self.open.pop() == tag


fragments = st.sampled_from(
    [
        *[
            "offer review every year at least once person",
            "worker",
            "# Title",
            "## Part",
            "- item",
            "1. step",
        ],
        *[
            "> quote",
            "**bold**",
            "*more*",
            "[link](https://a.example)",
            "[link](https://b.example)",
            "`code`",
        ],
        *[
            "![bus](../images/bus.svg)",
            "![](images/cup.svg)",
            "    indented",
            "\n",
            "\n\n",
            "\n\n---\n\n",
            "  \n",
        ],
        *[
            "\n| a | b |\n| - | -: |\n| one | two |\n| three | four |\n\n",
            " | ",
            "\n```\nfenced  code\n```\n",
        ],
        *["&amp; <script>", "don't", "مرحبا", "日本語", "é", "e\u0301", "One. Two? "],
    ]
)
texts = st.lists(st.one_of(fragments, st.text(max_size=8)), max_size=25).map(" ".join)


@given(texts, texts)
def test_both_drafts_can_be_put_together_again(old, new):
    before, after = render(old, picture=shown_at), render(new, picture=shown_at)
    result = compare(before, after)
    assert result.old_html == before
    assert result.new_html == after
    assert result.is_empty == (before == after)
    Nesting(result.html())


@st.composite
def edited(draw):
    """A text of several blocks, and the same text after a few small edits."""
    words = draw(st.lists(fragments, min_size=1, max_size=40))
    changed = list(words)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(changed)))
        changed[at : at + draw(st.integers(0, 2))] = draw(st.lists(fragments, max_size=2))
    return " ".join(words), " ".join(changed)


@given(edited())
def test_small_edits_can_be_undone_and_redone_as_well(pair):
    before, after = (render(text, picture=shown_at) for text in pair)
    result = compare(before, after)
    assert (result.old_html, result.new_html) == (before, after)
    Nesting(result.html())


@given(texts)
def test_the_same_text_has_no_difference(text):
    result = difference(text, text)
    assert result.is_empty
    assert result.summary == "Not a word was changed."
    assert "<ins>" not in result.html()
    assert "<del>" not in result.html()
    assert result.edits == ()


def test_only_the_words_that_changed_are_marked():
    result = difference("Offer a **review** every year.", "Offer a **review** at least once a year.")
    assert without_labels(result.html()) == (
        "<p>Offer a <strong>review</strong> <del>every</del><ins>at least once a</ins> year.</p>\n"
    )
    assert (result.words_added, result.words_deleted) == (4, 1)
    assert result.summary == "4 words added and 1 word deleted."


def test_a_new_list_item_marks_that_item_and_nothing_else():
    result = difference("- one\n- three\n", "- one\n- two\n- three\n")
    assert without_labels(result.html()) == (
        "<ul>\n<li>one</li>\n<li><ins>two</ins></li>\n<li>three</li>\n</ul>\n"
    )


def test_a_deleted_table_row_stays_a_table_row():
    table = "| a | b |\n| - | - |\n| 1 | 2 |\n| 3 | 4 |\n"
    result = difference(table, table.replace("| 1 | 2 |\n", ""))
    assert "<td><del>1</del></td>\n<td><del>2</del></td>" in without_labels(result.html())


def test_a_changed_cell_leaves_its_row_in_shape():
    table = "| a | b |\n| - | - |\n| money | ask |\n"
    result = difference(table, table.replace("money", "time"))
    assert "<td><del>money</del><ins>time</ins></td>\n<td>ask</td>" in without_labels(result.html())


def test_a_word_made_bold_is_a_change():
    result = difference("They decide.", "They **decide**.")
    assert without_labels(result.html()) == (
        "<p>They <del>decide</del><ins><strong>decide</strong></ins>.</p>\n"
    )


def test_a_link_that_leads_elsewhere_is_a_change():
    assert "<del>" in difference("[form](https://a.example)", "[form](https://b.example)").html()


def test_screen_readers_are_told_before_each_change():
    html = difference("old", "new").html()
    assert '<del><span class="visually-hidden">deleted: </span>old</del>' in html
    assert '<ins><span class="visually-hidden">added: </span>new</ins>' in html
    welsh = difference("old", "new").html(added="ychwanegwyd:", deleted="dilëwyd:")
    assert "ychwanegwyd: " in welsh
    assert "dilëwyd: " in welsh


def test_edits_are_listed_for_reports_under_their_headings():
    old = "# Map\n\nScores are kept for each person.\n\n## Steps\n\nDraw it once a week together.\n"
    new = "# Map\n\nScores are kept for nobody.\n\n## Steps\n\nDraw it together.\n\n![A cup](cup.svg)\n"
    edits = difference(old, new).edits
    assert edits == (
        Edit("Map", "each person", "nobody"),
        Edit("Steps", "once a week", ""),
        Edit("Steps", "", "[picture: A cup]"),
    )
    assert [edit.sentence for edit in edits] == [
        "Under “Map”: “each person” became “nobody”",
        "Under “Steps”: deleted “once a week”",
        "Under “Steps”: added “[picture: A cup]”",
    ]


def test_entities_are_told_as_people_write_them():
    assert difference("a", "a & <b>").edits == (Edit("", "", "& <b>"),)


def test_a_change_of_punctuation_alone_is_said_to_be_that():
    assert difference("One, two.", "One two.").summary == "No word was changed, only punctuation or layout."


def test_pictures_are_counted():
    assert difference("x", "x\n\n![y](y.svg)").summary == "1 picture added."


def test_right_to_left_text_is_compared_word_by_word():
    result = difference("هذا القسم واضح جدا", "هذا القسم مفهوم جدا")
    assert without_labels(result.html()) == "<p>هذا القسم <del>واضح</del><ins>مفهوم</ins> جدا</p>\n"


def test_vowel_signs_are_not_torn_from_their_letters():
    assert difference("यह हिन्दी है", "यह हिन्दु है").edits == (Edit("", "हिन्दी", "हिन्दु"),)


def test_a_script_is_words_like_any_other():
    html = difference("x", "x <script>alert(1)</script>").html()
    assert "<script" not in html
    assert "&lt;script&gt;" in without_labels(html).replace("<ins>", "")


@pytest.mark.parametrize(
    "html", ["<p>", "</p>", "<p><em>x</p></em>", "<div>x</div>", "<em><p>x</p></em>", "<em>x"]
)
def test_html_that_we_did_not_write_is_refused(html):
    with pytest.raises(ValueError, match=r"closed|not a tag|inside"):
        compare(Markup(html), Markup(""))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("word " * 20_000, "word " * 19_000 + "other " * 900),
        (
            "\n\n".join(f"paragraph {n} of many" for n in range(4_000)),
            "\n\n".join(f"part {n}" for n in range(9_000)),
        ),
        ("a b " * 25_000, "b a " * 25_000),
        (" ".join(str(n) for n in range(17_000)), " ".join(str(n * 7 % 17_011) for n in range(17_000))),
    ],
    ids=["one word", "all paragraphs", "two words", "shuffled"],
)
def test_a_hundred_thousand_characters_are_compared_in_time(old, new):
    before, after = render(old), render(new)
    began = time.perf_counter()
    result = compare(before, after)
    assert time.perf_counter() - began < 20
    assert (result.old_html, result.new_html) == (before, after)


def test_an_edit_in_a_very_long_paragraph_is_still_found_word_by_word():
    sentences = [f"Sentence number {n} says something of its own." for n in range(2_000)]
    changed = list(sentences)
    changed[3] = changed[3].replace("something", "nothing")
    changed[1_990] = changed[1_990].replace("its own", "interest")
    edits = difference(" ".join(sentences), " ".join(changed)).edits
    assert edits == (Edit("", "something", "nothing"), Edit("", "its own", "interest"))
