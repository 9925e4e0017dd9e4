"""Comments as a table to work with: what was shared, or for the team every comment that may be read.

The safe table says what the report says. The team's names each writer by a code that is drawn anew for each
file (requirement E12), so that two files cannot be laid side by side; held comments and those passed on keep
their words to themselves.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from delphi.domain.ids import PanellistId, StudyId
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.rounds import Round
from delphi.models.sections import Draft
from delphi.models.studies import Study
from delphi.queries.comments import READABLE, comments_of_round
from delphi.queries.comments_choice import HIDDEN
from delphi.queries.plain_table import PlainTable
from delphi.queries.rounds import rounds_of
from delphi.queries.studies import study_of
from delphi.reports.audience import Audience
from delphi.reports.comments import comments_of
from delphi.reports.record import records_of
from delphi.reports.setting import Setting
from delphi.reports.words import disposition_words

WHOLE = "The guidance as a whole"

SHARED_HEADS = (
    "No",
    "Round",
    "Section",
    "Draft",
    "Asked",
    "Themes",
    "Answer",
    "Reply",
    "Words (where quotation is allowed)",
    "Group",
)
TEAM_HEADS = (
    "Writer (in this file only)",
    "Group",
    "Round",
    "Section",
    "Draft",
    "Asked",
    "Words as written",
    "Shown or not",
    "Words as the panel reads them",
    "Themes",
    "Answer",
    "Reply",
)

Row = tuple[str | int | float | None, ...]


def comments_table(study_id: StudyId, audience: Audience) -> PlainTable:
    """The comments of a study for one audience; those of an open round are never among them (M21)."""
    study = study_of(study_id)
    is_team = audience.is_team
    rows = _team_rows(study) if is_team else _shared_rows(study)
    return PlainTable(
        name=f"{study.slug}-comments",
        sheet="Comments",
        title=f"{study.short_title}: comments",
        heads=TEAM_HEADS if is_team else SHARED_HEADS,
        rows=tuple(rows),
    )


def _shared_rows(study: Study) -> Iterator[Row]:
    """The comments that were shared, as every report lists them."""
    setting = Setting.of(study)
    records = records_of(study, Audience.SHARED)
    drafts = {record.number: record.drafts for record in records}
    for entry in comments_of(setting, records, (), Audience.SHARED).entries:
        section = setting.sections[entry.section].title if entry.section else WHOLE
        draft = drafts[entry.round].get(entry.section) if entry.section else None
        yield (
            entry.number,
            entry.round,
            section,
            draft,
            entry.prompt,
            ", ".join(entry.themes),
            entry.disposition,
            entry.reason,
            entry.text,
            entry.group,
        )


def _team_rows(study: Study) -> Iterator[Row]:
    rounds = [one for one in rounds_of(study.id) if one.state in READABLE and one.opened_at is not None]
    found = [(round_, comment) for round_ in rounds for comment in comments_of_round(round_.id)]
    writers = _writers({comment.panellist_id for _, comment in found})
    titles = {section.id: section.title for section in Setting.of(study).sections.values()}
    numbers = _draft_numbers({comment.draft_id for _, comment in found if comment.draft_id is not None})
    for round_, comment in found:
        section = titles[comment.section_id] if comment.section_id is not None else WHOLE
        draft = numbers.get(comment.draft_id) if comment.draft_id is not None else None
        yield _team_row(round_, comment, writers[comment.panellist_id], section, draft)


def _team_row(round_: Round, comment: Comment, writer: str, section: str, draft: int | None) -> Row:
    is_hidden = comment.state in HIDDEN
    disposition = comment.disposition
    return (
        writer,
        comment.panellist.group.label,
        round_.number,
        section,
        draft,
        comment.prompt,
        None if is_hidden else comment.text,
        comment.state.value.capitalize(),
        None if is_hidden else comment.shown_text,
        ", ".join(one.theme.label for one in comment.themes),
        disposition_words(disposition.kind if disposition else None),
        disposition.reason if disposition else None,
    )


def _writers(people: set[PanellistId]) -> dict[PanellistId, str]:
    """A code for each writer, in an order drawn for this file alone."""
    order = sorted(people)
    secrets.SystemRandom().shuffle(order)
    return {one: f"W{place:03}" for place, one in enumerate(order, start=1)}


def _draft_numbers(ids: set[int]) -> dict[int, int]:
    rows = db.session.execute(db.select(Draft.id, Draft.number).where(Draft.id.in_(ids)))
    return {row.id: row.number for row in rows}
