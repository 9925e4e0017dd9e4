"""What a person reads when something cannot be: plain words, whom to ask, no trace of the program."""

from __future__ import annotations

import logging
import re

import pytest
from flask import abort

from delphi.domain.errors import (
    DelphiError,
    InvalidInput,
    NotAllowed,
    NotFound,
    Problem,
    Stale,
    WrongState,
)
from delphi.unit_of_work import Busy
from delphi.web.access import public
from delphi.web.errors import REFUSALS, trouble_of

SECRET = "a-token-nobody-may-see"


@pytest.fixture
def failing(app):
    """An application with a page that raises what it is told; and a client."""
    raised: list[Exception] = []

    @app.route("/fails/<token>", methods=["GET", "POST"])
    @public
    def fails(token):
        raise raised[0]

    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
    client = app.test_client()

    def ask(error: Exception, method: str = "get", **headers: str):
        raised[:] = [error]
        return getattr(client, method)(f"/fails/{SECRET}", headers=headers)

    return ask


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed("You may not analyse a round."), 403),
        (NotFound("There is no such round."), 404),
        (WrongState("Round 2 is still open."), 409),
        (Stale("You also changed this on another device."), 409),
        (InvalidInput("The date is missing."), 422),
        (Busy(), 503),
        (DelphiError("This is not possible."), 409),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_the_house_is_a_page_with_its_sentence(failing, error, status):
    response = failing(error)
    assert response.status_code == status
    assert str(error).split(".")[0] in response.text
    assert "<h1" in response.text
    assert SECRET not in response.text


def test_a_busy_platform_says_when_to_come_back(failing):
    assert int(failing(Busy()).headers["Retry-After"]) > 0


def test_every_problem_of_an_input_is_listed(failing):
    error = InvalidInput(
        [Problem("row 4, email", "has no @."), Problem("row 7", "is empty.")], heading="Two rows:"
    )
    page = failing(error).text
    assert "row 4, email: has no @." in page
    assert "row 7: is empty." in page
    assert "Two rows</h1>" in page


def test_what_people_wrote_is_escaped_in_an_error(failing):
    page = failing(NotFound("There is no <script>alert(1)</script> here.")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_only_an_attempt_to_change_says_that_nothing_was_changed(failing):
    assert "Nothing was changed" in failing(WrongState("Closed."), "post").text
    assert "Nothing was changed" not in failing(WrongState("Closed."), "get").text


def test_the_small_scripts_get_the_sentence_as_data(failing):
    response = failing(WrongState("Round 2 has closed."), "post", Accept="application/json")
    assert response.status_code == 409
    assert response.json["sentence"] == "Round 2 has closed."


def test_a_mistake_of_the_program_shows_and_logs_no_value(failing, caplog):
    with caplog.at_level(logging.DEBUG):
        response = failing(ValueError(f"cannot read {SECRET}, rated 4 by Beatrice"))
    assert response.status_code == 500
    for told in (response.text, caplog.text):
        assert SECRET not in told
        assert "Beatrice" not in told
        assert "Traceback" not in told
    (line,) = [one for one in caplog.messages if one.startswith("event=failed ")]
    assert " kind=ValueError " in line
    assert " endpoint=fails " in line
    reference = re.search(r" reference=([0-9a-f]{8}) ", line)
    assert reference[1] in response.text


def test_even_a_page_about_a_failure_that_fails_logs_no_address(app, caplog):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    with caplog.at_level(logging.DEBUG), app.test_request_context(f"/link/{SECRET}"):
        try:
            raise ValueError(SECRET)
        except ValueError as error:
            app.log_exception((type(error), error, error.__traceback__))
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text


def test_in_tests_a_mistake_of_the_program_is_seen(app):
    @app.get("/fails")
    def fails():
        raise ValueError("seen")

    with pytest.raises(ValueError, match="seen"):
        app.test_client().get("/fails")


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_what_the_server_refuses_is_said_in_plain_words(app, status):
    @app.get("/refused")
    def refused():
        abort(status)

    response = app.test_client().get("/refused")
    assert response.status_code == status
    heading, sentence = REFUSALS[status]
    assert heading in response.text
    assert sentence in response.text
    for word in ("Error", "Bad Request", "Not Found", "invalid", "forbidden"):
        assert word not in response.text


def test_an_address_that_is_not_there_says_what_may_have_happened(app):
    response = app.test_client().get(f"/link-cut-in-half/{SECRET}")
    assert response.status_code == 404
    assert "copy the whole link" in response.text
    assert SECRET not in response.text


def test_a_wrong_method_says_what_to_do_and_what_is_allowed(app):
    response = app.test_client().post("/healthz")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "button on the page" in response.text


def test_a_body_too_large_is_refused_kindly(app):
    app.config["MAX_CONTENT_LENGTH"] = 10

    @app.post("/takes-a-file")
    def takes_a_file():
        from flask import request

        return str(len(request.form))

    response = app.test_client().post("/takes-a-file", data={"text": "x" * 100})
    assert response.status_code == 413
    assert "too large" in response.text


def test_a_form_without_its_token_is_told_apart_from_a_strange_request(app):
    @app.post("/some-form")
    @public
    def some_form():
        return "taken"

    response = app.test_client().post("/some-form")
    assert response.status_code == 400
    assert "cookies" in response.text
    assert "CSRF" not in response.text


def test_a_redirect_is_no_error(app):
    @app.get("/old")
    def old():
        from flask import redirect

        abort(redirect("/", code=303))

    assert app.test_client().get("/old").status_code == 303


@pytest.mark.parametrize("error", [NotAllowed, NotFound, WrongState, Stale])
def test_each_kind_has_a_heading_of_its_own(error):
    trouble = trouble_of(error("A sentence."))
    assert trouble.heading
    assert trouble.sentences == ("A sentence.",)
