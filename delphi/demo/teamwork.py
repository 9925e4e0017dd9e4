"""The demo's team after each round: results, comments, decisions, new drafts, feedback, the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from delphi.demo import telling
from delphi.demo.answering import PROMPT_OF_KIND
from delphi.demo.comment_bank import Comment as BankComment
from delphi.demo.setting_up import sign_and_publish
from delphi.demo.stage import Stage
from delphi.demo.storyline import AddedSection, DraftFiles, Revision, RoundPlan
from delphi.domain.ids import CommentId
from delphi.domain.states import CommentState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.panellists import Panellist
from delphi.models.sections import Section
from delphi.queries.rounds import round_of
from delphi.services import (
    analysis,
    comments,
    corrections,
    decisions,
    dispositions,
    drafts,
    feedback,
    follow_ups,
    identities,
    revisions,
    rounds,
    sections,
    studies,
    themes,
)

REVIEWER, EASY_READ_EDITOR = "callum", "bronwen"
ACTION = {"redact": CommentState.REDACTED, "hold": CommentState.HELD, "escalate": CommentState.ESCALATED}


def arm(stage: Stage, plan: RoundPlan, now: datetime) -> None:
    """Say what the round puts and put its dates into force."""
    actor = stage.member(stage.script.sign_off.first)
    with stage.use_case():
        rounds.plan_round(study_id=stage.study_id, number=plan.number, items=plan.items, actor=actor, now=now)
    with stage.use_case():
        rounds.arm_round(study_id=stage.study_id, number=plan.number, actor=actor, now=now)


def extend(stage: Stage, plan: RoundPlan, now: datetime) -> None:
    """Put the closing day off, with the reason that the report prints."""
    if plan.extension is None:
        return
    with stage.use_case():
        rounds.extend_round(
            study_id=stage.study_id,
            number=plan.number,
            closes_on=plan.extension.to,
            reason=plan.extension.reason,
            reminders_on=[day for day in plan.reminders if day > plan.closes],
            actor=stage.member(stage.script.sign_off.first),
            now=now,
        )
    stage.say(f"Round {plan.number} is extended to {plan.extension.to}: {plan.extension.reason}")


def analyse(stage: Stage, plan: RoundPlan, now: datetime) -> None:
    """Compute the closed round and tell its outcomes."""
    with stage.use_case():
        analysis.analyse_round(
            study_id=stage.study_id,
            number=plan.number,
            actor=stage.member(stage.script.sign_off.first),
            now=now,
        )
    _tell(stage, telling.results_told(round_of(stage.study_id, plan.number)))


def _tell(stage: Stage, sentences: Iterable[str]) -> None:
    for sentence in sentences:
        stage.say(sentence)


def review_comments(stage: Stage, plan: RoundPlan, now: datetime) -> None:
    """Review every comment, give it themes, and answer it."""
    waiting = _placed_comments(stage, plan.number)
    stage.comment_ids |= {comment.id: comment_id for comment, comment_id in waiting}
    reviewer = stage.member(REVIEWER)
    for comment, comment_id in waiting:
        with stage.use_case():
            _review(stage, comment, comment_id, now)
            themes.set_themes(
                study_id=stage.study_id,
                comment_id=comment_id,
                labels=comment.themes,
                actor=reviewer,
                now=now,
            )
        if comment.moderation and comment.moderation.action == "escalate":
            _follow_up(stage, comment, comment_id, now)
    for comment, comment_id in waiting:
        original = stage.comment_ids.get(comment.duplicate_of or "")
        is_duplicate = comment.disposition == "duplicate" and original is not None
        with stage.use_case():
            dispositions.answer_comment(
                study_id=stage.study_id,
                comment_id=comment_id,
                kind=comment.disposition if is_duplicate or not comment.duplicate_of else "already_covered",
                reason=comment.reason,
                duplicate_of=original if is_duplicate else None,
                actor=reviewer,
                now=now,
            )
    handled = [one.moderation.action for one, _ in waiting if one.moderation]
    stage.say(
        f"{len(waiting)} comments are reviewed and answered: {handled.count('redact')} redacted, "
        f"{handled.count('hold')} held, {handled.count('escalate')} escalated."
    )


def _placed_comments(stage: Stage, number: int) -> list[tuple[BankComment, CommentId]]:
    """The comments of a round as the bank knows them, with their ids in the study."""
    rows = db.session.execute(
        db.select(Comment.id, Comment.prompt, Section.code, Panellist.code)
        .join(Panellist, Panellist.id == Comment.panellist_id)
        .outerjoin(Section, Section.id == Comment.section_id)
        .where(Comment.round_id == round_of(stage.study_id, number).id)
        .order_by(Comment.id)
    )
    bank = {
        (PROMPT_OF_KIND[placed.comment.kind], placed.section, placed.code): placed.comment
        for placed in stage.simulation.comments
        if placed.round_number == number
    }
    return [(bank[prompt, section, code], comment_id) for comment_id, prompt, section, code in rows]


def _review(stage: Stage, comment: BankComment, comment_id: CommentId, now: datetime) -> None:
    moderation = comment.moderation
    comments.review_comment(
        study_id=stage.study_id,
        comment_id=comment_id,
        state=ACTION[moderation.action] if moderation else CommentState.SHOWN,
        shown_text=moderation.shown if moderation else None,
        reason=moderation.reason if moderation else None,
        actor=stage.member(REVIEWER),
        now=now,
    )


def _follow_up(stage: Stage, comment: BankComment, comment_id: CommentId, now: datetime) -> None:
    """The named person looks up who wrote an escalated comment, and writes down what was done."""
    entry = next(one for one in stage.script.escalations if one.comment == comment.id)
    code = next(one.code for one in stage.simulation.comments if one.comment.id == comment.id)
    with stage.use_case():
        identities.look_up_identity(
            study_id=stage.study_id,
            code=code,
            reason=entry.why_look_up,
            actor=stage.member(entry.told),
            now=now,
        )
    with stage.use_case():
        follow_ups.note_follow_up(
            study_id=stage.study_id,
            comment_id=comment_id,
            who=next(one.name for one in stage.script.team if one.key == entry.told),
            what=entry.done,
            done_on=now.date(),
            is_last=True,
            actor=stage.member(entry.told),
            now=now,
        )


def decide(stage: Stage, plan: RoundPlan, now: datetime) -> None:
    """Record the team's decision about every section, and sign the decisions."""
    reviewer = stage.member(REVIEWER)
    for section in plan.items:
        step = stage.script.story[section][plan.number]
        with stage.use_case():
            decisions.decide(
                study_id=stage.study_id,
                number=plan.number,
                section=section,
                kind=step.decision,
                reason=step.reason,
                actor=reviewer,
                now=now,
            )
    for key in (stage.script.sign_off.first, stage.script.sign_off.lead):
        with stage.use_case():
            decisions.sign_decisions(
                study_id=stage.study_id, number=plan.number, actor=stage.member(key), now=now
            )


def write_drafts(stage: Stage, for_round: int, now: datetime) -> None:
    """Write what the next round puts: new sections, new drafts, and what changed and why."""
    for added in stage.script.added_sections:
        if added.for_round == for_round:
            _add_section(stage, added, now)
    for revision in stage.script.revisions_for(for_round):
        if revision.files:
            _write_draft(stage, revision.section, revision.files, now)
        _write_revision(stage, revision, now)


def _add_section(stage: Stage, added: AddedSection, now: datetime) -> None:
    with stage.use_case():
        sections.add_section(
            study_id=stage.study_id,
            code=added.section,
            title=added.title,
            position=added.order,
            origin=added.origin,
            added_in_round=added.for_round,
            actor=stage.member(REVIEWER),
            now=now,
        )
    _write_draft(stage, added.section, added.files, now)
    stage.say(f"A new section is written, “{added.title}”: {added.origin[0].lower()}{added.origin[1:]}.")


def _write_draft(stage: Stage, section: str, files: DraftFiles, now: datetime) -> None:
    texts = {"standard": stage.text(files.standard)}
    if files.easy_read:
        texts["easy_read"] = stage.text(files.easy_read)
    with stage.use_case():
        drafts.write_draft(
            study_id=stage.study_id,
            section=section,
            texts=texts,
            actor=stage.member(EASY_READ_EDITOR if files.easy_read else REVIEWER),
            now=now,
        )


def _write_revision(stage: Stage, revision: Revision, now: datetime) -> None:
    with stage.use_case():
        revisions.write_revision(
            study_id=stage.study_id,
            section=revision.section,
            for_round=revision.for_round,
            kind=revision.kind,
            from_number=revision.from_version,
            to_number=revision.to_version,
            comparable=revision.comparable,
            comparable_reason=revision.comparable_reason,
            summary=revision.summary,
            changes=[
                (
                    [stage.comment_ids[one] for one in change.comments if one in stage.comment_ids],
                    change.you_said,
                    change.we_did,
                )
                for change in revision.changes
            ],
            actor=stage.member(REVIEWER),
            now=now,
        )


def sign_drafts(stage: Stage, for_round: int, now: datetime) -> None:
    """Two sign every new draft, and it is published."""
    for added in stage.script.added_sections:
        if added.for_round == for_round:
            sign_and_publish(stage, added.section, 1, now)
    for revision in stage.script.revisions_for(for_round):
        if revision.files:
            sign_and_publish(stage, revision.section, revision.to_version, now)


def publish(stage: Stage, plan: RoundPlan, now: datetime) -> None:
    """Freeze the feedback and share it with the panel."""
    with stage.use_case():
        feedback.publish_feedback(
            study_id=stage.study_id,
            number=plan.number,
            actor=stage.member(stage.script.sign_off.lead),
            now=now,
        )
    _tell(stage, telling.feedback_told(round_of(stage.study_id, plan.number)))


def correct(stage: Stage, now: datetime) -> None:
    """List the edits to agreed text that change no meaning."""
    for correction in stage.script.corrections:
        with stage.use_case():
            corrections.correct_agreed_text(
                study_id=stage.study_id,
                section=correction.section,
                kind=correction.kind,
                edit=correction.edit,
                comment_id=stage.comment_ids.get(correction.comment),
                actor=stage.member(REVIEWER),
                now=now,
            )


def finish(stage: Stage, now: datetime) -> None:
    """End the study."""
    with stage.use_case():
        studies.finish_study(study_id=stage.study_id, actor=stage.member(stage.script.sign_off.lead), now=now)
    _tell(stage, telling.end_told(stage.study_id))
