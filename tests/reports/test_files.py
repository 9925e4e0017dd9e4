"""The files: whole, harmless, marked, and the same each time."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import openpyxl
import pytest

from delphi.domain.actors import Operator, Role
from delphi.domain.errors import InvalidInput, NotAllowed, WrongState
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.reports.audience import Audience
from delphi.reports.csv_file import write_table
from delphi.reports.excel import LONGEST_TEXT, _fitting
from delphi.services.deletion import stop_and_delete
from delphi.services.dispositions import answer_comment
from delphi.services.feedback import publish_feedback

FORMULAS = ["=1+1", "+44 20", "-1", "@SUM(A1)", "\tx", "\nx"]


def test_every_file_is_listed_with_its_size_and_checksum(published, write):
    files = write()
    read_me = files.pop("small-study-README.txt").path.read_text(encoding="utf-8")
    assert sorted(files) == [
        "small-study-codebook.csv",
        "small-study-data.csv",
        "small-study-report.html",
        "small-study-report.json",
        "small-study-report.pdf",
        "small-study-report.xlsx",
    ]
    for name, one in files.items():
        content = one.path.read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one.n_bytes, one.sha256)
        assert f"{name}: {one.n_bytes} bytes, SHA-256 {one.sha256}" in read_me
    assert read_me.endswith("End of this file.\n")


def test_the_same_record_gives_the_same_bytes(published, write, tmp_path):
    nothing = {"record": lambda **_: None}
    first = write(folder=tmp_path / "first", **nothing)
    second = write(folder=tmp_path / "second", **nothing)
    assert {name: one.sha256 for name, one in first.items()} == {
        name: one.sha256 for name, one in second.items()
    }


def test_the_data_file_has_as_many_rows_as_the_manifest_says(published, write):
    files = write(formats=["csv"])
    content = files["small-study-data.csv"].path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbfstudy,round,")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    read_me = files["small-study-README.txt"].path.read_text(encoding="utf-8")
    assert f"then {len(rows)} rows" in read_me
    assert {row["measure"] for row in rows} >= {"n", "n_unable", "n_agree", "pct_agree", "wilson95_low"}
    hidden = [row for row in rows if row["display"] == "hidden"]
    assert {(row["measure"], row["value"]) for row in hidden} == {("n", "")}


def test_every_measure_of_the_data_file_is_in_the_codebook(published, write):
    files = write(formats=["csv"], audience=Audience.TEAM, actor=published.study.lead)
    data, book = (
        files[f"small-study-{name}-NOT-FOR-SHARING.csv"].path.read_text(encoding="utf-8-sig")
        for name in ("data", "codebook")
    )
    (first, rest), (_, book_rest) = data.split("\n", 1), book.split("\n", 1)
    assert first.startswith("# NOT FOR SHARING")
    rows = list(csv.DictReader(io.StringIO(rest)))
    entries = list(csv.DictReader(io.StringIO(book_rest)))
    assert {row["measure"] for row in rows} <= {e["name"] for e in entries if e["where"] == "measure"}
    assert set(rows[0]) == {e["name"] for e in entries if e["where"] == "column"}


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_in_a_csv_is_a_formula(text, tmp_path):
    write_table(tmp_path / "x.csv", ["words", "number"], [[text, -1]])
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["words", "number"], [f"'{text}", "-1"]]


@pytest.mark.parametrize("text", FORMULAS[:4])
def test_no_text_in_excel_is_a_formula(answered, write, text):
    answered(answer_comment, comment_id=answered.comment_ids["pets"], kind="noted", reason=text)
    answered(publish_feedback, number=1)
    book = openpyxl.load_workbook(write(formats=["excel"])["small-study-report.xlsx"].path)
    cells = [cell for row in book["Comments"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == text] == ["s"]


def test_a_text_too_long_for_excel_says_that_it_was_cut():
    assert len(_fitting("x" * LONGEST_TEXT)) == LONGEST_TEXT
    cut = _fitting("x" * (LONGEST_TEXT + 1))
    assert len(cut) == LONGEST_TEXT
    assert cut.endswith("(cut here: the whole text is in the JSON file)")


def test_excel_has_the_sheets_and_freezes_their_headings(published, write):
    book = openpyxl.load_workbook(write(formats=["excel"])["small-study-report.xlsx"].path)
    assert book.sheetnames == [
        "Read me",
        "Response",
        "Sections",
        "Items",
        "Other rules",
        "Comments",
        "Revisions",
        "Deviations",
        "Codebook",
    ]
    assert [sheet.freeze_panes for sheet in book][:4] == ["A2", "A2", "A2", "H2"]
    items = book["Items"]
    assert items.max_row == 1 + 4 * 6
    assert items.print_title_rows == "$1:$1"


def test_json_names_its_schema_and_snapshots(published, write):
    plain = json.loads(write(formats=["json"])["small-study-report.json"].path.read_text(encoding="utf-8"))
    assert (plain["schema"], plain["audience"]) == ("delphi-report/1", "shared")
    assert [len(one["feedback"]) for one in plain["snapshots"]] == [64]
    assert plain["sections"][0]["end"] == "agreed"
    assert plain["guidance"][0]["variants"]["standard"].startswith("# First steps")


def test_every_file_for_the_team_is_marked_in_name_first_line_and_header(published, write):
    files = write(audience=Audience.TEAM)
    assert all("NOT-FOR-SHARING" in name for name in files)
    text = {
        name: one.path.read_bytes() for name, one in files.items() if not name.endswith((".pdf", ".xlsx"))
    }
    for name, content in text.items():
        head = content[:1500].decode("utf-8-sig")
        assert "NOT FOR SHARING" in head, name
    book = openpyxl.load_workbook(files["small-study-report-NOT-FOR-SHARING.xlsx"].path)
    for sheet in book:
        assert sheet["A1"].value == "NOT FOR SHARING"
        assert "NOT FOR SHARING" in sheet.oddHeader.right.text
    page = text["small-study-report-NOT-FOR-SHARING.html"].decode()
    assert page.count("NOT FOR SHARING") >= 3


def test_the_export_is_recorded_with_its_files(published, write):
    files = write(formats=["json"])
    ((subject, data),) = published.events("report_exported")
    assert subject == "report:shared"
    assert json.loads(data) == {
        "audience": "shared",
        "files": {name: one.sha256 for name, one in files.items()},
    }


def test_the_operator_may_write_what_is_shared_and_not_what_is_for_the_team(published, write, operator):
    assert write(formats=["json"], actor=operator)
    with pytest.raises(NotAllowed, match="see results"):
        write(formats=["json"], actor=operator, audience=Audience.TEAM)


def test_an_observer_may_not_export(published, write):
    with pytest.raises(NotAllowed, match="export this study"):
        write(formats=["json"], actor=published.as_role(Role.OBSERVER))


def test_an_export_that_cannot_be_recorded_leaves_no_file(published, write, tmp_path):
    def refuse(**_: object) -> None:
        raise NotAllowed("Not today.")

    folder = tmp_path / "refused"
    with pytest.raises(NotAllowed):
        write(folder=folder, record=refuse)
    assert list(folder.iterdir()) == []


def test_a_report_does_not_outlive_a_deletion_made_meanwhile(published, write, tmp_path):
    study = published.study
    with study.look():
        code = db.session.scalars(db.select(Panellist.code).where(Panellist.joined_at.is_not(None))).first()
    person = study.person(code)

    def delete(**_: object) -> None:
        stop_and_delete(study_id=study.id, code=code, actor=person, now=published.now)

    folder = tmp_path / "meanwhile"
    with pytest.raises(WrongState, match="deleted while this report was made"):
        write(folder=folder, formats=["json"], record=delete)
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(published, write, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InvalidInput, match=r"taken.*: The report cannot be written here"):
        write(folder=tmp_path / "taken" / "report")


@pytest.mark.parametrize(
    ("formats", "sentence"),
    [(["odt"], "odt: There is no such format. Formats are: html"), ([], "at least one")],
)
def test_an_unknown_format_or_none_is_refused(published, write, formats, sentence):
    with pytest.raises(InvalidInput, match=sentence):
        write(formats=formats)


def test_the_operator_is_nobody_of_the_team(operator):
    assert isinstance(operator, Operator)
