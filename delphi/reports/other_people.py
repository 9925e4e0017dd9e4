"""The same rounds on some people's answers only (requirement T11): those who stayed, and how people answered.

Beside the figures that were shared, such a table would tell of the few people who are left out. So it is
decided with everything that was shared of the round (`consensus.disclosure_views`), gives only the share
that agrees, and speaks of those who took part in every round once the study is finished: before, each
round would make it another set of people (requirement E25). Then it comes after the others, which a report
that left before may have told. The team's report has every table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from delphi.consensus.bands import Share, share_in
from delphi.consensus.counts import ItemCounts
from delphi.consensus.disclosure_release import Policy, Reason
from delphi.consensus.disclosure_views import View, ViewDecision, decide_views, seen_in
from delphi.domain.states import StudyState
from delphi.queries.counts import round_answers
from delphi.queries.other_people import ALONE, COMPLETERS, HANDED_IN, NOT_LATE, TITLES, people_counted
from delphi.queries.results import item_key
from delphi.queries.rounds import items_of
from delphi.reports.audience import Audience
from delphi.reports.figures import HIDDEN_WORDS
from delphi.reports.firmness import THRESHOLDS
from delphi.reports.record import RoundRecord
from delphi.reports.setting import Setting

SETS = (COMPLETERS, HANDED_IN, NOT_LATE, ALONE)
"""The sets of which a table is made; by another perspective everybody's answers are still all in it."""

TOO_NEAR = "Not shown: it could be worked out what some of those who are left out said."


@dataclass(frozen=True, slots=True)
class OtherPeople:
    """One round on some people's answers: how many sections reach each share on every criterion.

    `everyone` says the same of all answers; `shares` are those who agree by item, of these people and of
    everyone. Without figures `note` says why.
    """

    round: int
    code: str
    title: str
    note: str
    n_sections: int
    n_people: int | None
    reached: Mapping[int, int]
    everyone: Mapping[int, int]
    shares: Mapping[str, tuple[Share, Share]]

    largest: tuple[str, float] | None
    """The item whose share is furthest from everyone's, in words, and by how many percentage points."""

    def as_plain(self) -> dict[str, Any]:
        """The table as plain names and numbers; without figures only why."""
        found: dict[str, Any] = {"round": self.round, "set": self.code, "set_label": self.title}
        if self.n_people is None:
            return found | {"note": self.note}
        return found | {
            "people": self.n_people,
            "sections": self.n_sections,
            "reached": [
                {"percent": percent, "sections": n, "everyone": self.everyone[percent]}
                for percent, n in self.reached.items()
            ],
            "shares": [
                {
                    "item": key,
                    "n_agree": some.k,
                    "n": some.n,
                    "pct_agree": None if some.percent is None else float(some.percent),
                }
                for key, (some, _) in self.shares.items()
            ],
        }


@dataclass(frozen=True, slots=True)
class _Parts:
    """A round by stakeholder group and by the sets people are in, and which parts make up groups and sets."""

    items: Mapping[str, ItemCounts]
    n_of: Mapping[str, int]
    of_group: Mapping[str, frozenset[str]]
    of_set: Mapping[str, frozenset[str]]

    def n_people(self, parts: Iterable[str]) -> int:
        """How many people are in some parts."""
        return sum(self.n_of[part] for part in parts)


def other_people(
    setting: Setting, records: Sequence[RoundRecord], audience: Audience
) -> tuple[OtherPeople, ...]:
    """Every set of people that is not everybody, by round; rounds with deleted answers are left out."""
    return tuple(
        found
        for record in records
        if record.release is not None and not record.has_deletion
        for found in _of_round(setting, record, audience)
    )


def _of_round(setting: Setting, record: RoundRecord, audience: Audience) -> Iterator[OtherPeople]:
    parts = _parts(setting, record)
    is_over = setting.study.state in (StudyState.FINISHED, StudyState.ARCHIVED)
    everybody = parts.n_people(parts.n_of)
    views = [
        View(code, TITLES[code], parts.of_set[code], is_coarse=True)
        for code in SETS
        if 0 < parts.n_people(parts.of_set[code]) < everybody
        and (code != COMPLETERS or is_over or audience.is_team)
    ]
    for entry in _decided(setting, record, parts, views, audience):
        yield _table(setting, record.number, entry, parts)


def _decided(
    setting: Setting, record: RoundRecord, parts: _Parts, views: Sequence[View], audience: Audience
) -> tuple[ViewDecision, ...]:
    """Which of these sets may be shown; all of them to the team."""
    if audience.is_team or not views or record.release is None:
        return tuple(ViewDecision(view, Reason.LARGE_ENOUGH) for view in views)
    seen, found = seen_in(record.release, parts.of_group), {}
    band, policy = setting.scale.bands["agree"], Policy(setting.min_cell)
    for is_late in (False, True):
        now = [view for view in views if (view.code == COMPLETERS) is is_late]
        if now:
            decided = decide_views(parts.items, now, band, policy, seen)
            seen = (*seen, *decided.seen())
            found.update({entry.view.code: entry for entry in decided.decisions})
    return tuple(found[view.code] for view in views)


def _table(setting: Setting, number: int, entry: ViewDecision, parts: _Parts) -> OtherPeople:
    view = entry.view
    shares = {
        key: (_share(setting, item, view.people), _share(setting, item, parts.n_of.keys()))
        for key, item in parts.items.items()
        if entry.is_shown
    }
    sections = {key.split("/")[0] for key in parts.items}
    words = HIDDEN_WORDS[entry.reason] if entry.reason is Reason.TOO_SMALL else TOO_NEAR
    return OtherPeople(
        round=number,
        code=view.code,
        title=view.label,
        note="" if entry.is_shown else words.format(min_cell=setting.min_cell),
        n_sections=len(sections),
        n_people=parts.n_people(view.people) if entry.is_shown else None,
        reached=_reached(sections, {key: some for key, (some, _) in shares.items()}),
        everyone=_reached(sections, {key: every for key, (_, every) in shares.items()}),
        shares=shares,
        largest=_largest(setting, shares),
    )


def _largest(setting: Setting, shares: Mapping[str, tuple[Share, Share]]) -> tuple[str, float] | None:
    found = {key: float((some.percent or 0) - (every.percent or 0)) for key, (some, every) in shares.items()}
    if not found:
        return None
    key = max(found, key=lambda one: abs(found[one]))
    section, criterion = key.split("/")
    words = (
        f"{setting.places[section]}. {setting.sections[section].title}: {setting.criteria[criterion].label}"
    )
    return words, found[key]


def _share(setting: Setting, item: ItemCounts, parts: Iterable[str]) -> Share:
    return share_in(item.of(sorted(parts)), setting.scale.bands["agree"], setting.rule.denominator)


def _reached(sections: set[str], shares: Mapping[str, Share]) -> dict[int, int]:
    """How many sections reach each threshold on every criterion; empty without shares."""
    if not shares:
        return {}
    by_section: dict[str, list[Share]] = {section: [] for section in sections}
    for key, share in shares.items():
        by_section[key.split("/")[0]].append(share)
    return {
        percent: sum(
            all(one.n and 100 * one.k >= percent * one.n for one in found) for found in by_section.values()
        )
        for percent in THRESHOLDS
    }


def _parts(setting: Setting, record: RoundRecord) -> _Parts:
    """Count a round by group and by the sets in which people are, as fine as its tables need."""
    items = items_of(record.round.id)
    groups = setting.structure.group_codes
    answers = round_answers(
        record.round,
        [item.id for item in items],
        groups,
        setting.scale,
        partial_counted=setting.study.protocol.get("partial_submissions") != "not_counted",
    )
    counted = people_counted(setting.study, record.round, groups)
    part_of = {
        person: (groups[group], *(code for code in SETS if person in counted[code].group_of))
        for person, group in zip(answers.people.tolist(), answers.group_of.tolist(), strict=True)
    }
    made = list(dict.fromkeys([*((group,) for group in groups), *part_of.values()]))
    codes = tuple(" ".join(part) for part in made)
    place = {part: number for number, part in enumerate(made)}
    by_part = replace(
        answers.of_people({person: place[part] for person, part in part_of.items()}), groups=codes
    )
    counts = by_part.counts()
    n_of = dict.fromkeys(codes, 0)
    for part in part_of.values():
        n_of[" ".join(part)] += 1
    return _Parts(
        items={item_key(item.section.code, item.criterion.code): counts[item.id] for item in items},
        n_of=n_of,
        of_group={
            group: frozenset(code for code, part in zip(codes, made, strict=True) if part[0] == group)
            for group in groups
        },
        of_set={
            name: frozenset(code for code, part in zip(codes, made, strict=True) if name in part[1:])
            for name in SETS
        },
    )
