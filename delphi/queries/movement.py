"""How the same people answered the same item in two rounds: counts of who stayed and who moved, never who.

Rounds are set beside each other only where the draft is the same or its rewording was declared comparable
(requirements M7, T7): anything else would call a change of the text a change of mind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import aliased

from delphi.domain.ids import DraftId, RoundId, SectionId
from delphi.domain.scale import Scale
from delphi.domain.states import RoundState, SubmissionState
from delphi.extensions import db
from delphi.models.answers import Rating, Submission
from delphi.models.rounds import Item, Round, RoundSection
from delphi.models.sections import Criterion
from delphi.models.studies import Study
from delphi.queries.revisions import revision_of


@dataclass(frozen=True, slots=True)
class Before:
    """The round in which a section was last put before, and whether the two may be compared.

    `reason` says why (not): what the team wrote about the new draft, or nothing for the same draft.
    """

    round: Round
    draft_is_same: bool
    is_comparable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Movement:
    """One item rated by the same people in two rounds; `n_in` and `n_out` moved into and out of agreement.

    `counts[i][j]` people chose the point `i` of the scale, from the lowest, before, and the point `j` after.
    """

    counts: tuple[tuple[int, ...], ...]
    n_pairs: int
    n_same: int
    n_up: int
    n_down: int
    n_in: int
    n_out: int


def rating_before(round_: Round, section_id: SectionId, draft_id: DraftId) -> Before | None:
    """Where a section was put before a round; None if that round is the first to put it."""
    row = db.session.execute(
        db.select(Round, RoundSection.draft_id)
        .join(RoundSection, RoundSection.round_id == Round.id)
        .where(
            Round.study_id == round_.study_id,
            Round.number < round_.number,
            Round.state.in_([RoundState.ANALYSED, RoundState.PUBLISHED]),
            RoundSection.section_id == section_id,
        )
        .order_by(Round.number.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    is_same = row[1] == draft_id
    revision = revision_of(section_id, round_.number)
    declared = revision.comparable if revision else ("same" if is_same else "no")
    reason = revision.comparable_reason if revision else ""
    return Before(row[0], is_same, is_same or declared in ("same", "wording"), reason)


def movements(
    study: Study, earlier: Round, later: Round, section_id: SectionId, scale: Scale
) -> Mapping[str, Movement]:
    """How people moved on each criterion of a section, by the criterion's code; only who rated both times."""
    pairs: dict[str, list[tuple[int, int, int]]] = {}
    for code, before, after, n in _pairs(study, earlier.id, later.id, section_id):
        pairs.setdefault(code, []).append((before, after, n))
    return {code: _movement(found, scale) for code, found in pairs.items()}


def _pairs(
    study: Study, earlier: RoundId, later: RoundId, section_id: SectionId
) -> list[tuple[str, int, int, int]]:
    """Criterion, answer before, answer after, how many people: counted by the database."""
    first, second = aliased(Rating), aliased(Rating)
    item_before, item_after = aliased(Item), aliased(Item)
    statement = (
        db.select(Criterion.code, first.value, second.value, func.count())
        .select_from(item_after)
        .join(Criterion, Criterion.id == item_after.criterion_id)
        .join(
            item_before,
            (item_before.section_id == item_after.section_id)
            & (item_before.criterion_id == item_after.criterion_id)
            & (item_before.round_id == earlier),
        )
        .join(second, (second.round_id == later) & (second.item_id == item_after.id))
        .join(
            first,
            (first.round_id == earlier)
            & (first.item_id == item_before.id)
            & (first.panellist_id == second.panellist_id),
        )
        .where(
            item_after.round_id == later,
            item_after.section_id == section_id,
            first.value.is_not(None),
            second.value.is_not(None),
        )
        .group_by(Criterion.code, first.value, second.value)
    )
    if study.protocol.get("partial_submissions") == "not_counted":
        for rating, round_id in ((first, earlier), (second, later)):
            handed_in = aliased(Submission)
            statement = statement.join(
                handed_in,
                (handed_in.round_id == round_id)
                & (handed_in.panellist_id == rating.panellist_id)
                & (handed_in.state == SubmissionState.SUBMITTED),
            )
    return [(code, before, after, n) for code, before, after, n in db.session.execute(statement)]


def _movement(pairs: list[tuple[int, int, int]], scale: Scale) -> Movement:
    size = len(scale.points)
    counts = [[0] * size for _ in range(size)]
    for before, after, n in pairs:
        counts[before - scale.minimum][after - scale.minimum] += n
    agree = frozenset(scale.bands["agree"])
    return Movement(
        counts=tuple(tuple(row) for row in counts),
        n_pairs=sum(n for _, _, n in pairs),
        n_same=sum(n for before, after, n in pairs if before == after),
        n_up=sum(n for before, after, n in pairs if after > before),
        n_down=sum(n for before, after, n in pairs if after < before),
        n_in=sum(n for before, after, n in pairs if before not in agree and after in agree),
        n_out=sum(n for before, after, n in pairs if before in agree and after not in agree),
    )
