"""What stands in the gallery, and how an application gets it. None of this is in the product."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader

from delphi.domain.errors import Problem
from delphi.queries.study_frame import Helper, StudyFrame
from delphi.queries.team_frame import PARTS, Part, TeamFrame
from delphi.web.access import public
from tools.gallery.charts import charts, plain_scale
from tools.gallery.questions import LABELS, asked, easy_asked, figure_on, own_gap, words_box

TEMPLATES = Path(__file__).resolve().parent / "templates"

PANEL_PAGES = ("words", "forms", "questions", "long-scales", "easy-read", "since", "figures", "record")
TEAM_PAGES = ("team-home", "team-tables", "team-words")
PAGES = PANEL_PAGES + TEAM_PAGES

STUDY = StudyFrame(
    slug="making-connections",
    title="Making Connections",
    short_title="Making Connections",
    language="en-GB",
    timezone="Europe/London",
    contact_name="Study team, Monday to Friday, 9am to 5pm",
    email="team@making-connections.example",
    phone="01632 960 000",
    support=(Helper("Northbridge Listening Line, day and night", "0808 157 0123"),),
    organisation="Northbridge Social Inclusion Research Unit, University of Northbridge (fictional)",
    ethics_reference="DEMO/24/0017",
)

PROBLEMS = (
    Problem("reason", "Say why, in words a reader of the report will understand."),
    Problem("received_on", "There is no 31 February."),
    Problem("logo", "This is not a picture."),
    Problem("stops", "Tick at least one."),
    Problem("decision", "Choose what happens to this section."),
    Problem("into", "A section cannot be merged into itself."),
    Problem("", "The round was closed while you were writing."),
)

READER_LINKS = (
    ("Change text size or colours", "#choices"),
    ("Read in Easy Read", "#easy-read"),
    ("Stop taking part", "#stop"),
)


def add_gallery(app: Flask) -> None:
    """Add the gallery's pages to an application, at /gallery/<name>.

    `?accent=%230b4f6c` and `?reading=app-dark` show them as a study or a reader may have them.
    """
    loaders = [loader for loader in (app.jinja_loader, FileSystemLoader(TEMPLATES)) if loader]
    app.jinja_env.loader = ChoiceLoader(loaders)

    @app.get("/gallery/<name>")
    @public
    def gallery(name: str) -> str:
        chosen = {"accent": request.args.get("accent"), "reading": request.args.get("reading")}
        return render_template(f"gallery/{name}.html", **_contents(app, name), **chosen)


def _contents(app: Flask, name: str) -> dict[str, Any]:
    if name in TEAM_PAGES:
        account = SimpleNamespace(name="Dr Ngozi Adebayo")
        return {"frame": _team_frame(app), "account": account, "charts": charts(), "problems": PROBLEMS}
    return {
        "frame": STUDY,
        "home_address": "#home",
        "reader_links": READER_LINKS,
        "round_line": "Round 2 of 3. Open until the end of Friday 17 May 2024.",
        "asked": asked,
        "easy_asked": easy_asked,
        "own_gap": own_gap,
        "words_box": words_box,
        "on_five": figure_on(plain_scale(5), "five"),
        "on_nine": figure_on(plain_scale(9, LABELS[9]), "nine"),
        "charts": charts(),
    }


def _team_frame(app: Flask) -> TeamFrame:
    parts = [Part(key, label, endpoint, key == "rounds") for key, label, endpoint, _ in PARTS]
    return TeamFrame(
        slug=STUDY.slug,
        short_title=STUDY.short_title,
        title=STUDY.title,
        timezone=STUDY.timezone,
        me="Dr Ngozi Adebayo",
        roles="Study lead",
        today="Tuesday 21 May 2024",
        parts=tuple(part for part in parts if part.endpoint in app.view_functions),
        may=frozenset(),
        rounds=(),
        steps=(),
        round_number=None,
    )
