"""Any study that makes sense goes out, comes in and goes out again without one byte changed."""

from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import delphi.demo
from delphi.domain.study_archive import (
    StudyBundle,
    document_path,
    read_archive,
    section_path,
    write_archive,
)
from delphi.domain.study_file import from_plain, to_plain
from delphi.domain.study_file_check import check
from delphi.domain.study_file_dates import shift
from delphi.domain.study_file_yaml import read_study_file, write_study_file

DEMO = read_study_file((Path(delphi.demo.__file__).parent / "study" / "study.yaml").read_bytes())
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg"/>'

characters = st.characters(exclude_categories=["Cs", "Cc"])
words = st.text(characters, min_size=1, max_size=40).filter(lambda text: text.strip())
tricky = st.sampled_from(
    [
        "no",
        "1.0",
        "2024-03-18",
        "~",
        "- a",
        "a: b",
        "#x",
        "'",
        '"',
        "[x]",
        "a  b",
        "x " * 80,
        "&a *b !c",
        "%",
        "@",
        "`",
    ]
)
labels = st.one_of(words, tricky).map(lambda text: text[:100])
prose = st.one_of(
    labels,
    st.lists(labels, min_size=2, max_size=4).map("\n".join),
    st.lists(words).map("\n\n ".join).filter(str.strip),
)
codes = st.from_regex(r"\A[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4})?\Z")


def unique_codes(least: int, most: int):
    return st.lists(codes, min_size=least, max_size=most, unique=True)


@st.composite
def bundles(draw):
    """Any study that makes sense, with its texts and pictures."""
    plain = to_plain(DEMO)
    plain["study"] |= {
        "slug": draw(codes),
        "title": draw(labels),
        "timezone": draw(st.sampled_from(["UTC", "Asia/Kolkata"])),
    }
    plain["information"] |= {key: draw(prose) for key in ("plain_summary", "aim", "funder_role")}
    plain["information"]["easy_read_summary"] = []
    plain["consent"]["statements"] = [{"id": code, "text": draw(prose)} for code in draw(unique_codes(1, 3))]
    plain["consent"]["optional"] = []
    groups = draw(unique_codes(1, 5))
    first = draw(st.integers(1, len(groups)))
    panels = [part for part in (groups[:first], groups[first:]) if part]
    plain["stakeholder_groups"] = [{"id": code, "label": draw(labels)} for code in groups]
    plain["consensus_panels"] = [
        {"id": f"p{n}", "label": draw(labels), "groups": part} for n, part in enumerate(panels)
    ]
    plain["feedback_groups"] = [{"id": code, "label": draw(labels), "groups": [code]} for code in groups]
    top = draw(st.integers(3, 9))
    plain["scale"] = {
        "id": "s",
        "points": [{"value": value, "label": draw(labels)} for value in range(1, top + 1)],
        "bands": {"agree": [top]},
    }
    plain["criteria"] = [
        {"id": code, "label": draw(labels), "statement": draw(prose)} for code in draw(unique_codes(1, 3))
    ]
    share = {
        "statistic": "share",
        "band": "agree",
        "of": "pooled",
        "at_least": draw(st.sampled_from([70, "79.6", "200/3"])),
    }
    plain["consensus_rule"] = {
        "text": draw(prose), "fixed_on": "2024-01-01", "min_ratings_per_panel": 1,
        "outcomes": [{"outcome": "agreed", "when": share}, {"otherwise": "not_agreed"}],
    }  # fmt: skip
    texts = {}
    plain["documents"] = []
    for code in draw(unique_codes(0, 2)):
        path = document_path(code, "standard")
        texts[path] = draw(st.one_of(words, prose)) + " word"
        plain["documents"].append(
            {"id": code, "title": draw(labels), "version": "1.10", "date": "2024-01-02", "formats": ["web"],
             "texts": {"standard": path}}
        )  # fmt: skip
    pictures = {f"p{n}.svg": PICTURE for n in range(draw(st.integers(0, 2)))}
    plain["sections"] = []
    for position, code in enumerate(draw(unique_codes(1, 4)), start=1):
        drafts = {}
        for number in range(1, draw(st.integers(1, 2)) + 1):
            drafts[number] = {}
            for variant in draw(st.sampled_from([["standard"], ["standard", "easy_read"]])):
                path = section_path(position, code, number, variant)
                drafts[number][variant] = path
                texts[path] = (
                    "# T\n\nword " + draw(prose) + "".join(f"\n\n![](../images/{name})" for name in pictures)
                )
        plain["sections"].append({"id": code, "title": draw(labels), "drafts": drafts})
    opens = draw(st.dates(date(2024, 2, 1), date(2060, 1, 1)))
    plain["protocol"] |= {"fixed_on": "2024-01-01", "max_rounds": 3, "stop_rule": draw(prose)}
    plain["consent"] |= {"date": "2024-01-02", "withdrawal_cutoff": opens + timedelta(days=99)}
    plain["comment_prompts"] = []
    plain["rounds"] = [
        {"number": 1, "kind": "mixed", "opens": opens, "closes": opens + timedelta(days=9),
         "reminders": [opens + timedelta(days=day) for day in sorted(draw(st.sets(st.integers(0, 9))))],
         "items": {section["id"]: 1 for section in plain["sections"]}}
    ]  # fmt: skip
    study_file = from_plain(plain)
    assert check(study_file) == []
    texts = {path: text.replace("\r", "\n") for path, text in texts.items()}
    return StudyBundle(study_file, texts, pictures)


@settings(max_examples=60)
@given(bundles())
def test_an_export_that_is_imported_and_exported_again_is_the_same_to_the_byte(bundle):
    archive = write_archive(bundle)
    again = read_archive(archive)
    assert again == bundle
    assert write_archive(again) == archive


@settings(max_examples=40)
@given(bundles())
def test_a_study_file_is_the_same_after_it_was_written_and_read(bundle):
    written = write_study_file(bundle.study_file)
    assert read_study_file(written) == bundle.study_file
    assert write_study_file(read_study_file(written)) == written


@settings(max_examples=20)
@given(bundles(), st.dates(date(2024, 2, 1), date(2060, 1, 1)))
def test_a_moved_study_still_makes_sense(bundle, first_day):
    moved = shift(bundle.study_file, first_day)
    assert check(moved) == []
    assert 0 <= (moved.rounds[0].opens - first_day).days < 7
