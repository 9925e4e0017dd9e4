"""Published rules that count people: shares of everybody, of each panel, of each stakeholder group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from delphi.consensus.library_parts import (
    COMET,
    DIAMOND,
    GRACHT,
    HEAP,
    JORM,
    agreed,
    all_of,
    close,
    figure,
    left_out,
    rule,
    share,
)
from delphi.domain.rule import Rule


def comet_pooled(fixed_on: date) -> Rule:
    """COMET 70/15, everybody together."""
    return _comet(
        "pooled",
        fixed_on,
        "Consensus in: for every criterion, at least 70% of all panel members rated in the agree band and "
        "fewer than 15% in the disagree band. Consensus out: the other way round.",
    )


def comet_every_panel(fixed_on: date) -> Rule:
    """COMET 70/15, in every consensus panel."""
    return _comet(
        "each_panel",
        fixed_on,
        "Consensus in: for every criterion and in every panel, at least 70% rated in the agree band and "
        "fewer than 15% in the disagree band. Consensus out: the other way round, in every panel.",
    )


def comet_every_group(fixed_on: date) -> Rule:
    """COMET 70/15, in every stakeholder group."""
    return _comet(
        "each_group",
        fixed_on,
        "Consensus in: for every criterion and in every stakeholder group, at least 70% rated in the agree "
        "band and fewer than 15% in the disagree band. Consensus out: the other way round, in every group.",
    )


def comet_fifty_then_seventy(fixed_on: date) -> Rule:
    """COMET with 50% in round 1 and 70% from round 2 on, as one published study fixed it."""

    def mostly(band: str, hardly: str, least: int) -> dict[str, Any]:
        return all_of(share(band=band, at_least=least), share(band=hardly, below=15))

    return rule(
        fixed_on,
        "Consensus in: for every criterion, at least 70% (in round 1: 50%) of all panel members rated in the "
        "agree band and fewer than 15% in the disagree band. Consensus out: the other way round.",
        [
            agreed(mostly("agree", "disagree", 70)),
            left_out(mostly("disagree", "agree", 70)),
            agreed(mostly("agree", "disagree", 50), rounds=[1]),
            left_out(mostly("disagree", "agree", 50), rounds=[1]),
        ],
        source=HEAP,
    )


def eighty_in_every_panel(fixed_on: date) -> Rule:
    """80% in every panel, rated again from 70% in one; details vary within this family of studies."""
    return rule(fixed_on, EIGHTY_TEXT, _eighty(), source=JORM)


def eighty_rerated_once(fixed_on: date) -> Rule:
    """The same, where one draft is put at most twice: re-rated once."""
    text = f"{EIGHTY_TEXT} One draft is put to the panel twice at most."
    return rule(fixed_on, text, _eighty(), source=JORM, most_ratings_per_draft=2)


EIGHTY_TEXT = (
    "A section is agreed when, for every criterion, at least 80% of every panel agree. It is close, and "
    "may be rated again once, when at least 70% of one panel agree."
)


def _eighty() -> list[dict[str, Any]]:
    return [
        agreed(share("each_panel", at_least=80)),
        close(share("any_panel", at_least=70)),
    ]


def pooled_and_each_panel(fixed_on: date) -> Rule:
    """80% of all and 70% in each panel, close from 70% and 60%, and a name for panels that differ."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, at least 80% of all panel members who gave a rating "
        "agree, and at least 70% in each panel. A section that is not agreed is close when at least 70% of "
        "all and at least 60% in each panel agree. If at least 70% of all agree on every criterion, but a "
        'panel is below 60%, the outcome is "not agreed: the panels differ". Otherwise it is not agreed.',
        [
            agreed(all_of(share(at_least=80), share("each_panel", at_least=70))),
            close(all_of(share(at_least=70), share("each_panel", at_least=60))),
            {
                "outcome": "not_agreed",
                "because": "panels_differ",
                "label": "Not agreed: the panels differ",
                "when": share(at_least=70),
            },
        ],
        min_ratings_per_panel=10,
    )


def share_of_all(least: str, said: str, source: str) -> Callable[[date], Rule]:
    """A share of everybody that must agree, or disagree to leave out; `said` is the share in words."""

    def make(fixed_on: date) -> Rule:
        """The rule, fixed on a day."""
        return rule(
            fixed_on,
            f"A section is agreed when, for every criterion, {said} of all panel members who gave a rating "
            f"agree. It is agreed to leave it out when {said} disagree.",
            [agreed(share(at_least=least)), left_out(share(band="disagree", at_least=least))],
            source=source,
        )

    return make


def equal_groups(fixed_on: date) -> Rule:
    """75% with equal weight for each stakeholder group."""
    return rule(
        fixed_on,
        "A section is agreed when, for every criterion, the mean of the shares of all stakeholder groups "
        "that agree is at least 75%: each group counts alike, whatever its size.",
        [
            agreed(share("equal_groups", at_least=75)),
            left_out(share("equal_groups", band="disagree", at_least=75)),
        ],
        source=f"The median threshold of {DIAMOND}; equal weight is ours",
    )


def apmo(fixed_on: date) -> Rule:
    """Average per cent of majority opinions: the cut-off follows from the round's own figures."""
    return rule(
        fixed_on,
        "The cut-off of a round is the average per cent of majority opinions: of all votes on all items, "
        "those of majorities (more than half) that agree or disagree. A section is agreed when, for every "
        "criterion, the share that agrees is above the cut-off; it is agreed to leave it out when the share "
        "that disagrees is.",
        [
            agreed(figure("apmo", band="agree", is_="exceeded")),
            left_out(figure("apmo", band="disagree", is_="exceeded")),
        ],
        source=GRACHT,
    )


def _comet(of: str, fixed_on: date, text: str) -> Rule:
    def mostly(band: str, hardly: str) -> dict[str, Any]:
        return all_of(share(of, band=band, at_least=70), share(of, band=hardly, below=15))

    return rule(
        fixed_on,
        text,
        [agreed(mostly("agree", "disagree")), left_out(mostly("disagree", "agree"))],
        source=COMET,
    )
