"""Comments that can have the same answer: the ones still without one, those most alike first."""

from __future__ import annotations

from dataclasses import dataclass

from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotFound
from delphi.domain.ids import CommentId
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.sections import Section
from delphi.queries.comments import comments_of_round
from delphi.queries.comments_choice import HIDDEN
from delphi.queries.handled import handled_of
from delphi.queries.rounds import round_of
from delphi.text.likeness import likeness, words_of

ON_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comment that has no answer yet, in full: it is read here."""

    id: CommentId
    text: str
    about: str


@dataclass(frozen=True, slots=True)
class SeveralPage:
    """Comments to answer the same way as one; `n_more` others wait."""

    number: int
    model_id: CommentId
    model_text: str
    kind: str
    reason: str
    themes: str
    candidates: tuple[Candidate, ...]
    n_more: int
    is_final: bool


def several_page(member: TeamMember, number: int, comment_id: CommentId) -> SeveralPage:
    """Which comments could have the answer of this one. NotFound for another round's, or a held one."""
    round_ = round_of(member.study_id, number)
    comments = comments_of_round(round_.id)
    model = next((one for one in comments if one.id == comment_id and one.state not in HIDDEN), None)
    if model is None:
        raise NotFound(f"This round has no comment C{comment_id} whose answer others could have.")
    own, handled = words_of(model.text), handled_of(model)
    waiting = [
        one for one in comments if one is not model and one.state not in HIDDEN and one.disposition is None
    ]
    waiting.sort(
        key=lambda one: (-likeness(own, words_of(one.text)), one.section_id != model.section_id, one.id)
    )
    titles: dict[int, str] = dict(
        db.session.execute(
            db.select(Section.id, Section.title).where(Section.study_id == member.study_id)
        ).all()
    )
    return SeveralPage(
        number=number,
        model_id=model.id,
        model_text=model.text,
        kind="" if handled.kind == "duplicate" else handled.kind,
        reason=handled.reason,
        themes=", ".join(handled.themes),
        candidates=tuple(_candidate(one, titles) for one in waiting[:ON_A_PAGE]),
        n_more=max(len(waiting) - ON_A_PAGE, 0),
        is_final=round_.state == RoundState.PUBLISHED,
    )


def _candidate(comment: Comment, titles: dict[int, str]) -> Candidate:
    title = titles.get(comment.section_id or 0, "About the whole")
    group = comment.panellist.group.feedback_group.label
    return Candidate(comment.id, comment.text, f"{title} · {group} · C{comment.id}")
