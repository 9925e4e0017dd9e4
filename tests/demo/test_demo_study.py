"""The built-in study: it sets up a study without an objection, and its texts keep their promises."""

import calendar
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import delphi.demo
from delphi.domain.rule import Rule
from delphi.domain.study_archive import read_folder, write_archive
from delphi.domain.study_file_dates import days_of
from delphi.domain.study_file_texts import has_words, picture_references, split_title
from delphi.domain.study_file_yaml import write_study_file
from delphi.text.difference import compare
from delphi.text.markdown import render

DEMO = Path(delphi.demo.__file__).parent
BUNDLE = read_folder(DEMO / "study")
STUDY = BUNDLE.study_file
DRAFTS = {
    path.relative_to(DEMO / "drafts").as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((DEMO / "drafts").rglob("*.md"))
}
EVERY_TEXT = {**BUNDLE.texts, **{f"drafts/{path}": text for path, text in DRAFTS.items()}}
EASY_READ = {path: text for path, text in EVERY_TEXT.items() if "easy-read" in path}
PAGES = {path: text for path, text in BUNDLE.texts.items() if path.startswith("documents/")}
SECTIONS = {path: text for path, text in EVERY_TEXT.items() if "sections/" in path}

MONTHS = list(calendar.month_name)[1:]
DATE_IN_WORDS = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}})\b")


def test_the_study_is_written_as_the_platform_writes_it():
    assert (DEMO / "study" / "study.yaml").read_text(encoding="utf-8") == write_study_file(STUDY)
    assert write_archive(BUNDLE)


def share(of: str, at_least: int) -> dict:
    return {"statistic": "share", "band": "agree", "of": of, "at_least": at_least, "criteria": "all"}


def test_the_rule_is_the_one_that_the_story_was_written_for():
    """At least 80% of everybody and 70% in each panel on every criterion, with two ways of missing it."""
    assert STUDY.consensus_rule == Rule.model_validate(
        {
            "text": STUDY.consensus_rule.text,
            "fixed_on": date(2024, 2, 12),
            "min_ratings_per_panel": 10,
            "denominator": "valid",
            "quantile_type": 7,
            "outcomes": [
                {"outcome": "agreed", "when": {"all": [share("pooled", 80), share("each_panel", 70)]}},
                {"outcome": "close", "when": {"all": [share("pooled", 70), share("each_panel", 60)]}},
                {
                    "outcome": "not_agreed",
                    "because": "panels_differ",
                    "label": "Not agreed: the panels differ",
                    "when": share("pooled", 70),
                },
                {"otherwise": "not_agreed"},
            ],
        }
    )


def test_the_study_holds_what_there_is_before_round_one():
    assert [len(section.drafts) for section in STUDY.sections] == [1] * 9
    assert list(STUDY.rounds[0].items) == [section.id for section in STUDY.sections]
    assert [len(part.items) for part in STUDY.rounds] == [9, 0, 0]
    assert sum("easy_read" in paths for paths in map(str, STUDY.texts)) == 6 + 2


def test_the_panel_is_planned_as_recruited():
    assert [group.target for group in STUDY.stakeholder_groups] == [12, 6, 6, 10, 5, 5, 5]
    assert STUDY.structure.panel_of("carers").code == "experience"
    assert STUDY.structure.panel_of("volunteers").code == "delivery"


def test_later_drafts_are_ready_for_the_player():
    drafts = [path.split("/")[1].removesuffix(".md") for path in DRAFTS if path.startswith("sections/")]
    assert drafts == [
        "02-connections-map.v2",
        "06-going-along.v2",
        "07-when-things-get-in-the-way.v2",
        "08-connecting-online.v2",
        "08-connecting-online.v3",
        "09-sharing-your-own-contacts.v2",
        "09-sharing-your-own-contacts.v3",
        "10-what-teams-need.v1",
        "10-what-teams-need.v2",
    ]


@pytest.mark.parametrize("path", EVERY_TEXT)
def test_every_text_has_a_title_words_and_pictures_that_exist(path):
    text = EVERY_TEXT[path]
    assert split_title(text)[0]
    assert has_words(text)
    for reference in picture_references(text):
        assert reference.name in BUNDLE.pictures
    shown = render(text, picture=lambda name: f"/pictures/{name}")
    assert shown.count("<img ") == len(picture_references(text))


@pytest.mark.parametrize("path", SECTIONS)
def test_sections_are_short_enough_to_rate(path):
    without_pictures = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", SECTIONS[path])
    assert 150 <= len(re.findall(r"[^\W\d_][\w'’-]*", without_pictures)) <= 250


def lines_under_headings(text: str) -> Iterator[list[str]]:
    for part in re.split(r"^#.*$", text, flags=re.MULTILINE)[1:]:
        yield [line for line in part.split("\n") if line.strip()]


@pytest.mark.parametrize("path", EASY_READ)
def test_easy_read_is_one_picture_and_one_short_sentence_a_line(path):
    for lines in lines_under_headings(EASY_READ[path]):
        assert 1 <= len(lines) <= 8
        for line in lines:
            match = re.fullmatch(r"!\[\]\(\.\./images/(er-[a-z-]+)\.svg\) (.+[.?])", line)
            assert match, line
            sentences = re.sub(r"\*\*", "", match.group(2))
            assert len(sentences.split()) <= 10, line
            assert "%" not in sentences


@pytest.mark.parametrize("path", EASY_READ)
def test_hard_words_are_explained_at_once(path):
    lines = EASY_READ[path].split("\n\n")
    for number, line in enumerate(lines):
        for word in re.findall(r"\*\*(.+?)\*\*", line):
            nearby = " ".join(lines[max(number - 1, 0) : number + 2])
            assert nearby.lower().count(word.lower()) >= 2, line


@pytest.mark.parametrize("path", PAGES)
def test_information_pages_are_neither_thin_nor_long(path):
    words = re.sub(r"!\[\]\([^)]*\)", "", PAGES[path]).split()
    assert (180 if "easy-read" in path else 250) <= len(words) <= 500


@pytest.mark.parametrize("path", PAGES)
def test_information_pages_say_what_the_study_file_says(path):
    text = PAGES[path]
    for day, month, year in DATE_IN_WORDS.findall(text):
        assert date(int(year), MONTHS.index(month) + 1, int(day)) in days_of(STUDY)
    assert set(re.findall(r"[\w.-]+@[\w.-]+\.example", text)) <= {
        STUDY.information.contact.email,
        STUDY.information.dpo.email,
    }
    assert STUDY.information.contact.email in text
    assert STUDY.information.contact.phone in text
    known = {STUDY.information.contact.phone, STUDY.information.dpo.phone}
    known |= {contact.phone for contact in STUDY.information.safety.support_contacts}
    assert set(re.findall(r"\b0\d{3,4} \d{3} \d{3,4}\b", text)) <= known


@pytest.mark.parametrize(
    "words",
    [
        "by consent",
        "research in the public interest",
        "can link your answers to your name",
        "do not promise that you are anonymous",
        "until the final analysis starts on 1 July 2024",
        "already shared cannot be changed",
        "3 months after the final report",
        "for 10 years",
        "data protection officer",
        "Information Commissioner's Office",
        "not watched round the clock",
    ],
)
def test_the_information_sheet_says_what_it_must(words):
    assert words in " ".join(BUNDLE.texts["documents/info-sheet.md"].split())


@pytest.mark.parametrize("path", [path for path in DRAFTS if not path.endswith("v1.md")])
def test_each_new_draft_can_be_set_against_the_one_before(path):
    number = int(path[-4])
    before = path.replace(f".v{number}.", f".v{number - 1}.")
    old = BUNDLE.texts.get(before) or DRAFTS[before]
    difference = compare(render(old), render(DRAFTS[path]))
    assert difference.old_html == render(old)
    assert difference.new_html == render(DRAFTS[path])
    assert difference.words_added > 0
