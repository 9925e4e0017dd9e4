"""What is served beside the pages: whole, as it was built, asking nobody else, and kept well."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256

import pytest
from flask import render_template_string

from delphi.charts import palette
from delphi.domain.colours import WASH, accent_of
from delphi.paths import static_folder
from delphi.web.assets import FOR_GOOD, FOR_NOW

STATIC = static_folder()
STYLESHEETS = sorted(STATIC.glob("*.css"))
LARGEST = {"panel.css": (115_000, 16_000), "team.css": (150_000, 22_000)}
REMOTE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)\w", re.IGNORECASE)


@pytest.fixture
def client(app):
    return app.test_client()


def test_what_was_built_is_what_is_served():
    lines = (STATIC / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    built = [*STYLESHEETS, *STATIC.glob("fonts/*"), *STATIC.glob("licences/*")]
    found = {path.relative_to(STATIC).as_posix(): sha256(path.read_bytes()).hexdigest() for path in built}
    assert found == listed, "build again with `python -m tools.vendor_assets`"


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_style_sheet_asks_no_other_server(path):
    text = path.read_text(encoding="utf-8")
    assert not REMOTE.findall(text)
    assert "@import" not in text
    for address in re.findall(r"url\((.*?)\)", text):
        name = address.strip("\"'")
        assert name.startswith("#") or (STATIC / name).is_file(), name


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_a_script_asks_no_other_server(path):
    assert not REMOTE.findall(re.sub(r"^\s*//.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_style_sheet_stays_small(path):
    largest, compressed = LARGEST[path.name]
    assert path.stat().st_size <= largest
    assert len(gzip.compress(path.read_bytes(), 9)) <= compressed


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_nothing_of_a_government_brand_is_in_a_style_sheet(path):
    text = path.read_text(encoding="utf-8").lower()
    assert "transport" not in text
    assert "crown" not in text


def test_every_library_has_its_licence():
    licences = {path.stem for path in STATIC.glob("licences/*.txt")}
    assert licences == {"atkinson-hyperlegible-next", "govuk-frontend"}


def test_an_address_with_its_version_is_kept_for_good(client, app):
    with app.test_request_context():
        address = render_template_string("{{ asset('panel.css') }}")
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == FOR_GOOD
    assert client.get("/static/panel.css").headers["Cache-Control"] == FOR_NOW
    assert client.get("/static/panel.css?v=0123456789").headers["Cache-Control"] == FOR_NOW


def test_a_style_sheet_comes_compressed_to_whoever_can_read_it(client):
    plain = client.get("/static/panel.css")
    squeezed = client.get("/static/panel.css", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.data) == plain.data
    assert "Accept-Encoding" in squeezed.headers["Vary"]
    assert plain.mimetype == squeezed.mimetype == "text/css"
    again = client.get(
        "/static/panel.css",
        headers={"Accept-Encoding": "gzip", "If-None-Match": squeezed.headers["ETag"]},
    )
    assert again.status_code == 304


def test_a_font_is_never_compressed_twice(client):
    name = next(STATIC.glob("fonts/*")).name
    response = client.get(f"/static/fonts/{name}", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert response.headers["Cache-Control"] == FOR_GOOD


@pytest.mark.parametrize("name", ["nothing.css", "../app.py", "%2e%2e/app.py", "fonts/", ""])
def test_only_static_files_are_served(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_scripts_that_a_page_needs_together_are_one_file(client):
    joined = client.get("/static/panel-page.js")
    parts = [client.get(f"/static/{name}").text for name in ("page.js", "taking-part.js")]
    assert joined.mimetype == "text/javascript"
    assert joined.text == "".join(parts)


def test_asking_for_a_file_that_is_not_there_is_a_mistake_of_the_page(app):
    with app.test_request_context(), pytest.raises(KeyError, match=r"missing\.css"):
        render_template_string("{{ asset('missing.css') }}")


def test_a_colour_comes_as_a_style_sheet_made_of_its_address_alone(client):
    response = client.get("/accents/7a1f2b.css")
    accent = accent_of("#7a1f2b")
    assert response.mimetype == "text/css"
    assert response.headers["Cache-Control"] == FOR_GOOD
    assert f"--app-accent:{accent.light.accent}" in response.text
    assert f"--app-accent:{accent.dark.accent}" in response.text
    assert "Set-Cookie" not in response.headers
    # Print stays black on white.
    assert response.text.count("@media screen") == response.text.count("@media")


@pytest.mark.parametrize("colour", ["ffdd00", "7A1F2B", "7a1f2", "red", "7a1f2b}", "javascript"])
def test_a_colour_that_cannot_be_read_has_no_style_sheet(client, colour):
    assert client.get(f"/accents/{colour}.css").status_code == 404


@pytest.mark.parametrize(
    ("colour", "is_linked"), [("#7a1f2b", True), ("#ffdd00", False), ("", False), (None, False)]
)
def test_a_page_links_a_colour_only_if_people_can_read_with_it(app, colour, is_linked):
    with app.test_request_context():
        address = render_template_string("{{ accent_address(colour) }}", colour=colour)
    assert address == ("/accents/7a1f2b.css" if is_linked else "")


TOKENS = {
    "ink": palette.INK,
    "ink-2": palette.INK_QUIET,
    "paper": palette.PAPER,
    "wash": palette.WASH,
    "edge": palette.EDGE,
    "line": palette.LINE,
    "agree": palette.AGREE,
    "agree-tint": palette.AGREE_TINT,
    "middle": palette.MIDDLE,
    "disagree": palette.DISAGREE,
    "disagree-tint": palette.DISAGREE_TINT,
    "you": palette.YOU,
    "you-tint": palette.YOU_TINT,
    "good": palette.GOOD,
    "good-tint": palette.GOOD_TINT,
    "bad": palette.BAD,
    "bad-tint": palette.BAD_TINT,
}


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.name)
def test_a_picture_on_a_page_has_the_colours_it_has_in_a_file(path):
    text = path.read_text(encoding="utf-8")
    first: dict[str, str] = {}
    for name, value in re.findall(r"--app-([\w-]+):\s*(#[0-9a-f]{3,6})", text):
        first.setdefault(name, value if len(value) == 7 else "#" + "".join(2 * sign for sign in value[1:]))
    assert {name: first[name] for name in TOKENS} == TOKENS
    assert first["wash"] == WASH


@pytest.mark.parametrize(
    ("stylesheet", "elsewhere"),
    [("team.css", ()), ("panel.css", ("moves.py", "scatter.py", "verdicts.py"))],
    ids=["team", "panel"],
)
def test_every_class_of_a_picture_is_styled(stylesheet, elsewhere):
    """Panellists never see who moved, panel against panel or other rules: their style sheet does without."""
    drawn = set()
    for path in (static_folder().parent / "charts").glob("*.py"):
        if path.name not in elsewhere:
            drawn |= set(re.findall(r"app-(?:chart|hatch)__[a-z]+(?:-[a-z]+)*", path.read_text("utf-8")))
    text = (STATIC / stylesheet).read_text(encoding="utf-8")
    # A box is coloured by its kind, and a sign by its tone; the names alone carry nothing.
    assert {name for name in drawn if name not in text} <= {"app-chart__sign"}
