import time

import pytest

from delphi.domain.errors import InvalidInput
from delphi.domain.pictures import MOST_BYTES, MOST_SVG_BYTES, MediaType, objection, read_picture, recognised

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
HEAD = (
    b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
)


def svg(inside: str | bytes) -> bytes:
    return HEAD + (inside.encode() if isinstance(inside, str) else inside) + b"</svg>"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", PNG, MediaType.PNG),
        ("a.jpg", b"\xff\xd8\xff\xe0rest", MediaType.JPEG),
        ("a.jpeg", b"\xff\xd8\xff\xe0rest", MediaType.JPEG),
        ("a.gif", b"GIF89a....", MediaType.GIF),
        ("a.webp", b"RIFF\0\0\0\0WEBPVP8 ", MediaType.WEBP),
        ("a.svg", svg("<circle r='4'/>"), MediaType.SVG),
        ("a.svg", b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- drawn -->\n' + svg(""), MediaType.SVG),
        ("a.svg", b"\xef\xbb\xbf" + svg(""), MediaType.SVG),
    ],
)
def test_pictures_are_recognised_by_what_they_are(name, content, kind):
    assert read_picture(name, content) is kind


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"%PDF-1.7", b"<html></html>", b"RIFF\0\0\0\0WAVE", b"\x1f\x8b"]
)
def test_anything_else_is_no_picture(content):
    assert recognised(content) is None
    assert objection("a.png", content) == (
        "this is not a PNG, JPEG, GIF, WebP or SVG picture; save it as one of these."
    )


def test_a_name_must_not_claim_to_be_something_else():
    assert objection("a.jpg", PNG) == 'the name ends in ".jpg", but the file is PNG; name it .png.'
    assert "the file is SVG" in objection("a.png", svg("<script/>"))


def test_pictures_that_are_too_big_are_refused():
    assert "make it smaller" in objection("a.png", PNG + b"\0" * MOST_BYTES)
    assert "make it smaller" in objection("a.svg", svg("<g/>" * MOST_SVG_BYTES))


@pytest.mark.parametrize(
    "inside",
    [
        "<rect width='9' height='9' fill='#fff' style='opacity: .5'/>",
        "<defs><linearGradient id='g'><stop offset='0'/></linearGradient></defs><rect fill='url(#g)'/>",
        "<rect fill=\"url('#g')\"/>",
        "<g id='a'/><use href='#a'/><use xlink:href='#a'/>",
        "<style>.a { fill: red }</style><title>A bus</title><text>Bus &amp; stop</text>",
        "<metadata xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><r:RDF r:about='http://x'/></metadata>",
    ],
)
def test_drawings_are_let_in(inside):
    assert objection("a.svg", svg(inside)) is None


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<g><script href='#x'/></g>", "<script>"),
        ("<x:script xmlns:x='http://www.w3.org/1999/xhtml'/>", "<script>"),
        ("<foreignObject/>", "<foreignObject>"),
        ("<animate attributeName='href' to='javascript:x'/>", "<animate>"),
        ("<set attributeName='onload'/>", "<set>"),
        ("<a href='https://elsewhere.example'/>", "<a>"),
        ("<image href='https://elsewhere.example/x.png'/>", "<image>"),
        ("<feImage href='x'/>", "<feImage>"),
        ("<rect onclick='x()'/>", "runs"),
        ("<rect ONLOAD='x()'/>", "runs"),
        ("<use href='https://elsewhere.example/x.svg#a'/>", "outside"),
        ("<use xlink:href='data:image/svg+xml,x#a'/>", "outside"),
        ("<rect fill='url(https://elsewhere.example)'/>", "outside"),
        ("<rect fill='URL( \"//elsewhere.example\")'/>", "outside"),
        ("<rect fill='u\\72l(//elsewhere.example)'/>", "outside"),
        ("<g xml:base='https://elsewhere.example'/>", "base"),
        ("<rect style='fill: url(https://elsewhere.example)'/>", "style"),
        ("<rect style='background: image-set(\"//elsewhere.example\" 1x)'/>", "style"),
        ("<style>@import 'https://elsewhere.example'</style>", "style"),
        ("<style>@font-face { src: url(x) }</style>", "style"),
        ("<style>a { fill: u\\72l(x) }</style>", "style"),
        ("<style><![CDATA[@import 'x']]></style>", "style"),
        ("<?xml-stylesheet href='x.css'?>", "instruction"),
        ("<g>" * 200 + "</g>" * 200, "more parts"),
        ("<g/>" * 20_001, "more parts"),
    ],
)
def test_what_runs_moves_or_fetches_is_kept_out(inside, what):
    sentence = objection("a.svg", svg(inside))
    assert sentence is not None
    assert what in sentence
    assert "in line 1" in sentence


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_entities_are_never_read(doctype):
    began = time.perf_counter()
    assert "a DOCTYPE or entities" in objection("a.svg", doctype + svg("<text>&b;</text>"))
    assert time.perf_counter() - began < 1


def test_a_damaged_drawing_is_named_with_its_line():
    assert "damaged in line 2" in objection("a.svg", HEAD + b"\n<g></svg>")
    assert "damaged" in objection("a.svg", HEAD)
    assert "damaged" in objection("a.svg", svg("<text>&nbsp;</text>"))


def test_a_drawing_must_be_svg_from_the_start():
    assert "<svg> of the SVG namespace" in objection("a.svg", b"<svg></svg>")
    assert "<html>" in objection("a.svg", b"<html>" + svg("") + b"</html>")


def test_a_refusal_names_the_file():
    with pytest.raises(InvalidInput, match=r"^bus\.svg: the SVG has <script>"):
        read_picture("bus.svg", svg("<script/>"))
