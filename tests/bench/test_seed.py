"""`bench seed` makes a real study: each link signs in somebody who has consented and can answer at once."""

from __future__ import annotations

from random import Random

import pytest

from bench import seed
from bench.__main__ import main
from bench.respondent import Respondent, Tally
from bench.visits import Inside
from delphi.app import create_app
from delphi.config import load_settings
from delphi.extensions import db
from delphi.models.answers import Rating, Submission


@pytest.fixture
def installation(monkeypatch, database_url, tmp_path):
    """A prepared installation without a study, as the variables name it."""
    monkeypatch.setenv("DELPHI_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DELPHI_SECRET_KEY", "only-for-tests")
    monkeypatch.setenv("DELPHI_DATABASE_URL", database_url)
    app = create_app(load_settings())
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_each_line_is_a_link_with_which_somebody_answers_everything(installation, tmp_path):
    file = tmp_path / "links"
    assert main(["seed", "--panel", "4", "--items", "6", "--page", "3", "--links", str(file)]) == 0
    links = file.read_text().splitlines()
    assert len(set(links)) == 4
    assert file.stat().st_mode & 0o077 == 0
    tally = Tally()
    for link in links[:2]:
        Respondent(Inside(installation), Random(1), tally).walk(link.rpartition("/")[2])
    assert (tally.n_journeys, tally.n_saved) == (2, 4)
    with installation.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Rating)) == 12
        states = db.session.scalars(db.select(Submission.state)).all()
    assert [str(state) for state in states] == ["submitted", "submitted"]


def test_an_installation_with_a_study_is_left_alone(installation, tmp_path, capsys):
    assert seed.run(2, 5, tmp_path / "links") == 0
    assert seed.run(2, 5, tmp_path / "more") == seed.FAILED
    assert "holds a study already" in capsys.readouterr().out
    assert not (tmp_path / "more").exists()


def test_items_that_do_not_fill_their_pages_are_refused_with_a_sentence(installation, tmp_path, capsys):
    assert seed.run(2, 7, tmp_path / "links") == seed.FAILED
    assert "multiple of the 5" in capsys.readouterr().out
