"""The journey's client does what a panellist does: on Delphi, on the limit, on a program it does not know."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from random import Random

import pytest
from flask import Flask, request
from waitress.server import create_server

from bench import journey
from bench.limit_app import create_limit
from bench.measure import Options
from bench.peer import Peer, fields_of
from bench.respondent import Respondent, Tally, Unexpected, is_refused_without_its_token
from bench.stands import seeded
from bench.studies import application
from bench.visits import Inside
from delphi.extensions import db
from delphi.models.answers import Rating, SectionSave, Submission

PLAN = journey.Plan(clients=(2,), panel=20, seconds=0.6)
TABLES = (Rating, SectionSave, Submission)


@pytest.fixture
def make_study(databases, tmp_path):
    """Databases with an open round of six people, and the study in each."""
    urls = []

    def make():
        url, study = seeded(databases, tmp_path, items=5, panel=6)
        urls.append(url)
        return url, study

    yield make
    for url in urls:
        databases.drop(url)


def _rows(app):
    with app.app_context():
        found = [db.session.scalar(db.select(db.func.count()).select_from(table)) for table in TABLES]
        db.session.remove()
        db.engine.dispose()
    return found


def test_delphi_and_the_limit_keep_the_same_answers_of_the_same_journey(make_study, tmp_path):
    (ours, study), (theirs, bare) = make_study(), make_study()
    delphi = application(ours, tmp_path)
    Respondent(Inside(delphi), Random(3), Tally()).walk(study.tokens[0])
    limit = create_limit(str(tmp_path / "x"), theirs)
    Respondent(Inside(limit), Random(3), Tally()).walk(bare.tokens[0])
    limit.extensions["store"].close()
    assert _rows(delphi) == _rows(application(theirs, tmp_path)) == [40, 8, 1]


def test_a_journey_counts_every_page_and_every_save(make_study, tmp_path):
    url, study = make_study()
    app, tally = application(url, tmp_path), Tally()
    someone = Respondent(Inside(app), Random(1), tally)
    someone.walk(study.tokens[1])
    assert (len(tally.pages), len(tally.saves), tally.n_saved, tally.n_journeys) == (8, 8, 8, 1)
    assert is_refused_without_its_token(someone.sender, someone.sections[0])
    _rows(app)


def test_a_link_that_does_not_work_stops_the_benchmark(make_study, tmp_path):
    app = application(make_study()[0], tmp_path)
    with pytest.raises(Unexpected, match="answered 404"):
        Respondent(Inside(app), Random(1), Tally()).walk("no-such-link")
    _rows(app)


@pytest.mark.slow
def test_both_servers_are_asked_over_http_and_every_figure_of_the_goals_is_found(monkeypatch, databases):
    monkeypatch.setattr(journey, "sources", lambda: _sources(databases))
    kind = "sqlite" if "Sqlite" in type(databases).__name__ else "postgres"
    found = journey.run(Options(rounds=1, seconds=30), (kind,), PLAN)
    assert found.problems == []
    for name in ("c2.pages_ratio", "reading_ratio", "page_bytes", "assets"):
        assert found.figures[f"journey.{kind}.5.{name}"] > 0, name
    assert found.details[f"{kind}.5.statements"]["save"] <= 10


@contextmanager
def _sources(databases):
    """This run's databases, as `bench.databases.sources` gives them."""
    yield {"SQLite": databases, "PostgreSQL": databases}


def test_a_page_of_another_program_is_filled_in_by_its_fields():
    page = b"""<form action="/next"><input type="hidden" name="sid" value="1&amp;2">
    <input type="radio" name="a" value="1"><input name="a" value="2" type="radio">
    <button type="submit" name="move" value="movenext">Next</button></form>"""
    fields = fields_of(page, Random(1))
    assert fields.pop("a") in ("1", "2")
    assert fields == {"sid": "1&2", "move": "movenext"}


def test_a_peer_is_walked_to_its_end_again_and_again():
    seen = []
    app = Flask("peer")

    @app.route("/survey", methods=["GET", "POST"])
    def survey():
        seen.append(request.form.to_dict())
        if request.form.get("page") == "2":
            return "<p>Thank you.</p>"
        page = int(request.form.get("page", 0)) + 1
        return f"""<form method="post" action="/survey"><input type="hidden" name="page" value="{page}">
            <input type="radio" name="q" value="A1"></form>"""

    server = create_server(app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    load = Peer(f"http://127.0.0.1:{server.effective_port}/survey?lang=en", ()).answer(2, 0.2, seed=1)
    server.close()
    assert load.tally.n_saved >= 2
    assert {"page": "2", "q": "A1"} in seen
    with pytest.raises(Unexpected, match="this machine"):
        Peer("http://example.org/survey", ()).answer(1, 0.1, seed=1)
