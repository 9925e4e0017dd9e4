"""A small study for tests: two panels, two sections, two criteria, two rounds, played through the services.

`SmallStudy` does what a team and a panel do, one call an act, at times of its own. Tests assert what the
database holds afterwards in a fresh application context (`saved`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from flask import Flask

from delphi.domain.actors import Operator, PanellistActor, Role, TeamMember
from delphi.domain.ids import StudyId
from delphi.domain.study_archive import StudyBundle
from delphi.domain.study_file import from_plain
from delphi.extensions import db
from delphi.models.accounts import Account, TeamRole
from delphi.models.panellists import Panellist
from delphi.queries.panellists import panellist_of
from delphi.queries.studies import member_of
from delphi.services import (
    analysis,
    answers,
    comments,
    consent,
    decisions,
    dispositions,
    drafts,
    feedback,
    panel,
    rounds,
    studies,
)
from delphi.unit_of_work import unit_of_work
from tools.stages import Stages

SECTIONS = ("first-steps", "next-steps")
CRITERIA = ("clear", "feasible")
GROUPS = ("users", "carers", "workers")
CONSENT = frozenset({"c1", "c2"})


def small_plain(**parts: Any) -> dict[str, Any]:
    """The study file as plain data; `parts` replace whole top-level parts."""
    plain: dict[str, Any] = {
        "format": "delphi-study/1",
        "study": {
            "slug": "small-study",
            "title": "A small study of small steps",
            "short_title": "Small study",
            "language": "en-GB",
            "timezone": "Europe/London",
        },
        "information": {
            "plain_summary": "We ask what you think of a short guide.",
            "aim": "To agree on two sections.",
            "organisation": "Test Unit (fictional)",
            "funder": "Test Fund (fictional)",
            "funder_role": "Pays and has no say.",
            "controller": "Test University (fictional)",
            "contact": {"name": "Study team", "email": "team@small.example", "phone": "01632 960 100"},
            "safety": {
                "named_person": "Sam Lead",
                "phone": "01632 960 101",
                "procedure": "Phone the named person the same day.",
                "support_contacts": [{"name": "Emergency", "phone": "999"}],
            },
        },
        "consent": {
            "version": "1.0",
            "date": date(2025, 1, 6),
            "statements": [
                {"id": "c1", "text": "I have read the information."},
                {"id": "c2", "text": "I agree to take part."},
            ],
            "optional": [{"id": "o1", "purpose": "quotation", "text": "My words may be quoted."}],
            "withdrawal_cutoff": date(2025, 7, 1),
        },
        "stakeholder_groups": [
            {"id": "users", "label": "People who use services"},
            {"id": "carers", "label": "Family members and carers"},
            {"id": "workers", "label": "Workers"},
        ],
        "consensus_panels": [
            {
                "id": "experience",
                "label": "People with lived experience and carers",
                "groups": ["users", "carers"],
            },
            {"id": "practice", "label": "Practice panel", "groups": ["workers"]},
        ],
        "feedback_groups": [
            {"id": "users", "label": "People who use services", "groups": ["users"]},
            {"id": "carers", "label": "Family members and carers", "groups": ["carers"]},
            {"id": "workers", "label": "Workers", "groups": ["workers"]},
        ],
        "scale": {
            "id": "agree5",
            "points": [
                {"value": 1, "label": "Strongly disagree"},
                {"value": 2, "label": "Disagree"},
                {"value": 3, "label": "Neither agree nor disagree"},
                {"value": 4, "label": "Agree"},
                {"value": 5, "label": "Strongly agree"},
            ],
            "cannot_say": {"label": "I can't say"},
            "bands": {"agree": [4, 5]},
        },
        "criteria": [
            {"id": "clear", "label": "Clear", "statement": "This section is easy to understand."},
            {"id": "feasible", "label": "Feasible", "statement": "This could be done in my area."},
        ],
        "comment_prompts": [
            {"id": "change", "text": "What would you change?"},
            {"id": "missing", "scope": "round", "rounds": [1], "text": "Is anything missing?"},
        ],
        "protocol": {
            "fixed_on": date(2025, 1, 6),
            "sign_off": "two",
            "max_rounds": 2,
            "max_ratings_per_draft": 2,
            "stop_rule": "Two rounds.",
            "missed_round_policy": "all_rounds",
            "admit_until": {"round": 2, "event": "opens"},
            "partial_submissions": "counted",
            "late_forms": "admitted_with_reason_while_closed",
            "feedback": {
                "of": ["all_panel", "consensus_panels", "feedback_groups"],
                "statistics": ["n", "agree_share", "median"],
            },
        },
        "consensus_rule": {
            "text": "Agreed: at least 75% of everybody and of each panel on both criteria.",
            "fixed_on": date(2025, 1, 6),
            "min_ratings_per_panel": 2,
            "outcomes": [
                {
                    "outcome": "agreed",
                    "when": {
                        "all": [
                            {"statistic": "share", "band": "agree", "of": "pooled", "at_least": 75},
                            {"statistic": "share", "band": "agree", "of": "each_panel", "at_least": 75},
                        ]
                    },
                },
                {"otherwise": "not_agreed"},
            ],
        },
        "privacy": {
            "min_cell": 3,
            "show_group_with_comment": True,
            "deletion_note": "One person's answers were later deleted at their request.",
            "retention": {"contact_details": "3 months", "research_data": "10 years"},
        },
        "rounds": [
            {
                "number": 1,
                "kind": "mixed",
                "opens": date(2025, 2, 3),
                "closes": date(2025, 2, 14),
                "reminders": [date(2025, 2, 10)],
                "items": {"first-steps": 1, "next-steps": 1},
            },
            {"number": 2, "kind": "rating", "opens": date(2025, 3, 3), "closes": date(2025, 3, 14)},
        ],
        "sections": [
            {
                "id": "first-steps",
                "title": "First steps",
                "drafts": {1: {"standard": "sections/01-first-steps.v1.md"}},
            },
            {
                "id": "next-steps",
                "title": "Next steps",
                "drafts": {1: {"standard": "sections/02-next-steps.v1.md"}},
            },
        ],
    }
    return plain | parts


TEXTS = {
    "sections/01-first-steps.v1.md": "# First steps\n\nBegin with **one** small step.\n",
    "sections/02-next-steps.v1.md": "# Next steps\n\nThen take another.\n",
}


def small_bundle(*, texts: Mapping[str, str] = TEXTS, **parts: Any) -> StudyBundle:
    """The small study with its two texts; `texts` by file for other sections."""
    return StudyBundle(from_plain(small_plain(**parts)), dict(texts), {})


class SmallStudy:
    """The small study on an application's database, with a lead, a second signer and somebody for forms."""

    imported_at = datetime(2025, 1, 8, 10, tzinfo=UTC)
    opened_at = datetime(2025, 2, 3, 0, 0, tzinfo=UTC)
    answered_at = datetime(2025, 2, 5, 12, tzinfo=UTC)
    closed_at = datetime(2025, 2, 15, 0, 0, tzinfo=UTC)
    analysed_at = datetime(2025, 2, 17, 10, tzinfo=UTC)

    def __init__(self, app: Flask, **parts: Any) -> None:
        self.app = app
        self._parts = parts
        self.sections = tuple(one.id for one in small_bundle(**parts).study_file.sections)
        self.stages = Stages(app, (sorted(parts.items()), self.imported_at, app.config["SECRET_KEY"]))
        self.id, self.slug, self.lead, self.second, self.clerk = self.stages.reach("imported", self._import)

    def _import(self) -> tuple[StudyId, str, TeamMember, TeamMember, TeamMember]:
        with self.work():
            bundle = small_bundle(**self._parts)
            study = studies.import_study(bundle=bundle, actor=Operator(), now=self.imported_at)
            self.id = study.id
            return (
                study.id,
                study.slug,
                self._member("Sam Lead", "lead@small.example", Role.LEAD),
                self._member("Ash Second", "second@small.example", Role.RESEARCHER),
                self._member("Kit Clerk", "clerk@small.example", Role.DATA_ENTRY),
            )

    @contextmanager
    def work(self) -> Iterator[None]:
        """One use case: an application context and a unit of work."""
        with self.app.app_context(), unit_of_work():
            yield

    @contextmanager
    def look(self) -> Iterator[None]:
        """A fresh look at what is saved."""
        with self.app.app_context():
            yield

    def _member(self, name: str, email: str, role: Role) -> TeamMember:
        # A second study on the same database has the same people in its team.
        account = db.session.scalar(db.select(Account).where(Account.email == email))
        if account is None:
            account = Account(email=email, name=name, created_at=self.imported_at)
            db.session.add(account)
            db.session.flush()
        db.session.add(TeamRole(study_id=self.id, account_id=account.id, role=role))
        db.session.flush()
        return member_of(self.id, account.id)

    def seal(self) -> SmallStudy:
        """Sign the rule by two and seal the study."""
        self.stages.reach("sealed", self._seal)
        return self

    def _seal(self) -> None:
        for signer in (self.lead, self.second):
            with self.work():
                studies.sign_rule(study_id=self.id, actor=signer, now=self.imported_at)
        with self.work():
            studies.seal_study(study_id=self.id, actor=self.lead, now=self.imported_at)

    def publish_drafts(self, number: int = 1) -> SmallStudy:
        """Propose, sign and publish one draft of every section."""
        self.stages.reach(f"drafts {number} published", partial(self._publish_drafts, number))
        return self

    def _publish_drafts(self, number: int) -> None:
        common: dict[str, Any] = {"study_id": self.id, "number": number, "now": self.imported_at}
        for section in self.sections:
            with self.work():
                drafts.propose_draft(section=section, actor=self.lead, **common)
            for signer in (self.lead, self.second):
                with self.work():
                    drafts.sign_draft(section=section, actor=signer, **common)
            with self.work():
                drafts.publish_draft(section=section, actor=self.lead, **common)

    def join(self, n_per_group: int = 3) -> list[str]:
        """Register people in each group and record their consent; their codes, group by group."""
        return list(self.stages.reach(f"{n_per_group} a group joined", partial(self._join, n_per_group)))

    def _join(self, n_per_group: int) -> list[str]:
        codes = []
        common: dict[str, Any] = {"study_id": self.id, "actor": self.lead, "now": self.imported_at}
        for group in GROUPS:
            for index in range(n_per_group):
                with self.work():
                    person = panel.register_panellist(
                        name=f"Person {group} {index}",
                        email=f"{group}{index}@panel.example",
                        group=group,
                        **common,
                    )
                    codes.append(person.code)
                    consent.give_consent(code=person.code, given=CONSENT, how="phone", **common)
        return codes

    def open(self, number: int = 1, now: datetime | None = None) -> SmallStudy:
        """Arm and open a round."""
        with self.work():
            rounds.arm_round(study_id=self.id, number=number, actor=self.lead, now=now or self.imported_at)
        with self.work():
            rounds.open_round(study_id=self.id, number=number, actor=self.lead, now=now or self.opened_at)
        return self

    def person(self, code: str) -> PanellistActor:
        """The actor behind a code."""
        with self.look():
            found: Panellist = panellist_of(self.id, code)
            return PanellistActor(found.id, self.id, code)

    def save(
        self,
        code: str,
        section: str = "first-steps",
        ratings: Mapping[str, Any] | None = None,
        comments: Mapping[str, str] | None = None,
        revision: int = 0,
        number: int = 1,
        now: datetime | None = None,
    ) -> int:
        """Save one page as its panellist; agreeing on everything unless told otherwise."""
        actor = self.person(code)
        with self.work():
            return answers.save_answers(
                study_id=self.id,
                number=number,
                code=code,
                section=section,
                ratings=dict.fromkeys(CRITERIA, 4) if ratings is None else ratings,
                comments=comments or {},
                revision=revision,
                actor=actor,
                now=now or self.answered_at,
            )

    def close(self, number: int = 1, now: datetime | None = None) -> SmallStudy:
        """Close a round."""
        with self.work():
            rounds.close_round(study_id=self.id, number=number, actor=self.lead, now=now or self.closed_at)
        return self

    def analyse(self, number: int = 1) -> SmallStudy:
        """Analyse a closed round."""
        with self.work():
            analysis.analyse_round(study_id=self.id, number=number, actor=self.lead, now=self.analysed_at)
        return self

    def started(self, n_per_group: int = 3) -> list[str]:
        """Everything up to an open round 1; the codes of those who joined.

        Most tests begin here.
        """

        def play() -> list[str]:
            self.seal().publish_drafts()
            codes = self.join(n_per_group)
            self.open()
            return codes

        return list(self.stages.reach(f"started by {n_per_group} a group at {self.opened_at}", play))

    def publish(self, number: int = 1, decision: str = "keep") -> SmallStudy:
        """Review and answer every comment, decide every section alike, sign twice and publish."""
        from delphi.models.answers import Comment
        from delphi.queries.rounds import round_of

        with self.look():
            waiting = db.session.scalars(
                db.select(Comment.id).where(Comment.round_id == round_of(self.id, number).id)
            ).all()
        common: dict[str, Any] = {"study_id": self.id, "actor": self.lead, "now": self.analysed_at}
        for comment_id in waiting:
            with self.work():
                comments.review_comment(comment_id=comment_id, state="shown", **common)
            with self.work():
                dispositions.answer_comment(
                    comment_id=comment_id, kind="noted", reason="Thank you.", **common
                )
        for section in self.sections:
            with self.work():
                decisions.decide(number=number, section=section, kind=decision, reason="As found.", **common)
        for signer in (self.lead, self.second):
            with self.work():
                decisions.sign_decisions(study_id=self.id, number=number, actor=signer, now=self.analysed_at)
        with self.work():
            feedback.publish_feedback(number=number, **common)
        return self
