import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from delphi.text.html_tree import parse
from delphi.text.markdown import picture_names, render, render_inline, split_title


def shown_at(name: str) -> str:
    return f"/pictures/{name}"


def test_a_text_becomes_html_that_templates_may_show():
    html = render("# One\n\nTwo **three**.\n\n- four\n")
    assert isinstance(html, Markup)
    assert html == "<h1>One</h1>\n<p>Two <strong>three</strong>.</p>\n<ul>\n<li>four</li>\n</ul>\n"


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](data:image/png;base64,AAAA)",
        "[x](vbscript:x)",
        "![x](javascript:alert(1))",
        "![x](https://elsewhere.example/pixel.gif)",
        "![x](//elsewhere.example/pixel.gif)",
        '<p style="position:fixed" onclick="x()">x</p>',
        "<svg/onload=alert(1)>",
        "`<script>`",
        '<https://a.example/" onmouseover="x>',
    ],
)
def test_nothing_that_runs_or_loads_comes_through(attack):
    html = render(attack, picture=shown_at)
    tags = re.findall(r"<[^>]*>", html)
    assert not any(re.search(r"script|img|svg|style|\son\w+=|data:", tag, re.IGNORECASE) for tag in tags), (
        html
    )


@given(st.text(max_size=300))
def test_whatever_is_written_comes_out_well_formed(text):
    html = render(text, picture=shown_at, demote=1)
    assert parse(html).raw() == html


def test_headings_move_down_to_fit_the_page_and_stop_at_six():
    assert render("# a\n\n###### b\n", demote=2) == "<h3>a</h3>\n<h6>b</h6>\n"


def test_pictures_are_found_by_name_and_keep_their_alternative_text():
    html = render('![A "bus" & a stop](../images/bus.svg)', picture=shown_at)
    assert '<img src="/pictures/bus.svg" alt="A &quot;bus&quot; &amp; a stop">' in html


def test_an_unknown_picture_is_replaced_by_its_alternative_text():
    assert render("![A bus](images/bus.svg)", picture=lambda name: None) == "<p>A bus</p>\n"
    assert render("![A bus](../../bus.svg)", picture=shown_at) == "<p>A bus</p>\n"


def test_pictures_may_be_part_of_the_page_when_the_caller_says_so():
    html = render("![x](x.png)", picture=lambda name: "data:image/png;base64,AAAA")
    assert 'src="data:image/png;base64,AAAA"' in html


def test_an_easy_read_line_can_be_told_from_a_paragraph():
    html = render(
        "![](../images/cup.svg) You can have a drink.\n\n![Alone](../images/cup.svg)\n", picture=shown_at
    )
    assert html.count('<p class="picture-line"><img') == 1


def test_tables_have_headings_for_screen_readers_and_no_inline_style():
    html = render("| a | b |\n| :- | -: |\n| 1 | 2 |\n")
    assert '<th scope="col">a</th>' in html
    assert '<td class="align-right">2</td>' in html
    assert "style" not in html


def test_links_lead_to_addresses_and_nowhere_else():
    assert 'href="https://a.example"' in render("[x](https://a.example)")
    assert 'href="mailto:a@b.example"' in render("<a@b.example>")
    assert "href" not in render("[x](/team/settings)")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("# A *map* of\r\n\r\nWords\r\n", "A map of", "Words\n"),
        ("Words first\n\n# Title\n", "", "Words first\n\n# Title\n"),
        ("## Smaller\n\nWords", "", "## Smaller\n\nWords"),
        ("Title\n=====\n\nWords", "Title", "Words"),
        ("# Only a title", "Only a title", ""),
        ("", "", ""),
    ],
)
def test_the_title_is_split_off(text, title, body):
    assert split_title(text) == (title, body)


def test_pictures_used_are_listed_once_in_order():
    text = "![](../images/b.svg) x ![y](a.png)\n\n> ![](images/b.svg)\n\n`![](c.svg)` ![](https://e.example/d.svg)"
    assert picture_names(text) == ("b.svg", "a.png")


def test_a_label_has_no_paragraph_around_it():
    assert (
        render_inline("Is it *clear* & <b>kind</b>?") == "Is it <em>clear</em> &amp; &lt;b&gt;kind&lt;/b&gt;?"
    )


def test_right_to_left_text_stays_as_it_is():
    arabic = "هذا القسم واضح، أليس كذلك؟"
    assert render(arabic) == f"<p>{arabic}</p>\n"


@pytest.mark.parametrize(
    "part", ["word ", "*a ", "[", "> ", "`", "![", "- ", "\u202eabc ", "<script>", "| a "]
)
def test_a_hundred_thousand_characters_are_rendered_in_time(part):
    text = (part * 100_000)[:100_000]
    began = time.perf_counter()
    render(text)
    assert time.perf_counter() - began < 20
