"""How often and how long a study may ask, by its protocol and its rule together: the stricter of the two."""

from __future__ import annotations

from sqlalchemy import func

from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round
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
    """The number of the last round there may be, and what says so: "the protocol" or "the stop rule".

    A round that was added as a deviation goes beyond both.
    """
    added = db.session.scalar(
        db.select(func.max(Round.number)).where(
            Round.study_id == study.id, Round.added_at.is_not(None), Round.state != RoundState.CANCELLED
        )
    )
    most, by = _last_as_sealed(study)
    return (added, "the plan, with the round that was added,") if added and added > most else (most, by)


def _last_as_sealed(study: Study) -> tuple[int, str]:
    by_protocol = int(study.protocol["max_rounds"])
    stop = rule_of(study).stop
    if stop is not None and stop.after_round is not None and stop.after_round < by_protocol:
        return stop.after_round, "the stop rule"
    return by_protocol, "the protocol"


def rounds_in_all(study: Study, highest: int) -> int:
    """How many rounds the panel is told of; `highest` is the highest number known, perhaps an added one."""
    return max(int(study.protocol.get("max_rounds") or highest), highest)
