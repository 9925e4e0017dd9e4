"""The published feedback of an earlier round, for one reader: from snapshots only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from delphi.consensus.disclosure_release import Release
from delphi.domain.dispositions import DispositionKind
from delphi.domain.errors import NotFound
from delphi.extensions import db
from delphi.models.snapshots import FeedbackCopy
from delphi.queries.answers import Answer
from delphi.queries.figures_shown import Figure, figure_of, said_as
from delphi.queries.rating_page import CHANGED_FOR, OwnComment, outcome_words
from delphi.queries.round_outline import RoundOutline, round_outline
from delphi.queries.section_content import EASY_READ, STANDARD, Said, by_theme, shared_feedback
from delphi.queries.taking_part import PanelVisit


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """A section in the list: its outcome and what the team decided."""

    code: str
    title: str
    headline: str
    reason: str
    is_agreed: bool


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """A round's feedback, section by section."""

    round: int
    lines: tuple[FeedbackLine, ...]
    about_the_whole: tuple[tuple[str, tuple[Said, ...]], ...]
    own_comment_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class FeedbackFigure:
    """A criterion's figures beside the reader's own answer."""

    label: str
    last: str
    figure: Figure
    chart: Markup


@dataclass(frozen=True, slots=True)
class FeedbackSection:
    """What the panel said about one section in one round."""

    round: int
    code: str
    title: str
    headline: str
    reason: str
    figures: tuple[FeedbackFigure, ...]
    notes: tuple[str, ...]
    deletion_note: str
    themes: tuple[tuple[str, tuple[Said, ...]], ...]
    own_comments: tuple[OwnComment, ...]
    own_comment_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class SharedFeedback:
    """A round's feedback as everybody gets it, with the reader's own copy; `source` names it for good."""

    content: Mapping[str, Any]
    own: Mapping[str, Any]
    was_deleted_from: bool
    outline: RoundOutline
    source: tuple[object, ...]


def feedback_page(visit: PanelVisit, number: int) -> FeedbackPage:
    """The feedback of a round; NotFound before it is published."""
    return feedback_page_of(_published(visit, number))


def feedback_section(visit: PanelVisit, number: int, code: str) -> FeedbackSection:
    """What the panel said about a section; NotFound when the round did not put it."""
    return feedback_section_of(visit, _published(visit, number), code)


def feedback_page_of(found: SharedFeedback) -> FeedbackPage:
    """The list of sections of a round's feedback."""
    content, own, number = found.content, found.own, found.outline.number
    return FeedbackPage(
        round=number,
        lines=tuple(
            FeedbackLine(
                code=one["section"],
                title=one["title"],
                headline=one["headline"] or "Comments only",
                reason=one["decision_reason"] or "",
                is_agreed=one["outcome"] == "agreed",
            )
            for one in content["sections"]
        ),
        about_the_whole=by_theme(content["about_the_whole"]),
        own_comment_ids=_own_ids(own),
    )


def feedback_section_of(visit: PanelVisit, found: SharedFeedback, code: str) -> FeedbackSection:
    """What the panel said about a section; NotFound when the round did not put it."""
    content, own, outline = found.content, found.own, found.outline
    number = outline.number
    section = outline.section(code)
    entry = next((one for one in content["sections"] if one["section"] == code), None)
    if entry is None:
        raise NotFound("This round did not ask about that section.")
    release = Release.from_dict(content["figures"]) if content["figures"] else None
    answers = own["answers"].get(code, {})
    variant = EASY_READ if visit.format == EASY_READ else STANDARD
    figures = []
    for item in section.items:
        figure = release and figure_of(
            release,
            code,
            item.criterion,
            title=f"{item.label}: what the panel said in round {number}",
            scale=outline.scale,
            feedback=visit.study.protocol.get("feedback") or {},
            source=found.source,
        )
        if figure:
            figures.append(
                _beside(
                    figure, item.words(variant).rstrip("."), answers.get(item.criterion), outline, variant
                )
            )
    return FeedbackSection(
        round=number,
        code=code,
        title=entry["title"],
        headline=entry["headline"] or "",
        reason=entry["decision_reason"] or "",
        figures=tuple(figures),
        notes=tuple(content.get("notes") or ()),
        deletion_note=str(visit.study.privacy["deletion_note"]) if found.was_deleted_from else "",
        themes=by_theme(entry["comments"]),
        own_comments=tuple(_own_comment(one) for one in own["comments"] if one["section"] == code),
        own_comment_ids=_own_ids(own),
    )


def _beside(
    figure: Figure, label: str, answer: Answer | None, outline: RoundOutline, variant: str
) -> FeedbackFigure:
    return FeedbackFigure(
        label=label,
        last=said_as(outline.scale, answer, variant) if answer is not None else "",
        figure=figure,
        chart=figure.chart(answer),
    )


def _published(visit: PanelVisit, number: int) -> SharedFeedback:
    outline = round_outline(visit.study, number)
    snapshot, was_deleted_from = shared_feedback(outline.round_id, number)
    copy = db.session.scalar(
        db.select(FeedbackCopy.content).where(
            FeedbackCopy.round_id == outline.round_id, FeedbackCopy.panellist_id == visit.panellist_id
        )
    )
    own = json.loads(copy) if copy else {"answers": {}, "comments": []}
    source = ("shown", visit.study_id, number)
    return SharedFeedback(json.loads(snapshot.content), own, was_deleted_from, outline, source)


def _own_ids(own: Mapping[str, Any]) -> frozenset[int]:
    return frozenset(one["comment"] for one in own["comments"])


def _own_comment(one: Mapping[str, Any]) -> OwnComment:
    disposition = one.get("disposition")
    is_changed = disposition is not None and DispositionKind(disposition) in CHANGED_FOR
    return OwnComment(one["text"], is_changed, outcome_words(disposition), one.get("reason") or "")
