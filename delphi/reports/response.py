"""Who was asked, who joined and who answered (requirements T1, T2), under the small-number rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import func

from delphi.consensus.counts import Histogram
from delphi.consensus.disclosure_nesting import Nesting
from delphi.consensus.disclosure_release import CoarseCounts, Unit
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.queries.progress import Recruitment, progress_of_round, recruitment_of
from delphi.reports.audience import Audience
from delphi.reports.figures import STAKEHOLDER_GROUP
from delphi.reports.protect import WITHHELD, People, alone, columns, parts, shown
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting

MODES = ("self", "supported", "paper", "phone")
MODE_WORDS = {
    "self": "On their own, on the web",
    "supported": "With a supporter",
    "paper": "On paper",
    "phone": "By phone",
}


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """One set of people: how many were invited, consented, and answered each round (by round number)."""

    kind: str
    code: str
    label: str
    invited: People
    consented: People
    took_part: Mapping[int, People]

    def retention(self, first: int, last: int) -> tuple[int, int] | None:
        """How many answered the last round and the first, where both are shown; not always the same."""
        before, after = self.took_part.get(first), self.took_part.get(last)
        if before is None or after is None or not before.n or after.n is None:
            return None
        return after.n, before.n


@dataclass(frozen=True, slots=True)
class RoundResponse:
    """How the whole panel answered one round. `modes` is empty where answers were deleted since."""

    round: int
    asked: People
    took_part: People
    handed_in: People
    not_handed_in: People
    late: People
    modes: Mapping[str, People]
    has_deletion: bool


@dataclass(frozen=True, slots=True)
class Response:
    """Recruitment of the whole panel, a row for each set of people, and how each round was answered.

    `by_group_in_full` is for the team: recruitment by stakeholder group.
    """

    registered: People
    invited: People
    consented: People
    declined: People
    no_reply: People
    stopped: People
    rows: tuple[ResponseRow, ...]
    rounds: tuple[RoundResponse, ...]
    by_group_in_full: tuple[Recruitment, ...]

    @property
    def everyone(self) -> ResponseRow:
        """The row of the whole panel."""
        return self.rows[0]


def response_of(setting: Setting, records: tuple[RoundRecord, ...], audience: Audience) -> Response:
    """Recruitment and response; for the team without withholding anything that may still be known."""
    recruitment = recruitment_of(setting.study.id)
    minimum = 1 if audience.is_team else setting.min_cell
    nesting = Nesting.of(setting.structure, "Everyone")
    # How many did not join follows from invited and consented; which of the two they are need not.
    declined, no_reply = parts(
        [sum(one.n_declined for one in recruitment), sum(one.n_no_reply for one in recruitment)], minimum
    )
    return Response(
        registered=alone(sum(one.n_registered for one in recruitment), minimum),
        invited=alone(sum(one.n_invited for one in recruitment), minimum),
        consented=alone(sum(one.n_consented for one in recruitment), minimum),
        declined=declined,
        no_reply=no_reply,
        stopped=alone(_n_stopped(setting), minimum),
        rows=tuple(_rows(nesting, records, recruitment, minimum)),
        rounds=tuple(_round(record, nesting, minimum) for record in records),
        by_group_in_full=recruitment if audience.is_team else (),
    )


def _n_stopped(setting: Setting) -> int:
    """People who had joined and stopped taking part, with or without having their answers deleted."""
    return int(
        db.session.scalar(
            db.select(func.count())
            .select_from(Panellist)
            .where(
                Panellist.study_id == setting.study.id,
                Panellist.joined_at.is_not(None),
                Panellist.state.in_([PanellistState.STOPPED, PanellistState.ERASED]),
            )
        )
        or 0
    )


def _rows(
    nesting: Nesting,
    records: tuple[RoundRecord, ...],
    recruitment: tuple[Recruitment, ...],
    minimum: int,
) -> Iterator[ResponseRow]:
    known = [record for record in records if record.response is not None]
    invited, consented, *answered_in = columns(
        [
            {one.group: one.n_invited for one in recruitment},
            {one.group: one.n_consented for one in recruitment},
            *(_took_part(record) for record in known),
        ],
        nesting,
        minimum,
        [(), (), *(_hidden(record, nesting) for record in known)],
        # Whoever answered had joined, and whoever joined had been asked.
        [(1, 0), *((place, 1) for place in range(2, len(known) + 2))],
    )
    answered = {record.number: _answered_as_released(record, nesting) for record in records}
    answered |= {record.number: one for record, one in zip(known, answered_in, strict=True)}
    for unit in nesting.units:
        took_part = {number: column[unit] for number, column in answered.items()}
        yield ResponseRow(unit.kind.value, unit.code, unit.label, invited[unit], consented[unit], took_part)
    if minimum > 1:
        return
    for one in recruitment:
        numbers = {
            record.number: shown(record.response[one.group]["took_part"]) if record.response else WITHHELD
            for record in records
        }
        yield ResponseRow(
            STAKEHOLDER_GROUP, one.group, one.label, shown(one.n_invited), shown(one.n_consented), numbers
        )


def _took_part(record: RoundRecord) -> dict[str, int]:
    """How many of each stakeholder group took part in a round, as it was when its figures were shared."""
    return {group: row["took_part"] for group, row in (record.response or {}).items()}


def _hidden(record: RoundRecord, nesting: Nesting) -> set[Unit]:
    """The units that the feedback hid, for everybody but the team."""
    if record.results is not None or record.release is None:
        return set()
    places = {(entry.unit.kind, entry.unit.code) for entry in record.release.hidden}
    return {unit for unit in nesting.units if (unit.kind, unit.code) in places}


def _answered_as_released(record: RoundRecord, nesting: Nesting) -> dict[Unit, People]:
    """The most people of each unit who answered any one item: all that is known after a deletion."""
    release = record.release
    if release is None:
        return dict.fromkeys(nesting.units, WITHHELD)
    found = {}
    for i, entry in enumerate(release.units):
        cells = (cells[i] for cells in release.cells.values())
        n = max(_n_answered(cell.histogram or cell.coarse) for cell in cells)
        found[entry.unit.kind, entry.unit.code] = shown(n) if entry.is_shown else WITHHELD
    return {unit: found.get((unit.kind, unit.code), WITHHELD) for unit in nesting.units}


def _n_answered(counts: Histogram | CoarseCounts | None) -> int:
    return counts.n + counts.n_unable if counts else 0


def _round(record: RoundRecord, nesting: Nesting, minimum: int) -> RoundResponse:
    asked = alone(sum(one.n_asked for one in progress_of_round(record.round)), minimum)
    if record.response is None:
        everyone = _answered_as_released(record, nesting)[nesting.everyone]
        return RoundResponse(
            record.number, asked, everyone, WITHHELD, WITHHELD, WITHHELD, {}, has_deletion=True
        )
    total = {
        name: sum(row[name] for row in record.response.values())
        for name in ("took_part", "submitted", "late", "supported", "paper", "phone")
    }
    took_part = total["took_part"]
    unaided = took_part - total["supported"] - total["paper"] - total["phone"]
    modes = parts([unaided, total["supported"], total["paper"], total["phone"]], minimum)
    handed_in, left = parts([total["submitted"], took_part - total["submitted"]], minimum)
    return RoundResponse(
        round=record.number,
        asked=asked,
        took_part=alone(took_part, minimum),
        handed_in=handed_in,
        not_handed_in=left,
        late=alone(total["late"], minimum),
        modes=dict(zip(MODES, modes, strict=True)),
        has_deletion=record.has_deletion,
    )
