"""What publishing a round's feedback would show: which groups, to how many people, and what is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from delphi.consensus.disclosure_release import Reason, UnitDecision, UnitKind
from delphi.domain.actors import TeamMember
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import PanellistState, RoundState
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.queries.comments import comment_counts
from delphi.queries.decisions import sections_to_decide, undecided_sections
from delphi.queries.feedback import feedback_content, feedback_of, released_figures
from delphi.queries.results import newest_snapshot, read_results
from delphi.queries.revisions import revisions_of
from delphi.queries.rounds import round_of
from delphi.queries.signatures import signing_of
from delphi.queries.studies import study_of
from delphi.queries.team_frame import Step


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One set of people: whether its figures are shown, and why not."""

    label: str
    n: int
    is_shown: bool
    why: str


@dataclass(frozen=True, slots=True)
class SectionShown:
    """What the panel will read about one section."""

    title: str
    headline: str
    decision: str
    n_comments: int


@dataclass(frozen=True, slots=True)
class PublishingPage:
    """The page before feedback is published, and after."""

    number: int
    is_published: bool
    n_people: int
    groups: tuple[GroupShown, ...]
    notes: tuple[str, ...]
    sections: tuple[SectionShown, ...]
    steps: tuple[Step, ...]
    is_ready: bool
    may_publish: bool


def publishing_page(member: TeamMember, number: int) -> PublishingPage:
    """What the feedback of an analysed round holds; WrongState before."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    results = read_results(newest_snapshot(round_))
    release = released_figures(study, results)
    is_published = round_.state == RoundState.PUBLISHED
    content = (
        json.loads(feedback_of(round_).content) if is_published else feedback_content(study, round_, results)
    )
    waiting = comment_counts(round_.id)
    n_comments = sum(one.n for one in waiting)
    n_open = sum(max(one.n_unreviewed, one.n_unanswered) for one in waiting)
    sections = sections_to_decide(round_)
    undecided = undecided_sections(round_)
    signing = signing_of(study, f"round:{number}:decisions")
    is_signed = signing.is_complete or not sections
    n_revisions = len(revisions_of(study.id, for_round=number + 1))
    n_hidden = sum(not one.is_shown for one in release.units) if release else 0
    marks = (
        (f"All {n_comments} comments are reviewed and answered", f"{n_open} comments are open", not n_open),
        (
            f"All {len(sections)} sections are decided",
            f"{len(undecided)} sections have no decision",
            not undecided,
        ),
        ("The decisions are signed", signing.missing or "The decisions are not signed", is_signed),
    )
    is_ready = round_.state == RoundState.ANALYSED and all(done for _, _, done in marks)
    steps = [Step(good if done else bad, "done" if done else "now") for good, bad, done in marks]
    steps.append(Step(f"“You said, we did” is written for {n_revisions} sections", "done"))
    steps.append(Step(f"{n_hidden} groups are hidden", "done"))
    n_people = db.session.scalar(
        db.select(db.func.count()).where(
            Panellist.study_id == study.id, Panellist.state == PanellistState.ACTIVE
        )
    )
    return PublishingPage(
        number=number,
        is_published=is_published,
        n_people=n_people or 0,
        groups=()
        if release is None
        else tuple(
            GroupShown(
                one.unit.label,
                min((counts.of(one.unit.groups).n_answered for counts in results.items.values()), default=0),
                one.is_shown,
                _why(one, release.policy.min_cell),
            )
            for one in release.units
        ),
        notes=tuple(content["notes"]),
        sections=tuple(
            SectionShown(
                one["title"],
                one["headline"] or "",
                (one["decision"] or "").replace("_", " "),
                len(one["comments"]),
            )
            for one in content["sections"]
        ),
        steps=tuple(steps),
        is_ready=is_ready,
        may_publish=is_ready and is_allowed(member, Permission.PUBLISH),
    )


def _why(one: UnitDecision, min_cell: int) -> str:
    """Why a set of people is shown, or hidden from the panel."""
    if one.is_shown:
        return "Enough people answered."
    if one.reason is Reason.TOO_SMALL:
        return f"Sets of fewer than {min_cell} people are never shown."
    smaller = "panel" if one.unit.kind is UnitKind.PANEL else "group"
    return f"With it, the smaller {smaller} could be worked out by taking away."
