"""Where a study stands and what its team does next, from the same facts that the services ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from delphi.consensus.stopping import StudyStop, study_stop_in_words
from delphi.domain.calendar import day_of, in_words
from delphi.domain.permissions import Permission
from delphi.domain.states import RoundState, SectionState, StudyState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.sections import Section
from delphi.models.studies import Study
from delphi.queries.comments import comment_counts
from delphi.queries.decisions import sections_to_decide, undecided_sections
from delphi.queries.progress import progress_of_round
from delphi.queries.readiness import readiness_problems
from delphi.queries.results import outcomes_of_round
from delphi.queries.rounds import rounds_of
from delphi.queries.signatures import RULE_SUBJECT, signing_of
from delphi.queries.team_frame import Step


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next, as a person reads it, and where it is done.

    `permission` is what it takes; somebody without it reads the sentence and gets no button.
    """

    standing: str
    heading: str
    sentence: str
    action: str = ""
    endpoint: str = ""
    number: int | None = None
    permission: Permission = Permission.SEE_STUDY
    steps: tuple[Step, ...] = ()
    tone: str = "now"

    @property
    def plain_steps(self) -> tuple[tuple[str, str], ...]:
        """What is done and left, as (words, "done" | "now" | "todo")."""
        return tuple((step.words, step.state) for step in self.steps)


def next_step(study: Study, now: datetime) -> NextStep:
    """What the team of a study does next."""
    if study.state == StudyState.DRAFT:
        return _before_the_start(study)
    if study.state in (StudyState.FINISHED, StudyState.ARCHIVED):
        return NextStep(
            "The study is finished.",
            "Share the report",
            "Every section has its final place. The report holds guidance, figures and how they came about.",
            "Go to the report",
            "report.show",
            permission=Permission.EXPORT_STUDY,
            tone="good",
        )
    rounds = rounds_of(study.id)
    current = next(
        (one for one in rounds if one.state in (RoundState.OPEN, RoundState.CLOSED, RoundState.ANALYSED)),
        None,
    )
    if current is not None:
        if current.state == RoundState.OPEN:
            return _while_open(current)
        return (
            _after_the_close(current)
            if current.state == RoundState.CLOSED
            else _after_analysis(study, current)
        )
    planned = next((one for one in rounds if one.state == RoundState.PLANNED), None)
    return _before_a_round(study, planned, now) if planned else _after_the_rounds(study)


def step_after_analysis(study: Study, round_: Round) -> NextStep | None:
    """What is next for a round whose results are there; None once its feedback is published."""
    return _after_analysis(study, round_) if round_.state == RoundState.ANALYSED else None


def _before_the_start(study: Study) -> NextStep:
    signing = signing_of(study, RULE_SUBJECT)
    steps = (
        Step("The rule is signed", "done" if signing.is_complete else "now"),
        Step("The study is sealed and started", "now" if signing.is_complete else "todo"),
        Step("Round 1 is armed", "todo"),
    )
    if not signing.is_complete:
        return NextStep(
            "The study is being set up.",
            "Read and sign the rule",
            f"What decides outcomes is fixed before the first rating. {signing.missing}",
            "Go to the rule",
            "rule.show",
            permission=Permission.SIGN_OFF,
            steps=steps,
        )
    return NextStep(
        "The study is being set up. Its rule is signed.",
        "Seal the study",
        "The seal fixes the rule, the groups, the scale and the protocol, with a time that all can check.",
        "Go to the seal",
        "rule.show",
        permission=Permission.SEAL_STUDY,
        steps=steps,
    )


def _while_open(round_: Round) -> NextStep:
    rows = progress_of_round(round_)
    n_asked, n_done = sum(row.n_asked for row in rows), sum(row.n_submitted for row in rows)
    n_left = n_asked - n_done
    standing = f"Round {round_.number} is open: {n_done} of {n_asked} have finished."
    closing = Step(f"The round closes by itself at the end of {in_words(round_.closes_on)}", "todo")
    if n_left == 0 and n_asked:
        return NextStep(
            standing,
            "Everybody has finished",
            "You can close the round now, or leave it open to its last day: people may still change answers.",
            f"See round {round_.number}",
            "rounds.show",
            round_.number,
            Permission.RUN_ROUNDS,
            (closing,),
            "good",
        )
    who = "1 person has" if n_left == 1 else f"{n_left} people have"
    return NextStep(
        standing,
        f"Remind {n_left} {'person' if n_left == 1 else 'people'}",
        f"{who} not finished. Each gets the message that fits where they stopped.",
        "Look at the reminders",
        "panel.index",
        None,
        Permission.MANAGE_PANEL,
        (closing,),
    )


def _after_the_close(round_: Round) -> NextStep:
    rows = progress_of_round(round_)
    n_asked, n_done = sum(row.n_asked for row in rows), sum(row.n_submitted for row in rows)
    return NextStep(
        f"Round {round_.number} is closed.",
        f"Analyse round {round_.number}",
        "Enter forms that came in time, and decide on late ones, before you analyse: "
        "afterwards no form can enter the figures.",
        f"Go to round {round_.number}",
        "rounds.show",
        round_.number,
        Permission.ANALYSE,
        (
            Step(f"Round {round_.number} is closed, {n_done} of {n_asked} finished", "done"),
            Step("Paper and late forms are entered", "now"),
            Step(f"Round {round_.number} is analysed", "todo"),
        ),
    )


def _after_analysis(study: Study, round_: Round) -> NextStep:
    number = round_.number
    counts = comment_counts(round_.id)
    n_comments = sum(row.n for row in counts)
    n_open = sum(max(row.n_unreviewed, row.n_unanswered) for row in counts)
    n_sections, n_undecided = len(sections_to_decide(round_)), len(undecided_sections(round_))
    signing = signing_of(study, f"round:{number}:decisions")
    is_signed = signing.is_complete or not n_sections
    marks = (n_open == 0, n_undecided == 0, is_signed, False)
    words = (
        f"{n_comments - n_open} of {n_comments} comments are reviewed and answered",
        f"{n_sections - n_undecided} of {n_sections} sections are decided",
        "The decisions are signed",
        "The feedback is published",
    )
    first = marks.index(False)
    steps = tuple(
        Step(text, "done" if mark else "now" if place == first else "todo")
        for place, (text, mark) in enumerate(zip(words, marks, strict=True))
    )
    standing = f"Round {number} is analysed."
    options = (
        NextStep(
            standing,
            f"Answer {n_open} {'comment' if n_open == 1 else 'comments'}",
            "Every comment is read by a person and gets an answer before the panel sees the feedback.",
            "Go to the comments",
            "comments.show",
            number,
            Permission.REVIEW_COMMENTS,
            steps,
        ),
        NextStep(
            standing,
            f"Decide about {n_undecided} {'section' if n_undecided == 1 else 'sections'}",
            "The outcome is computed; what happens to each section is the team's decision."
            + _by_the_stop_rule(study, round_),
            "Go to the decisions",
            "decisions.index",
            number,
            Permission.DECIDE,
            steps,
        ),
        NextStep(
            standing,
            f"Sign the decisions of round {number}",
            signing.missing,
            "Go to the decisions",
            "decisions.index",
            number,
            Permission.SIGN_OFF,
            steps,
        ),
        NextStep(
            standing,
            f"Publish the feedback of round {number}",
            "Everything is reviewed, decided and signed. Once published, the figures are final.",
            "Look at the feedback",
            "decisions.feedback",
            number,
            Permission.PUBLISH,
            steps,
        ),
    )
    return options[first]


def _by_the_stop_rule(study: Study, round_: Round) -> str:
    """What the sealed rule says of going on, after a blank; nothing for a study without a stop rule."""
    if not study.rule.get("stop"):
        return ""
    kept = [found.stop for found in outcomes_of_round(round_).values() if found.stop is not None]
    stop = StudyStop(sum(one.stopped_by is not None for one in kept), len(kept))
    return f" {study_stop_in_words(stop)}" if kept else ""


def _before_a_round(study: Study, round_: Round, now: datetime) -> NextStep:
    number, days = round_.number, f"{in_words(round_.opens_on)} to {in_words(round_.closes_on)}"
    problems = readiness_problems(study, round_)
    standing = f"Round {number} is planned."
    if number > 1 and not _unsettled(study):
        return NextStep(
            standing,
            f"Cancel round {number}, or add what it shall ask",
            "Nothing is left to be rated: every section has its final place. Once a round that will not take "
            "place is cancelled, the study can be finished.",
            f"Go to round {number}",
            "rounds.show",
            number,
            Permission.RUN_ROUNDS,
        )
    if day_of(now, study.timezone) > round_.closes_on:
        return NextStep(
            f"{standing} Its dates are past.",
            f"Move the dates of round {number}",
            f"It was planned for {days}. Give it other dates; then it can be armed.",
            f"Go to round {number}",
            "rounds.show",
            number,
            Permission.RUN_ROUNDS,
        )
    if problems:
        n = len(problems)
        return NextStep(
            standing,
            f"Make round {number} ready: {n} {'thing is' if n == 1 else 'things are'} missing",
            f"It is planned for {days}.",
            "See what is missing",
            "rounds.show",
            number,
            Permission.RUN_ROUNDS,
        )
    if round_.armed_at is None:
        return NextStep(
            f"{standing} It is ready.",
            f"Arm round {number}",
            f"Armed, it opens, reminds and closes by itself: {days}.",
            f"Go to round {number}",
            "rounds.show",
            number,
            Permission.RUN_ROUNDS,
        )
    is_due = day_of(now, study.timezone) >= round_.opens_on
    return NextStep(
        f"Round {number} is armed.",
        f"Round {number} opens {'any moment now' if is_due else 'on ' + in_words(round_.opens_on)}",
        "It opens by itself. You can open it earlier by hand.",
        f"Go to round {number}",
        "rounds.show",
        number,
        Permission.RUN_ROUNDS,
        tone="good",
    )


def _unsettled(study: Study) -> list[str]:
    """The titles of the sections that have no final place, in order."""
    return list(
        db.session.scalars(
            db.select(Section.title)
            .where(
                Section.study_id == study.id,
                Section.kind != "introduction",
                Section.state.in_([SectionState.IN_PLAY, SectionState.DRAFTING]),
            )
            .order_by(Section.position)
        )
    )


def _after_the_rounds(study: Study) -> NextStep:
    unsettled = _unsettled(study)
    if unsettled:
        n = len(unsettled)
        return NextStep(
            "All rounds are over.",
            f"{n} {'section has' if n == 1 else 'sections have'} no final place yet",
            "Still open: " + ", ".join(f"“{title}”" for title in unsettled) + ".",
            "Settle what is open",
            "settling.show",
            permission=Permission.DECIDE,
        )
    return NextStep(
        "All rounds are over, and every section has its final place.",
        "Finish the study",
        "Nothing can be rated or decided after that. The report becomes final.",
        "Go to the report",
        "report.show",
        permission=Permission.FINISH_STUDY,
    )
