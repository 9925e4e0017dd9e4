"""A study's beginning and end: setting it up from a study file, signing and sealing, finishing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from delphi.domain.actors import Actor, Role, TeamMember
from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import STUDY
from delphi.domain.permissions import Permission, require
from delphi.domain.pictures import read_picture
from delphi.domain.rule import to_dict
from delphi.domain.scale import Code
from delphi.domain.states import RoundState, SectionState, StudyState
from delphi.domain.study_archive import StudyBundle, shift_bundle
from delphi.domain.study_file import StudyFile
from delphi.domain.study_file_parts import GroupUnionPart
from delphi.extensions import db
from delphi.models.accounts import TeamRole
from delphi.models.groups import ConsensusPanel, FeedbackGroup, StakeholderGroup
from delphi.models.rounds import Round
from delphi.models.sections import CommentPrompt, Criterion, Draft, DraftVariant, Section
from delphi.models.studies import ConsentStatement, ConsentText, Document, Picture, Seal, Study
from delphi.queries.panellists import active_panel
from delphi.queries.seals import sealed_content
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.messages import promise_messages
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
    file = bundle.study_file
    name = file.study.slug if slug is None else _short_name(slug)
    if db.session.scalar(db.select(Study.id).where(Study.slug == name)) is not None:
        where = "study.slug"
        raise InvalidInput(
            [Problem(where, f"There is a study called “{name}” already. Choose another slug.")]
        )
    study = Study(
        slug=name,
        title=file.study.title,
        short_title=file.study.short_title,
        language=file.study.language,
        timezone=file.study.timezone,
        look=_json(file.look),
        information=_json(file.information),
        scale=_json(file.scale),
        protocol=_json(file.protocol),
        rule=_rule_json(file),
        privacy=_json(file.privacy),
        created_at=now,
    )
    db.session.add(study)
    db.session.flush()
    _add_documents(study, file, bundle)
    _add_consent(study, file)
    _add_groups(study, file)
    _add_questions(study, file)
    _add_sections(study, file, bundle, now)
    _add_rounds(study, file)
    db.session.flush()
    record("study_imported", study_id=study.id, actor=actor, now=now, subject=study.slug)
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


def _json(part: BaseModel) -> dict[str, Any]:
    plain: dict[str, Any] = part.model_dump(mode="json", exclude_none=True)
    return plain


def _rule_json(file: StudyFile) -> dict[str, Any]:
    plain = to_dict(file.consensus_rule)
    return plain | {"fixed_on": file.consensus_rule.fixed_on.isoformat()}


def _add_documents(study: Study, file: StudyFile, bundle: StudyBundle) -> None:
    for position, document in enumerate(file.documents, start=1):
        paths = document.texts.by_variant if document.texts else {}
        db.session.add(
            Document(
                study_id=study.id,
                code=document.id,
                title=document.title,
                version=document.version,
                dated_on=document.date,
                formats=list(document.formats),
                texts={variant: bundle.texts[path] for variant, path in paths.items()},
                position=position,
            )
        )
    for name, content in bundle.pictures.items():
        media_type = read_picture(name, content)
        db.session.add(Picture(study_id=study.id, name=name, media_type=media_type, content=content))


def _add_consent(study: Study, file: StudyFile) -> None:
    consent = file.consent
    text = ConsentText(
        study_id=study.id,
        version=consent.version,
        dated_on=consent.date,
        special_category_note=consent.special_category_note,
        withdrawal_cutoff=consent.withdrawal_cutoff,
    )
    for position, statement in enumerate((*consent.statements, *consent.optional), start=1):
        purpose = getattr(statement, "purpose", None)
        text.statements.append(
            ConsentStatement(
                code=statement.id,
                text=statement.text,
                easy_read=statement.easy_read,
                is_optional=purpose is not None,
                purpose=purpose,
                position=position,
            )
        )
    db.session.add(text)


def _add_groups(study: Study, file: StudyFile) -> None:
    panels = _add_unions(study, ConsensusPanel, file.consensus_panels)
    feedback = _add_unions(study, FeedbackGroup, file.feedback_groups)
    for position, group in enumerate(file.stakeholder_groups, start=1):
        db.session.add(
            StakeholderGroup(
                study_id=study.id,
                code=group.id,
                label=group.label,
                easy_read=group.easy_read,
                target=group.target,
                panel_id=panels[group.id],
                feedback_group_id=feedback[group.id],
                position=position,
            )
        )


def _add_unions(
    study: Study, kind: type[ConsensusPanel] | type[FeedbackGroup], parts: Sequence[GroupUnionPart]
) -> dict[str, int]:
    """Add panels or feedback groups; the ids by stakeholder group."""
    ids: dict[str, int] = {}
    for position, part in enumerate(parts, start=1):
        union = kind(study_id=study.id, code=part.id, label=part.label, position=position)
        db.session.add(union)
        db.session.flush()
        ids.update(dict.fromkeys(part.groups, union.id))
    return ids


def _add_questions(study: Study, file: StudyFile) -> None:
    for position, criterion in enumerate(file.criteria, start=1):
        db.session.add(
            Criterion(
                study_id=study.id,
                code=criterion.id,
                label=criterion.label,
                statement=criterion.statement,
                easy_read=criterion.easy_read,
                position=position,
            )
        )
    for position, prompt in enumerate(file.comment_prompts, start=1):
        conditions = prompt.model_dump(
            mode="json", exclude_none=True, include={"rounds", "only_if_comparable", "shown_when"}
        )
        db.session.add(
            CommentPrompt(
                study_id=study.id,
                code=prompt.id,
                scope=prompt.scope,
                text=prompt.text,
                easy_read=prompt.easy_read,
                conditions=conditions,
                position=position,
            )
        )


def _add_sections(study: Study, file: StudyFile, bundle: StudyBundle, now: datetime) -> None:
    for position, part in enumerate(file.sections, start=1):
        section = Section(
            study_id=study.id,
            code=part.id,
            title=part.title,
            kind=part.kind,
            origin=part.origin,
            added_in_round=part.added_in_round,
            position=position,
        )
        for number, paths in part.drafts.items():
            draft = Draft(study_id=study.id, number=number, created_at=now)
            for variant, path in paths.by_variant.items():
                draft.variants.append(DraftVariant(variant=variant, text=bundle.texts[path]))
            section.drafts.append(draft)
        db.session.add(section)


def _add_rounds(study: Study, file: StudyFile) -> None:
    for part in file.rounds:
        db.session.add(
            Round(
                study_id=study.id,
                number=part.number,
                kind=part.kind,
                purpose=part.purpose,
                opens_on=part.opens,
                closes_on=part.closes,
                reminders_on=[day.isoformat() for day in part.reminders],
                feedback_on=part.feedback_published,
                planned_items=dict(part.items),
            )
        )
