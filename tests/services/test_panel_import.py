"""A panel file is read whichever program wrote it; a fault names its row, and nothing is half done."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delphi.domain.errors import InvalidInput, NotAllowed
from delphi.domain.groups import Group, GroupStructure, GroupUnion
from delphi.extensions import db
from delphi.models.log import Event
from delphi.models.panellists import Identity, Panellist, Perspective
from delphi.services.panel_csv import LARGEST_FILE, read_panel_csv
from delphi.services.panel_import import import_panel, preview_panel
from tools.small_study import SmallStudy

STRUCTURE = GroupStructure(
    groups=(Group("users", "People who use services"), Group("workers", "Workers")),
    panels=(GroupUnion("all", "All", ("users", "workers")),),
    feedback_groups=(GroupUnion("all", "All", ("users", "workers")),),
)
GOOD = """name,email,phone,address,group,format,mode,region,other_perspectives,code
Zoë Ó Briain,Zoe@panel.example,,,users,easy_read,supported,North,,P19
"Ray Lane",,01632 960 111,"4 Mill Lane, Northbridge",workers,paper,,,users,
"""


def problems(text: str) -> list[str]:
    """Every problem of a file, as it is printed."""
    return [str(problem) for problem in read_panel_csv(text.encode(), STRUCTURE).problems]


def the_problem(text: str) -> str:
    """The only problem of a file."""
    (found,) = problems(text)
    return found


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        codecs.BOM_UTF8 + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"),
        GOOD.encode("utf-16-be"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace('"4 Mill Lane, Northbridge"', "4 Mill Lane; Northbridge")
        .replace(";", "§")
        .replace(",", ";")
        .replace("§", ",")
        .encode(),
        GOOD.replace('"4 Mill Lane, Northbridge"', "4 Mill Lane; Northbridge").replace(",", "\t").encode(),
        b"sep=,\r\n" + GOOD.encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "le", "be-bom", "be", "crlf", "semicolons", "tabs", "sep"],
)
def test_every_spreadsheets_csv_gives_the_same_people(content):
    preview = read_panel_csv(content, STRUCTURE)
    assert [str(problem) for problem in preview.problems] == []
    zoe, ray = (row.entry for row in preview.rows)
    assert (zoe.name, zoe.email, zoe.format, zoe.mode) == (
        "Zoë Ó Briain",
        "zoe@panel.example",
        "easy_read",
        "supported",
    )
    assert (zoe.region, zoe.code, zoe.perspectives) == ("North", "P19", ())
    assert (ray.email, ray.mode, ray.perspectives, ray.code) == (None, "paper", ("users",), None)
    assert ray.address.startswith("4 Mill Lane")
    assert [row.number for row in preview.rows] == [2, 3]
    assert preview.n_by_group == {"users": 1, "workers": 1}


def test_groups_may_be_given_by_label_and_headings_in_capitals():
    text = "Name,E-mail Address,Stakeholder group\nAlex,a@panel.example,PEOPLE who use services\n"
    preview = read_panel_csv(text.encode(), STRUCTURE)
    assert preview.problems == ()
    assert preview.rows[0].entry.group == "users"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty"),
        ("name,email,group\n", "nobody in this file"),
        ("email,group\na@panel.example,users\n", "row 1: The column “name” is missing"),
        ("name,email\nAlex,a@panel.example\n", "row 1: The column “group” is missing"),
        ("name,group\nAlex,users\n", "row 1: The column “email” is missing. Add it, or “phone”"),
        (
            "name,email,grup,group\nA,a@b.example,x,users\n",
            "row 1, column 3: The column “grup” is not known.",
        ),
        (
            "name,email,group,name\nA,a@b.example,users,B\n",
            "row 1, column 4: The column “name” is there twice",
        ),
        ("name,email,group\nAlex,nonsense,users\n", "row 2, email: “nonsense” is not an e-mail address"),
        (
            "name,email,group\n\nAlex,a@b.example,nurses\n",
            "row 3, group: “nurses” is not a stakeholder group",
        ),
        ("name,email,group\n,a@b.example,users\n", "row 2, name: The name is missing"),
        ("name,email,group\nAlex,,users\n", "row 2, email: Give at least one"),
        ("name,email,group\nA,a@b.example,users,extra\n", "row 2: “extra” stands under no heading"),
        (
            "name,email,group\nA,a@b.example,users\nB,A@b.example,users\n",
            "row 3, email: The same e-mail address stands in row 2",
        ),
        (
            "name,phone,group\nA,01632 960 1,users\na,016329601,users\n",
            "row 3, name: The same name and telephone number stands in row 2",
        ),
        (
            "name,email,group,code\nA,a@b.example,users,P01\nB,b@b.example,users,P01\n",
            "row 3, code: Row 2 has the code P01 too",
        ),
        ('name,email,group\n"Alex,a@b.example,users\n', "near row 2"),
    ],
)
def test_what_is_wrong_is_said_with_row_and_column(text, sentence):
    assert sentence in the_problem(text)


def test_a_mistyped_column_gets_the_name_that_was_meant():
    assert "Did you mean “region”?" in the_problem("name,email,group,regoin\nA,a@b.example,users,N\n")


def test_every_fault_of_a_file_is_listed():
    found = problems("name,email,group\nAlex,nonsense,nurses\n,b@b.example,users\n")
    assert [line.split(":")[0] for line in found] == ["row 2, email", "row 2, group", "row 3, name"]


def test_another_encoding_is_refused_before_names_are_damaged():
    preview = read_panel_csv("name,email,group\nZoë,z@b.example,users\n".encode("cp1252"), STRUCTURE)
    assert "CSV UTF-8" in str(preview.problems[0])


def test_a_file_that_is_no_list_of_people_is_refused_by_its_size():
    preview = read_panel_csv(b"x" * (LARGEST_FILE + 1), STRUCTURE)
    assert "Is it the right file?" in str(preview.problems[0])


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8"))))
def test_no_file_at_all_breaks_the_reader(content):
    preview = read_panel_csv(content, STRUCTURE)
    assert preview.rows or preview.problems


def imported(study: SmallStudy, text: str, **changes: object) -> list[str]:
    with study.work():
        people = import_panel(
            study_id=study.id,
            content=text.encode(),
            **({"actor": study.lead, "now": study.imported_at} | changes),
        )
        return [person.code for person in people]


def test_an_import_registers_everybody_and_leaves_one_event(small_study):
    codes = imported(small_study, GOOD)
    assert codes[0] == "P19"
    assert codes[1] != "P19"
    with small_study.look():
        assert sorted(db.session.scalars(db.select(Identity.name))) == ["Ray Lane", "Zoë Ó Briain"]
        assert len(db.session.scalars(db.select(Perspective)).all()) == 1
        kinds = db.session.scalars(db.select(Event.kind)).all()
        assert kinds.count("panel_imported") == 1
        assert "panellist_registered" not in kinds


def test_an_import_with_one_fault_registers_nobody(small_study):
    with pytest.raises(InvalidInput, match="Nobody was added") as caught:
        imported(small_study, GOOD + "Kim,kim@panel.example,,,nurses,,,,,\n")
    assert [problem.where for problem in caught.value.problems] == ["row 4, group"]
    with small_study.look():
        assert db.session.scalars(db.select(Panellist)).all() == []


def test_somebody_who_is_on_the_panel_already_is_found_in_the_file(small_study):
    imported(small_study, GOOD)
    with small_study.look():
        preview = preview_panel(
            study_id=small_study.id,
            content=GOOD.encode(),
            actor=small_study.lead,
            now=small_study.imported_at,
        )
    assert [problem.where for problem in preview.problems] == ["row 2, email", "row 2, code", "row 3, name"]


def test_looking_at_a_file_changes_nothing(small_study):
    with small_study.work():
        preview = preview_panel(
            study_id=small_study.id,
            content=GOOD.encode(),
            actor=small_study.lead,
            now=small_study.imported_at,
        )
    assert len(preview.rows) == 2
    with small_study.look():
        assert db.session.scalars(db.select(Panellist)).all() == []


def test_data_entry_may_not_import_a_panel(small_study):
    with pytest.raises(NotAllowed):
        imported(small_study, GOOD, actor=small_study.clerk)
