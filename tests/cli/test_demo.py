"""`delphi demo` and `delphi report`: the way in of somebody who wants to see the whole of it."""

from __future__ import annotations

import pytest

from tools.small_study import SmallStudy


@pytest.mark.slow
def test_the_demo_plays_verifies_and_reports_and_a_second_time_says_where_it_lies(fresh):
    code, stdout, stderr = fresh.run("demo", seconds=300)
    assert (code, stderr) == (0, "")
    for sentence in (
        "Round 1 is analysed: 46 of 47 people took part.",
        "Not agreed: the panels differ.",
        "9 of 10 sections are agreed",
        "Everything that was checked is as it was recorded.",
        "making-connections-report.html",
    ):
        assert sentence in stdout
    reports = fresh.instance / "demo" / "reports"
    assert {file.suffix for file in reports.iterdir()} == {".html", ".json", ".pdf", ".xlsx", ".csv", ".txt"}
    assert "9 of 10 sections were agreed" in (reports / "making-connections-report.html").read_text()
    code, again, _ = fresh.run("demo")
    assert code == 0
    assert "has been played here already" in again
    assert "Round 1 is analysed" not in again


def test_the_shares_of_the_story_need_no_database(fresh):
    code, stdout, stderr = fresh.run("demo", "--seeds", "30")
    assert code == 0, stderr
    assert stdout.startswith("Played 30 seeds in memory.")
    assert stdout.count("above the floor") == 3
    assert not fresh.instance.exists()


def test_the_demo_leaves_a_folder_alone_that_it_did_not_make(fresh):
    folder = fresh.instance / "demo"
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("mine")
    code, _, stderr = fresh.run("demo", "--again", DELPHI_DATABASE_URL="")
    assert code == 1
    assert "was not made by the demo" in stderr
    assert (folder / "thesis.txt").read_text() == "mine"


def test_the_demo_does_not_empty_a_database_that_is_not_its_own(fresh):
    code, _, stderr = fresh.run("demo", "--again")
    assert code == 1
    assert "DELPHI_DATABASE_URL" in stderr


def test_a_report_is_written_in_every_format_and_the_teams_is_marked(delphi, app, tmp_path):
    study = SmallStudy(app)
    for code in study.started():
        study.save(code)
        study.save(code, section="next-steps")
    study.close().analyse().publish()
    said = delphi.ok("report", study.slug, "--to", tmp_path / "out")
    assert "small-study-report.html" in said
    assert {file.suffix for file in (tmp_path / "out").iterdir()} == {
        ".html",
        ".json",
        ".pdf",
        ".xlsx",
        ".csv",
        ".txt",
    }
    assert "--as" in delphi.refused("report", study.slug, "--for-team", "--to", tmp_path / "team", code=2)
    delphi.ok("report", study.slug, "--for-team", "--as", "lead@small.example", "--to", tmp_path / "team")
    assert all("NOT-FOR-SHARING" in file.name for file in (tmp_path / "team").iterdir())
