"""A section's page for one panellist: what everybody sees, with the person's own answers filled in.

The part for everybody is kept ready (section_content); per reader this asks for five rows or so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from delphi.domain.calendar import in_words
from delphi.domain.dispositions import DispositionKind
from delphi.domain.prompting import is_about_a_change, is_asked
from delphi.domain.scale import Scale
from delphi.domain.states import RoundState, SubmissionState
from delphi.queries.answers import Answer, SavedPage
from delphi.queries.figures_shown import said_as
from delphi.queries.own_page import OwnPage, answers_before, own_page, saved_words
from delphi.queries.question_asked import Question
from delphi.queries.round_outline import (
    ItemOutline,
    PromptOutline,
    RoundOutline,
    SectionOutline,
)
from delphi.queries.section_content import (
    EASY_READ,
    PictureAddress,
    SectionContent,
    comparable_with_last,
    section_content,
)
from delphi.queries.taking_part import PanelVisit

CHANGED_FOR = frozenset({DispositionKind.ACCEPTED, DispositionKind.PARTLY})


@dataclass(frozen=True, slots=True)
class CommentBox:
    """A question in words; `is_shown` is False for one that waits for a change of answer."""

    code: str
    words: str
    text: str
    about_change: str
    is_about_change: bool
    is_shown: bool
    problem: str
    elsewhere: str | None

    @property
    def field(self) -> str:
        """The name and the id of its box."""
        return f"comment-{self.code}"

    @property
    def hint(self) -> str:
        """What stands above the box."""
        if self.about_change:
            return f"{self.about_change} You can leave this blank."
        return "You can leave this blank. Please do not write anybody’s real name."


@dataclass(frozen=True, slots=True)
class OwnComment:
    """What came of something the reader wrote in the round before."""

    text: str
    is_changed: bool
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed on a page that comes back: with problems by field, and what stands elsewhere."""

    ratings: Mapping[str, Answer | None]
    comments: Mapping[str, str]
    revision: int
    problems: Mapping[str, str] = field(default_factory=dict)
    theirs: SavedPage | None = None


@dataclass(frozen=True, slots=True)
class RatingPage:
    """Everything a section's page shows."""

    round: int
    kind: str
    is_open: bool
    closes: str
    code: str
    title: str
    place: int
    of: int
    origin: str | None
    content: SectionContent
    draft_number: int
    scale: Scale
    questions: tuple[Question, ...]
    boxes: tuple[CommentBox, ...]
    own_comments: tuple[OwnComment, ...]
    own_comment_ids: frozenset[int]
    rated_before: bool
    revision: int
    saved: str
    n_answered: int
    next_code: str | None
    has_submitted: bool

    @property
    def is_saved(self) -> bool:
        """Whether something of this page is saved: an answer or, where nothing is rated, words."""
        return self.n_answered > 0 or (not self.questions and self.revision > 0)

    @property
    def is_last(self) -> bool:
        """Whether no section follows."""
        return self.next_code is None


def rating_page(
    visit: PanelVisit,
    outline: RoundOutline,
    section_code: str,
    *,
    variant: str,
    picture: PictureAddress,
    typed: Typed | None = None,
) -> RatingPage:
    """A section's page for this person; with `typed`, what they typed stands in it instead of what is saved.

    Raises NotFound for a section that the round does not put.
    """
    section = outline.section(section_code)
    own = own_page(visit.panellist_id, outline, section)
    content = section_content(
        visit.study, outline, section, variant=variant, deletions=own.deletions, picture=picture
    )
    ratings: Mapping[str, Answer | None] = {**own.ratings, **typed.ratings} if typed else own.ratings
    comments = {**own.comments, **typed.comments} if typed else own.comments
    following = outline.after(section_code)
    n_answered = sum(1 for item in section.items if item.criterion in own.ratings)
    return RatingPage(
        round=outline.number,
        kind=outline.kind,
        is_open=own.state == RoundState.OPEN,
        closes=in_words(own.closes_on),
        code=section.code,
        title=content.title,
        place=section.place,
        of=len(outline.sections),
        origin=section.origin,
        content=content,
        draft_number=section.draft_number,
        scale=outline.scale,
        questions=tuple(
            _question(item, place, section, content, own, ratings, typed, outline.scale)
            for place, item in enumerate(section.items, 1)
        ),
        boxes=_boxes(outline, section, content, own, ratings, comments, typed),
        own_comments=_own_comments(own, content),
        own_comment_ids=frozenset(one["comment"] for one in own.said_before),
        rated_before=bool(own.before),
        revision=typed.revision if typed else own.revision,
        saved=saved_words(
            n_answered,
            len(section.items),
            own.saved_at,
            visit.frame.timezone,
            is_easy=content.variant == EASY_READ,
        ),
        n_answered=n_answered,
        next_code=following.code if following else None,
        has_submitted=own.submission == SubmissionState.SUBMITTED,
    )


def questions_about_change(
    visit: PanelVisit, outline: RoundOutline, section: SectionOutline, ratings: Mapping[str, Answer | None]
) -> tuple[str, ...]:
    """The prompts that these answers call for, because they differ from the person's last ones."""
    prompts = tuple(one for one in outline.prompts_for("section") if is_about_a_change(one.conditions))
    if not prompts or section.last is None:
        return ()
    before, _ = answers_before(visit.panellist_id, section)
    comparable = comparable_with_last(outline, section)
    return tuple(prompt.code for prompt in _asked(prompts, comparable, before, ratings, outline.scale))


def _question(
    item: ItemOutline,
    place: int,
    section: SectionOutline,
    content: SectionContent,
    own: OwnPage,
    ratings: Mapping[str, Answer | None],
    typed: Typed | None,
    scale: Scale,
) -> Question:
    chosen = ratings.get(item.criterion)
    return Question(
        code=item.criterion,
        label=item.label,
        statement=item.words(content.variant),
        place=place,
        of=len(section.items),
        scale=scale,
        source=content,
        chosen=chosen,
        before=own.before.get(item.criterion),
        problem=(typed.problems.get(item.criterion, "") if typed else ""),
        elsewhere=_elsewhere(item, chosen, typed, scale, content.variant),
    )


def _elsewhere(
    item: ItemOutline, chosen: Answer | None, typed: Typed | None, scale: Scale, variant: str
) -> str:
    """What is saved of this question from another device, where that differs from what was typed here."""
    if typed is None or typed.theirs is None:
        return ""
    theirs = typed.theirs.ratings.get(item.criterion)
    if theirs == chosen:
        return ""
    return said_as(scale, theirs, variant) if theirs is not None else "no answer"


def _asked(
    prompts: Iterable[PromptOutline],
    comparable: str | None,
    before: Mapping[str, Answer],
    ratings: Mapping[str, Answer | None],
    scale: Scale,
) -> tuple[PromptOutline, ...]:
    """Those of these questions about a change of answer that are to be asked."""
    moves = [
        (then, now)
        for criterion, then in before.items()
        if isinstance(then, int) and isinstance(now := ratings.get(criterion), int)
    ]
    return tuple(
        prompt
        for prompt in prompts
        if is_about_a_change(prompt.conditions)
        and is_asked(prompt.conditions, comparable=comparable, moves=moves, scale=scale)
    )


def _boxes(
    outline: RoundOutline,
    section: SectionOutline,
    content: SectionContent,
    own: OwnPage,
    ratings: Mapping[str, Answer | None],
    comments: Mapping[str, str],
    typed: Typed | None,
) -> tuple[CommentBox, ...]:
    prompts = outline.prompts_for("section")
    comparable = content.earlier.comparable if content.earlier else None
    asked = {one.code for one in _asked(prompts, comparable, own.before, ratings, outline.scale)}
    moved = _moved(section, own, ratings, outline.scale, content.variant)
    boxes = []
    for prompt in prompts:
        about_change = is_about_a_change(prompt.conditions)
        if about_change and not own.before:
            continue
        text = comments.get(prompt.code, "")
        theirs = typed.theirs.comments.get(prompt.code, "") if typed and typed.theirs else text
        boxes.append(
            CommentBox(
                code=prompt.code,
                words=prompt.words(content.variant),
                text=text,
                about_change=moved if about_change else "",
                is_about_change=about_change,
                is_shown=not about_change or prompt.code in asked or bool(text),
                problem=typed.problems.get(prompt.code, "") if typed else "",
                elsewhere=theirs if theirs.strip() != text.strip() else None,
            )
        )
    return tuple(sorted(boxes, key=lambda box: not box.is_about_change))


def _moved(
    section: SectionOutline, own: OwnPage, ratings: Mapping[str, Answer | None], scale: Scale, variant: str
) -> str:
    """Which answers changed, in words: "“This is clear”: last time Agree, now Disagree."."""
    told = []
    for item in section.items:
        before, now = own.before.get(item.criterion), ratings.get(item.criterion)
        if before is not None and now is not None and before != now:
            told.append(
                f"“{item.words(variant).rstrip('.')}”: last time {said_as(scale, before, variant)}, "
                f"now {said_as(scale, now, variant)}."
            )
    return " ".join(told)


_OUTCOMES = {
    DispositionKind.ACCEPTED: "We changed this",
    DispositionKind.PARTLY: "We changed part of this",
    DispositionKind.NOT_ACCEPTED: "Not changed, and why",
    DispositionKind.NOTED: "Read and noted",
    DispositionKind.ALREADY_COVERED: "The draft already says this",
    DispositionKind.DUPLICATE: "Other people said the same",
    DispositionKind.OUT_OF_SCOPE: "Not part of this guide",
    DispositionKind.DEFERRED: "Kept for later",
}
"""What came of a comment, as its writer is told."""


def outcome_words(disposition: str | None) -> str:
    """What came of a comment, in a few words; empty when nothing was answered."""
    return _OUTCOMES[DispositionKind(disposition)] if disposition else ""


def _own_comments(own: OwnPage, content: SectionContent) -> tuple[OwnComment, ...]:
    changes = content.earlier.changes if content.earlier else ()
    told = []
    for one in own.said_before:
        did = " ".join(change.we_did for change in changes if one["comment"] in change.comments)
        disposition = one.get("disposition")
        told.append(
            OwnComment(
                text=one["text"],
                is_changed=disposition in CHANGED_FOR,
                outcome=outcome_words(disposition),
                reason=did or one.get("reason") or "",
            )
        )
    return tuple(told)
