"""What publishing a round's feedback would show: which groups, to how many people, and what is missing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from delphi.consensus.disclosure_release import Reason, Release, UnitDecision, UnitKind
from delphi.consensus.disclosure_words import team_warnings
from delphi.domain.actors import TeamMember
from delphi.domain.decisions import DECISION_WORDS, DecisionKind
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import DraftState, PanellistState, RoundState
from delphi.domain.wording import with_capital
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.sections import Draft, Section
from delphi.models.studies import Study
from delphi.queries.comments import comment_counts
from delphi.queries.decisions import decisions_of_round, sections_to_decide, undecided_sections
from delphi.queries.feedback import feedback_content, feedback_of, shown_release
from delphi.queries.results import Results, item_key, newest_snapshot, read_results
from delphi.queries.revisions import revisions_of
from delphi.queries.rounds import round_of, rounds_of
from delphi.queries.sections import parts_of, sections_of
from delphi.queries.signatures import signing_of
from delphi.queries.studies import criteria_of, groups_of, study_of

OF_ONE_MIND = ("gave one and the same answer", "shown as agree or do not agree only")
FOLLOWS = ("What can still be worked out", "Secondary suppression is off")
GOES_ON = (DecisionKind.REVISE, DecisionKind.RERATE_UNCHANGED)


@dataclass(frozen=True, slots=True)
class Mark:
    """One line of the checklist: done, missing ("now", with where to do it), or worth a look ("todo")."""

    words: str
    state: str
    link: str = ""
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One set of people: whether its figures are shown, and why not."""

    label: str
    kind: str
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
    """The page before feedback is published, and after.

    `follows` says what can still be worked out, `of_one_mind` names figures that are shown coarsely or tell
    what everybody said; both are for the team only. `groups_to_see` are (code, label) for the previews.
    """

    number: int
    is_published: bool
    is_analysed: bool
    n_people: int
    groups: tuple[GroupShown, ...]
    follows: tuple[str, ...]
    of_one_mind: tuple[str, ...]
    sections: tuple[SectionShown, ...]
    marks: tuple[Mark, ...]
    groups_to_see: tuple[tuple[str, str], ...]
    is_ready: bool
    may_publish: bool
    next_round: int | None


def publishing_page(member: TeamMember, number: int) -> PublishingPage:
    """What the feedback of a round holds; before it is analysed, only what has to happen first."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    is_analysed = round_.analysed_at is not None
    is_published = round_.state == RoundState.PUBLISHED
    marks = _marks(study, round_) if is_analysed else ()
    is_ready = round_.state == RoundState.ANALYSED and all(one.state != "now" for one in marks)
    results = read_results(newest_snapshot(round_)) if is_analysed else None
    release = shown_release(study, round_) if is_analysed else None
    warnings = team_warnings(release, results.items, _labels(study)) if release and results else ()
    return PublishingPage(
        number=number,
        is_published=is_published,
        is_analysed=is_analysed,
        n_people=_n_people(study),
        groups=_groups(release, results) if release and results else (),
        follows=tuple(one for one in warnings if one.startswith(FOLLOWS)),
        of_one_mind=tuple(one for one in warnings if any(words in one for words in OF_ONE_MIND)),
        sections=_sections(study, round_, results) if results else (),
        marks=marks,
        groups_to_see=tuple((one.code, one.label) for one in groups_of(study.id)),
        is_ready=is_ready,
        may_publish=is_ready and is_allowed(member, Permission.PUBLISH),
        next_round=next((one.number for one in rounds_of(study.id) if one.state == RoundState.PLANNED), None),
    )


def _marks(study: Study, round_: Round) -> tuple[Mark, ...]:
    """What has to be done before publishing, and what is worth a look."""
    waiting = comment_counts(round_.id)
    n_comments = sum(one.n for one in waiting)
    n_open = sum(max(one.n_unreviewed, one.n_unanswered) for one in waiting)
    n_sections, n_undecided = len(sections_to_decide(round_)), len(undecided_sections(round_))
    signing = signing_of(study, f"round:{round_.number}:decisions")
    is_signed = signing.is_complete or not n_sections
    marks = [
        Mark(f"{_all(n_comments, 'comment')} reviewed and answered", "done")
        if not n_open
        else Mark(_are(n_open, "comment", "open"), "now", "Review", "comments.show"),
        Mark(f"{_all(n_sections, 'section')} decided", "done")
        if not n_undecided
        else Mark(_have(n_undecided, "section", "no decision"), "now", "Decide", "decisions.index"),
        Mark("The decisions are signed", "done")
        if is_signed
        else Mark(signing.missing, "now", "Sign", "decisions.index"),
    ]
    return (*marks, *_worth_a_look(study, round_))


def _worth_a_look(study: Study, round_: Round) -> list[Mark]:
    """What does not hold publishing back, but what the panel reads, or the next round needs."""
    going_on = [one for one in decisions_of_round(round_.id) if one.kind in GOES_ON]
    written = {one.section_id for one in revisions_of(study.id, for_round=round_.number + 1)}
    n_unwritten = sum(one.section_id not in written for one in going_on)
    n_drafts = db.session.scalar(
        db.select(db.func.count())
        .select_from(Draft)
        .join(Section, Section.id == Draft.section_id)
        .where(Section.study_id == study.id, Draft.state == DraftState.PROPOSED)
    )
    marks = [
        Mark(
            f"“{one.section.title}” is split, and no part is written", "todo", "Add a part", "decisions.index"
        )
        for one in decisions_of_round(round_.id)
        if one.kind == DecisionKind.SPLIT and not parts_of(one.section)
    ]
    if going_on and n_unwritten:
        words = f"“You said, we did” is not written for {n_unwritten} of {len(going_on)} sections that go on"
        marks.append(Mark(words, "todo", "Write it", "decisions.index"))
    elif going_on:
        n = len(going_on)
        marks.append(Mark(f"“You said, we did” is written for {n} {_plural(n, 'section')}", "done"))
    if n_drafts:
        verb = "waits" if n_drafts == 1 else "wait"
        words = f"{n_drafts} {_plural(n_drafts, 'draft')} {verb} for a signature before the next round"
        marks.append(Mark(words, "todo", "See the drafts", "drafts.index"))
    return marks


def _plural(n: int, noun: str) -> str:
    return noun if n == 1 else f"{noun}s"


def _all(n: int, noun: str) -> str:
    return f"The {noun} is" if n == 1 else f"All {n} {noun}s are"


def _are(n: int, noun: str, words: str) -> str:
    return f"{n} {_plural(n, noun)} {'is' if n == 1 else 'are'} {words}"


def _have(n: int, noun: str, words: str) -> str:
    return f"{n} {_plural(n, noun)} {'has' if n == 1 else 'have'} {words}"


def _n_people(study: Study) -> int:
    n = db.session.scalar(
        db.select(db.func.count()).where(
            Panellist.study_id == study.id, Panellist.state == PanellistState.ACTIVE
        )
    )
    return n or 0


def _labels(study: Study) -> dict[str, str]:
    """Each section and criterion in words: "Connecting online, Clear"."""
    criteria = criteria_of(study.id)
    return {
        item_key(section.code, criterion.code): f"{section.title}, {criterion.label}"
        for section in sections_of(study.id)
        for criterion in criteria
    }


def _groups(release: Release, results: Results) -> tuple[GroupShown, ...]:
    panels = {one.unit.code: one.unit.label for one in release.units if one.unit.kind is UnitKind.PANEL}
    return tuple(
        GroupShown(
            one.unit.label,
            _kind(one, panels),
            min((counts.of(one.unit.groups).n_answered for counts in results.items.values()), default=0),
            one.is_shown,
            _why(one, release.policy.min_cell),
        )
        for one in release.units
    )


def _kind(one: UnitDecision, panels: dict[str, str]) -> str:
    """To which panel a group belongs."""
    if one.unit.kind is UnitKind.EVERYONE:
        return "All"
    return "A panel of its own" if one.unit.kind is UnitKind.PANEL else panels.get(one.unit.panel or "", "")


def _why(one: UnitDecision, min_cell: int) -> str:
    """Why a set of people is shown, or hidden from the panel."""
    if one.is_shown:
        return "Enough people answered."
    if one.reason is Reason.TOO_SMALL:
        return f"Sets of fewer than {min_cell} people are never shown."
    smaller = "panel" if one.unit.kind is UnitKind.PANEL else "group"
    return f"With it, the smaller {smaller} could be worked out by taking away."


def _sections(study: Study, round_: Round, results: Results) -> tuple[SectionShown, ...]:
    content = (
        json.loads(feedback_of(round_).content)
        if round_.state == RoundState.PUBLISHED
        else feedback_content(study, round_, results)
    )
    return tuple(
        SectionShown(
            one["title"],
            one["headline"] or "Comments only",
            _decision(one["decision"]),
            len(one["comments"]),
        )
        for one in content["sections"]
    )


def _decision(kind: str | None) -> str:
    words = DECISION_WORDS[DecisionKind(kind)] if kind else "none yet"
    return with_capital(words)
