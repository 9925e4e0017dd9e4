"""Analysing a closed round: counts and outcomes are computed and kept as a snapshot, never edited."""

from __future__ import annotations

import platform
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from delphi.domain.actors import Actor
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import ROUND
from delphi.domain.permissions import Permission, require
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.snapshots import ResultSnapshot
from delphi.models.studies import Study
from delphi.queries.gates import shut_gate
from delphi.queries.late_forms import held_codes
from delphi.queries.log import log_end_of
from delphi.queries.results import ResultsAhead, computed_results, snapshots_of
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.locks import hold
from delphi.services.transitions import move


def analyse_round(
    *, study_id: StudyId, number: int, actor: Actor, now: datetime, ahead: ResultsAhead | None = None
) -> ResultSnapshot:
    """Compute a closed round and keep the results; a round that was analysed before gets one more snapshot.

    Nobody can save while this computes. Of a large panel compute `ahead` of the unit of work: what was
    computed then is kept if nothing has happened since, and computed again if something has.

    Raises WrongState while the round is planned or open: until the close nobody sees ratings (M21).
    """
    require(actor, Permission.ANALYSE, study_id)
    study, round_ = study_of(study_id), round_of(study_id, number)
    shut_gate(round_.id)
    hold(round_)
    if round_.state in (RoundState.PLANNED, RoundState.OPEN, RoundState.CANCELLED):
        raise WrongState(f"Round {number} is {round_.state.value}; close it before you analyse it.")
    _require_late_forms_decided(round_)
    again = round_.state != RoundState.CLOSED
    still_holds = ahead is not None and (ahead.round_id, ahead.log_end) == (
        round_.id,
        log_end_of(study_id, hold=True),
    )
    snapshot = keep_results(
        study,
        round_,
        purpose="again" if again else "analysis",
        now=now,
        content=ahead.content if ahead and still_holds else computed_results(study, round_),
    )
    subject, data = f"round:{number}", {"snapshot": snapshot.number, "checksum": snapshot.checksum}
    if again:
        record("round_analysed_again", study_id=study_id, actor=actor, now=now, subject=subject, data=data)
    else:
        move(
            round_,
            ROUND,
            RoundState.ANALYSED,
            study_id=study_id,
            actor=actor,
            now=now,
            subject=subject,
            data=data,
            analysed_at=now,
        )
    return snapshot


def _require_late_forms_decided(round_: Round) -> None:
    held = held_codes(round_.id) if round_.state == RoundState.CLOSED else ()
    if held:
        forms = "A late form waits" if len(held) == 1 else f"{len(held)} late forms wait"
        raise WrongState(
            f"{forms} for a decision: {', '.join(held)}. Admit or refuse before you analyse: afterwards no "
            "form enters the figures."
        )


def keep_results(
    study: Study, round_: Round, *, purpose: str, now: datetime, content: dict[str, Any]
) -> ResultSnapshot:
    """Write one more snapshot of a round's computed results."""
    text = canonical_json(content | {"software": software_versions()})
    snapshot = ResultSnapshot(
        study_id=study.id,
        round_id=round_.id,
        number=len(snapshots_of(round_)) + 1,
        purpose=purpose,
        content=text,
        checksum=checksum(text),
        computed_at=now,
    )
    db.session.add(snapshot)
    db.session.flush()
    return snapshot


def software_versions() -> dict[str, Any]:
    """With what a snapshot was computed; kept in it, and not part of what verify compares."""
    versions = {"python": platform.python_version()}
    for name in ("delphi-consultation", "numpy", "scipy", "SQLAlchemy"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "checkout"
    return versions
