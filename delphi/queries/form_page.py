"""A paper form to be typed in: its sections, criteria and prompts, as they were printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from delphi.domain.actors import TeamMember
from delphi.domain.calendar import in_words
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.late_forms import LateForm
from delphi.queries.answers import UNABLE, SavedPage, saved_page, saved_whole
from delphi.queries.panellists import panellist_of
from delphi.queries.round_outline import PromptOutline, RoundOutline, SectionOutline, round_outline
from delphi.queries.rounds import round_of
from delphi.queries.studies import study_of


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
    outline = round_outline(study, number)
    points = [(str(point.value), f"{point.value} {point.label}") for point in outline.scale.points]
    if outline.scale.cannot_say is not None:
        points.append((UNABLE, outline.scale.cannot_say.label))
    whole = saved_whole(round_.id, panellist.id).comments
    noted = db.session.get(LateForm, (round_.id, panellist.id))
    return PaperForm(
        number=number,
        code=code,
        is_closed=round_.state == RoundState.CLOSED,
        closed=in_words(round_.closes_on),
        received_on=noted.received_on if noted is not None else None,
        late_rule=LATE_RULES.get(str(study.protocol.get("late_forms")), ""),
        points=tuple(points),
        sections=tuple(
            _section(section, outline, saved_page(round_.id, panellist.id, section))
            for section in outline.sections
        ),
        whole=_prompts("whole", outline.prompts_for("round"), whole),
    )


def _section(section: SectionOutline, outline: RoundOutline, saved: SavedPage) -> FormSection:
    items = tuple(
        FormItem(
            f"{section.code}.{one.criterion}",
            one.criterion,
            one.label,
            one.statement or one.label,
            str(saved.ratings.get(one.criterion, "")),
        )
        for one in section.items
    )
    prompts = _prompts(section.code, outline.prompts_for("section"), saved.comments)
    return FormSection(section.code, section.title, items, prompts)


def _prompts(
    part: str, prompts: Iterable[PromptOutline], comments: Mapping[str, str]
) -> tuple[FormPrompt, ...]:
    return tuple(
        FormPrompt(f"{part}.{one.code}", one.code, one.text, comments.get(one.code, "")) for one in prompts
    )
