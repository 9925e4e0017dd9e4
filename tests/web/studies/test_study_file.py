"""A study file is taken out, written in, and brought back while the study is being set up: all or nothing."""

from __future__ import annotations

import io

import pytest

from delphi.domain.study_archive_zip import pack, unpack
from delphi.extensions import db
from delphi.models.sections import Draft
from delphi.models.studies import SignOff, Study
from delphi.queries.study_export import bundle_of
from delphi.services.drafts import propose_draft

PLACE = "/studies/small-study/settings/study-file"
TEXT = "sections/01-first-steps.v1.md"


def take_out(visitor):
    visitor.get(PLACE)
    _, values = visitor.page.form_of("Export the study file")
    answer = visitor.client.post("/studies/small-study/study-file", data=values)
    content = answer.data
    answer.close()
    return unpack(content)


def bring_back(visitor, files, status=303):
    visitor.get(PLACE)
    _, values = visitor.page.form_of("Bring it back")
    values["file"] = (io.BytesIO(pack(files) if files else b""), "study.zip")
    answer = visitor.client.post(PLACE, data=values, content_type="multipart/form-data")
    return visitor._take(answer, status)


def changed(files, before, after, name="study.yaml"):
    assert before in files[name].decode()
    return files | {name: files[name].decode().replace(before, after).encode()}


def test_what_was_taken_out_comes_back_as_it_was(lead):
    files = take_out(lead)
    bring_back(lead, files)
    assert "Nothing was different" in lead.get("/studies/small-study/settings").text
    assert take_out(lead) == files


def test_everything_becomes_what_the_file_says(lead, small_study):
    files = changed(take_out(lead), "at_least: 75", "at_least: 80")
    files = changed(files, "Begin with **one** small step.", "Begin with two.", TEXT)
    files |= {"sections/01-first-steps.v2.md": b"# First steps\n\nA second text.\n"}
    files = changed(
        files,
        "sections/01-first-steps.v1.md\n",
        "sections/01-first-steps.v1.md\n      2:\n        standard: sections/01-first-steps.v2.md\n",
    )
    bring_back(lead, files)
    assert take_out(lead) == files
    assert "replaced the settings from a study file" in lead.get("/studies/small-study/audit").main
    with small_study.look():
        first = db.session.scalars(db.select(Draft).order_by(Draft.id)).first()
        assert first.revision == 2, "somebody who is just writing this draft is told"


def test_pictures_become_those_of_the_file(lead):
    first, second = (f'<svg xmlns="http://www.w3.org/2000/svg" id="{n}"/>'.encode() for n in "ab")
    plain = take_out(lead)
    for files in (plain | {"images/map.svg": first}, plain | {"images/map.svg": second}, plain):
        bring_back(lead, files)
        assert take_out(lead) == files


def test_signatures_fall_away_when_what_is_sealed_changes(lead, small_study):
    lead.get("/studies/small-study/rule")
    lead.press("Sign as Sam Lead")
    files = take_out(lead)
    bring_back(lead, changed(files, "A small study of small steps", "Another title"))
    with small_study.look():
        assert db.session.scalar(db.select(SignOff))
    bring_back(lead, changed(files, "at_least: 75", "at_least: 80"))
    with small_study.look():
        assert not db.session.scalar(db.select(SignOff))


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("funder_role:", "funder_rule:", "study.yaml: information.funder_rule (line"),
        ("opens: 2025-02-03", "opens: 2025-12-03", "is before the round opens"),
        ("slug: small-study", "slug: other-study", "This is the file of “other-study”"),
    ],
)
def test_a_mistake_is_listed_with_its_line_and_nothing_is_changed(lead, small_study, before, after, sentence):
    files = take_out(lead)
    page = bring_back(lead, changed(files, before, after), 422)
    assert any(sentence in one for one in page.errors), page.errors
    assert take_out(lead) == files


def test_no_file_and_no_archive_are_said(lead):
    assert bring_back(lead, {}, 422).errors == ["Choose a file first."]
    lead.get(PLACE)
    _, values = lead.page.form_of("Bring it back")
    values["file"] = (io.BytesIO(b"not a zip"), "study.zip")
    answer = lead.client.post(PLACE, data=values, content_type="multipart/form-data")
    assert "not a .zip archive" in lead._take(answer, 422).errors[0]


def test_a_text_that_was_put_forward_is_not_written_over(lead, small_study):
    files = take_out(lead)
    with small_study.work():
        propose_draft(
            study_id=small_study.id,
            section="first-steps",
            number=1,
            actor=small_study.lead,
            now=small_study.imported_at,
        )
    page = bring_back(lead, changed(files, "Begin with **one** small step.", "Two.", TEXT), 422)
    assert "Draft 1 of “First steps” is proposed" in page.errors[0]
    bring_back(lead, changed(files, "A small study of small steps", "Another title"))


def test_after_the_seal_the_file_only_goes_out(lead, small_study):
    files = take_out(lead)
    _, values = lead.page.form_of("Bring it back")
    small_study.seal()
    assert "Bring it back" not in lead.get(PLACE).buttons()
    values["file"] = (io.BytesIO(pack(changed(files, "at_least: 75", "at_least: 80"))), "study.zip")
    answer = lead.client.post(PLACE, data=values, content_type="multipart/form-data")
    assert "The study has started" in lead._take(answer, 409).text
    with small_study.look():
        assert "80" not in str(bundle_of(db.session.get_one(Study, small_study.id)).study_file.consensus_rule)
