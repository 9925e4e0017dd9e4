"""Adding, moving and removing parts of a rule in a form, by the name of the button that was pressed.

A button says what to do and where: `add:o.0` adds a condition to the first outcome, `remove:o.0.c.1` takes
its second condition out. A button that fits nothing changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from delphi.domain.rule import Outcome
from delphi.domain.setup.rule_fields import AGREE
from delphi.domain.setup.rule_parts import MOST, OnePart, OutcomePart, Part, RuleParts, SeveralPart
from delphi.domain.setup.rule_statistics import BANDS
from delphi.domain.setup.rule_together import STOP

Place = tuple[int, ...]
Holder = OutcomePart | SeveralPart
_STOPPING = -1
"""The first number of a place among the conditions for stopping; otherwise it is that of the outcome."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The parts after a button; `focus` names the field or part to go on at, `said` what was done."""

    parts: RuleParts
    focus: str = ""
    said: str = ""


def new_condition() -> OnePart:
    """What a condition begins as: a share of everybody, without its number."""
    return OnePart(settings={BANDS: (AGREE,)})


def new_outcome(outcome: Outcome = Outcome.CLOSE) -> OutcomePart:
    """What an outcome begins as."""
    return OutcomePart(outcome.value, parts=(new_condition(),))


def moved(parts: RuleParts, button: str) -> Moved:
    """The parts after a button was pressed."""
    act, _, where = button.partition(":")
    if act == "add-outcome":
        return _outcome_added(parts)
    place = _place(where)
    if not place or place[0] >= len(parts.outcomes):
        return Moved(parts)
    if len(place) == 1 and act in ("up", "down", "remove"):
        if place[0] == _STOPPING:
            return Moved(parts)
        return _outcome_changed(parts, act, place[0])
    acts: dict[str, Callable[[RuleParts, Place], Moved]] = {
        "add": lambda parts, place: _added(parts, place, _new_at(place)),
        "add-group": lambda parts, place: _added(parts, place, SeveralPart("any", (new_condition(),))),
        "remove": _removed,
    }
    return acts[act](parts, place) if act in acts else Moved(parts)


def _place(where: str) -> Place:
    """`o.1.c.0` as (1, 0); empty for what is no place."""
    if where == STOP or where.startswith(f"{STOP}."):
        below = _place(f"o.0{where.removeprefix(STOP)}")
        return (_STOPPING, *below[1:]) if below else ()
    pieces = where.split(".")
    names, numbers = pieces[::2], pieces[1::2]
    if len(names) != len(numbers) or names != ["o", *["c"] * (len(names) - 1)]:
        return ()
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return ()
    return tuple(int(number) for number in numbers)


def _name(place: Place) -> str:
    first = STOP if place[0] == _STOPPING else f"o.{place[0]}"
    return ".".join([first, *(f"c.{number}" for number in place[1:])])


def _new_at(place: Place) -> OnePart:
    if place[0] != _STOPPING:
        return new_condition()
    return OnePart(statistic="pct_changed", how="at_most")


def _outcome_added(parts: RuleParts) -> Moved:
    if len(parts.outcomes) >= MOST:
        return Moved(parts)
    there = {outcome.outcome for outcome in parts.outcomes}
    kinds = (Outcome.AGREED, Outcome.CLOSE, Outcome.AGREED_TO_LEAVE_OUT)
    kind = next((one for one in kinds if one.value not in there), Outcome.NOT_AGREED)
    place = len(parts.outcomes)
    return Moved(
        replace(parts, outcomes=(*parts.outcomes, new_outcome(kind))),
        f"o.{place}.outcome",
        f"Outcome {place + 1} is added.",
    )


def _outcome_changed(parts: RuleParts, act: str, number: int) -> Moved:
    outcomes = list(parts.outcomes)
    taken = outcomes.pop(number)
    if act == "remove":
        focus = f"o.{min(number, len(outcomes) - 1)}.outcome" if outcomes else "add-outcome"
        return Moved(replace(parts, outcomes=tuple(outcomes)), focus, f"Outcome {number + 1} is removed.")
    to = number - 1 if act == "up" else number + 1
    if not 0 <= to <= len(outcomes):
        return Moved(parts)
    outcomes.insert(to, taken)
    said = f"Outcome {number + 1} is outcome {to + 1} now."
    return Moved(replace(parts, outcomes=tuple(outcomes)), f"o.{to}.outcome", said)


def _added(parts: RuleParts, place: Place, new: Part) -> Moved:
    holder = _at(parts, place)
    is_kept = isinstance(holder, OutcomePart) and holder.kept
    if not isinstance(holder, Holder) or is_kept or len(holder.parts) >= MOST:
        return Moved(parts)
    grown = replace(holder, parts=(*holder.parts, new))
    if not grown.join and len(grown.parts) > 1:
        grown = replace(grown, join="all")
    name = _name((*place, len(holder.parts)))
    field = "join" if isinstance(new, SeveralPart) else "statistic"
    return Moved(_put(parts, place, grown), f"{name}.{field}", "A condition is added.")


def _removed(parts: RuleParts, place: Place) -> Moved:
    *above, number = place
    holder = _at(parts, tuple(above))
    if not isinstance(holder, Holder) or number >= len(holder.parts):
        return Moved(parts)
    left = (*holder.parts[:number], *holder.parts[number + 1 :])
    smaller = replace(holder, parts=left)
    if len(above) == 1 and len(left) < 2:
        smaller = replace(smaller, join="")
    return Moved(_put(parts, tuple(above), smaller), f"add:{_name(tuple(above))}", "A condition is removed.")


def _at(parts: RuleParts, place: Place) -> OutcomePart | Part | None:
    """The part that stands at a place; None where nothing does."""
    if not place:
        return None
    here: OutcomePart | Part = parts.stop if place[0] == _STOPPING else parts.outcomes[place[0]]
    for number in place[1:]:
        if not isinstance(here, Holder) or number >= len(here.parts):
            return None
        here = here.parts[number]
    return here


def _put(parts: RuleParts, place: Place, new: Holder) -> RuleParts:
    """The parts with another holder of conditions at a place that is there."""
    for length in range(len(place) - 1, 0, -1):
        holder, number = _at(parts, place[:length]), place[length]
        if isinstance(holder, Holder) and isinstance(new, SeveralPart):
            new = replace(holder, parts=(*holder.parts[:number], new, *holder.parts[number + 1 :]))
    if isinstance(new, SeveralPart):
        return replace(parts, stop=new)
    number = place[0]
    return replace(parts, outcomes=(*parts.outcomes[:number], new, *parts.outcomes[number + 1 :]))
