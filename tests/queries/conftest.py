"""Stages of a small study that these tests begin from."""

from __future__ import annotations

import pytest

from tools.small_study import SmallStudy
from tools.small_team import Team, opened_team


@pytest.fixture
def opened(small_study: SmallStudy) -> Team:
    """Round 1 is open, with ratings and three comments (see `opened_team`)."""
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
