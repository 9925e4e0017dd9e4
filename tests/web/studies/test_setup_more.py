"""A scale of another length, and pictures, from the settings."""

from __future__ import annotations

import io

import pytest

from delphi.extensions import db
from delphi.models.studies import Picture, Study

SETTINGS = "/studies/small-study/settings"
DOT = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><rect width="1" height="1"/></svg>'


def scale(study):
    with study.look():
        return db.session.scalars(db.select(Study.scale)).one()


def test_a_scale_of_another_length_is_taken_before_the_seal(lead, small_study):
    lead.get(f"{SETTINGS}/scale")
    page = lead.press("Take this scale", ready="agree7")
    assert "Saved." in page.text
    assert len(scale(small_study)["points"]) == 7
    assert scale(small_study)["bands"]["agree"] == [5, 6, 7]


def test_nothing_that_is_no_scale_is_taken(lead, small_study):
    lead.get(f"{SETTINGS}/scale")
    page = lead.press("Take this scale", 422, ready="agree99")
    assert page.errors == ["Choose one of the scales."]
    assert len(scale(small_study)["points"]) == 5


def test_after_the_seal_the_scale_stands(lead, small_study):
    small_study.seal()
    page = lead.get(f"{SETTINGS}/scale")
    assert "Take this scale" not in page.buttons()
    token = page.tree.xpath("//input[@name='csrf_token']/@value")[0]
    lead.post(f"{SETTINGS}/scale/ready-made", 409, csrf_token=token, ready="agree7")
    assert len(scale(small_study)["points"]) == 5


@pytest.fixture
def add_picture(lead):
    def add(name, content):
        lead.get(f"{SETTINGS}/pictures")
        action, values = lead.page.form_of("Add this picture")
        data = values | {"picture": (io.BytesIO(content), name)}
        return lead._take(
            lead.client.post(action, data=data, content_type="multipart/form-data", follow_redirects=True),
            422 if not content.startswith(b"<svg") else 200,
        )

    return add


def test_a_picture_is_added_and_can_be_chosen(add_picture, lead, small_study):
    page = add_picture("A Cup.svg", DOT)
    assert "a-cup.svg is added" in page.text
    assert "../images/a-cup.svg" in page.row("a-cup.svg")[1]
    with small_study.look():
        assert db.session.scalars(db.select(Picture.media_type)).one() == "image/svg+xml"
    assert "a-cup.svg" in lead.get(f"{SETTINGS}/information").html


def test_what_is_no_picture_is_refused_in_words(add_picture, small_study):
    page = add_picture("cup.png", b"no picture at all")
    assert page.errors[0].startswith("This is not a PNG, JPEG")
    with small_study.look():
        assert not db.session.scalars(db.select(Picture)).all()
