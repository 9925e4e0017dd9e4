"""Comments and what became of them (requirement T9), and whose words may be quoted (E27).

Every comment that was shared with the panel is listed with the team's answer; its words only if the writer
allowed quotation, and only so many of one person that no profile appears. The files name no writer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from delphi.domain.ids import CommentId, PanellistId
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.queries.consent import permissions_by_panellist
from delphi.reports.audience import Audience
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting
from delphi.reports.words import disposition_words

QUOTATION = "quotation"
MOST_QUOTES_OF_ONE_PERSON = 3


@dataclass(frozen=True, slots=True)
class CommentEntry:
    """One comment as it was shared. `text` and `group` are there only when its words may be quoted.

    `number` counts in this report; it follows neither the order of writing nor the writer.
    """

    number: int
    round: int
    section: str | None
    prompt: str
    themes: tuple[str, ...]
    disposition: str
    reason: str
    text: str | None
    group: str | None


@dataclass(frozen=True, slots=True)
class CommentPart:
    """All comments: entries, and counts by state, section and round, theme, and answer.

    For the team: comments by stakeholder group and round, and `quotes_per_person`, how many people are quoted
    how often, as pairs (times, people).
    """

    entries: tuple[CommentEntry, ...]
    n_received: int
    n_redacted: int
    n_kept_back: int
    by_section: Mapping[tuple[str | None, int], int]
    by_theme: Mapping[str, int]
    by_disposition: Mapping[str, int]
    by_group: Mapping[tuple[str, int], int]
    n_quoted: int
    quotes_per_person: tuple[tuple[int, int], ...]
    numbers: Mapping[CommentId, int]

    def about(self, section: str | None) -> tuple[CommentEntry, ...]:
        """The comments on one section, or on the guidance as a whole, by round."""
        return tuple(entry for entry in self.entries if entry.section == section)

    def quotes_about(self, section: str, round_number: int) -> tuple[CommentEntry, ...]:
        """The quotable comments on a section in a round."""
        return tuple(
            entry for entry in self.about(section) if entry.round == round_number and entry.text is not None
        )


def comments_of(
    setting: Setting, records: Sequence[RoundRecord], first: Sequence[str], audience: Audience
) -> CommentPart:
    """The comments of these rounds; quotations are chosen for the sections in `first` before all others."""
    shared = list(_shared(setting, records))
    ids = [one["comment"] for _, _, one in shared]
    writers = _writers(ids)
    quoted = _quoted(setting, shared, writers, first)
    entries = []
    numbers: dict[CommentId, int] = {}
    for number, (record, section, one) in enumerate(shared, start=1):
        may_quote = one["comment"] in quoted
        numbers[one["comment"]] = number
        entries.append(
            CommentEntry(
                number=number,
                round=record.number,
                section=section,
                prompt=one["prompt"],
                themes=tuple(one["themes"]),
                disposition=disposition_words(one["disposition"]),
                reason=one["reason"] or "",
                text=one["text"] if may_quote else None,
                group=one["group"] if may_quote else None,
            )
        )
    states = _states(records)
    themes = Counter(theme for entry in entries for theme in entry.themes)
    times = Counter(Counter(writers[comment] for comment in quoted).values())
    return CommentPart(
        entries=tuple(entries),
        n_received=sum(states.values()),
        n_redacted=states[CommentState.REDACTED],
        n_kept_back=states[CommentState.HELD] + states[CommentState.ESCALATED],
        by_section=Counter((entry.section, entry.round) for entry in entries),
        by_theme=dict(sorted(themes.items(), key=lambda one: (-one[1], one[0]))),
        by_disposition=dict(Counter(entry.disposition for entry in entries).most_common()),
        by_group=_by_group(records) if audience.is_team else {},
        n_quoted=len(quoted),
        quotes_per_person=tuple(sorted(times.items())) if audience.is_team else (),
        numbers=numbers,
    )


def _shared(
    setting: Setting, records: Sequence[RoundRecord]
) -> Iterator[tuple[RoundRecord, str | None, dict[str, Any]]]:
    """Every comment in the published feedback: by section in the order of the guidance, those on all last."""
    for code in setting.sections:
        for record in records:
            for entry in record.sections:
                if entry["section"] == code:
                    yield from ((record, code, one) for one in entry["comments"])
    for record in records:
        yield from ((record, None, one) for one in record.content["about_the_whole"])


def _writers(ids: Sequence[CommentId]) -> dict[CommentId, PanellistId]:
    rows = db.session.execute(db.select(Comment.id, Comment.panellist_id).where(Comment.id.in_(ids)))
    return dict(rows.all())


def _quoted(
    setting: Setting,
    shared: Sequence[tuple[RoundRecord, str | None, dict[str, Any]]],
    writers: Mapping[CommentId, PanellistId],
    first: Sequence[str],
) -> frozenset[CommentId]:
    """The comments whose words are printed: allowed by their writers, at most a few of each."""
    permissions = permissions_by_panellist(setting.study.id)
    wanted = sorted(shared, key=lambda one: (one[1] not in first, -one[0].number))
    n_of: Counter[PanellistId] = Counter()
    quoted = set()
    for _, _, one in wanted:
        writer = writers.get(one["comment"])
        if writer is None or QUOTATION not in permissions.get(writer, frozenset()):
            continue
        if n_of[writer] < MOST_QUOTES_OF_ONE_PERSON:
            n_of[writer] += 1
            quoted.add(one["comment"])
    return frozenset(quoted)


def _states(records: Sequence[RoundRecord]) -> Counter[CommentState]:
    rows = db.session.execute(
        db.select(Comment.state, func.count())
        .where(Comment.round_id.in_([record.round.id for record in records]))
        .group_by(Comment.state)
    )
    return Counter(dict(rows.all()))


def _by_group(records: Sequence[RoundRecord]) -> dict[tuple[str, int], int]:
    """How many comments each stakeholder group wrote in each round, held ones included: for the team."""
    rows = db.session.execute(
        db.select(StakeholderGroup.code, Round.number, func.count())
        .select_from(Comment)
        .join(Panellist, Panellist.id == Comment.panellist_id)
        .join(StakeholderGroup, StakeholderGroup.id == Panellist.group_id)
        .join(Round, Round.id == Comment.round_id)
        .where(Comment.round_id.in_([record.round.id for record in records]))
        .group_by(StakeholderGroup.code, Round.number)
    )
    return {(group, number): n for group, number, n in rows}
