"""How often and how long a study may ask, by its protocol and its rule together: the stricter of the two."""

from __future__ import annotations

from delphi.models.studies import Study
from delphi.queries.studies import rule_of


def most_ratings_by(study: Study) -> tuple[int, str]:
    """How often one draft may be put to the panel (requirement M19), and what says so: protocol or rule."""
    by_protocol = int(study.protocol["max_ratings_per_draft"])
    by_rule = rule_of(study).most_ratings_per_draft
    if by_rule is not None and by_rule < by_protocol:
        return by_rule, "the rule"
    return by_protocol, "the protocol"


def last_round_by(study: Study) -> tuple[int, str]:
    """The number of the last round there may be, and what says so: "the protocol" or "the stop rule"."""
    by_protocol = int(study.protocol["max_rounds"])
    stop = rule_of(study).stop
    if stop is not None and stop.after_round is not None and stop.after_round < by_protocol:
        return stop.after_round, "the stop rule"
    return by_protocol, "the protocol"
