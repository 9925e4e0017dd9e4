import time
from datetime import date

import pytest

from delphi.domain.errors import InvalidInput
from delphi.domain.study_file_yaml import MOST_CHARACTERS, read_yaml


def plain(text):
    return read_yaml(text, name="study.yaml").plain


def refusal(content) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_yaml(content, name="study.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "NO", "y", "n", "1.2", "1.10", "12:30", "1e3", "0123", "08"]
)
def test_words_stay_words(word):
    assert plain(f"a: {word}") == {"a": word}
    assert plain(f'a: "{word}"') == {"a": word}


def test_only_true_false_whole_numbers_and_nothing_are_not_words():
    assert plain("a: true\nb: False\nc: 12\nd: -3\ne:\nf: null\ng: ~\nh: 0") == {
        "a": True, "b": False, "c": 12, "d": -3, "e": None, "f": None, "g": None, "h": 0,
    }  # fmt: skip


def test_days_are_left_to_the_field_that_wants_one():
    assert plain("a: 2024-02-31") == {"a": "2024-02-31"}


def test_a_key_given_twice_is_refused_where_it_stands_the_second_time():
    assert refusal("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n").endswith(
        'study.yaml, line 5, column 3: the key "c" stands here a second time; keep one of them.'
    )


def test_aliases_cannot_fill_the_memory():
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
    )
    began = time.perf_counter()
    assert "line 1, column 4: anchors (&) and aliases (*) are not used here" in refusal(bomb)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    "text", ["a: !!python/object/apply:os.system [ls]", "a: !!set {b, c}", "--- !x\na: 1"]
)
def test_tags_build_nothing(text):
    assert "tags (!) are not used here" in refusal(text)


def test_merging_is_an_unknown_key_like_any_other():
    assert plain("a: {<<: x}") == {"a": {"<<": "x"}}


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{b: " * 1_000, "- " * 5_000])
def test_a_file_that_is_far_too_deep_is_refused_at_once(text):
    began = time.perf_counter()
    assert "deeper or longer" in refusal(text)
    assert time.perf_counter() - began < 2


def test_a_file_that_is_far_too_long_is_refused():
    assert f"at most {MOST_CHARACTERS:,}" in refusal("a" * (MOST_CHARACTERS + 1))
    assert "deeper or longer" in refusal("[" + "1, " * 60_000 + "]")


def test_a_mistake_in_the_yaml_is_named_with_line_and_column():
    assert "study.yaml, line 2, column 5: " in refusal("a: 1\nb: c: d\n")
    assert "study.yaml, line 1" in refusal("a: 'open")
    assert "line 2" in refusal("a: 1\n\tb: 2")


def test_a_second_document_is_refused():
    assert "line 2, column 1: a second document begins here" in refusal("a: 1\n---\nb: 2\n")


def test_a_file_in_another_encoding_is_refused_with_its_line():
    assert "study.yaml, line 2: this is not UTF-8 text" in refusal(b"a: 1\nb: caf\xe9\n")


def test_a_byte_order_mark_does_no_harm():
    assert plain(b"\xef\xbb\xbfa: 1") == {"a": 1}


def test_control_characters_are_refused():
    assert "study.yaml: this is not YAML that can be read" in refusal("a: \x00")


def test_a_list_as_a_key_is_refused():
    assert "a key must be a word" in refusal("? [a, b]\n: c\n")


def test_an_empty_file_holds_nothing():
    assert plain("") is None


def test_every_place_has_its_line():
    source = read_yaml("a:\n  - b: 1\n    c: >-\n      long\n      text\n  - d\n", name="x")
    assert {place: source.lines[place] for place in ("a", "a[0].b", "a[0].c", "a[1]")} == {
        "a": 1, "a[0].b": 2, "a[0].c": 3, "a[1]": 6,
    }  # fmt: skip


def test_days_and_words_that_look_like_days_are_told_apart_when_written():
    from delphi.domain.study_file_yaml import _dumped

    written = _dumped({"a": date(2024, 3, 18), "b": "2024-03-18", "c": "no", "d": ["x", "on"]})
    assert written == "a: 2024-03-18\nb: '2024-03-18'\nc: 'no'\nd: [x, 'on']\n"
