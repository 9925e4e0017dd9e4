"""A study's colour can be read with, its logo is a picture, and both stand on every page of the study."""

from __future__ import annotations

import io

import pytest

from delphi import clock
from delphi.extensions import db
from delphi.models.studies import Picture, Study
from delphi.queries.panellists import panellist_of
from delphi.queries.study_export import bundle_of
from delphi.services.invitations import issue_link
from delphi.services.setup import change_look
from delphi.services.studies import import_study

LOOK = "/studies/small-study/settings/look"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><circle cx="10" cy="10" r="9"/></svg>'


def send(visitor, status=303, logo=None, name="logo.svg", **given):
    """Send the form with a file, as browsers do."""
    visitor.get(LOOK)
    _, values = visitor.page.form_of("Save")
    values.pop("logo", None)
    data = values | given | ({"logo": (io.BytesIO(logo), name)} if logo is not None else {})
    answer = visitor.client.post(LOOK, data=data, content_type="multipart/form-data")
    return visitor._take(answer, status)


def styles(page):
    return [one.get("href") for one in page.tree.xpath("//link[@rel='stylesheet']")]


def logos(page):
    return [one.get("src") for one in page.tree.xpath("//img[contains(@src,'/logos/')]")]


def test_a_colour_is_tried_before_it_is_saved(lead):
    lead.get(LOOK)
    page = lead.press("Try the colour first", accent="#5B2A86", **{"try": "yes"})
    assert "/accents/5b2a86.css" in styles(page)
    assert "It is not saved yet." in page.main
    assert page.row("White words on the header and on buttons")[0] > "4.5 to 1"
    assert not any("/accents/" in one for one in styles(lead.get("/studies/small-study")))


def test_a_saved_colour_stands_on_every_page_of_the_study_and_on_no_other(lead, small_study):
    send(lead, accent="#5b2a86")
    assert "/accents/5b2a86.css" in styles(lead.get("/studies/small-study/rule"))
    assert not any("/accents/" in one for one in styles(lead.get("/studies")))
    send(lead, accent="")
    assert not any("/accents/" in one for one in styles(lead.get("/studies/small-study/rule")))


@pytest.mark.parametrize(
    ("colour", "sentence"),
    [("#ffdd00", "too light"), ("purple", "not a colour we can read"), ("#12", "not a colour")],
)
def test_a_colour_that_nobody_could_read_with_is_refused_and_kept_in_the_field(lead, colour, sentence):
    page = send(lead, 422, accent=colour)
    assert sentence in page.errors[0]
    assert page.field("Colour").get("value") == colour
    lead.get(LOOK)
    page = lead.press("Try the colour first", accent=colour, **{"try": "yes"})
    assert sentence in page.errors[0]


def test_a_logo_stands_on_the_teams_and_the_panels_pages(lead, small_study, visitor):
    send(lead, logo=SVG)
    [address] = set(logos(lead.get("/studies/small-study")))
    answer = visitor.client.get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/svg+xml", SVG)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "set-cookie" not in answer.headers
    send(lead, accent="#5b2a86")
    [code, *_] = small_study.seal().join(1)
    with small_study.work():
        person = panellist_of(small_study.id, code)
        link = issue_link(panellist_id=person.id, now=clock.now())
    page = visitor.get(link)
    assert logos(page) == [address], "before anybody has signed in too"
    assert "/accents/5b2a86.css" in styles(page)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"hello, I am a logo", "logo.png", "not a picture we can use as a logo"),
        (b"%PDF-1.7 ...", "logo.svg", "not a picture"),
        (b"", "logo.png", "not a picture"),
        (SVG.replace(b"<circle", b"<script>x()</script><circle"), "logo.svg", "does more than draw"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 300_000, "logo.png", "Save it smaller"),
    ],
)
def test_a_logo_that_is_not_a_picture_is_refused_with_a_sentence(lead, small_study, content, name, sentence):
    send(lead, logo=SVG, accent="#5b2a86")
    page = send(lead, 422, logo=content, name=name, accent="#0b4f6c")
    assert sentence in page.errors[0]
    assert page.field("Colour").get("value") == "#0b4f6c", "what was typed stays"
    with small_study.look():
        study = db.session.get_one(Study, small_study.id)
        assert study.look["accent"] == "#5b2a86", "nothing was changed"
        assert db.session.scalar(db.select(db.func.count()).select_from(Picture)) == 1


def test_a_logo_is_taken_away_and_only_a_logo_is_public(lead, small_study, visitor):
    send(lead, logo=SVG)
    [address] = set(logos(lead.get("/studies/small-study")))
    send(lead, **{"without-logo": "yes"})
    assert not logos(lead.get("/studies/small-study"))
    assert visitor.client.get(address).status_code == 404, "a picture that is no logo is for the panel"


def test_a_look_may_change_after_the_start(lead, small_study):
    small_study.seal()
    assert send(lead, accent="#1b6e53").status == 303
    assert "Colour and logo" in lead.get("/studies/small-study/audit").main


def test_a_look_goes_out_and_comes_in_with_the_study(small_study):
    with small_study.work():
        change_look(
            study_id=small_study.id,
            accent="#5b2a86",
            logo=SVG,
            actor=small_study.lead,
            now=small_study.imported_at,
        )
    with small_study.work():
        out = bundle_of(db.session.get_one(Study, small_study.id))
        study = import_study(bundle=out, slug="copy", actor=small_study.lead, now=small_study.imported_at)
        assert study.look == {"accent": "#5b2a86", "logo": out.study_file.look.logo}
        assert bundle_of(study).pictures == out.pictures
