"""Stages of a small study that these tests begin from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from delphi.services.feedback import publish_feedback
from tools.small_study import SmallStudy, small_plain
from tools.small_team import Team, answer_and_decide, opened_team


@pytest.fixture
def opened(small_study: SmallStudy) -> Team:
    """Round 1 is open: everybody agrees on the first section and nobody on the second; three comments.

    `comment_ids`: "scores" and "again" on the second section, "pets" on the guidance as a whole.
    """
    return opened_team(small_study)


@pytest.fixture
def closed(opened: Team) -> Team:
    """The same, closed."""
    opened.study.stages.reach("closed", lambda: opened.study.close().id)
    return opened


@pytest.fixture
def analysed(closed: Team) -> Team:
    """The same, analysed: the first section is agreed, the second is not."""
    closed.study.stages.reach("analysed", lambda: closed.study.analyse().id)
    return closed


@pytest.fixture
def published(analysed: Team) -> Team:
    """The same, its feedback published: the first section is kept, the second is to be revised."""

    def play() -> None:
        answer_and_decide(analysed)
        analysed(publish_feedback, number=1)

    analysed.study.stages.reach("published", play)
    return analysed


@pytest.fixture
def analysed_under(app: Flask) -> Callable[..., Team]:
    """The same under a protocol with other settings."""

    def stage(**protocol: Any) -> Team:
        team = opened_team(SmallStudy(app, protocol=small_plain()["protocol"] | protocol))
        team.study.close().analyse()
        return team

    return stage
