"""From a study file to forms and back: nothing is lost, whatever study it is, and rows are known again."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

import delphi.demo
from delphi.domain.errors import InvalidInput, NotFound
from delphi.domain.setup.arranging import arranged, bundle_from
from delphi.domain.setup.fields import Kind, fingerprint, put_at, shown_values, value_at
from delphi.domain.setup.reading import NO_DAY, asked_for, day_parts, made_id
from delphi.domain.setup.themes import (
    QUESTIONS,
    ROUND_KINDS,
    ROUNDS,
    SCALE,
    SECTION_KINDS,
    SECTIONS,
    THEMES,
    theme_of,
)
from delphi.domain.study_archive import bundle_problems, read_folder
from delphi.domain.study_file_parts import RoundKind, SectionKind
from tools.small_study import small_bundle

DEMO = read_folder(Path(delphi.demo.__file__).parent / "study")
BUNDLES = {"small": small_bundle(), "demo": DEMO}


def form_of(theme, setup):
    """What a browser sends back when nobody touched anything."""
    form = shown_values(theme, setup)
    for name, value in list(form.items()):
        form |= {f"{name}-{part}": words for part, words in day_parts(value).items() if words}
    return form


def with_pictures(bundle):
    return arranged(bundle) | {"pictures": [{"id": name, "label": name} for name in bundle.pictures]}


def saved(theme, bundle, only_open=False, **given):
    setup = with_pictures(bundle)
    asked = asked_for(theme, setup, form_of(theme, setup) | given, only_open=only_open)
    assert asked.problems == []
    asked.setup.pop("pictures")
    return bundle_from(asked.setup, bundle)


@pytest.mark.parametrize("name", BUNDLES)
def test_what_is_arranged_for_forms_is_the_same_study(name):
    assert bundle_from(arranged(BUNDLES[name]), BUNDLES[name]) == BUNDLES[name]


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.key)
@pytest.mark.parametrize("name", BUNDLES)
def test_a_form_that_nobody_touched_asks_for_the_same_study(name, theme):
    assert saved(theme, BUNDLES[name]) == BUNDLES[name]


def test_every_kind_that_a_study_file_knows_has_words():
    assert set(ROUND_KINDS) == set(get_args(RoundKind))
    assert set(SECTION_KINDS) == set(get_args(SectionKind))


def test_a_page_differs_from_itself_only_when_something_on_it_does():
    before = arranged(small_bundle())
    after = arranged(saved(QUESTIONS, small_bundle(), **{"criteria.0.label": "Plain"}))
    assert fingerprint(QUESTIONS, before) != fingerprint(QUESTIONS, after)
    assert fingerprint(SCALE, before) == fingerprint(SCALE, after)


def test_a_row_keeps_its_id_and_what_no_form_shows():
    after = saved(QUESTIONS, DEMO, **{"comment_prompts.0.place": "3"}).study_file
    before = {prompt.id: prompt for prompt in DEMO.study_file.comment_prompts}
    assert {prompt.id: prompt for prompt in after.comment_prompts} == before
    assert after.comment_prompts[2].id == DEMO.study_file.comment_prompts[0].id


def test_a_moved_section_takes_its_drafts_and_its_place_in_the_round_along():
    after = saved(SECTIONS, small_bundle(), **{"sections.1.place": "1"})
    assert [section.id for section in after.study_file.sections] == ["next-steps", "first-steps"]
    assert list(after.study_file.rounds[0].items) == ["next-steps", "first-steps"]
    assert after.texts == small_bundle().texts
    assert bundle_problems(after) == []


def test_a_round_that_puts_sections_in_an_order_of_its_own_keeps_it():
    plain = small_bundle()
    rounds = plain.study_file.rounds
    turned = rounds[0].model_copy(update={"items": {"next-steps": 1, "first-steps": 1}})
    file = plain.study_file.model_copy(update={"rounds": (turned, rounds[1])})
    bundle = type(plain)(file, plain.texts, plain.pictures)
    after = saved(SECTIONS, bundle, **{"sections.0.title": "Begin"})
    assert list(after.study_file.rounds[0].items) == ["next-steps", "first-steps"]


def test_agreeing_that_begins_at_another_point_moves_both_ends():
    bands = saved(SCALE, small_bundle(), **{"scale.agree_from": "5"}).study_file.scale.bands
    assert bands == {"agree": (5,), "disagree": (1,)}


def test_an_empty_row_is_no_row_and_a_taken_out_one_goes():
    given = {"criteria.2.label": " ", "criteria.2.statement": "", "criteria.1.gone": "yes"}
    assert [one.id for one in saved(QUESTIONS, small_bundle(), **given).study_file.criteria] == ["clear"]


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("31", "2", "2025"), ("1", "", "2025"), ("x", "1", "2025"), ("1", "13", "2025"), ("1", "1", "25")],
)
def test_a_day_that_is_none_is_said_beside_it(day, month, year):
    setup = arranged(small_bundle())
    given = {"rounds.0.opens-day": day, "rounds.0.opens-month": month, "rounds.0.opens-year": year}
    asked = asked_for(ROUNDS, setup, form_of(ROUNDS, setup) | given, only_open=False)
    assert [one.where for one in asked.problems] == ["rounds.0.opens"]
    assert asked.problems[0].sentence == NO_DAY or "Check the year" in asked.problems[0].sentence


def test_days_are_read_as_people_and_as_files_write_them():
    rounds = saved(ROUNDS, small_bundle(), **{"rounds.0.reminders": "12/2/2025\r\n2025-02-10\n"})
    assert [str(day) for day in rounds.study_file.rounds[0].reminders] == ["2025-02-10", "2025-02-12"]


def test_what_is_fixed_stays_whatever_a_form_sends():
    names = theme_of("names")
    after = saved(names, small_bundle(), True, **{"study.language": "cy", "study.title": "New"})
    assert (after.study_file.study.language, after.study_file.study.title) == ("en-GB", "New")


def test_a_problem_in_a_moved_row_is_said_where_the_row_stands_in_the_form():
    setup = arranged(small_bundle())
    given = form_of(QUESTIONS, setup) | {"criteria.1.place": "1"}
    asked = asked_for(QUESTIONS, setup, given, only_open=False)
    assert asked.name_of("criteria[0].statement") == "criteria.1.statement"
    assert asked.name_of("consent.statements[2].text") == "consent.statements.2.text"


def test_what_was_cut_out_of_its_part_is_refused_in_its_shape():
    setup = arranged(small_bundle())
    setup["criteria"] = []
    with pytest.raises(InvalidInput):
        bundle_from(setup, small_bundle())


@pytest.mark.parametrize(
    ("words", "taken", "name"),
    [
        ("People who use services", set(), "people-who-use-services"),
        ("Clear", {"clear", "clear-2"}, "clear-3"),
        ("80% rule!", set(), "s-80-rule"),
        ("…", set(), "s"),
        ("a" * 60, set(), "a" * 40),
        (
            "I have read the information about this study and agree",
            set(),
            "i-have-read-the-information-about-this",
        ),
    ],
)
def test_short_names_are_made_of_words(words, taken, name):
    assert made_id(words, taken) == name


def test_values_are_found_and_put_by_their_place():
    part: dict[str, object] = {"a": {"b": 1}}
    put_at(part, "a.c.d", 2)
    assert value_at(part, "a.c.d") == 2
    put_at(part, "a.c.d", None)
    assert part == {"a": {"b": 1}}
    put_at(part, "a.b", None)
    assert part == {}
    assert value_at(part, "a.b.c") is None


def test_every_field_has_words_and_choices_have_options():
    for theme in THEMES:
        for block in theme.blocks:
            for one in getattr(block, "fields", ()) or ((block,) if hasattr(block, "kind") else ()):
                assert one.label
                if one.kind in (Kind.CHOICE, Kind.SEVERAL):
                    assert one.options or one.options_from


def test_there_is_no_other_page():
    with pytest.raises(NotFound):
        theme_of("people-and-passwords")
