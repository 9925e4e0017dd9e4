"""A logo is a small picture of a kind every browser shows, in a shape that leaves room for the name."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from delphi.domain.errors import InvalidInput
from delphi.domain.logos import named_logo
from delphi.domain.study_archive import bundle_problems, read_archive, write_archive
from delphi.domain.study_file import from_plain
from tools.small_study import small_bundle, small_plain


def png(width, height, more=b""):
    return (
        b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + b"\x08\x06" + more
    )


def jpeg(width, height):
    comment = b"\xff\xfe\x00\x06abcd"
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03" + b"\x00" * 9
    return b"\xff\xd8" + comment + frame + b"\xff\xd9"


def svg(attributes, inside=""):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (png(200, 100), "png"),
        (jpeg(300, 90), "jpg"),
        (svg('viewBox="0 0 40 20"'), "svg"),
        (svg('width="120px" height="40px"'), "svg"),
        (png(180, 36), "png"),
    ],
)
def test_a_logo_is_named_after_its_contents(content, ending):
    name = named_logo(content)
    assert name.startswith("logo-")
    assert name.endswith(f".{ending}")
    assert name == named_logo(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a picture"),
        (b"%PDF-1.7", "not a picture"),
        (b"GIF89a" + b"\0" * 40, "PNG, JPEG or SVG"),
        (png(200, 100, b"\0" * 200_000), "200,000 bytes"),
        (png(3000, 1000), "3000 by 1000 pixels"),
        (png(2000, 100), "20.0 times as wide"),
        (jpeg(60, 20), "only 20 pixels high"),
        (svg('viewBox="0 0 600 100"'), "6.0 times as wide"),
        (svg('width="100%" height="100%"'), "does not say how wide"),
        (svg('viewBox="0 0 0 0"'), "does not say how wide"),
        (png(0, 0), "does not say how wide"),
        (b"\xff\xd8\xff\xe0", "does not say how wide"),
        (svg('viewBox="0 0 2 1"', "<script>alert(1)</script>"), "does more than draw"),
        (svg('viewBox="0 0 2 1" onload="x()"'), "something that runs"),
    ],
)
def test_what_cannot_be_a_logo_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(InvalidInput, match=sentence) as refused:
        named_logo(content)
    assert refused.value.problems[0].where == "logo"
    assert refused.value.problems[0].sentence[0].isupper()


def with_look(look, pictures=None):
    return replace(
        small_bundle(), study_file=from_plain(small_plain() | {"look": look}), pictures=pictures or {}
    )


def test_a_look_travels_with_the_study():
    logo = svg('viewBox="0 0 40 20"')
    bundle = with_look({"accent": "#5b2a86", "logo": "mark.svg"}, {"mark.svg": logo})
    assert bundle_problems(bundle) == []
    again = read_archive(write_archive(bundle))
    assert again == bundle
    assert again.study_file.look.accent == "#5b2a86"


@pytest.mark.parametrize(
    ("look", "pictures", "where", "sentence"),
    [
        ({"accent": "#ffee00"}, {}, "look.accent", "too light"),
        (
            {"logo": "mark.svg"},
            {"marks.svg": svg('viewBox="0 0 1 1"')},
            "look.logo",
            "did you mean 'marks.svg'",
        ),
        ({"logo": "mark.svg"}, {"mark.svg": svg('viewBox="0 0 60 1"')}, "look.logo", "as wide as it is high"),
    ],
)
def test_a_look_that_would_not_work_is_said_beside_it(look, pictures, where, sentence):
    problems = bundle_problems(with_look(look, pictures))
    assert [(one.where, sentence in one.sentence) for one in problems] == [(where, True)]


def test_a_colour_is_six_digits():
    with pytest.raises(InvalidInput, match="expected a colour"):
        with_look({"accent": "red"})


def test_an_imported_look_is_refused_by_line():
    bundle = with_look({"accent": "#ffee00"})
    with pytest.raises(InvalidInput, match=r"study.yaml: look.accent \(line \d+\): The colour #ffee00"):
        read_archive(write_archive(bundle))
