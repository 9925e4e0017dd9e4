"""Style sheets, scripts and fonts: addresses that change with their contents, and a study's own colour.

An address holds a piece of its file's checksum, so browsers may keep the file for good and still get the
next release's at once. The colour's style sheet is made of the colour in its address and of nothing else:
no inline style is needed, and it says nothing about a study.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, url_for

from delphi.domain.colours import Shades, accent_of
from delphi.domain.errors import InvalidInput, NotFound
from delphi.web.access import public

blueprint = Blueprint("assets", __name__)

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=300"
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
JOINED = {"panel-page.js": ("page.js", "taking-part.js")}
"""Files that a page always needs together, under the name by which they are one request."""

SQUEEZED = (".css", ".js", ".svg")
"""What is worth sending compressed; fonts are so already."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file of the static folder, and the same compressed where that helps."""

    version: str
    mimetype: str
    data: bytes
    squeezed: bytes


def set_up_assets(app: Flask) -> None:
    """Give templates `asset()` and `accent_address()`, and serve the static files compressed."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(asset=asset, accent_address=accent_address)
    if app.static_folder:
        app.view_functions["static"] = static_file


def asset(name: str) -> str:
    """The address of a file of the static folder, with its version; KeyError for a file that is not there."""
    file = _file(name)
    if file is None:
        raise KeyError(f"there is no {name} in the static folder")
    return url_for("static", filename=name, v=file.version)


def accent_address(colour: str | None) -> str:
    """Where the style sheet of a study's colour is; empty for no colour or one that cannot be used."""
    if not colour:
        return ""
    try:
        accent = accent_of(colour)
    except InvalidInput:
        # The setting page explains; a study file from elsewhere must not take its pages down.
        return ""
    return url_for("assets.accent", colour=accent.colour.removeprefix("#"))


@public
def static_file(filename: str) -> Response:
    """A file of the static folder, compressed where that helps; kept for good under its versioned address."""
    file = _file(filename)
    if file is None:
        raise NotFound("There is no such file.")
    is_squeezed = bool(file.squeezed and request.accept_encodings["gzip"])
    response = Response(file.squeezed if is_squeezed else file.data, mimetype=file.mimetype)
    response.set_etag(f"{file.version}-gzip" if is_squeezed else file.version)
    if is_squeezed:
        response.headers["Content-Encoding"] = "gzip"
    if file.squeezed:
        response.vary.add("Accept-Encoding")
    is_versioned = filename.startswith("fonts/") or request.args.get("v") == file.version
    response.headers["Cache-Control"] = FOR_GOOD if is_versioned else FOR_NOW
    response.make_conditional(request)
    return response


@blueprint.get("/accents/<colour>.css")
@public
def accent(colour: str) -> Response:
    """The shades of one accent colour as custom properties."""
    try:
        shades = accent_of(f"#{colour}")
    except InvalidInput as error:
        raise NotFound("There is no such style sheet.") from error
    if shades.colour != f"#{colour}":
        raise NotFound("There is no such style sheet.")
    light, dark = _properties(shades.light), _properties(shades.dark)
    # The same conditions as in modes/_dark.scss. Only screens: print stays black on white.
    text = (
        f"@media screen{{:root{{{light}}}:root.app-dark{{{dark}}}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not(.app-light,.app-cream){{{dark}}}}}\n"
    )
    response = Response(text, mimetype="text/css")
    response.headers["Cache-Control"] = FOR_GOOD
    return response


def _properties(shades: Shades) -> str:
    values = {
        "accent": shades.accent,
        "accent-hover": shades.hover,
        "accent-tint": shades.tint,
        "on-accent": shades.on_accent,
        "masthead": shades.masthead,
    }
    return ";".join(f"--app-{name}:{value}" for name, value in values.items())


def _file(name: str) -> StaticFile | None:
    return _contents(str(current_app.static_folder)).get(name)


@cache
def _contents(folder: str) -> dict[str, StaticFile]:
    """All files of the folder, read once: what is asked for is looked up here and never joined to a path."""
    root = Path(folder)
    paths = (path for path in sorted(root.rglob("*")) if path.is_file())
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    files |= {name: b"".join(files[part] for part in parts) for name, parts in JOINED.items()}
    return {name: _static_file(Path(name).suffix, data) for name, data in files.items()}


def _static_file(suffix: str, data: bytes) -> StaticFile:
    squeezed = gzip.compress(data, compresslevel=9, mtime=0) if suffix in SQUEEZED else b""
    kind = KINDS.get(suffix, "application/octet-stream")
    return StaticFile(sha256(data).hexdigest()[:10], kind, data, squeezed)
