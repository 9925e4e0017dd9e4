"""The report, the study file out and in, and the end of a study."""

from __future__ import annotations

import io
import zipfile

from delphi.reports.registry import FORMATS
from tools.small_team import answer_and_decide, opened_team

STUDY = "/studies/small-study"


def send(visitor, address, **values):
    """Send a form whose answer is a file."""
    _, token = visitor.page.form_of("Sign out")
    answer = visitor.client.post(address, data=token | values)
    answer.request.environ["wsgi.input"].close()
    return answer


def shared(small_study):
    team = opened_team(small_study)
    small_study.close().analyse()
    answer_and_decide(team)


def test_a_report_is_downloaded_and_that_is_recorded(lead, small_study):
    shared(small_study)
    lead.get(f"{STUDY}/report")
    answer = send(lead, f"{STUDY}/report", formats="pdf", audience="shared")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "filename=small-study-report.pdf" in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"%PDF-")
    answer.close()
    assert "exported a report" in lead.get(f"{STUDY}/audit").main


def test_everything_comes_as_one_zip_with_a_list(lead, small_study):
    shared(small_study)
    lead.get(f"{STUDY}/report")
    answer = send(lead, f"{STUDY}/report", formats="all", audience="team")
    assert answer.headers["Content-Disposition"].endswith("small-study-report-NOT-FOR-SHARING.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    answer.close()
    assert {name.rpartition(".")[2] for name in names} == {"html", "pdf", "xlsx", "csv", "json", "txt"}
    assert all("NOT-FOR-SHARING" in name for name in names)


def test_each_format_says_what_it_is_for_and_has_a_button(lead):
    page = lead.get(f"{STUDY}/report")
    for format_ in FORMATS:
        assert format_.purpose in page.main
        assert f"Download {format_.title}" in page.buttons()


def test_no_format_is_a_sentence(lead):
    lead.get(f"{STUDY}/report")
    _, token = lead.page.form_of("Download everything as one .zip")
    token.pop("formats", None)
    assert lead.post(f"{STUDY}/report", 422, **token).errors == ["Choose at least one format."]


def test_a_study_goes_out_as_a_file_and_comes_in_again(lead):
    lead.get(f"{STUDY}/report")
    answer = send(lead, f"{STUDY}/study-file")
    content = answer.data
    answer.close()
    page = upload(lead, content)
    assert page.status == 422
    assert "There is a study called “small-study” already" in page.errors[0]
    page = upload(lead, content, slug="small-again")
    assert page.status == 303
    assert lead.get("/studies/small-again").heading == "The study is being set up."


def test_a_file_that_is_no_study_is_said(lead):
    assert upload(lead, b"not a zip at all").errors


def upload(visitor, content, slug=""):
    visitor.get("/studies/import")
    _, values = visitor.page.form_of("Set up the study")
    values.pop("file", None)
    answer = visitor.client.post(
        "/studies/import",
        data=values | {"slug": slug, "file": (io.BytesIO(content), "study.zip")},
        content_type="multipart/form-data",
    )
    return visitor._take(answer, answer.status_code)


def test_somebody_who_leads_nothing_brings_no_study(sign_in_as):
    clerk = sign_in_as("clerk")
    assert "Import a study file" not in clerk.get("/studies").links()
    assert "Only somebody who leads a study" in upload(clerk, b"x").text


def test_finishing_asks_first_and_only_at_the_end(lead, small_study):
    opened_team(small_study)
    lead.get(f"{STUDY}/report")
    assert "Finish the study" not in lead.page.buttons()
    _, token = lead.page.form_of("Sign out")
    assert "Publish or cancel it first" in lead.post(f"{STUDY}/finish", 409, **token | {"sure": "yes"}).text
