"""The shape of a study file: what stands where, and the sentence for everything that does not."""

import copy
from pathlib import Path

import pytest

import delphi.demo
from delphi.domain.errors import InvalidInput
from delphi.domain.groups import union_holding
from delphi.domain.study_file import StudyFile, from_plain, to_plain
from delphi.domain.study_file_yaml import read_study_file, write_study_file

STUDY = (Path(delphi.demo.__file__).parent / "study" / "study.yaml").read_text(encoding="utf-8")
PLAIN = to_plain(read_study_file(STUDY))


def changed(place: str, value: object = None, *, drop: bool = False) -> dict:
    """The demo study with one value put in another's place, or taken out."""
    plain = copy.deepcopy(PLAIN)
    *above, last = [int(step) if step.isdigit() else step for step in place.split("/")]
    here = plain
    for step in above:
        here = here[step]
    if drop:
        del here[last]
    else:
        here[last] = value
    return plain


def objections(plain: object) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        from_plain(plain)
    return [str(problem) for problem in refused.value.problems]


def test_a_study_is_the_same_after_it_was_written_and_read():
    study = from_plain(PLAIN)
    assert from_plain(to_plain(study)) == study
    assert read_study_file(write_study_file(study)) == study
    assert write_study_file(read_study_file(STUDY)) == STUDY


def test_a_mistyped_key_is_named_with_the_key_that_was_meant():
    assert objections(changed("rounds/0/opnes", "2024-03-18")) == [
        "rounds[0].opnes: \"opnes\" is not known here; did you mean 'opens'?"
    ]


@pytest.mark.parametrize(
    ("place", "meant"),
    [
        ("studdy", "study"),
        ("study/tittle", "title"),
        ("information/contact/emial", "email"),
        ("consensus_rule/min_rating_per_panel", "min_ratings_per_panel"),
        ("consensus_rule/outcomes/0/becuase", "because"),
        ("consensus_rule/outcomes/0/when/all/0/atleast", "at_least"),
        ("scale/points/0/labels", "label"),
        ("sections/0/drafts/1/easyread", "easy_read"),
    ],
)
def test_keys_are_known_in_every_part(place, meant):
    (objection,) = objections(changed(place, "x"))
    assert f"did you mean '{meant}'?" in objection


def test_a_key_that_is_like_no_other_is_answered_with_those_that_are_known():
    (objection,) = objections(changed("study/colour", "red"))
    assert objection == (
        'study.colour: "colour" is not known here; known here: slug, title, short_title, language, timezone.'
    )


@pytest.mark.parametrize(
    ("place", "value", "objection"),
    [
        ("study/slug", "Making Connections", '"Making Connections": use small letters, digits, hyphens'),
        ("study/title", 2024, "2024: expected words; put it in quotes."),
        ("study/title", False, "False: expected words; put it in quotes."),
        ("study/title", "", "nothing stands here; fill it in"),
        ("study/title", "x" * 301, "this is too long; at most 300 are allowed"),
        ("rounds/0/opens", "18 March 2024", '"18 March 2024": expected a day; write it as 2024-03-18'),
        ("rounds/0/opens", "2024-02-31", "there is no such day in the calendar"),
        ("rounds/0/opens", 20240318, "20240318: expected a day"),
        ("rounds/0/number", "one", '"one": expected a whole number.'),
        ("rounds/0/number", True, "True: expected a whole number."),
        ("rounds/0/number", 0, "0: must be at least 1."),
        ("rounds/0/kind", "ratings", "\"ratings\" is not one of the choices; did you mean 'rating'?"),
        ("rounds/0/items", ["a"], "expected a mapping."),
        ("rounds/0/reminders", "2024-03-25", '"2024-03-25": expected a list.'),
        ("privacy/min_cell", 2, "2: must be at least 3."),
        ("information/contact", {"name": "Us"}, 'nobody can be reached here; add "email" or "phone".'),
        ("information/contact/email", "us", '"us": expected an e-mail address'),
        ("information/dpo/phone", "call us", '"call us": expected a telephone number'),
        ("criteria", [], "nothing stands here; fill it in"),
        ("scale/points/4/value", 7, "points must go up in steps of one; found [1, 2, 3, 4, 7]."),
        ("scale/bands/agree", [5, 6], "band 'agree' names [6], which the scale does not have."),
        ("consensus_rule/outcomes/0/when/all/0/criteria", [], "names no criterion; name at least one"),
        ("consensus_rule/outcomes/0/when/all/0/of", "everybody", "expected pooled, each_panel"),
        ("consensus_rule/outcomes/3/otherwise", "agred", "did you mean 'agreed'?"),
        ("consensus_rule/outcomes/0/when/all/0/statistic", "medien", "did you mean 'median'?"),
        ("consensus_rule/outcomes/0/when/all/0", {"at_least": 80}, '"statistic" is missing here; add it.'),
        ("comment_prompts/1/shown_when/any/0", {}, "give exactly one of"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_with_what_was_expected(place, value, objection):
    found = objections(changed(place, value))
    assert any(objection in line for line in found), found


@pytest.mark.parametrize(
    "path",
    ["../secret.md", "sections/../../secret.md", "/etc/passwd.md", "C:/secret.md", "..\\secret.md"],
)
def test_a_text_outside_the_folder_is_refused(path):
    (objection,) = objections(changed("sections/0/drafts/1/standard", path))
    assert "this leads out of the study's folder" in objection


def test_a_text_that_is_not_a_text_is_refused():
    assert "a file that ends in .md" in objections(changed("sections/0/drafts/1/standard", "a.docx"))[0]


def test_what_is_missing_is_named():
    assert objections(changed("rounds/1/opens", drop=True)) == [
        'rounds[1].opens: "opens" is missing here; add it.'
    ]


def test_everything_wrong_is_said_at_once():
    plain = changed("rounds/0/opens", "soon")
    plain["study"]["slug"] = "A B"
    plain["colour"] = "red"
    del plain["consent"]["version"]
    assert len(objections(plain)) == 4


@pytest.mark.parametrize("plain", [None, [], "x", {}, {"format": "delphi-study/2"}, {"format": None}])
def test_a_file_of_another_format_is_refused_in_one_sentence(plain):
    (objection,) = objections(plain)
    assert "delphi-study/1" in objection


def test_a_problem_names_the_file_and_the_line():
    broken = STUDY.replace("  kind: mixed\n    opens:", "  kind: mixed\n    opnes:")
    line = broken.split("\n").index("    opnes: 2024-03-18") + 1
    with pytest.raises(InvalidInput) as refused:
        read_study_file(broken)
    where = {problem.where for problem in refused.value.problems}
    assert f"study.yaml: rounds[0].opnes (line {line})" in where
    assert f"study.yaml: rounds[0].opens (line {line - 2})" in where
    assert str(refused.value).startswith("The study file cannot be used yet. Nothing was changed.")


def test_the_groups_are_there_as_the_statistics_want_them():
    structure = from_plain(PLAIN).structure
    assert structure.panel_of("carers").code == "experience"
    assert union_holding(structure.feedback_groups, "commissioners").code == "managers_commissioners"


def test_every_text_is_listed_with_its_place():
    texts = from_plain(PLAIN).texts
    assert texts["documents[0].texts.easy_read"] == "documents/info-sheet.easy-read.md"
    assert texts["sections[0].drafts.1.standard"] == "sections/01-getting-started.v1.md"


def test_a_study_file_never_changes():
    study = from_plain(PLAIN)
    assert isinstance(study, StudyFile)
    with pytest.raises(ValueError, match="frozen"):
        study.format = "x"
