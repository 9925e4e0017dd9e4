"""The limit: a bare Flask on the same server program and the same database, with nothing of Delphi in it."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing

from flask import Flask, Response
from waitress import serve

FIELDSETS = 20
PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><main>
<h1>{{ title }}</h1><form method="post">{% for item in items %}
<fieldset><legend>{{ item.legend }}</legend><p class="hint">{{ item.hint }}</p>
{% for point in points %}<div class="radio">
<input type="radio" name="{{ item.code }}" value="{{ point.value }}"
 id="{{ item.code }}-{{ point.value }}"{% if point.value == item.value %} checked{% endif %}>
<label for="{{ item.code }}-{{ point.value }}">{{ point.label }}</label></div>
{% endfor %}<label for="{{ item.code }}-why">Why?</label>
<textarea id="{{ item.code }}-why" name="{{ item.code }}-why" rows="3">{{ item.words }}</textarea></fieldset>
{% endfor %}<button>Save</button></form></main></body></html>"""
LABELS = (
    "Strongly disagree",
    "Disagree",
    "Neither agree nor disagree",
    "Agree",
    "Strongly agree",
    "I can't say",
)


def create_limit(database: str, study: str = "", page_bytes: int = 0) -> Flask:
    """An application with a greeting, a page of 20 fieldsets, and a look at its database.

    `page_bytes` is how long that page shall be at least; `study` is the URL of a database with an open round,
    whose journey is added then.
    """
    app = Flask("limit")
    app.secret_key = "only-for-benchmarks"  # noqa: S105 - guards a study that lasts a minute
    points = [{"value": value, "label": label} for value, label in enumerate(LABELS, start=1)]
    items = [
        {
            "code": f"item-{index}",
            "legend": f"Statement {index} says something that people agree with or not.",
            "hint": "Choose the answer that comes closest to what you think. " * 3,
            "value": 1 + index % 5,
            "words": "Words that somebody wrote in answer to this. " * 4,
        }
        for index in range(FIELDSETS)
    ]

    # Compiled once, as Flask does with a template in a file.
    template = app.jinja_env.from_string(PAGE)
    missing = page_bytes - len(template.render(title="A page", items=items, points=points).encode())
    for item in items if missing > 0 else ():
        item["hint"] = str(item["hint"]) + "x" * (missing // FIELDSETS)
    if study:
        from bench.limit_study import add_study

        add_study(app, study)

    @app.get("/hello")
    def hello() -> str:
        return "hello\n"

    @app.get("/page")
    def page() -> str:
        return template.render(title="A page", items=items, points=points)

    @app.get("/readyz")
    def readyz() -> Response:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("SELECT 1").fetchone()
        return Response("ready\n", mimetype="text/plain")

    return app


def main(arguments: list[str]) -> None:
    """Serve until somebody ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--study", default="")
    parser.add_argument("--page-bytes", type=int, default=0)
    given = parser.parse_args(arguments)
    app = create_limit(given.database, given.study, given.page_bytes)
    serve(app, host="127.0.0.1", port=given.port, threads=8, _quiet=True)


if __name__ == "__main__":
    main(sys.argv[1:])
