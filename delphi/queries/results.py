"""Results of a round: computing them from the answers, and reading them from the snapshot that was kept.

`computed_results` is the whole recipe: analysing writes its canonical JSON, and `delphi verify` runs it
again and compares the bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_

from delphi.consensus.assess import assess_section
from delphi.consensus.context import needs_of
from delphi.consensus.counts import Histogram, ItemCounts
from delphi.consensus.crosstab import CrossTab
from delphi.consensus.explain import explain
from delphi.consensus.stopping import SectionStop, StoppedBy, section_stop, stop_in_words
from delphi.consensus.vocabulary import CriterionWords, Vocabulary
from delphi.domain.errors import WrongState
from delphi.domain.groups import GroupStructure
from delphi.domain.ids import PanellistId, RoundId, SectionId, StudyId
from delphi.domain.rule import Outcome, Rule
from delphi.domain.scale import Scale
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.answers import Submission
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round, RoundSection
from delphi.models.sections import Draft, Section
from delphi.models.snapshots import FeedbackSnapshot, ResultSnapshot
from delphi.models.studies import Study
from delphi.queries.log import log_end_of
from delphi.queries.round_counts import round_counts
from delphi.queries.rounds import round_of
from delphi.queries.studies import criteria_of, rule_of, scale_of, structure_of, study_of

RESULTS_FORMAT = "delphi-results/2"
TAKES_NO_ANSWERS = (RoundState.CLOSED, RoundState.ANALYSED, RoundState.PUBLISHED)
WITHOUT_PAIRS = "delphi-results/1"
"""How results were kept before the pairs of two rounds were among them."""


@dataclass(frozen=True, slots=True)
class OutcomeRecord:
    """What the rule said of a section in a round."""

    section: str
    draft: int
    outcome: Outcome
    because: str | None
    label: str | None
    headline: str
    met: tuple[str, ...]
    missed: tuple[str, ...]
    stop: StopRecord | None = None


@dataclass(frozen=True, slots=True)
class StopRecord:
    """What the stop rule said of a section in a round: why its draft is not put again, or None, in words."""

    stopped_by: StoppedBy | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """A round's kept results: counts by item ("section/criterion"), and the outcome of each section."""

    items: Mapping[str, ItemCounts]
    outcomes: Mapping[str, OutcomeRecord]
    response: Mapping[str, Mapping[str, int]]


def item_key(section: str, criterion: str) -> str:
    """How an item is named in snapshots: its section and its criterion."""
    return f"{section}/{criterion}"


def vocabulary_of(study: Study) -> Vocabulary:
    """The words in which a study's rule and results speak."""
    return Vocabulary(
        scale_of(study),
        structure_of(study.id),
        {c.code: CriterionWords(c.label, c.statement) for c in criteria_of(study.id)},
    )


def computed_results(study: Study, round_: Round, *, without: PanellistId | None = None) -> dict[str, Any]:
    """Counts, response and outcomes of a round as plain data, computed from the answers as they stand."""
    structure, scale, rule = structure_of(study.id), scale_of(study), rule_of(study)
    counted = round_counts(study, round_, structure.group_codes, scale, needs=needs_of(rule), without=without)
    by_section: dict[str, dict[str, ItemCounts]] = {}
    for item in counted.items:
        by_section.setdefault(item.section.code, {})[item.criterion.code] = counted.counts[item.id]
    vocabulary = vocabulary_of(study)
    sections = []
    for section_id, code, draft in _drafts_put(round_):
        if code not in by_section:
            continue
        context = counted.context(section_id)
        assessment = assess_section(rule, scale, structure, by_section[code], round_.number, context)
        words = explain(assessment, rule, vocabulary)
        stop = section_stop(rule, scale, structure, by_section[code], assessment, context)
        sections.append(
            {
                "section": code,
                "draft": draft,
                "outcome": assessment.outcome.value,
                "because": assessment.because,
                "label": assessment.label,
                "headline": words.outcome,
                "met": list(words.met),
                "missed": list(words.missed),
            }
            | (_stop(stop, rule, vocabulary) if stop else {})
        )
    return {
        "format": RESULTS_FORMAT,
        "study": study.slug,
        "round": round_.number,
        "seal": study.seal.checksum if study.seal else None,
        "groups": list(structure.group_codes),
        "items": [
            {
                "section": item.section.code,
                "criterion": item.criterion.code,
                "minimum": scale.minimum,
                "counts": {
                    group: [list(histogram.counts), histogram.n_unable, histogram.n_skipped]
                    for group, histogram in counted.counts[item.id].by_group.items()
                },
            }
            for item in counted.items
        ],
        "pairs": [
            {
                "section": item.section.code,
                "criterion": item.criterion.code,
                "from_round": counted.before[item.section_id].round.number,
                "counts": {
                    group: [list(cell) for cell in table.cells()]
                    for group, table in counted.earlier[item.id].pairs.items()
                },
            }
            for item in counted.items
            if item.id in counted.earlier
        ],
        "sections": sections,
        "response": _response(study, round_, structure, without),
    }


def _stop(stop: SectionStop, rule: Rule, vocabulary: Vocabulary) -> dict[str, Any]:
    """What the stop rule says of a section; rules without one leave no trace in the results."""
    by = stop.stopped_by.value if stop.stopped_by else None
    return {"stop": {"stopped_by": by, "words": list(stop_in_words(stop, rule, vocabulary))}}


@dataclass(frozen=True, slots=True)
class ResultsAhead:
    """A round's results computed before anybody had to wait, and where the study's log ended before that."""

    round_id: RoundId
    log_end: int
    content: dict[str, Any]


def results_ahead(study_id: StudyId, number: int) -> ResultsAhead | None:
    """Compute a round's results while everybody else goes on saving; None while it still takes answers.

    They hold as long as the log ends where it did: whatever changes the answers of a round that has closed
    (a late form, a deletion, opening it again) leaves an event.
    """
    study, round_ = study_of(study_id), round_of(study_id, number)
    log_end = log_end_of(study_id)
    db.session.refresh(round_)
    if round_.state not in TAKES_NO_ANSWERS:
        return None
    return ResultsAhead(round_.id, log_end, computed_results(study, round_))


def in_format(content: Mapping[str, Any], format_: Any) -> dict[str, Any]:
    """Results as they were kept in an earlier format, to be compared with what was kept then."""
    if format_ != WITHOUT_PAIRS:
        return dict(content)
    return {key: value for key, value in content.items() if key != "pairs"} | {"format": format_}


def _drafts_put(round_: Round) -> list[tuple[SectionId, str, int]]:
    rows = db.session.execute(
        db.select(Section.id, Section.code, Draft.number)
        .join(RoundSection, RoundSection.section_id == Section.id)
        .join(Draft, Draft.id == RoundSection.draft_id)
        .where(RoundSection.round_id == round_.id)
        .order_by(RoundSection.position)
    )
    return [(section_id, code, number) for section_id, code, number in rows]


def _response(
    study: Study, round_: Round, structure: GroupStructure, without: PanellistId | None
) -> dict[str, dict[str, int]]:
    """Who was asked and who took part, by stakeholder group, with how they answered; the database counts."""
    names = ("asked", "took_part", "submitted", "late", "supported", "paper", "phone")
    table = {group: dict.fromkeys(names, 0) for group in structure.group_codes}
    of_panel = db.select(StakeholderGroup.code).join(Panellist, Panellist.group_id == StakeholderGroup.id)
    answered = db.select(Submission.panellist_id).where(
        Submission.round_id == round_.id, Submission.panellist_id != (without or 0)
    )
    # Whoever answered was asked: a late form may come from somebody who joined after the close.
    asked = or_(_was_asked(study, round_, without), Panellist.id.in_(answered))
    for group, n in db.session.execute(
        of_panel.add_columns(func.count())
        .where(Panellist.study_id == round_.study_id, asked)
        .group_by(StakeholderGroup.code)
    ):
        table[group]["asked"] = n
    by_mode = (
        of_panel.add_columns(
            Submission.mode,
            func.count(),
            func.count(Submission.submitted_at),
            func.sum(case((Submission.is_late, 1), else_=0)),
        )
        .join(Submission, Submission.panellist_id == Panellist.id)
        .where(Submission.round_id == round_.id, Submission.panellist_id != (without or 0))
        .group_by(StakeholderGroup.code, Submission.mode)
    )
    for group, mode, n, submitted, late in db.session.execute(by_mode):
        table[group]["took_part"] += n
        table[group]["submitted"] += submitted
        table[group]["late"] += late
        if mode in table[group]:
            table[group][mode] += n
    return table


def _was_asked(study: Study, round_: Round, without: PanellistId | None) -> ColumnElement[bool]:
    """Whether somebody belonged to the panel at some time while the round was open.

    Where the protocol asks only those who answered the round before, these alone; of a person who is being
    deleted there will be no such answer any more.
    """
    belonged = and_(
        Panellist.joined_at <= round_.closed_at,
        or_(Panellist.left_at.is_(None), Panellist.left_at >= round_.opened_at),
    )
    if round_.number == 1 or study.protocol.get("missed_round_policy") != "respondents_only":
        return belonged
    answered_before = (
        db.select(Submission.panellist_id)
        .join(Round, Round.id == Submission.round_id)
        .where(Round.study_id == study.id, Round.number == round_.number - 1)
    )
    return and_(belonged, Panellist.id.in_(answered_before), Panellist.id != (without or 0))


def newest_snapshot(round_: Round) -> ResultSnapshot:
    """The results that hold now; WrongState while the round has not been analysed."""
    snapshot: ResultSnapshot | None = db.session.scalar(
        db.select(ResultSnapshot)
        .where(ResultSnapshot.round_id == round_.id)
        .order_by(ResultSnapshot.number.desc())
        .limit(1)
    )
    if snapshot is None:
        raise WrongState(f"Round {round_.number} has not been analysed yet.")
    return snapshot


def snapshots_of(round_: Round) -> list[ResultSnapshot]:
    """Every results snapshot of a round, oldest first."""
    return list(
        db.session.scalars(
            db.select(ResultSnapshot)
            .where(ResultSnapshot.round_id == round_.id)
            .order_by(ResultSnapshot.number)
        ).all()
    )


def read_results(snapshot: ResultSnapshot) -> Results:
    """A snapshot's content as counts and outcomes; WrongState when its counts were deleted."""
    content = json.loads(snapshot.content)
    if "items" not in content:
        raise WrongState("The counts behind these results were deleted with somebody's answers.")
    items = {
        item_key(item["section"], item["criterion"]): ItemCounts(
            {
                group: Histogram(item["minimum"], tuple(found[0]), found[1], found[2])
                for group, found in ((g, item["counts"][g]) for g in content["groups"])
            }
        )
        for item in content["items"]
    }
    return Results(items, outcomes_in(content), content["response"])


def keeps_pairs(snapshot: ResultSnapshot) -> bool:
    """Whether results were kept with the pairs of two rounds; those of earlier versions were not."""
    return bool(json.loads(snapshot.content)["format"] != WITHOUT_PAIRS)


def pairs_kept(snapshot: ResultSnapshot, scale: Scale) -> dict[tuple[str, str], dict[str, CrossTab]]:
    """Who went from which answer to which, by section and criterion, and by group where anybody rated twice.

    Empty where nothing was put before that may be compared, and in results that were kept without pairs.
    """
    content = json.loads(snapshot.content)
    length = len(scale.values)
    return {
        (item["section"], item["criterion"]): {
            group: CrossTab.of_cells(scale.minimum, length, cells)
            for group, cells in item["counts"].items()
            if cells
        }
        for item in content.get("pairs", ())
    }


def outcomes_in(content: Mapping[str, Any]) -> dict[str, OutcomeRecord]:
    """The outcomes by section code; they stay when the counts behind them are deleted."""
    return {
        found["section"]: OutcomeRecord(
            section=found["section"],
            draft=found["draft"],
            outcome=Outcome(found["outcome"]),
            because=found["because"],
            label=found["label"],
            headline=found["headline"],
            met=tuple(found.get("met", ())),
            missed=tuple(found.get("missed", ())),
            stop=_read_stop(found.get("stop")),
        )
        for found in content["sections"]
    }


def _read_stop(kept: Mapping[str, Any] | None) -> StopRecord | None:
    if kept is None:
        return None
    by = kept["stopped_by"]
    return StopRecord(StoppedBy(by) if by else None, tuple(kept["words"]))


def outcomes_of_round(round_: Round) -> dict[str, OutcomeRecord]:
    """The outcome of each section of a round by code; WrongState while it has not been analysed."""
    return outcomes_in(json.loads(newest_snapshot(round_).content))


def answers_were_deleted(round_: Round) -> bool:
    """Whether somebody's answers were deleted after the figures of the round were shared (E34).

    From then on the team, too, has only what was shared: the figures without that person beside those with
    them would give the answers back.
    """
    feedback = db.session.get(FeedbackSnapshot, round_.id)
    if feedback is None:
        return False
    return db.session.get_one(ResultSnapshot, feedback.result_snapshot_id).tombstone_id is not None
