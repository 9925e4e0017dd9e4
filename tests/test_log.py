"""The log tells one fact a line, so that a program can read it and no text breaks out of its line."""

from __future__ import annotations

import logging
import re

import pytest

from delphi.log import Log, log_to_stderr


@pytest.fixture
def told(capsys):
    """What was written to the error stream, line by line."""
    logger = logging.getLogger("delphi")
    handlers, level = list(logger.handlers), logger.level
    yield lambda: capsys.readouterr().err.splitlines()
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_a_line_holds_time_level_event_and_facts(told):
    log_to_stderr("info")
    Log("jobs").info("outbox_work_done", id=7, kind="message")
    (line,) = told()
    when, _, fact = line.partition(" ")
    assert re.fullmatch(r"timestamp=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", when)
    assert fact == "level=info event=outbox_work_done id=7 kind=message"


def test_words_stay_in_their_line_and_between_their_quotes(told):
    log_to_stderr("info")
    Log("web").error("failed", at='a "b"\nlevel=info', empty="")
    (line,) = told()
    assert line.endswith(r'level=error event=failed at="a \"b\"\nlevel=info" empty=""')


def test_what_is_less_than_was_asked_for_is_left_out_and_nothing_is_told_twice(told):
    log_to_stderr("debug")
    log_to_stderr("warning")
    Log("jobs").info("outbox_work_done", id=7)
    Log("jobs").warning("outbox_work_failed", id=7)
    assert len(told()) == 1
