"""A small study whose second round the same people rated."""

from __future__ import annotations

import pytest

from tools.small_second_round import rated_again


@pytest.fixture
def again(small_study):
    """Both rounds are analysed: one section was changed, one put again unchanged (see `rated_again`)."""
    rated_again(small_study)
    return small_study
