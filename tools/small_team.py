"""The team of a small study at work, for tests: stages to begin from, and one call for one use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from delphi.domain.actors import Operator, Role, TeamMember
from delphi.domain.ids import AccountId
from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.models.log import Event
from delphi.services.answers import save_about_the_whole
from delphi.services.comments import review_comment
from delphi.services.decisions import decide, sign_decisions
from delphi.services.dispositions import answer_comment
from delphi.services.studies import import_study
from tools.small_study import SECTIONS, SmallStudy, small_bundle, small_plain


@dataclass
class Team:
    """The team of a small study at work: one call is one use case, by the lead unless told otherwise."""

    study: SmallStudy
    comment_ids: dict[str, int] = field(default_factory=dict)
    now: datetime = datetime(2025, 2, 18, 9, tzinfo=UTC)

    def __call__(self, service: Callable[..., Any], **arguments: Any) -> None:
        """Run a service in a unit of work of its own."""
        with self.study.work():
            service(**{"study_id": self.study.id, "actor": self.study.lead, "now": self.now} | arguments)

    def refused(
        self, error: type[Exception], match: str, service: Callable[..., Any], **arguments: Any
    ) -> Any:
        """Run a service that must refuse with this error and sentence; the error."""
        with pytest.raises(error, match=match) as caught:
            self(service, **arguments)
        return caught.value

    def as_role(self, role: Role) -> TeamMember:
        """Somebody with one role in this study."""
        return TeamMember(AccountId(1), self.study.id, frozenset({role}))

    def events(self, kind: str) -> list[tuple[str, str]]:
        """Subject and data of every event of a kind, in order."""
        with self.study.look():
            rows = db.session.execute(
                db.select(Event.subject, Event.data)
                .where(Event.study_id == self.study.id, Event.kind == kind)
                .order_by(Event.number)
            )
            return [tuple(row) for row in rows]

    def elsewhere(self) -> dict[str, Any]:
        """Another study on the same platform and its lead, as arguments of a service."""
        identity = small_plain()["study"] | {"slug": "other-study"}
        with self.study.work():
            other = import_study(bundle=small_bundle(study=identity), actor=Operator(), now=self.now)
            study_id = other.id
        lead = TeamMember(self.study.lead.account_id, study_id, frozenset({Role.LEAD}))
        return {"study_id": study_id, "actor": lead}

    def sign(self, service: Callable[..., Any], **arguments: Any) -> None:
        """Both signers sign."""
        for signer in (self.study.lead, self.study.second):
            self(service, actor=signer, **arguments)


def answer_and_decide(team: Team) -> None:
    """Everything that stands between an analysed round 1 and its feedback."""
    for comment_id in team.comment_ids.values():
        team(review_comment, comment_id=comment_id, state="shown")
        team(answer_comment, comment_id=comment_id, kind="noted", reason="Thank you.")
    team(decide, number=1, section=SECTIONS[0], kind="keep")
    team(decide, number=1, section=SECTIONS[1], kind="revise")
    team.sign(sign_decisions, number=1)


def opened_team(study: SmallStudy) -> Team:
    """Round 1 is open: everybody agrees on the first section and nobody on the second; three comments.

    `comment_ids`: "scores" and "again" on the second section, "pets" on the guidance as a whole.
    """
    return Team(study, dict(study.stages.reach("opened", lambda: _play_opened(study))))


def _play_opened(study: SmallStudy) -> dict[str, int]:
    codes = study.started(2)
    words = {codes[0]: "No scores, please.", codes[1]: "Scores again?"}
    for code in codes:
        study.save(code)
        study.save(
            code,
            section=SECTIONS[1],
            ratings={"clear": 2, "feasible": 2},
            comments={"change": words[code]} if code in words else {},
        )
    person = study.person(codes[2])
    with study.work():
        save_about_the_whole(
            study_id=study.id,
            number=1,
            code=codes[2],
            comments={"missing": "Pets."},
            revision=0,
            actor=person,
            now=Team.now,
        )
    with study.look():
        texts = dict(db.session.execute(db.select(Comment.text, Comment.id)).all())
    return {
        "scores": texts["No scores, please."],
        "again": texts["Scores again?"],
        "pets": texts["Pets."],
    }
