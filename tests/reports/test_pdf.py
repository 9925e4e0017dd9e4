"""The report on paper: what the page says, tagged, whole whatever people wrote, and the same each time."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from lxml import html

from delphi import paths
from delphi.reports import pdf
from delphi.reports.audience import Audience
from delphi.reports.html import render_html
from delphi.reports.paper import blocks_of
from delphi.reports.paper_pictures import PictureStore
from delphi.reports.plates import Plate, Plates
from delphi.services.dispositions import answer_comment
from delphi.services.feedback import publish_feedback

HOSTILE = (
    '#panic("no") #include "x" $x$ *b* @ref <script> \\ `c` '
    "سلام עברית 漢字 😀 e\u0301 \u202e\u200b " + "Donaudampfschifffahrt" * 40
)
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><circle cx="2" cy="2" r="1"/></svg>'


@pytest.fixture
def taken_apart(content_of, small_study):
    """The page, its blocks and its drawings."""

    def take(audience: Audience = Audience.SHARED):
        content, plates = content_of(audience), Plates()
        with small_study.look():
            page = render_html(content, plates)
        return page, blocks_of(page, plates.kept, PictureStore()), plates.kept

    return take


@pytest.fixture
def set_pages(content_of, small_study):
    """The bytes of the PDF."""

    def made(audience: Audience = Audience.SHARED) -> bytes:
        content = content_of(audience)
        with small_study.look():
            return pdf.render_pdf(content)

    return made


def words_in(node) -> str:
    """Every word in blocks, as they are read."""
    if isinstance(node, str):
        return node
    if not isinstance(node, list | tuple | dict):
        return ""
    if not isinstance(node, dict):
        inline = all(isinstance(one, str) or "s" in one for one in node)
        return ("" if inline else " ").join(words_in(one) for one in node)
    if node.get("s") == "br":
        return " "
    if node.get("s") == "sign":
        return {"below": "✕", "panel": "◪"}[node["name"]]
    parts = (node.get(key, []) for key in ("caption", "head", "cells", "rows", "items", "c", "by", "text"))
    return "".join(words_in(part) if "s" in node else f" {words_in(part)}" for part in parts)


def letters(text: str) -> str:
    """The text without white space, whose place is a matter of drawing."""
    return re.sub(r"[\s\u200b]+", "", text)


def words_of_page(page: str) -> str:
    tree = html.document_fromstring(page)
    for gone in tree.xpath("//nav | //details[not(@class)] | //caption[@class='unseen'] | //svg"):
        gone.drop_tree()
    return tree.xpath("string(//main)") + tree.xpath("string(//footer)")


def test_paper_says_what_the_page_says_and_nothing_else(published, taken_apart):
    page, blocks, _ = taken_apart()
    assert letters(words_in(blocks)) == letters(words_of_page(page))


@pytest.mark.slow
def test_the_whole_demo_is_on_paper(demo_report, played_demo):
    content, _ = demo_report()
    plates, pictures = Plates(), PictureStore()
    with played_demo.app.app_context():
        page = render_html(content, plates)
    blocks = blocks_of(page, plates.kept, pictures)
    assert letters(words_in(blocks)) == letters(words_of_page(page))
    assert len(plates.kept) == 2 + len(content.items) + 4
    assert pictures.files


def test_it_is_tagged_titled_and_in_the_studys_language(published, set_pages):
    made = set_pages()
    assert made.startswith(b"%PDF-1.7")
    for said in (b"<pdfuaid:part>1<", b"/Marked true", b"/Lang(en-GB)", b"Atkinson"):
        assert said in made
    assert b"NOT FOR SHARING" not in made


def test_a_study_of_which_nothing_is_shared_yet_has_its_pages(small_study, set_pages):
    small_study.started(2)
    assert b"<pdfuaid:part>1<" in set_pages()


@pytest.mark.parametrize(
    ("language", "written"), [("cy", b"/Lang(cy)"), ("ar", b"/Lang(ar)"), ("zh-Hant-TW", b"/Lang(zh-TW)")]
)
def test_the_language_of_a_study_is_told_as_far_as_pages_know_it(
    published, monkeypatch, set_pages, language, written
):
    cover = pdf._cover

    def in_language(content):
        content.setting.study.language = language
        return cover(content)

    monkeypatch.setattr(pdf, "_cover", in_language)
    assert written in set_pages()


def test_every_drawing_comes_with_its_words(published, taken_apart, set_pages):
    _, _, plates = taken_apart()
    made = set_pages()
    assert len(plates) > 4
    assert made.count(b"/Alt") == len(plates)
    assert all(len(plate.words) > 40 for plate in plates)


def test_a_drawing_without_a_name_is_refused():
    with pytest.raises(ValueError, match="without a name"):
        Plate.of('<svg xmlns="http://www.w3.org/2000/svg" width="10"/>')


def test_what_is_withheld_is_neither_written_nor_drawn(published, taken_apart):
    _, blocks, plates = taken_apart()
    rows = [row for row in _rows_in(blocks) if row["style"] == "row--feedback_group"]
    figures = {words_in(cell["c"]) for row in rows for cell in row["cells"][1:]}
    assert figures == {"not shown"}
    charts = [plate for plate in plates if "app-chart--rows" in plate.svg]
    assert len(charts) == 6
    assert all(plate.words.count("not shown") >= 3 for plate in charts)


def test_what_people_wrote_can_neither_command_nor_break_the_page(answered, set_pages, taken_apart):
    answered(answer_comment, comment_id=answered.comment_ids["pets"], kind="noted", reason=HOSTILE)
    answered(publish_feedback, number=1)
    _, blocks, _ = taken_apart()
    assert letters(HOSTILE) in letters(words_in(blocks))
    assert set_pages().rstrip().endswith(b"%%EOF")


def test_letters_that_no_font_has_are_told_of(published, monkeypatch, set_pages):
    tried = []
    as_json = pdf._as_json
    cover = pdf._cover
    monkeypatch.setattr(pdf, "_cover", lambda content: cover(content) | {"finding": "漢字 and 😀 and ŵ"})
    monkeypatch.setattr(pdf, "_as_json", lambda *given: tried.append(as_json(*given)) or tried[-1])
    assert set_pages()
    first, last = tried[0], tried[-1]
    assert "漢字" in first
    assert pdf.UNKNOWN_LETTERS not in first
    assert f"{pdf.UNKNOWN_LETTER * 2} and {pdf.UNKNOWN_LETTER} and ŵ" in last
    assert pdf.UNKNOWN_LETTERS in last


@pytest.mark.parametrize("weight", ["regular", "bold"])
@pytest.mark.parametrize("style", ["normal", "italic"])
def test_our_font_has_the_letters_of_its_readers_in_every_weight(weight, style, tmp_path):
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[paths.static_folder() / "fonts"],
    )
    assert fonts.families() == [pdf.FONT]
    words = "Ŵŵ Ŷŷ Llanŵ, Łódź, Çatalhöyük, £5 – “yes”, 50 % × 2 … •"
    source = f"""
        #set document(title: "x")
        #set text(font: "{pdf.FONT}", weight: "{weight}", style: "{style}", fallback: false)
        {words}
    """
    compiler = typst.Compiler(source.encode(), root=tmp_path, font_paths=fonts)
    assert compiler.compile(format="pdf", pdf_standards="ua-1")


def test_a_picture_that_cannot_be_drawn_gives_its_words(tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "bad.png").write_bytes(b"not a picture")
    (tmp_path / "pictures" / "good.svg").write_text(DOT, encoding="utf-8")
    assert not pdf._is_picture(tmp_path, "bad.png")
    assert pdf._is_picture(tmp_path, "good.svg")


def test_a_block_that_the_template_does_not_know_stops_the_report(published, monkeypatch, set_pages):
    monkeypatch.setattr(pdf, "blocks_of", lambda *_: [{"k": "riddle"}])
    with pytest.raises(RuntimeError, match="riddle"):
        set_pages()


def test_the_teams_pages_are_marked(published, set_pages, taken_apart):
    assert b"NOT FOR SHARING: " in set_pages(Audience.TEAM)
    rows = {row["style"] for row in _rows_in(taken_apart(Audience.TEAM)[1])}
    assert "row--stakeholder_group" in rows
    assert "row--stakeholder_group" not in {row["style"] for row in _rows_in(taken_apart()[1])}


def test_who_makes_no_pdf_waits_for_no_typesetter():
    code = "import sys, delphi.reports.registry; print({'typst', 'lxml'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def _rows_in(blocks):
    for block in blocks:
        if block["k"] == "table":
            yield from block["rows"]
        elif block["k"] == "beside":
            for part in block["c"]:
                yield from _rows_in(part)
        elif block["k"] == "part":
            yield from _rows_in(block["c"])
