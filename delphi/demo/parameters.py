"""The numbers of the demo's simulator, as script.yaml gives them.

Pure: models only; simulator.py says what each number does.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from delphi.demo.cast import Frozen
from delphi.demo.comment_bank import CommentId
from delphi.domain.errors import InvalidInput


class PullToMedian(Frozen):
    """Share of the distance to the earlier median that a person moves, by how strong agreement was."""

    when_agreement_at_least: float
    high: float
    low: float


class CommentProbability(Frozen):
    """How likely a person comments on a section that they rated."""

    base: float
    extra_if_any_rating_1_to_3: float
    supported_or_paper_multiplier: float


GroupEffects = dict[str, float]


class SimulationParameters(Frozen):
    """The numbers of the simulator; the latent scale is in the units of `thresholds`."""

    criteria: tuple[str, ...]
    agreement_values: tuple[int, ...]
    default_seed: int
    thresholds: tuple[float, ...]
    sd_person: float
    sd_error: float
    error_correlation_between_rounds: Annotated[float, Field(ge=0, le=1)]
    pull_to_median: PullToMedian
    cannot_say: dict[str, float | GroupEffects]
    comment_probability: CommentProbability
    always_used_comments: tuple[CommentId, ...]
    latent_quality: dict[str, dict[int, tuple[float, ...]]]
    group_effects: dict[str, GroupEffects]
    section_group_effects: dict[str, dict[int, dict[str, dict[str, float]]]]
    round_effects: dict[str, dict[int, dict[str, float]]]

    def chance_of_cannot_say(self, criterion: str, group: str) -> float:
        """Probability that somebody of the group answers "I can't say" on the criterion."""
        by_group = self.cannot_say.get(criterion, {})
        default = self.cannot_say["default"]
        if not isinstance(by_group, dict) or not isinstance(default, float):
            raise InvalidInput(
                "simulation.cannot_say: give one default and, by criterion, one number a group."
            )
        return by_group.get(group, default)
