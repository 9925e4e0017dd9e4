"""The same people in two rounds, for the team alone: who moved (T7), and how those who left had rated (T3).

Beside shared figures these would tell of a few people, so a shared report has none of it. Where somebody's
answers were deleted, the team's has only the pairs that give nobody away, as the pages have.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from delphi.consensus.attrition import Attrition, attrition
from delphi.consensus.came_back import MeanRatings, Sign, mean_ratings, signs_of_bias
from delphi.consensus.movement_words import leaving_in_words, steadiness_in_words
from delphi.consensus.two_rounds import FEWEST_PAIRS, Adjusted, TwoRounds, adjusted, two_rounds
from delphi.queries.leavers import Leavers, Parted, leavers
from delphi.queries.movement import Movement, movements
from delphi.queries.results import item_key
from delphi.reports.audience import Audience
from delphi.reports.firmness import comparable_steps
from delphi.reports.record import RoundRecord
from delphi.reports.sections import SectionFinding
from delphi.reports.setting import Setting
from delphi.reports.texts import RevisionEntry


@dataclass(frozen=True, slots=True)
class Moved:
    """One item that the same people rated in two rounds; p-values in `after` are by Holm over all of them."""

    section: SectionFinding
    criterion: str
    criterion_label: str
    earlier: int
    later: int
    movement: Movement
    found: TwoRounds
    after: Adjusted

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa with quadratic weights."""
        return self.found.kappa.kappa_quadratic


@dataclass(frozen=True, slots=True)
class Leaving:
    """Ratings of the first round on one criterion, over all sections, of those who stayed and who left."""

    criterion: str
    criterion_label: str
    sign: Sign

    @property
    def figures(self) -> Attrition:
        """The figures of both."""
        return self.sign.found


@dataclass(frozen=True, slots=True)
class SamePeople:
    """Both comparisons; empty in a shared report, and cut down where answers were deleted (`has_deletion`).

    `first` and `last` are the rounds between which people stayed or left, and how many did; `n_items` items
    were compared, on `n_lower` and `n_higher` of which those who left had rated so. The sentences are made of
    the figures.
    """

    has_deletion: bool
    moved: tuple[Moved, ...]
    moved_words: str
    leaving: tuple[Leaving, ...]
    leaving_words: str
    means: MeanRatings | None
    first: int
    last: int
    n_stayed: int
    n_left: int
    n_items: int
    n_lower: int
    n_higher: int

    @property
    def is_few(self) -> bool:
        """Whether too few left, or stayed, to say much."""
        return min(self.n_stayed, self.n_left) < FEWEST_PAIRS


NOTHING = SamePeople(
    has_deletion=False,
    moved=(),
    moved_words="",
    leaving=(),
    leaving_words="",
    means=None,
    first=0,
    last=0,
    n_stayed=0,
    n_left=0,
    n_items=0,
    n_lower=0,
    n_higher=0,
)


def same_people(
    setting: Setting,
    records: Sequence[RoundRecord],
    findings: Sequence[SectionFinding],
    revisions: Sequence[RevisionEntry],
    audience: Audience,
) -> SamePeople:
    """Compare the same people between rounds whose counts may be told to the team."""
    if not audience.is_team or not records:
        return NOTHING
    moved = _moved(setting, records, findings, revisions)
    first, last = records[0], records[-1]
    is_told = first.number < last.number and not first.has_deletion and not last.has_deletion
    found = (
        leavers(setting.study, first.round, last.round, setting.scale) if is_told else Leavers({}, {}, (), ())
    )
    signs = signs_of_bias(_attrition(setting, list(found.items.values())))
    lower, higher = sum(one.is_lower for one in signs), sum(one.is_higher for one in signs)
    return SamePeople(
        has_deletion=any(record.has_deletion for record in records),
        moved=moved,
        moved_words=steadiness_in_words([one.found for one in moved]),
        leaving=tuple(_leaving(setting, found)),
        leaving_words=leaving_in_words(found.n_back, found.n_left, lower, higher, len(signs)),
        means=mean_ratings(found.means_back, found.means_left) if found.n_left and found.n_back else None,
        first=first.number,
        last=last.number,
        n_stayed=found.n_back,
        n_left=found.n_left,
        n_items=len(signs),
        n_lower=lower,
        n_higher=higher,
    )


def _moved(
    setting: Setting,
    records: Sequence[RoundRecord],
    findings: Sequence[SectionFinding],
    revisions: Sequence[RevisionEntry],
) -> tuple[Moved, ...]:
    places = list(_places(setting, records, findings, revisions))
    after = adjusted([found for *_, found in places])
    return tuple(Moved(*place, after=p) for place, p in zip(places, after, strict=True))


def _places(
    setting: Setting,
    records: Sequence[RoundRecord],
    findings: Sequence[SectionFinding],
    revisions: Sequence[RevisionEntry],
) -> Iterator[tuple[SectionFinding, str, str, int, int, Movement, TwoRounds]]:
    """Every item of comparable drafts that somebody rated in both rounds, with everything about it."""
    by_number = {record.number: record for record in records}
    for finding, before, after in comparable_steps(findings, revisions):
        earlier, later = by_number[before.round], by_number[after.round]
        if later.has_deletion:
            continue
        section_id = setting.sections[finding.code].id
        found = movements(setting.study, earlier.round, later.round, section_id, setting.scale)
        for code, criterion in setting.criteria.items():
            if code not in found:
                continue
            item = item_key(finding.code, code)
            # After a deletion those who rated twice are all there is.
            whole = [] if earlier.has_deletion else [earlier.results, later.results]
            everybody = [results.items[item].pooled for results in whole if results is not None]
            both = two_rounds(
                found[code].pairs,
                round1=everybody[0] if len(everybody) == 2 else None,
                round2=everybody[1] if len(everybody) == 2 else None,
                agree_band=setting.scale.bands["agree"],
            )
            yield finding, code, criterion.label, earlier.number, later.number, found[code], both


def _attrition(setting: Setting, items: Sequence[Parted]) -> list[Attrition]:
    band = setting.scale.bands["agree"]
    return [attrition(one.back, one.left, band) for one in items]


def _leaving(setting: Setting, found: Leavers) -> Iterator[Leaving]:
    """All sections together, by criterion."""
    together: dict[str, Parted] = {}
    for (_, code), one in found.items.items():
        together[code] = together[code] + one if code in together else one
    known = [code for code in setting.criteria if code in together]
    signs = signs_of_bias(_attrition(setting, [together[code] for code in known]))
    for code, sign in zip(known, signs, strict=True):
        yield Leaving(code, setting.criteria[code].label, sign)
