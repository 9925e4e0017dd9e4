"""What is still missing before the first round can open: from texts to fill in to the round that is armed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func

from delphi.domain.calendar import day_of, in_words
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.setup.marks import n_to_fill_in
from delphi.domain.states import RoundState, StudyState
from delphi.extensions import db
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.next_step import NextStep
from delphi.queries.readiness import readiness_problems
from delphi.queries.rounds import rounds_of
from delphi.queries.sections import sections_of
from delphi.queries.settings_page import settings_links
from delphi.queries.signatures import RULE_SUBJECT, signing_of
from delphi.queries.studies import member_of, team_of
from delphi.queries.team_frame import Step


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing before the first round: whether it is done, what is missing, and where it is done."""

    words: str
    is_done: bool
    missing: str
    endpoint: str
    theme: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Checklist:
    """Everything before the first round, in the order in which it is best done."""

    items: tuple[CheckItem, ...]

    @property
    def n_done(self) -> int:
        """How many of the things are done."""
        return sum(one.is_done for one in self.items)


def setup_checklist(study: Study, now: datetime) -> Checklist | None:
    """What is done and what is missing; None once a round has been opened or the study is over."""
    rounds = rounds_of(study.id)
    first = rounds[0] if rounds else None
    has_begun = first is None or first.state != RoundState.PLANNED
    if has_begun or first is None or study.state not in (StudyState.DRAFT, StudyState.RUNNING):
        return None
    items = (
        _texts(study),
        _sections(study),
        _team(study),
        _drafts(study, first),
        _dates(study, first, now),
        _rule(study),
        _panel(study),
        CheckItem(
            f"Round {first.number} is armed",
            first.armed_at is not None,
            "Armed, it opens, reminds and closes by itself. You can also open it by hand.",
            "rounds.show",
            number=first.number,
        ),
    )
    return Checklist(items)


def filling_in_step(study: Study) -> NextStep | None:
    """The next step of a study whose texts still hold marks to fill in; None when there are none."""
    if study.state != StudyState.DRAFT or (item := _texts(study)).is_done:
        return None
    return NextStep(
        "The study is being set up.",
        "Fill in what only you know",
        item.missing,
        "Go to the settings",
        "settings.index",
        permission=Permission.EDIT_STUDY,
        steps=(
            Step("The texts are filled in and read over", "now"),
            Step("The rule is signed", "todo"),
            Step("The study is sealed and started", "todo"),
            Step("Round 1 is armed", "todo"),
        ),
    )


def _texts(study: Study) -> CheckItem:
    gaps = [link for link in settings_links(study) if link.n_to_fill_in]
    n = sum(link.n_to_fill_in for link in gaps)
    where = ", ".join(f"“{link.title}”" for link in gaps)
    missing = f"{n} {'place is' if n == 1 else 'places are'} marked “[to fill in: …]” in {where}."
    theme = gaps[0].key if gaps else ""
    return CheckItem(
        "The texts for the panel are filled in",
        not gaps,
        missing,
        "settings.show" if theme else "settings.index",
        theme,
    )


def _sections(study: Study) -> CheckItem:
    put = [section for section in sections_of(study.id) if section.kind != "introduction"]
    unwritten = [
        section.title
        for section in put
        if not section.drafts or n_to_fill_in(one.text for one in section.drafts[-1].variants)
    ]
    if not put:
        missing = "There is no section yet that could be rated."
    else:
        missing = "Still to be written: " + ", ".join(f"“{title}”" for title in unwritten) + "."
    return CheckItem(
        "The sections are written", bool(put) and not unwritten, missing, "settings.show", "sections"
    )


def _team(study: Study) -> CheckItem:
    needed = 1 if study.protocol.get("sign_off") == "one" else 2
    accounts = {row.account_id for row in team_of(study.id)}
    n = sum(is_allowed(member_of(study.id, account), Permission.SIGN_OFF) for account in accounts)
    missing = f"The protocol asks for {needed} people who sign; there {'is' if n == 1 else 'are'} {n}."
    return CheckItem("The team is complete enough to sign", n >= needed, missing, "team.index")


def _drafts(study: Study, round_: Round) -> CheckItem:
    problems = readiness_problems(study, round_)
    n = len(problems)
    titles = {section.code: section.title for section in sections_of(study.id)}
    missing = ""
    if problems:
        where = titles.get(problems[0].where, problems[0].where)
        missing = f"{where}: {problems[0].sentence}" + (f" And {n - 1} more." if n > 1 else "")
    return CheckItem(
        f"The drafts of round {round_.number} are signed off and published",
        not problems,
        missing,
        "rounds.show",
        number=round_.number,
    )


def _dates(study: Study, round_: Round, now: datetime) -> CheckItem:
    is_ahead = round_.closes_on >= day_of(now, study.timezone)
    missing = f"Round {round_.number} was to close on {in_words(round_.closes_on)}, which is past."
    words = f"Round {round_.number} is planned for {in_words(round_.opens_on)}"
    if study.state == StudyState.DRAFT:
        return CheckItem(words, is_ahead, missing, "settings.show", "rounds")
    return CheckItem(words, is_ahead, missing, "rounds.show", number=round_.number)


def _rule(study: Study) -> CheckItem:
    signing = signing_of(study, RULE_SUBJECT)
    missing = signing.missing or "The rule is signed. The study lead seals the study, which starts it."
    return CheckItem("The rule is signed and sealed", study.state != StudyState.DRAFT, missing, "rule.show")


def _panel(study: Study) -> CheckItem:
    n = db.session.scalar(db.select(func.count()).where(Panellist.study_id == study.id)) or 0
    words = "There is a panel" if not n else f"There is a panel of {n}"
    return CheckItem(
        words, bool(n), "Nobody is on the panel yet. Add people or import a list.", "panel.index"
    )
