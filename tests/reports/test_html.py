"""The report as a page: one file, safe, named parts, every table and picture with its words."""

from __future__ import annotations

import itertools

import pytest
from lxml import html

from delphi.reports.html import render_html
from delphi.services.dispositions import answer_comment
from delphi.services.feedback import publish_feedback


@pytest.fixture
def page(answered, content_of, small_study):
    answered(
        answer_comment,
        comment_id=answered.comment_ids["pets"],
        kind="noted",
        reason="<script>alert('no')</script> & more",
    )
    answered(publish_feedback, number=1)
    with small_study.look():
        return render_html(content_of())


@pytest.fixture
def tree(page):
    return html.fromstring(page)


def test_what_people_wrote_is_text(page, tree):
    assert "&lt;script&gt;alert" in page
    assert not tree.xpath("//script | //iframe | //object | //*[@onclick or @onload]")


def test_the_file_needs_nothing_from_elsewhere(tree):
    assert not tree.xpath("//link | //img[starts-with(@src, 'http')] | //script")
    sources = [value for value in tree.xpath("//@src") if not value.startswith("data:")]
    assert sources == []
    assert all(link.startswith(("#", "mailto:", "http")) for link in tree.xpath("//a/@href"))


def test_our_font_is_in_the_file(tree):
    style = tree.xpath("string(//style)")
    assert style.count("url(data:font/woff2;base64,d09GMg") == 2
    assert style.count("url(") == 2


def test_language_landmarks_and_skip_link_are_there(tree):
    assert tree.get("lang") == "en-GB"
    assert [len(tree.xpath(f"//{name}")) for name in ("h1", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert tree.xpath("//a[@class='skip']/@href") == ["#main"]
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = {name for value in tree.xpath("//@aria-labelledby") for name in value.split()}
    assert named <= set(ids)
    assert {link[1:] for link in tree.xpath("//a/@href") if link.startswith("#")} <= set(ids)


def test_headings_leave_no_level_out(tree):
    levels = [int(heading.tag[1]) for heading in tree.xpath("//h1 | //h2 | //h3 | //h4 | //h5 | //h6")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_table_has_a_caption_scopes_and_a_way_to_scroll(tree):
    tables = [table for table in tree.xpath("//table") if not table.xpath("ancestor::div[@class='prose']")]
    assert len(tables) > 10
    for table in tables:
        assert table.xpath("caption"), html.tostring(table)[:200]
        assert not table.xpath(".//th[not(@scope)]")
        region = table.getparent()
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")


def test_every_picture_has_a_name_and_a_description_or_is_decoration(tree):
    pictures = tree.xpath("//*[local-name()='svg']")
    assert pictures
    for picture in pictures:
        if picture.get("aria-hidden") == "true":
            continue
        assert picture.get("role") == "img"
        title, description = picture.xpath("./*[local-name()='title' or local-name()='desc']/text()")
        assert title
        assert description


def test_the_finding_comes_first_and_the_end_is_said(tree):
    assert tree.xpath("//main//p")[0].text_content() == "1 of 2 sections was agreed."
    assert "The report ends here." in tree.xpath("//footer")[0].text_content()


def test_withheld_rows_say_so_and_hold_no_number(tree):
    rows = tree.xpath("//section[@class='distribution'][1]//tr[@class='row--feedback_group']")
    assert len(rows) == 3
    for row in rows:
        assert [cell.text_content().strip() for cell in row.xpath("td")] == ["not shown", "not shown"]
