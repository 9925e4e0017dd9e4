"""Looking whether results and feedback are still what follows from the answers, and what was shown.

Results are computed again and compared byte for byte. When somebody's answers were deleted since, the
counts are gone and only what was released can be compared (design, Storage).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from delphi.consensus.disclosure_release import EDITION, SCHEMAS
from delphi.domain.calendar import day_of, in_words
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.ids import PanellistId
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.panellists import Panellist, Tombstone
from delphi.models.rounds import Round
from delphi.models.snapshots import FeedbackCopy, FeedbackSnapshot, ResultSnapshot
from delphi.models.studies import Study
from delphi.queries.feedback import feedback_content, own_copies, released_figures
from delphi.queries.results import (
    Results,
    computed_results,
    in_format,
    outcomes_in,
    read_results,
    snapshots_of,
)
from delphi.queries.verification import Check, difference, logged

WITH_RESULTS = (RoundState.ANALYSED, RoundState.PUBLISHED)
COUNTS = ("items", "pairs", "response")
WRITTEN_LATER = ("changes", "figures", "notes")
"""Parts of feedback that are not compared with the tables: what changed is written until the next round
opens, and figures are compared with the results instead."""


def check_results(study: Study, round_: Round) -> Check:
    """Every kept result fits its checksum and the log, and follows from the answers as they stand."""
    where = f"Round {round_.number}"
    snapshots = snapshots_of(round_)
    wrong: list[str] = []
    notes: list[str] = []
    if not snapshots and round_.state in WITH_RESULTS:
        wrong.append(f"{where} is {round_.state.value} and has no results.")
    if [snapshot.number for snapshot in snapshots] != list(range(1, len(snapshots) + 1)):
        wrong.append(f"{where}: the numbers of its results have a gap.")
    announced, left = _announced(round_), _left_by_deletion(round_)
    now = computed_results(study, round_) if any(one.tombstone_id is None for one in snapshots) else {}
    for snapshot in snapshots:
        name = f"{where}, results {snapshot.number}"
        if announced.get(snapshot.number) != snapshot.checksum:
            wrong.append(f"{name}: the log names another checksum, or none.")
        if snapshot.tombstone_id is None:
            wrong += [f"{name}: {words}" for words in _wrong_with(snapshot, now)]
            continue
        notes.append(f"{name}: {_deleted(study, snapshot.tombstone_id)}")
        if left.get("results_left", {}).get(str(snapshot.number)) != checksum(snapshot.content):
            wrong.append(f"{name}: what the deletion left of it is not what the log names.")
        if any(part in json.loads(snapshot.content) for part in COUNTS):
            wrong.append(f"{name}: the counts should have gone with the answers that were deleted.")
    return Check("results", len(snapshots), tuple(wrong), tuple(notes))


def _announced(round_: Round) -> dict[int, str]:
    """The checksums that the log names for a round's results, by their numbers."""
    subject = f"round:{round_.number}"
    return {
        data["snapshot"]: data["checksum"]
        for kind in ("round_analysed", "round_analysed_again")
        for _, data in logged(round_.study_id, kind, subject)
    }


def _left_by_deletion(round_: Round) -> dict[str, Any]:
    """The checksums of what the newest deletion left of a round's results and feedback."""
    found = [
        data
        for _, data in logged(round_.study_id, "round_analysed_again", f"round:{round_.number}")
        if data.get("because") == "deletion"
    ]
    return found[-1] if found else {}


def _wrong_with(snapshot: ResultSnapshot, now: Mapping[str, Any]) -> Iterator[str]:
    if checksum(snapshot.content) != snapshot.checksum:
        yield "its content does not fit its checksum."
    kept = json.loads(snapshot.content)
    kept.pop("software", None)
    again = canonical_json(in_format(now, kept.get("format")))
    if canonical_json(kept) != again:
        yield f"computed from the answers again, it differs in {difference(kept, json.loads(again))}."


def _deleted(study: Study, tombstone_id: int) -> str:
    """The sentence for what cannot be computed again; it names the day and not the person."""
    tombstone = db.session.get_one(Tombstone, tombstone_id)
    day = in_words(day_of(tombstone.deleted_at, study.timezone))
    return f"released figures kept; not recomputable: deletion of {day}."


def check_feedback(study: Study, round_: Round) -> Check:
    """Feedback fits its checksum and the log, shows the figures of its results and the reviewed comments."""
    where = f"Feedback of round {round_.number}"
    snapshot = db.session.get(FeedbackSnapshot, round_.id, populate_existing=True)
    if snapshot is None:
        missing = (f"{where} is missing, although the round is published.",)
        return Check("feedback", 0, missing if round_.state == RoundState.PUBLISHED else ())
    wrong: list[str] = []
    notes: list[str] = []
    told = [data.get("checksum") for _, data in logged(study.id, "feedback_published")]
    if snapshot.checksum not in told:
        wrong.append(f"{where}: the log names another checksum.")
    if snapshot.tombstone_id is not None:
        notes.append(f"{where}: comments of a deleted person were taken out.")
        if _left_by_deletion(round_).get("feedback_left") != checksum(snapshot.content):
            wrong.append(f"{where}: what the deletion left of it is not what the log names.")
    elif checksum(snapshot.content) != snapshot.checksum:
        wrong.append(f"{where}: its content does not fit its checksum.")
    content = json.loads(snapshot.content)
    result = db.session.get_one(ResultSnapshot, snapshot.result_snapshot_id, populate_existing=True)
    if result.round_id != round_.id:
        wrong.append(f"{where}: it names the results of another round.")
    figures = _figures(study, result, content.get("figures"))
    if content.get("figures") != figures:
        wrong.append(
            f"{where}: the figures are not those of results {result.number}; they differ in "
            f"{difference(content.get('figures'), figures, 'figures')}."
        )
    kept, now = _comparable(content), _comparable(_shown_now(study, round_, result))
    if kept != now:
        wrong.append(f"{where}: it differs from what the team decided, in {difference(kept, now)}.")
    return Check("feedback", 1, tuple(wrong), tuple(notes))


def _figures(study: Study, result: ResultSnapshot, shown: Any) -> Any:
    """The figures that these results release, or released before the counts behind them were deleted.

    By the edition of the small-number rules by which they were shown: a newer one would show them otherwise.
    """
    if result.tombstone_id is not None:
        return json.loads(result.content)["released"]
    schema = shown.get("schema") if isinstance(shown, dict) else None
    edition = next((number for number, name in SCHEMAS.items() if name == schema), EDITION)
    release = released_figures(study, read_results(result), edition)
    return json.loads(canonical_json(release.to_dict())) if release else None


def _shown_now(study: Study, round_: Round, result: ResultSnapshot) -> Any:
    """Comments, decisions and outcomes as the tables and the results have them, without any figure."""
    outcomes = outcomes_in(json.loads(result.content))
    return json.loads(canonical_json(feedback_content(study, round_, Results({}, outcomes, {}))))


def _comparable(content: Any) -> Any:
    """Feedback without what was written later, and without the groups, which depend on the figures."""
    if isinstance(content, list):
        return [_comparable(entry) for entry in content]
    if not isinstance(content, dict):
        return content
    left_out = (*WRITTEN_LATER, "group")
    return {key: _comparable(value) for key, value in content.items() if key not in left_out}


def check_copies(round_: Round) -> Check:
    """What each person was shown of their own fits its checksum and what they answered.

    Answers of an analysed round, and the team's answers to comments of a published one, do not change any
    more, so the copies can be made again; a deletion takes copy and answers alike.
    """
    where = f"Round {round_.number}"
    copies = db.session.execute(
        db.select(FeedbackCopy.panellist_id, FeedbackCopy.content, FeedbackCopy.checksum)
        .where(FeedbackCopy.round_id == round_.id)
        .order_by(FeedbackCopy.panellist_id)
    ).all()
    if not copies and round_.state != RoundState.PUBLISHED:
        return Check("own copies", 0)
    codes = _codes(round_)
    now = {person: canonical_json(own) for person, own in own_copies(round_).items()}
    wrong = []
    for person, content, kept_checksum in copies:
        name = f"{where}, own copy of {codes.get(person, 'somebody')}"
        if checksum(content) != kept_checksum:
            wrong.append(f"{name}: it does not fit its checksum.")
        if person not in now:
            wrong.append(f"{name}: they have no answers in this round.")
        elif content != now[person]:
            place = difference(json.loads(content), json.loads(now[person]))
            wrong.append(f"{name}: it differs from what is saved, in {place}.")
    missing = sorted(codes[person] for person in now.keys() - {person for person, _, _ in copies})
    wrong += [f"{where}, own copy of {code}: it is missing." for code in missing]
    return Check("own copies", len(copies), tuple(wrong))


def _codes(round_: Round) -> dict[PanellistId, str]:
    rows = db.session.execute(
        db.select(Panellist.id, Panellist.code).where(Panellist.study_id == round_.study_id)
    )
    return dict(rows.all())
