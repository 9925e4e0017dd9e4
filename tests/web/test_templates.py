"""The components: all of them are in the gallery, whole, escaped, and safe to use twice on a page."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from lxml import html

from delphi.paths import templates_folder
from tools.gallery.pages import PAGES, add_gallery
from tools.gallery.pages import TEMPLATES as GALLERY
from tools.gallery.questions import LABELS, asked, own_gap, words_box

MACROS = templates_folder() / "macros"
NASTY = "<script>alert('x')</script> \"& O’Brien"


@pytest.fixture
def gallery(app):
    add_gallery(app)
    client = app.test_client()
    return {name: client.get(f"/gallery/{name}") for name in PAGES}


@pytest.fixture
def documents(gallery):
    return {name: html.fromstring(response.data) for name, response in gallery.items()}


def test_every_page_of_the_gallery_opens(gallery):
    assert {name: response.status_code for name, response in gallery.items()} == dict.fromkeys(PAGES, 200)


def test_every_component_is_in_the_gallery():
    """What is not shown there is not tested there."""
    shown = [*GALLERY.rglob("*.html"), *MACROS.rglob("*.html"), *templates_folder().glob("*/base.html")]
    imports = re.findall(
        r'{% from "(macros/[\w/.-]+)" import ([\w, ]+) %}', "".join(path.read_text("utf-8") for path in shown)
    )
    used = {(name, macro.strip()) for name, macros in imports for macro in macros.split(",")}
    for path in shown:
        text = path.read_text("utf-8")
        for name, alias in re.findall(r'{% import "(macros/[\w/.-]+)" as (\w+) %}', text):
            used |= {(name, macro) for macro in re.findall(rf"\b{alias}\.(\w+)\(", text)}
    unused = [
        f"{path.relative_to(MACROS)}: {macro}"
        for path in sorted(MACROS.rglob("*.html"))
        for macro in re.findall(r"{%-? macro ([a-z]\w*)\(", path.read_text("utf-8"))
        if (f"macros/{path.relative_to(MACROS).as_posix()}", macro) not in used
        and not re.search(rf"(?<!macro ){macro}\(", path.read_text("utf-8"))
    ]
    assert not unused, f"show it in tools/gallery, or remove it: {unused}"


def test_ids_are_unique_on_each_page(documents):
    for name, document in documents.items():
        ids = Counter(document.xpath("//@id"))
        assert [one for one, count in ids.items() if count > 1] == [], name


def test_whatever_points_to_an_id_finds_it(documents):
    for name, document in documents.items():
        ids = set(document.xpath("//@id"))
        pointers = document.xpath(
            "//@aria-describedby | //@aria-labelledby | //@aria-controls | //label/@for"
        )
        missing = {one for pointer in pointers for one in pointer.split()} - ids
        assert not missing, (name, missing)
        borrowed = {one.removeprefix("#") for one in document.xpath("//use/@href")}
        assert borrowed <= ids, (name, borrowed - ids)


def test_no_page_has_an_inline_style_or_script(documents):
    for name, document in documents.items():
        assert document.xpath("//@style | //style | //script[not(@src)]") == [], name
        assert [
            one for one in document.xpath("//@*") if getattr(one, "attrname", "").startswith("on")
        ] == [], name


def test_no_page_asks_another_server(documents):
    for name, document in documents.items():
        addresses = document.xpath("//link/@href | //script/@src | //img/@src | //form/@action")
        assert all(
            address.startswith(("/", "#")) and not address.startswith("//") for address in addresses
        ), name


def test_every_answer_has_a_label_and_every_group_its_question(documents):
    for name, document in documents.items():
        for radio in document.xpath("//input[@type='radio' or @type='checkbox']"):
            labelled = document.xpath(f"//label[@for='{radio.get('id')}']") or radio.xpath("ancestor::label")
            assert labelled, (name, html.tostring(radio))
            is_group = len(radio.xpath("ancestor::*[contains(@class, 'govuk-form-group')][1]//input")) > 1
            assert radio.xpath("ancestor::fieldset/legend") or not is_group, (name, radio.get("id"))


def test_nothing_is_chosen_before_somebody_chooses(app):
    document = _question(app, asked("clear", 5))
    assert document.xpath("//input[@checked]") == []
    assert "Clear my answer" not in document.text_content()


def test_a_chosen_answer_can_be_cleared_and_the_button_says_which(app):
    document = _question(app, asked("clear", 5, place=3, chosen=2))
    (chosen,) = document.xpath("//input[@checked]")
    assert chosen.get("value") == "2"
    (button,) = document.xpath("//button[@name='clear']")
    assert button.get("value") == "clear"
    assert button.text_content() == "Clear my answer: question 3"


@pytest.mark.parametrize("size", range(2, 12))
def test_the_first_answer_is_where_an_error_link_lands(app, size):
    document = _question(app, asked("clear", size, problem="Choose an answer.", elsewhere="Agree"))
    radios = document.xpath("//input[@type='radio']")
    assert radios[0].get("id") == "rating-clear"
    assert len({radio.get("id") for radio in radios}) == size + 1
    described = document.xpath("//fieldset/@aria-describedby")[0].split()
    assert described == ["rating-clear-error", "rating-clear-elsewhere"]


def test_each_point_of_a_band_says_its_band(app):
    document = _question(app, asked("clear", 9, before=6))
    labels = [label.text_content() for label in document.xpath("//label")]
    assert labels[0] == "1, Not important"
    assert labels[8] == "9, Very important"
    assert document.find_class("app-you")[0].text_content() == "Last time you said: 6, Important"
    bands = [band.text_content() for band in document.xpath("//*[@class='app-band__label']")]
    assert bands == ["Not important 1 to 3", "Important 4 to 6", "Very important 7 to 9"]


def test_what_people_wrote_cannot_become_markup(app, monkeypatch):
    monkeypatch.setitem(LABELS, 2, (NASTY, NASTY))
    one = asked("clear", 2, statement=NASTY, chosen=1, before=2, problem=NASTY, elsewhere=NASTY)
    box = words_box("why", NASTY, NASTY, about_change=NASTY, problem=NASTY, elsewhere=NASTY)
    assert _question(app, one, box).xpath("//script") == []
    template = app.jinja_env.from_string(
        '{% from "macros/forms.html" import error_summary, textarea %}'
        '{% from "macros/panel/figures.html" import theme %}'
        '{% from "macros/panel/frame.html" import where %}'
        "{{ textarea(name='x', label=nasty, value=nasty, hint=nasty, elsewhere=nasty) }}"
        "{{ theme(name=nasty, comments=((nasty, nasty, nasty, true),)) }}"
        "{{ where(line=nasty) }}{{ error_summary(problems=(('x', nasty),)) }}"
    )
    assert "<script" not in template.render(nasty=NASTY)


def test_a_text_that_came_back_stands_in_its_box_as_it_was_typed(app):
    text = "\n  First line <b>\n\nlast line\n"
    template = app.jinja_env.from_string(
        '{% from "macros/forms.html" import textarea %}{{ textarea(name="x", label="Change?", value=text) }}'
    )
    document = html.fromstring(template.render(text=text))
    # A browser drops one line break after the tag, and the component writes one for it.
    assert document.xpath("//textarea")[0].text.removeprefix("\n") == text


def _question(app, one, *boxes):
    template = app.jinja_env.from_string(
        '{% from "macros/panel/question.html" import box, question %}'
        "<div>{{ question(one, own_gap(one)) }}{% for one in boxes %}{{ box(one) }}{% endfor %}</div>"
    )
    with app.test_request_context():
        return html.fromstring(template.render(one=one, own_gap=own_gap, boxes=boxes))
