"""A paper form to be typed in: its sections, criteria and prompts, as they were printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import in_words
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.late_forms import LateForm
from delphi.models.rounds import RoundSection
from delphi.models.sections import CommentPrompt, Section
from delphi.queries.answers import UNABLE, saved_page, saved_whole, section_page
from delphi.queries.panellists import panellist_of
from delphi.queries.rounds import round_of
from delphi.queries.studies import criteria_of, scale_of, study_of


@dataclass(frozen=True, slots=True)
class FormItem:
    """One criterion of one section, with what is saved of this person."""

    name: str
    code: str
    label: str
    statement: str
    value: str


@dataclass(frozen=True, slots=True)
class FormPrompt:
    """One place for words."""

    name: str
    code: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class FormSection:
    """One section of the form."""

    code: str
    title: str
    items: tuple[FormItem, ...]
    prompts: tuple[FormPrompt, ...]


@dataclass(frozen=True, slots=True)
class PaperForm:
    """The whole form of one person in one round; `received_on` is set where it was noted as late."""

    number: int
    code: str
    is_closed: bool
    closed: str
    late_rule: str
    received_on: date | None
    points: tuple[tuple[str, str], ...]
    sections: tuple[FormSection, ...]
    whole: tuple[FormPrompt, ...]


LATE_RULES = {
    "refused": "The protocol refuses forms that come after the close.",
    "admitted_with_reason_while_closed": (
        "Late forms are admitted with a reason while the round is closed and not yet analysed, and flagged."
    ),
}


def paper_form(member: TeamMember, number: int, code: str) -> PaperForm:
    """What to type in for one person; NotFound for an unknown code or round."""
    study, round_ = study_of(member.study_id), round_of(member.study_id, number)
    panellist = panellist_of(study.id, code)
    scale = scale_of(study)
    points = [(str(point.value), f"{point.value} {point.label}") for point in scale.points]
    if scale.cannot_say is not None:
        points.append((UNABLE, scale.cannot_say.label))
    criteria = {one.code: one for one in criteria_of(study.id)}
    about_the_whole = saved_whole(round_.id, panellist.id).comments
    noted = db.session.get(LateForm, (round_.id, panellist.id))
    prompts = [one for one in _prompts(study.id) if number in (one.conditions.get("rounds") or [number])]
    sections = []
    for section in _sections(round_.id):
        page = section_page(round_.id, section.code)
        saved = saved_page(round_.id, panellist.id, page)
        sections.append(
            FormSection(
                section.code,
                section.title,
                tuple(
                    FormItem(
                        f"{section.code}.{one}",
                        one,
                        criteria[one].label,
                        criteria[one].statement or criteria[one].label,
                        str(saved.ratings.get(one, "")),
                    )
                    for one in page.item_by_criterion
                ),
                tuple(
                    FormPrompt(
                        f"{section.code}.{one.code}", one.code, one.text, saved.comments.get(one.code, "")
                    )
                    for one in prompts
                    if one.scope == "section"
                ),
            )
        )
    return PaperForm(
        number=number,
        code=code,
        is_closed=round_.state == RoundState.CLOSED,
        closed=in_words(round_.closes_on),
        received_on=noted.received_on if noted is not None else None,
        late_rule=LATE_RULES.get(str(study.protocol.get("late_forms")), ""),
        points=tuple(points),
        sections=tuple(sections),
        whole=tuple(
            FormPrompt(f"whole.{one.code}", one.code, one.text, about_the_whole.get(one.code, ""))
            for one in prompts
            if one.scope == "round"
        ),
    )


def _sections(round_id: int) -> list[Section]:
    return list(
        db.session.scalars(
            db.select(Section)
            .join(RoundSection, RoundSection.section_id == Section.id)
            .where(RoundSection.round_id == round_id)
            .order_by(RoundSection.position)
        )
    )


def _prompts(study_id: int) -> list[CommentPrompt]:
    return list(
        db.session.scalars(
            db.select(CommentPrompt)
            .where(CommentPrompt.study_id == study_id)
            .order_by(CommentPrompt.position)
        )
    )
