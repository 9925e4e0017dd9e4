"""The demo's panel at work: pages saved one by one, forms that come by post, a pause in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from delphi.demo.cast import Panellist
from delphi.demo.simulator import RatingKey
from delphi.demo.stage import Stage
from delphi.demo.storyline import RoundPlan
from delphi.queries.answers import UNABLE, Answer
from delphi.services import answers, forms

PROMPT_OF_KIND = {"section": "change", "reason": "reason", "missing": "missing"}
SUPPORT_WORDS = {
    "relative": "helped by a relative",
    "paid_advocate": "helped by a paid advocate",
    "support_worker": "helped by a support worker",
}


def answer_times(stage: Stage, plan: RoundPlan, person: Panellist) -> Iterator[tuple[datetime, int, int]]:
    """When a person sits down to answer, with the first and the last page of that sitting."""
    times = stage.simulation.times[plan.number, person.code]
    n_pages = len(plan.items)
    last = stage.at(times.saved_on(plan.last_day), *divmod(times.minute, 60))
    if times.started_on is None:
        yield last, 0, n_pages
        return
    yield stage.at(times.started_on, *divmod(times.minute, 60)), 0, n_pages // 2
    yield last, n_pages // 2, n_pages


def answer_pages(
    stage: Stage, plan: RoundPlan, person: Panellist, first: int, end: int, now: datetime
) -> None:
    """Save some of a round's pages, a minute apart, and hand them in after the last one."""
    sections = list(plan.items)
    common: dict[str, Any] = {"study_id": stage.study_id, "number": plan.number, "code": person.code}
    actor = stage.person(person.code)
    for minute, section in enumerate(sections[first:end]):
        with stage.use_case():
            answers.save_answers(
                **common,
                section=section,
                ratings=ratings_of(stage, plan.number, section, person.code),
                comments=comments_of(stage, plan.number, section, person.code),
                revision=0,
                variant=variant_of(stage, section, plan.items[section], person),
                actor=actor,
                now=now + timedelta(minutes=minute),
            )
    if end < len(sections):
        return
    finished = now + timedelta(minutes=end - first)
    about_the_whole = comments_of(stage, plan.number, None, person.code)
    if about_the_whole:
        with stage.use_case():
            answers.save_about_the_whole(
                **common, comments=about_the_whole, revision=0, actor=actor, now=finished
            )
    with stage.use_case():
        support = SUPPORT_WORDS.get(person.supporter or "")
        answers.submit(**common, support=support, actor=actor, now=finished)


def enter_paper_form(stage: Stage, plan: RoundPlan, person: Panellist, now: datetime) -> None:
    """A form that came by post is entered by the team's data entry, late ones with their reason."""
    times = stage.simulation.times[plan.number, person.code]
    late = person.late_form if person.late_form and person.late_form.round == plan.number else None
    with stage.use_case():
        forms.enter_form(
            study_id=stage.study_id,
            number=plan.number,
            code=person.code,
            pages={
                section: forms.FormPage(
                    ratings_of(stage, plan.number, section, person.code),
                    comments_of(stage, plan.number, section, person.code),
                )
                for section in plan.items
            },
            about_the_whole=comments_of(stage, plan.number, None, person.code),
            received_on=_received(times.answered_on, late is None, plan),
            late_reason=late.reason if late else None,
            actor=stage.member("marta"),
            now=now,
        )
    if late:
        stage.say(
            f"{person.code}'s paper form came on {late.received_on}, after the close: admitted with a reason."
        )


def _received(day: date, in_time: bool, plan: RoundPlan) -> date:
    return min(day, plan.last_day) if in_time else day


def ratings_of(stage: Stage, number: int, section: str, code: str) -> dict[str, Answer]:
    """What somebody answers on one page."""
    ratings: dict[str, Answer] = {}
    for criterion in stage.script.simulation.criteria:
        value = stage.simulation.ratings[RatingKey(number, section, criterion, code)]
        ratings[criterion] = UNABLE if value is None else value
    return ratings


def comments_of(stage: Stage, number: int, section: str | None, code: str) -> dict[str, str]:
    """What somebody writes on one page, or about the guidance as a whole, by prompt."""
    return {
        PROMPT_OF_KIND[placed.comment.kind]: placed.comment.text
        for placed in stage.simulation.comments
        if (placed.round_number, placed.section, placed.code) == (number, section, code)
    }


def variant_of(stage: Stage, section: str, version: int, person: Panellist) -> str:
    """The text somebody reads: Easy Read where they chose it and there is one for this draft."""
    if person.format != "easy_read":
        return "standard"
    file = stage.bundle.study_file
    for part in file.sections:
        if part.id == section and version in part.drafts and part.drafts[version].easy_read:
            return "easy_read"
    for revision in stage.script.revisions:
        if (revision.section, revision.to_version) == (section, version) and revision.files:
            return "easy_read" if revision.files.easy_read else "standard"
    return "standard"
