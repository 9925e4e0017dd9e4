"""Measuring a subject beside its baseline, in turns, and saying how far the figures can be trusted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.machine import Load, Watch

NOISY_CORES = 0.3
NOISY_SPREAD = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """What every benchmark is told: at least so many rounds, dice, and when to stop."""

    rounds: int = 5
    seed: int = 1
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, smallest and largest of one figure over the rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    @property
    def is_wide(self) -> bool:
        """Whether the largest is more than twice the smallest."""
        return self.high > NOISY_SPREAD * self.low

    def __str__(self) -> str:
        return f"{number(self.median)} ({number(self.low)} to {number(self.high)})"


def number(value: float) -> str:
    """A figure with as many digits as it deserves."""
    size = abs(value)
    if 0 < size < 0.0001:
        return f"{value:.0e}"
    digits = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2 if size >= 0.1 else 4
    return f"{value:,.{digits}f}"


@dataclass
class Outcome:
    """What one benchmark found: figures by name for the goals, lines for a person, and how noisy it was."""

    name: str
    figures: dict[str, float] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, words: str) -> None:
        """Keep a figure under this benchmark's name and print it."""
        self.figures[f"{self.name}.{name}"] = value
        say(f"  {words}: {number(value)}")

    def add_ratio(self, name: str, ratios: Sequence[float], words: str) -> None:
        """Keep the median of a ratio and print it with its spread; a wide one is noise."""
        spread = Spread.of(ratios)
        self.figures[f"{self.name}.{name}"] = spread.median
        self.details[name] = list(ratios)
        say(f"  {words}: {spread}")
        if spread.is_wide:
            self.noise.append(f"the ratio “{words}” spreads more than twofold")

    def watched(self, load: Load) -> None:
        """Note what else ran while measuring."""
        self.details["others_cores"] = load.others_cores
        self.details["steal_share"] = load.steal_share
        say(f"  {load}")
        if load.others_cores is not None and load.others_cores > NOISY_CORES:
            self.noise.append(f"others used {load.others_cores:.2f} cores")


def in_turns(
    options: Options, subject: Callable[[int], Any], baseline: Callable[[int], Any]
) -> Iterator[tuple[Any, Any]]:
    """Subject, baseline, subject, baseline… so that both see the same weather; each round's two results.

    Ends after the rounds asked for, or before a round that would pass the time allowed.
    """
    for round_ in rounds_within(options):
        yield subject(round_), baseline(round_)


def rounds_within(options: Options) -> Iterator[int]:
    """The numbers of the rounds, from 1, as long as there is time for another like the longest so far."""
    began, longest = time.monotonic(), 0.0
    for round_ in range(1, options.rounds + 1):
        start = time.monotonic()
        if round_ > 1 and start + longest > began + options.seconds:
            say(f"  Stopped after {round_ - 1} of {options.rounds} rounds: the time allowed was up.")
            return
        yield round_
        longest = max(longest, time.monotonic() - start)


def watching(roots: Iterable[int] = ()) -> Watch:
    """Begin to watch what else the machine does."""
    return Watch(roots)


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)
