"""Verifying a study: everything that was sealed, logged, frozen, computed and shown is looked at again.

It changes nothing. It can find what was changed behind the platform's back; it cannot vouch for answers
of a round that has not been analysed yet, since nothing was derived from them so far.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from delphi.domain.actors import Actor
from delphi.domain.errors import DelphiError
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db, is_writing
from delphi.models.studies import Study
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import study_of
from delphi.queries.verification import (
    Check,
    check_deletions,
    check_drafts,
    check_events,
    check_frozen,
    check_ratings,
    check_seal,
)
from delphi.queries.verification_results import check_copies, check_feedback, check_results

Progress = Callable[[int, int], object]
"""Told how many of how many looks have been taken."""

# A record that somebody has meddled with can fail to be what the code reads it as, in any of these ways.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, DelphiError)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked of a study, and what was found."""

    study: str
    verified_at: datetime
    checks: tuple[Check, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        """Everything that is wrong, as sentences."""
        return tuple(sentence for check in self.checks for sentence in check.findings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is worth knowing although nothing is wrong."""
        return tuple(sentence for check in self.checks for sentence in check.notes)

    @property
    def ok(self) -> bool:
        """Whether everything is as it was recorded."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one kind of record, in the study or in one of its rounds."""

    name: str
    take: Callable[[], Check]


def verify_study(
    *, study_id: StudyId, actor: Actor, now: datetime, progress: Progress = lambda done, total: None
) -> Verification:
    """Check every record of a study against the others and against what follows from the answers.

    All of it is seen as it stands at one moment, also while people are answering. Raises NotFound when
    there is no such study, RuntimeError inside a unit of work, whose changes it could not see through.
    """
    require(actor, Permission.VERIFY, study_id)
    if is_writing.get():
        raise RuntimeError("a study is verified from outside: open no unit of work around it")
    _see_one_moment()
    study = study_of(study_id)
    looks = _looks(study)
    found: dict[str, Check] = {}
    for done, look in enumerate(looks):
        progress(done, len(looks))
        check = _taken(look)
        found[look.name] = found[look.name] + check if look.name in found else check
    progress(len(looks), len(looks))
    return Verification(study.slug, now, tuple(found.values()))


def _see_one_moment() -> None:
    """Read everything from one snapshot of the database; SQLite's read transactions are one by themselves."""
    db.session.rollback()
    if db.session.get_bind().dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        db.session.connection(execution_options=options)


def _looks(study: Study) -> list[Look]:
    looks = [
        Look("seal", partial(check_seal, study)),
        Look("events", partial(check_events, study)),
        Look("published drafts", partial(check_drafts, study)),
    ]
    for round_ in rounds_of(study.id):
        looks += [
            Look("frozen sections and items", partial(check_frozen, round_)),
            Look("ratings", partial(check_ratings, study, round_)),
            Look("results", partial(check_results, study, round_)),
            Look("feedback", partial(check_feedback, study, round_)),
            Look("own copies", partial(check_copies, round_)),
        ]
    return [*looks, Look("deletions", partial(check_deletions, study))]


def _taken(look: Look) -> Check:
    try:
        return look.take()
    except UNREADABLE as error:
        words = f"The {look.name} could not be read to the end ({type(error).__name__}: {error})."
        return Check(look.name, 0, (words,))
