"""`delphi verify` says plainly what it checked, and ends with 1 when something does not fit."""

from __future__ import annotations

from sqlalchemy import text

from delphi.cli.verify import verify
from delphi.extensions import db


def run(app, *arguments):
    return app.test_cli_runner().invoke(verify, list(arguments))


def test_it_says_what_was_checked_and_that_all_is_well(app, small_study):
    code = small_study.started()[0]
    small_study.save(code)
    said = run(app, "small-study")
    assert said.exit_code == 0, said.output
    assert "Small study (small-study)" in said.output
    assert "2  ratings" in said.output
    assert "Everything that was checked is as it was recorded." in said.output


def test_without_a_name_every_study_is_checked_and_one_that_does_not_fit_ends_with_1(app, small_study):
    small_study.started()
    with app.app_context():
        db.session.execute(text("UPDATE event SET subject = 'x' WHERE number = 2"))
        db.session.commit()
    said = run(app)
    assert said.exit_code == 1
    assert "WRONG: Event 2 does not fit its hash." in said.output
    assert "1 thing does not fit." in said.output


def test_an_empty_platform_has_nothing_to_check(app):
    said = run(app)
    assert said.exit_code == 0
    assert "nothing to check" in said.output
