"""Marks for what only a study's team can know: "[to fill in: the subject]". No panel should ever read one."""

from __future__ import annotations

import re
from collections.abc import Iterable

TO_FILL_IN = re.compile(r"\[to fill in: [^\]]*\]")


def n_to_fill_in(texts: Iterable[str]) -> int:
    """How many marks the texts still hold."""
    return sum(len(TO_FILL_IN.findall(text)) for text in texts)
