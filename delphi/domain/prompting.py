"""When somebody is asked why they changed their answer: by the study's own rules, sealed with the rest.

Pure: `conditions` has the shape of a comment prompt in the study file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from delphi.domain.scale import Scale


def is_about_a_change(conditions: Mapping[str, Any]) -> bool:
    """Whether a question is for people who changed an answer, rather than for everybody."""
    return bool(conditions.get("shown_when"))


def is_asked(
    conditions: Mapping[str, Any],
    *,
    comparable: str | None,
    moves: Iterable[tuple[int, int]],
    scale: Scale,
) -> bool:
    """Whether a question about a change is asked.

    `moves` are the answers before and now, as points of the scale; "can't say" is on neither side of a
    move. `comparable` says whether this draft may be compared with the one rated before ("same",
    "wording", "no"; None: nothing was rated before).
    """
    wanted = conditions.get("only_if_comparable")
    if comparable is None or (wanted and comparable not in wanted):
        return False
    triggers = (conditions.get("shown_when") or {}).get("any") or ()
    return any(_happened(trigger, before, now, scale) for before, now in moves for trigger in triggers)


def _happened(trigger: Mapping[str, Any], before: int, now: int, scale: Scale) -> bool:
    least = trigger.get("rating_moves_by_at_least")
    if least is not None:
        return abs(now - before) >= int(least)
    band = scale.bands["agree"]
    return bool(trigger.get("rating_crosses_into_or_out_of_agreement")) and (before in band) != (now in band)
