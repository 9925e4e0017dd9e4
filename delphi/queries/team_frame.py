"""What surrounds every page of a study's team: who one is, which parts one sees, which rounds there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from delphi.domain.actors import ROLE_WORDS, Role, TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, is_allowed
from delphi.domain.states import RoundState
from delphi.extensions import db
from delphi.models.rounds import Round
from delphi.models.studies import Study
from delphi.queries.studies import study_of

PARTS: tuple[tuple[str, str, str, Permission], ...] = (
    ("home", "Study home", "studies.home", Permission.SEE_STUDY),
    ("panel", "Panel", "panel.index", Permission.MANAGE_PANEL),
    ("rounds", "Rounds", "rounds.index", Permission.SEE_PROGRESS),
    ("comments", "Comments", "comments.index", Permission.REVIEW_COMMENTS),
    ("drafts", "Drafts", "drafts.index", Permission.WRITE_DRAFTS),
    ("feedback", "Feedback", "decisions.feedback_index", Permission.PUBLISH),
    ("rule", "Rule", "rule.show", Permission.SEE_STUDY),
    ("report", "Report", "report.show", Permission.EXPORT_STUDY),
    ("audit", "Audit", "audit.index", Permission.SEE_AUDIT),
    ("settings", "Settings", "settings.index", Permission.EDIT_STUDY),
)
"""The parts of a study: key, name, endpoint, and who sees it."""

STATE_WORDS = {
    RoundState.PLANNED: "Planned",
    RoundState.OPEN: "Open",
    RoundState.CLOSED: "Closed, not analysed",
    RoundState.ANALYSED: "Analysed",
    RoundState.PUBLISHED: "Published",
    RoundState.CANCELLED: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a study in the navigation."""

    key: str
    label: str
    endpoint: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Step:
    """How far a round has come: words, and "done", "now" or "todo"."""

    words: str
    state: str


@dataclass(frozen=True, slots=True)
class RoundTab:
    """One round in the bar under the navigation."""

    number: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class TeamFrame:
    """Everything around the main part of a page. `may` holds the permissions by name."""

    slug: str
    short_title: str
    title: str
    timezone: str
    me: str
    roles: str
    today: str
    parts: tuple[Part, ...]
    may: frozenset[str]
    rounds: tuple[RoundTab, ...]
    steps: tuple[Step, ...]
    round_number: int | None
    accent: str = ""
    logo: str = ""


def team_frame(
    member: TeamMember, name: str, *, part: str, round_number: int | None, now: datetime
) -> TeamFrame:
    """The frame of a page for one member; `round_number` for pages about one round."""
    study = study_of(member.study_id)
    rounds = list(_rounds(study.id)) if round_number is not None else []
    current = next((one for one in rounds if one.number == round_number), None)
    return TeamFrame(
        slug=study.slug,
        short_title=study.short_title,
        title=study.title,
        timezone=study.timezone,
        me=name,
        roles=roles_in_words(member.roles),
        today=in_words(day_of(now, study.timezone)),
        parts=tuple(
            Part(key, label, endpoint, key == part)
            for key, label, endpoint, permission in PARTS
            if is_allowed(member, permission)
        ),
        may=frozenset(permission.name for permission in Permission if is_allowed(member, permission)),
        rounds=tuple(RoundTab(one.number, one.number == round_number) for one in rounds),
        steps=_steps(study, current) if current else (),
        round_number=round_number,
        accent=str(study.look.get("accent") or ""),
        logo=str(study.look.get("logo") or ""),
    )


def roles_in_words(roles: frozenset[Role]) -> str:
    """Somebody's roles in one study: "Study lead, data entry"."""
    words = [ROLE_WORDS[role] for role in Role if role in roles]
    return ", ".join([words[0], *(word[0].lower() + word[1:] for word in words[1:])]) if words else ""


def short_day(when: datetime, timezone: str) -> str:
    """A moment as its day, without the year: "17 May"."""
    return _day(day_of(when, timezone))


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _rounds(study_id: StudyId) -> list[Round]:
    return list(
        db.session.scalars(db.select(Round).where(Round.study_id == study_id).order_by(Round.number)).all()
    )


def _steps(study: Study, round_: Round) -> tuple[Step, ...]:
    """Planned, open, closed, analysed, published: what has been is done, the next is in hand."""
    if round_.state == RoundState.CANCELLED:
        return (Step("Cancelled", "done"),)
    marks = (
        ("Opened", f"Opens {_day(round_.opens_on)}", round_.opened_at),
        ("Closed", f"Closes {_day(round_.closes_on)}", round_.closed_at),
        ("Analysed", "Analyse", round_.analysed_at),
        ("Published", "Comments, decisions, feedback", round_.published_at),
    )
    steps: list[Step] = []
    in_hand = False
    for done, to_do, at in marks:
        if at is not None:
            steps.append(Step(f"{done} {short_day(at, study.timezone)}", "done"))
        else:
            steps.append(Step(to_do, "todo" if in_hand else "now"))
            in_hand = True
    return tuple(steps)
