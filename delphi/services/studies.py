"""A study's beginning and end: setting it up from a study file, signing and sealing, finishing."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import TypeAdapter, ValidationError

from delphi.domain.actors import Actor, Role, TeamMember
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import STUDY
from delphi.domain.permissions import Permission, require
from delphi.domain.scale import Code
from delphi.domain.setup.starting import Beginning, starting_bundle
from delphi.domain.states import RoundState, SectionState, StudyState
from delphi.domain.study_archive import StudyBundle, bundle_problems, shift_bundle
from delphi.extensions import db
from delphi.models.accounts import TeamRole
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.studies import Seal, Study
from delphi.queries.panellists import active_panel
from delphi.queries.seals import sealed_content
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.filled_in import require_filled_in_texts
from delphi.services.messages import promise_messages
from delphi.services.setup_parts import plain, put_parts, rule_plain
from delphi.services.sign_offs import is_signed_off, sign
from delphi.services.transitions import move

RULE = "rule"


def import_study(
    *,
    bundle: StudyBundle,
    actor: Actor,
    now: datetime,
    first_day: date | None = None,
    slug: str | None = None,
) -> Study:
    """Set up a study from a study file with its texts and pictures; its state is draft.

    Somebody of a team who brings a study leads it. `first_day` moves all dates by whole weeks, `slug` gives
    the copy another short name. All or nothing: raises InvalidInput when the short name is taken or cannot
    be one.
    """
    require(actor, Permission.IMPORT_STUDY)
    bundle = shift_bundle(bundle, first_day) if first_day else bundle
    name = bundle.study_file.study.slug if slug is None else _short_name(slug)
    return _set_up("study_imported", bundle, name, actor=actor, now=now)


def begin_study(*, beginning: Beginning, actor: Actor, now: datetime) -> Study:
    """Begin a study without a file: a sound one in which the team fills in what only it knows.

    Whoever begins it leads it. Raises InvalidInput with a problem beside each field that cannot stand.
    """
    require(actor, Permission.IMPORT_STUDY)
    slug = _short_name(beginning.slug)
    bundle = starting_bundle(beginning, now.date())
    problems = bundle_problems(bundle)
    if problems:
        raise InvalidInput(problems)
    return _set_up("study_begun", bundle, slug, actor=actor, now=now)


def _set_up(event: str, bundle: StudyBundle, name: str, *, actor: Actor, now: datetime) -> Study:
    """Write a study into the tables; of a team, whoever sets it up leads it."""
    file = bundle.study_file
    if db.session.scalar(db.select(Study.id).where(Study.slug == name)) is not None:
        where = "study.slug"
        raise InvalidInput(
            [Problem(where, f"There is a study called “{name}” already. Choose another slug.")]
        )
    study = Study(
        rule=rule_plain(file),
        **{part: plain(getattr(file, part)) for part in ("information", "scale", "protocol", "privacy")},
        **(plain(file.study) | {"slug": name}),
        created_at=now,
    )
    db.session.add(study)
    db.session.flush()
    put_parts(study, bundle, now=now)
    record(event, study_id=study.id, actor=actor, now=now, subject=study.slug)
    if isinstance(actor, TeamMember):
        db.session.add(TeamRole(study_id=study.id, account_id=actor.account_id, role=Role.LEAD))
        db.session.flush()
    return study


def sign_rule(*, study_id: StudyId, actor: Actor, now: datetime) -> None:
    """Sign the consensus rule and everything else that will be sealed with it."""
    require(actor, Permission.SIGN_OFF, study_id)
    study = study_of(study_id)
    if study.state != StudyState.DRAFT:
        raise WrongState("The rule is sealed already; it can no longer be signed.")
    sign("rule_signed", RULE, study_id=study_id, actor=actor, now=now)


def seal_study(*, study_id: StudyId, actor: Actor, now: datetime) -> str:
    """Seal what decides outcomes and start the study; returns the seal's SHA-256 (requirement M24)."""
    require(actor, Permission.SEAL_STUDY, study_id)
    study = study_of(study_id)
    require_filled_in_texts(study)
    content = canonical_json(sealed_content(study))
    facts = ["rule_signed"] if is_signed_off(study, RULE) else []
    move(
        study,
        STUDY,
        StudyState.RUNNING,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=study.slug,
        facts=facts,
        data={"seal": checksum(content)},
        started_at=now,
    )
    db.session.add(Seal(study_id=study_id, content=content, checksum=checksum(content), sealed_at=now))
    db.session.flush()
    return checksum(content)


def finish_study(*, study_id: StudyId, actor: Actor, now: datetime) -> None:
    """End the study, and thank the panel: no round is unfinished and every section has its final place."""
    require(actor, Permission.FINISH_STUDY, study_id)
    study = study_of(study_id)
    unfinished = db.session.scalar(
        db.select(Round.id)
        .where(
            Round.study_id == study_id,
            Round.state.not_in([RoundState.PUBLISHED, RoundState.CANCELLED]),
        )
        .limit(1)
    )
    unsettled = db.session.scalar(
        db.select(Section.id)
        .where(
            Section.study_id == study_id,
            Section.kind != "introduction",
            Section.state.in_([SectionState.IN_PLAY, SectionState.DRAFTING]),
        )
        .limit(1)
    )
    facts = [
        name
        for name, found in (("no_round_unfinished", unfinished), ("every_section_settled", unsettled))
        if found is None
    ]
    move(
        study,
        STUDY,
        StudyState.FINISHED,
        study_id=study_id,
        actor=actor,
        now=now,
        subject=study.slug,
        facts=facts,
        finished_at=now,
    )
    promise_messages(
        active_panel(study_id), "study_finished", study_id=study_id, occasion=study.slug, now=now
    )


def _short_name(slug: str) -> str:
    """A short name that stands in addresses and file names, as the study file asks for it too."""
    try:
        name: str = TypeAdapter(Code).validate_python(slug)
    except ValidationError:
        sentence = f"“{slug}” cannot be a short name. Take at most 60 small letters, digits and hyphens."
        raise InvalidInput([Problem("study.slug", sentence)]) from None
    return name
