"""A round's figures by where people live or work (requirements S9, S52): for the team alone, not for sharing.

Regions cross the groups whose figures are shared, may be corrected or deleted later, and are words that
anybody wrote into the panel's file. So nothing by region leaves in what is safe to share, and no two such
tables can be set against each other (E25).
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace

from delphi.domain.ids import PanellistId
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.queries.counts import round_answers
from delphi.queries.results import item_key
from delphi.queries.results_look import Look, Unit
from delphi.queries.rounds import items_of

MOST = 15
"""Regions with a column of their own, the largest; people of the others are counted together."""

OTHERS, NOT_SAID = "Other regions", "No region given"


def has_regions(look: Look) -> bool:
    """Whether the panel's file says of anybody where they are."""
    found = db.select(Panellist.id).where(Panellist.study_id == look.study.id, Panellist.region.is_not(None))
    return db.session.scalar(found.limit(1)) is not None


def by_region(look: Look) -> tuple[Look, tuple[Unit, ...]]:
    """The same look with figures by region instead of group, and a unit for each region with answers."""
    items = items_of(look.round.id)
    answers = round_answers(
        look.round,
        [item.id for item in items],
        look.structure.group_codes,
        look.scale,
        partial_counted=look.study.protocol.get("partial_submissions") != "not_counted",
    )
    people: list[PanellistId] = answers.people.tolist()
    names = _names(look, people)
    labels = list(dict.fromkeys(sorted(set(names.values()), key=_last)))
    counts = replace(
        answers.of_people({person: labels.index(name) for person, name in names.items()}),
        groups=tuple(labels),
    ).counts()
    other = copy.copy(look)
    other.results = replace(
        look.results,
        items={item_key(item.section.code, item.criterion.code): counts[item.id] for item in items},
    )
    return other, tuple(Unit(f"region:{label}", label, label, (label,)) for label in labels)


def _names(look: Look, people: list[PanellistId]) -> dict[PanellistId, str]:
    """Each person's region as it is written most often, whatever its capitals."""
    rows = db.session.execute(
        db.select(Panellist.id, Panellist.region).where(Panellist.study_id == look.study.id)
    )
    given: dict[PanellistId, str | None] = dict(rows.all())
    written = Counter(words for person in people if (words := " ".join((given[person] or "").split())))
    spelled = {words.casefold(): words for words, _ in reversed(written.most_common())}
    n_of = Counter(words.casefold() for words in written.elements())
    largest = {key for key, _ in sorted(n_of.items(), key=lambda one: (-one[1], one[0]))[:MOST]}
    found = {}
    for person in people:
        key = " ".join((given[person] or "").split()).casefold()
        found[person] = (spelled[key] if key in largest else OTHERS) if key else NOT_SAID
    return found


def _last(label: str) -> tuple[bool, bool, str]:
    """By name, those without one of their own at the end."""
    return label == NOT_SAID, label == OTHERS, label.casefold()
