"""Playing the demo study through the real services, as 48 people and a team would, at its own dates.

The play is a list of acts, each with its time. Between two acts the outbox is worked off at the time of
the play: that is how rounds open and close and how messages leave. The demo floor may not know the jobs
floor, so the caller brings that in as `deliver`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from delphi.demo import answering, setting_up, teamwork
from delphi.demo.script import Script, load_script
from delphi.demo.simulator import simulate, study_facts
from delphi.demo.stage import Say, Stage
from delphi.demo.storyline import RoundPlan
from delphi.domain.calendar import end_of_day, start_of_day
from delphi.domain.ids import StudyId
from delphi.domain.study_archive import StudyBundle, read_folder
from delphi.services.rounds import REMINDER_TIME

Deliver = Callable[[datetime], object]
Count = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at one moment of the play."""

    when: datetime
    do: Callable[[datetime], object]


def load_demo(folder: Path) -> tuple[Script, StudyBundle]:
    """The demo's script and its study."""
    return load_script(folder), read_folder(folder / "study")


def play(
    folder: Path,
    *,
    deliver: Deliver,
    say: Say = lambda sentence: None,
    count: Count = lambda total: None,
    seed: int | None = None,
) -> StudyId:
    """Play the whole study and return it.

    `count` is told how many acts there are, `deliver` is called after each one with its time.
    The default seed of the script tells the story. Raises what the services raise: the play takes no
    short cuts.
    """
    script, bundle = load_demo(folder)
    number = script.simulation.default_seed if seed is None else seed
    stage = Stage(script, bundle, simulate(script, study_facts(script), number), folder, say)
    acts = sorted(_acts(stage), key=lambda act: act.when)
    count(len(acts))
    for act in acts:
        act.do(act.when)
        deliver(act.when)
    return stage.study_id


def _acts(stage: Stage) -> Iterator[Act]:
    yield from _preparation(stage)
    for plan in stage.script.rounds:
        yield from _round(stage, plan)
    yield from _people_coming_and_going(stage)
    calendar = stage.script.calendar
    yield Act(stage.at(calendar.finished_on, 9), partial(teamwork.correct, stage))
    yield Act(stage.at(calendar.finished_on, 10), partial(teamwork.finish, stage))


def _preparation(stage: Stage) -> Iterator[Act]:
    calendar = stage.script.calendar
    yield Act(stage.at(calendar.set_up_on, 10), partial(setting_up.set_up, stage))
    for index, remark in enumerate(stage.script.advisory_review.remarks):
        yield Act(stage.at(remark.said_on, 14), partial(setting_up.record_remark, stage, index))
    yield Act(stage.at(calendar.sealed_on, 11), partial(setting_up.seal, stage))
    yield Act(stage.at(calendar.drafts_published_on, 10), partial(setting_up.publish_first_drafts, stage))
    yield Act(stage.at(calendar.registration_closes, 17), partial(setting_up.import_panel, stage))
    yield Act(stage.at(calendar.invited_on, 9), partial(setting_up.invite, stage))


def _people_coming_and_going(stage: Stage) -> Iterator[Act]:
    for index, person in enumerate(stage.script.panellists):
        if person.joined_on:
            yield Act(stage.at(person.joined_on, 9), partial(setting_up.invite_late_joiner, stage, person))
        consented = stage.at(person.consented_on, 12 + index // 60, index % 60)
        yield Act(consented, partial(setting_up.consent_of, stage, person))
        if person.stops:
            yield Act(stage.at(person.stops.stopped_on, 15), partial(setting_up.leave, stage, person))
    for not_joined in stage.script.not_joined:
        if not_joined.declined_on:
            yield Act(stage.at(not_joined.declined_on, 11), partial(setting_up.decline, stage, not_joined))


def _round(stage: Stage, plan: RoundPlan) -> Iterator[Act]:
    acts, following = plan.acts, plan.number + 1
    yield Act(stage.at(acts.armed_on, 10), partial(teamwork.arm, stage, plan))
    yield from _clock(stage, plan)
    if plan.extension:
        yield Act(stage.at(plan.extension.decided_on, 16), partial(teamwork.extend, stage, plan))
    yield from _answers(stage, plan)
    yield Act(stage.at(acts.analysed_on, 10), partial(teamwork.analyse, stage, plan))
    yield Act(stage.at(acts.comments_reviewed_on, 11), partial(teamwork.review_comments, stage, plan))
    yield Act(stage.at(acts.decided_on, 14), partial(teamwork.decide, stage, plan))
    if acts.drafts_signed_on:
        yield Act(stage.at(acts.decided_on, 16), partial(teamwork.write_drafts, stage, following))
        yield Act(stage.at(acts.drafts_signed_on, 10), partial(teamwork.sign_drafts, stage, following))
    yield Act(stage.at(acts.feedback_published_on, 12), partial(teamwork.publish, stage, plan))


def _clock(stage: Stage, plan: RoundPlan) -> Iterator[Act]:
    """Moments at which nobody does anything but the platform's clock has something to do."""

    def tell(sentence: str) -> Callable[[datetime], object]:
        return lambda now: stage.say(sentence)

    def nothing(now: datetime) -> None:
        """Let the outbox be worked off at this moment."""

    yield Act(
        start_of_day(plan.opens, stage.timezone),
        tell(f"Round {plan.number} opens with {len(plan.items)} sections."),
    )
    for day in plan.reminders:
        yield Act(stage.at(day, REMINDER_TIME.hour, REMINDER_TIME.minute), nothing)
    yield Act(end_of_day(plan.last_day, stage.timezone), tell(f"Round {plan.number} closes."))


def _answers(stage: Stage, plan: RoundPlan) -> Iterator[Act]:
    for person in stage.script.panellists:
        if not person.answers_in(plan.number):
            continue
        for when, first, end in answering.answer_times(stage, plan, person):
            if person.mode == "paper":
                do: Callable[[datetime], object] = partial(answering.enter_paper_form, stage, plan, person)
            else:
                do = partial(answering.answer_pages, stage, plan, person, first, end)
            yield Act(when, do)
