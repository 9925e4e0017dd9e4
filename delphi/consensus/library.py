"""Published consensus rules to start from, each with its source.

A team takes one, changes what its study needs, and seals the result as its own. The bands, "agree" and
"disagree", are the study's: the published rules mean 7-9 and 1-3 on a nine-point scale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from delphi.domain.rule import Rule

COMET = "Williamson PR et al. The COMET Handbook: version 1.0. Trials 2017;18(Suppl 3):280"
JORM = (
    "Bond KS, Cottrill FA, Blee FL, Kelly CM, Kitchener BA, Jorm AF. Offering mental health first aid to a "
    "person with depression: a Delphi study to re-develop the guidelines published in 2008. "
    "BMC Psychology 2019;7:37"
)
RAND = "Fitch K et al. The RAND/UCLA Appropriateness Method User's Manual. RAND MR-1269, 2001"


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """A rule of the library: its short name, title, where it was published, and how to make it."""

    code: str
    title: str
    source: str | None
    make: Callable[[date], Rule]


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


def eighty_in_every_panel(fixed_on: date) -> Rule:
    """80% in every panel, rated again from 70% in one; details vary within this family of studies."""
    return _rule(
        fixed_on,
        "A section is agreed when, for every criterion, at least 80% of every panel agree. It is close, and "
        "may be rated again once, when at least 70% of one panel agree.",
        [
            {"outcome": "agreed", "when": _share("each_panel", at_least=80)},
            {"outcome": "close", "when": _share("any_panel", at_least=70)},
        ],
        source=JORM,
    )


def rand_ucla(fixed_on: date) -> Rule:
    """RAND/UCLA class of everybody together; for scales in three equal parts."""

    def found(criteria: str, rand_class: str) -> dict[str, Any]:
        return {
            "statistic": "rand_ucla_class",
            "method": "size",
            "is": rand_class,
            "of": "pooled",
            "criteria": criteria,
        }

    return _rule(
        fixed_on,
        "A section is agreed when it is appropriate on every criterion: a median in the highest third of the "
        "scale without disagreement. It is agreed to leave it out when it is inappropriate on every "
        "criterion. Disagreement is found by counts (BIOMED) up to 16 ratings, by IPRAS above.",
        [
            {"outcome": "agreed", "when": found("all", "appropriate")},
            {"outcome": "agreed_to_leave_out", "when": found("all", "inappropriate")},
        ],
        source=RAND,
    )


def pooled_and_each_panel(fixed_on: date) -> Rule:
    """80% of all and 70% in each panel, close from 70% and 60%, and a name for panels that differ."""
    return _rule(
        fixed_on,
        "A section is agreed when, for every criterion, at least 80% of all panel members who gave a rating "
        "agree, and at least 70% in each panel. A section that is not agreed is close when at least 70% of "
        "all and at least 60% in each panel agree. If at least 70% of all agree on every criterion, but a "
        'panel is below 60%, the outcome is "not agreed: the panels differ". Otherwise it is not agreed.',
        [
            {"outcome": "agreed", "when": {"all": [_share(at_least=80), _share("each_panel", at_least=70)]}},
            {"outcome": "close", "when": {"all": [_share(at_least=70), _share("each_panel", at_least=60)]}},
            {
                "outcome": "not_agreed",
                "because": "panels_differ",
                "label": "Not agreed: the panels differ",
                "when": _share(at_least=70),
            },
        ],
        min_ratings_per_panel=10,
    )


PUBLISHED_RULES = (
    PublishedRule("comet-pooled", "COMET 70/15, all together", COMET, comet_pooled),
    PublishedRule("comet-every-panel", "COMET 70/15 in every panel", COMET, comet_every_panel),
    PublishedRule("eighty-in-every-panel", "80% in every panel", JORM, eighty_in_every_panel),
    PublishedRule("rand-ucla", "RAND/UCLA appropriateness", RAND, rand_ucla),
    PublishedRule("pooled-and-each-panel", "80% of all, 70% in each panel", None, pooled_and_each_panel),
)
"""Every rule of the library, in the order in which a team is offered them."""


def _share(of: str = "pooled", *, band: str = "agree", **thresholds: int) -> dict[str, Any]:
    return {"statistic": "share", "band": band, "of": of, **thresholds}


def _comet(of: str, fixed_on: date, text: str) -> Rule:
    def mostly(band: str, hardly: str) -> dict[str, Any]:
        return {"all": [_share(of, band=band, at_least=70), _share(of, band=hardly, below=15)]}

    return _rule(
        fixed_on,
        text,
        [
            {"outcome": "agreed", "when": mostly("agree", "disagree")},
            {"outcome": "agreed_to_leave_out", "when": mostly("disagree", "agree")},
        ],
        source=COMET,
    )


def _rule(
    fixed_on: date,
    text: str,
    clauses: list[dict[str, Any]],
    *,
    source: str | None = None,
    min_ratings_per_panel: int = 5,
) -> Rule:
    return Rule.model_validate(
        {
            "text": text,
            "fixed_on": fixed_on,
            "source": source,
            "min_ratings_per_panel": min_ratings_per_panel,
            "outcomes": [*clauses, {"otherwise": "not_agreed"}],
        }
    )
