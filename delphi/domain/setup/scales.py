"""Scales to begin from, each with words for every point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CANNOT_SAY = "I can't say"


@dataclass(frozen=True, slots=True)
class ReadyScale:
    """A scale in words: one label a point, from the lowest; agreeing begins at `agree_from`."""

    code: str
    title: str
    about: str
    labels: tuple[str, ...]
    agree_from: int

    def plain(self) -> dict[str, Any]:
        """The scale as in a study file; "disagree" is the mirror image of "agree"."""
        return {
            "id": self.code,
            "points": [{"value": value, "label": label} for value, label in enumerate(self.labels, start=1)],
            "cannot_say": {"label": CANNOT_SAY},
            "bands": {"agree": list(range(self.agree_from, len(self.labels) + 1))},
        }


_FIVE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
_SCALES = (
    ReadyScale(
        "agree5",
        "Five points, from strongly disagree to strongly agree",
        "Easy to answer; most people know it.",
        _FIVE,
        4,
    ),
    ReadyScale(
        "agree4",
        "Four points, without a middle",
        "Everybody leans one way, or says “I can't say”.",
        ("Strongly disagree", "Disagree", "Agree", "Strongly agree"),
        3,
    ),
    ReadyScale(
        "agree7",
        "Seven points, from strongly disagree to strongly agree",
        "Finer, and slower to answer.",
        (
            "Strongly disagree",
            "Disagree",
            "Slightly disagree",
            "Neither agree nor disagree",
            "Slightly agree",
            "Agree",
            "Strongly agree",
        ),
        5,
    ),
    ReadyScale(
        "importance9",
        "Nine points, from not important to critical",
        "As in core outcome studies and RAND/UCLA: 1 to 3, 4 to 6, 7 to 9.",
        (
            "1: Not important",
            "2: Not important",
            "3: Not important",
            "4: Important, not critical",
            "5: Important, not critical",
            "6: Important, not critical",
            "7: Critical",
            "8: Critical",
            "9: Critical",
        ),
        7,
    ),
)
READY_MADE: Mapping[str, ReadyScale] = {scale.code: scale for scale in _SCALES}
"""By code, in the order in which a team is offered them; the first is taken unless another is chosen."""
