"""What the panel sees, for the team to look at first: a stand-in who has answered nothing and is nobody.

A preview shows texts, questions and released figures. It never holds anybody's answers, and writes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from delphi.consensus.disclosure_release import UnitKind
from delphi.domain.actors import TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import NotFound, WrongState
from delphi.domain.ids import PanellistId
from delphi.domain.states import PanellistState, RoundState
from delphi.extensions import db
from delphi.models.groups import FeedbackGroup, StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.feedback import feedback_content, shown_release
from delphi.queries.feedback_page import SharedFeedback
from delphi.queries.panel_home import (
    HomePage,
    Standing,
    days_left,
    home_page,
    open_line,
    section_lines,
)
from delphi.queries.results import newest_snapshot, read_results
from delphi.queries.round_outline import RoundOutline, planned_outline, round_outline
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.section_content import EASY_READ, STANDARD, shared_feedback
from delphi.queries.studies import groups_of, study_of
from delphi.queries.study_frame import frame_of
from delphi.queries.taking_part import PanelVisit

NOBODY = PanellistId(0)
"""No row has this id: whatever is asked about this person has no answer."""

READINGS = ((STANDARD, "Standard"), (EASY_READ, "Easy Read"))


@dataclass(frozen=True, slots=True)
class Preview:
    """As whom the team looks at a round; `sentence` says what holds for this group.

    `groups` and `readings` are (code, words, is chosen) for the links that choose.
    """

    visit: PanelVisit
    number: int
    group: str
    group_label: str
    reading: str
    groups: tuple[tuple[str, str, bool], ...]
    readings: tuple[tuple[str, str, bool], ...]
    sentence: str
    is_planned: bool


def preview_of(member: TeamMember, number: int, group: str, reading: str) -> Preview:
    """Round `number` as one stakeholder group reads it; NotFound for a group or a form there is not."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    groups = groups_of(study.id)
    chosen = next((one for one in groups if one.code == group), None)
    if chosen is None or reading not in dict(READINGS):
        raise NotFound("There is no such preview. Go back to the round and choose again.")
    visit = PanelVisit(
        study_id=study.id,
        slug=study.slug,
        panellist_id=NOBODY,
        code="",
        state=PanellistState.ACTIVE,
        format=reading,
        study=study,
        frame=frame_of(study),
    )
    return Preview(
        visit=visit,
        number=number,
        group=group,
        group_label=chosen.label,
        reading=reading,
        groups=tuple((one.code, one.label, one.code == group) for one in groups),
        readings=tuple((code, words, code == reading) for code, words in READINGS),
        sentence=" ".join(filter(None, (_how_they_read(study, chosen), _own_figures(study, chosen, round_)))),
        is_planned=round_.state == RoundState.PLANNED,
    )


def first_group(member: TeamMember) -> str:
    """The group to begin with; NotFound in a study that has none."""
    groups = groups_of(member.study_id)
    if not groups:
        raise NotFound("This study has no stakeholder groups yet, so there is nobody to see it as.")
    return groups[0].code


def previewed_outline(preview: Preview) -> RoundOutline:
    """What the round asks, or would ask by its plan; NotFound when nothing is planned that can be read."""
    if not preview.is_planned:
        # Not as it is kept ready for the panel: pictures have other addresses here.
        return replace(round_outline(preview.visit.study, preview.number), is_fixed=False)
    outline = planned_outline(preview.visit.study, round_of(preview.visit.study_id, preview.number))
    if not outline.sections:
        raise NotFound(
            f"Nothing that can be read is planned for round {preview.number} yet. Choose its sections."
        )
    return outline


def previewed_home(preview: Preview, now: datetime) -> HomePage:
    """The page people come back to: as it will be once a planned round is open, else as it is now."""
    visit = preview.visit
    here = home_page(visit, now)
    if not preview.is_planned:
        return here
    round_ = round_of(visit.study_id, preview.number)
    lines = section_lines(visit, previewed_outline(preview))
    closes = in_words(round_.closes_on)
    first_day = max(round_.opens_on, day_of(now, visit.frame.timezone))
    return replace(
        here,
        standing=Standing.OPEN,
        round=round_.number,
        round_line=open_line(round_.number, here.of, closes),
        closes=closes,
        days_left=days_left(round_.closes_on, first_day),
        moved="",
        lines=lines,
        n_done=0,
        minutes_left=sum(line.minutes for line in lines),
        has_submitted=False,
        has_answers=False,
    )


def previewed_feedback(preview: Preview) -> SharedFeedback:
    """A round's feedback: as it was published, or as it would be now; WrongState before it is analysed."""
    study, round_ = preview.visit.study, round_of(preview.visit.study_id, preview.number)
    if round_.state not in (RoundState.ANALYSED, RoundState.PUBLISHED):
        raise WrongState(f"Round {preview.number} is not analysed yet, so there is no feedback to look at.")
    outline = round_outline(study, preview.number)
    own: dict[str, Any] = {"answers": {}, "comments": []}
    if round_.state == RoundState.PUBLISHED:
        snapshot, was_deleted_from = shared_feedback(round_.id, preview.number)
        source = ("shown", study.id, preview.number)
        return SharedFeedback(json.loads(snapshot.content), own, was_deleted_from, outline, source)
    snapshot_now = newest_snapshot(round_)
    content = feedback_content(study, round_, read_results(snapshot_now))
    return SharedFeedback(content, own, False, outline, ("previewed", study.id, snapshot_now.id))


def _how_they_read(study: Study, group: StakeholderGroup) -> str:
    """How many people the group has, and how they read."""
    rows = db.session.execute(
        db.select(Panellist.format, db.func.count())
        .where(
            Panellist.study_id == study.id,
            Panellist.group_id == group.id,
            Panellist.state.in_([PanellistState.REGISTERED, PanellistState.ACTIVE]),
        )
        .group_by(Panellist.format)
    )
    counts: dict[str, int] = dict(rows.all())
    n = sum(counts.values())
    if not n:
        return "Nobody of this group is on the panel yet."
    people = f"{n} {'person is' if n == 1 else 'people are'} in this group"
    easy = counts.get(EASY_READ, 0)
    return f"{people}; {easy} of them read{'s' if easy == 1 else ''} Easy Read." if easy else f"{people}."


def _own_figures(study: Study, group: StakeholderGroup, round_: Round) -> str:
    """Whether the group's own figures of the round before may be shown to the panel."""
    before = [
        one
        for one in rounds_of(study.id)
        if one.number < round_.number
        and one.state == RoundState.PUBLISHED
        and one.kind in ("rating", "mixed")
    ]
    feedback_group = (
        db.session.get(FeedbackGroup, group.feedback_group_id) if group.feedback_group_id else None
    )
    if not before or feedback_group is None:
        return ""
    release = shown_release(study, before[-1])
    shown = release is not None and any(
        one.is_shown and one.unit.kind is UnitKind.FEEDBACK_GROUP and one.unit.code == feedback_group.code
        for one in release.units
    )
    what = f"The figures of “{feedback_group.label}” in round {before[-1].number}"
    return (
        f"{what} are shown."
        if shown
        else f"{what} are not shown on their own, so that nobody can be worked out."
    )
