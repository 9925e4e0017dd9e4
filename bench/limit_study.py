"""The limit as a questionnaire: the same study, the same journey, in as few lines as a careful person could.

A signed session, parametrised statements, escaped templates, and a commit that survives a power cut. No
permissions, no history, no stale pages, no feedback, no audit, no tokens against forged forms.
"""

from __future__ import annotations

from flask import Flask, redirect, request, session
from werkzeug.wrappers import Response

from bench import limit_store as sql
from bench.limit_store import Store, hashed, now

LABELS = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
POINTS = (*((str(value), label) for value, label in enumerate(LABELS, start=1)), ("unable", "I can't say"))

FRAME = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><main>
<h1>{{ title }}</h1>"""
HOME = (
    FRAME
    + """<ul>{% for code, title, n in sections %}
<li><a href="{{ root }}/sections/{{ code }}">{{ title }}</a> {{ n }} answered</li>
{% endfor %}</ul></main></body></html>"""
)
LINK = FRAME + """<form method="post"><button>Continue</button></form></main></body></html>"""
SECTION = (
    FRAME
    + """<article>{{ text }}</article><form method="post">
<input type="hidden" name="revision" value="{{ revision }}">{% for item_id, code, statement in items %}
<fieldset><legend>{{ loop.index }}. {{ statement }}</legend>{% set chosen = ratings.get(item_id) %}
{% for value, label in points %}<div class="radio">
<input id="{{ code }}-{{ value }}" name="rating-{{ code }}" type="radio" value="{{ value }}"
{%- if chosen == value %} checked{% endif %}>
<label for="{{ code }}-{{ value }}">{{ label }}</label></div>{% endfor %}</fieldset>
{% endfor %}<label for="why">What would you change?</label>
<textarea id="why" name="comment-change" rows="5">{{ comment }}</textarea>
<button>Save and continue</button></form></main></body></html>"""
)
REVIEW = (
    FRAME
    + """{% for title, lines in sections %}<h2>{{ title }}</h2><dl>{% for statement, answer in lines %}
<dt>{{ statement }}</dt><dd>{{ answer }}</dd>{% endfor %}</dl>{% endfor %}
{% if is_open %}<form method="post" action="{{ root }}/send"><button>Send</button></form>{% endif %}
</main></body></html>"""
)


class Study:
    """What stands still while a round is open, read once."""

    def __init__(self, store: Store) -> None:
        self.id, slug, self.round_id, number = store.ask(sql.STUDY)[0]
        self.home = f"/studies/{slug}/taking-part"
        self.root = f"{self.home}/round-{number}"
        self.sections = {row[0]: row for row in store.ask(sql.SECTIONS)}
        self.codes = list(self.sections)
        self.items: dict[int, list[tuple[int, str, str]]] = {}
        for section_id, *item in store.ask(sql.ITEMS):
            self.items.setdefault(section_id, []).append((item[0], item[1], item[2]))


def add_study(app: Flask, url: str) -> None:
    """Open the journey's pages on a database that Delphi has filled."""
    store, is_sqlite = Store(url), url.startswith("sqlite")
    app.extensions["store"] = store
    study = Study(store)
    _add_ways_in(app, store, study)
    _add_sections(app, store, study, is_sqlite=is_sqlite)
    _add_sending(app, store, study, is_sqlite=is_sqlite)


def _ratings(store: Store, study: Study) -> dict[int, str]:
    """What the person of this session has answered, by item."""
    rows = store.ask(sql.RATINGS, study.round_id, session["person"])
    return {item: "unable" if value is None else str(value) for item, value in rows}


def _add_ways_in(app: Flask, store: Store, study: Study) -> None:
    # Compiled once and escaping, as Flask does with a template in a file.
    home, link = (app.jinja_env.from_string(source) for source in (HOME, LINK))

    @app.get("/link/<token>")
    def look(token: str) -> str:
        return link.render(title="Welcome" if store.ask(sql.PERSON, hashed(token)) else "Not found")

    @app.post("/link/<token>")
    def enter(token: str) -> Response:
        session["person"] = store.ask(sql.PERSON, hashed(token))[0][1]
        return redirect(study.home, 303)

    @app.get(study.home)
    def show_home() -> str:
        given = _ratings(store, study)
        lines = [
            (code, row[2], sum(item[0] in given for item in study.items[row[1]]))
            for code, row in study.sections.items()
        ]
        return home.render(title="Home", root=study.root, sections=lines)


def _add_sections(app: Flask, store: Store, study: Study, *, is_sqlite: bool) -> None:
    section = app.jinja_env.from_string(SECTION)

    @app.get(f"{study.root}/sections/<code>")
    def show(code: str) -> str:
        _, section_id, title, text, _, _ = study.sections[code]
        where = (study.round_id, session["person"], section_id)
        revision, comment = store.ask(sql.REVISION, *where), store.ask(sql.COMMENT, *where)
        return section.render(
            title=title,
            text=text,
            items=study.items[section_id],
            points=POINTS,
            ratings=_ratings(store, study),
            revision=revision[0][0] if revision else 0,
            comment=comment[0][0] if comment else "",
        )

    @app.post(f"{study.root}/sections/<code>")
    def save(code: str) -> Response:
        _, section_id, _, _, draft_id, _ = study.sections[code]
        person, at = session["person"], now(is_sqlite)
        where = (study.round_id, person, section_id)
        given = [
            (study.round_id, person, item_id, study.id, None if value == "unable" else int(value))
            for item_id, name, _ in study.items[section_id]
            if (value := request.form.get(f"rating-{name}"))
        ]
        said = request.form.get("comment-change", "").strip()
        with store.transaction() as run:
            run(sql.SAVE, [(*where, study.id, at)])
            run(sql.BEGIN_ANSWERING, [(study.round_id, person, study.id, at, at, False)])
            run(sql.RATE, given)
            run(sql.UNSAY, [where])
            if said:
                run(sql.SAY, [(*where, study.id, draft_id, said, at)])
        place = study.codes.index(code) + 1
        onwards = f"/sections/{study.codes[place]}" if place < len(study.codes) else "/review"
        return redirect(study.root + onwards, 303)


def _add_sending(app: Flask, store: Store, study: Study, *, is_sqlite: bool) -> None:
    review = app.jinja_env.from_string(REVIEW)

    def answers(title: str, *, is_open: bool) -> str:
        given = _ratings(store, study)
        shown = [
            (row[2], [(statement, given.get(item_id, "")) for item_id, _, statement in study.items[row[1]]])
            for row in study.sections.values()
        ]
        return review.render(title=title, root=study.root, sections=shown, is_open=is_open)

    @app.get(f"{study.root}/review")
    def check() -> str:
        return answers("Check", is_open=True)

    @app.post(f"{study.root}/send")
    def send() -> Response:
        with store.transaction() as run:
            run(sql.SUBMIT, [(now(is_sqlite), study.round_id, session["person"])])
        return redirect(f"{study.root}/receipt", 303)

    @app.get(f"{study.root}/receipt")
    def receipt() -> str:
        return answers("Sent", is_open=False)
