"""A small study in its second round, for tests: one section was changed and one is put again as it was.

Fifteen people answered round 1, five in each group, so that every group's figures may be shown.
"""

from __future__ import annotations

from datetime import UTC, datetime

from delphi.extensions import db
from delphi.models.answers import Comment
from delphi.services.comments import review_comment
from delphi.services.decisions import decide, sign_decisions
from delphi.services.dispositions import answer_comment
from delphi.services.drafts import propose_draft, publish_draft, sign_draft, write_draft
from delphi.services.feedback import publish_feedback
from delphi.services.revisions import write_revision
from delphi.services.rounds import plan_round
from tools.small_study import CRITERIA, SECTIONS, SmallStudy
from tools.small_team import Team

CHANGED, UNCHANGED = SECTIONS
OPENED_AT = datetime(2025, 3, 3, tzinfo=UTC)
ANSWERED_AT = datetime(2025, 3, 4, 12, tzinfo=UTC)
NEW_TEXT = "# First steps\n\nBegin with **one** tiny step, together.\n"


def opened_second_round(study: SmallStudy) -> list[str]:
    """Play round 1 and open round 2; the codes of the panel.

    Everybody rated both sections alike: 2, 3, 4, 5 and so on in turn. The first person commented on both.
    """
    codes, team = study.started(5), Team(study)
    for place, code in enumerate(codes):
        for section in SECTIONS:
            said = {"change": f"Smaller {section.replace('-', ' ')}, please."} if place == 0 else {}
            study.save(code, section, dict.fromkeys(CRITERIA, 2 + place % 4), said)
    study.close().analyse()
    comments = _answered(team)
    for section, kind in ((CHANGED, "revise"), (UNCHANGED, "rerate_unchanged")):
        team(decide, number=1, section=section, kind=kind, reason="It was close.")
    team.sign(sign_decisions, number=1)
    _write(team, comments)
    team(publish_feedback, number=1)
    team(plan_round, number=2, items={CHANGED: 2, UNCHANGED: 1})
    study.open(2, now=OPENED_AT)
    return codes


def rated_again(study: SmallStudy) -> list[str]:
    """Play both rounds and analyse the second; the codes of the panel.

    In round 2 the first twelve people rated both sections: the first four one point higher than before, the
    fifth one point lower, the others alike. The last three, of the workers, did not come back.
    """
    codes = opened_second_round(study)
    for place, code in enumerate(codes[:12]):
        before = 2 + place % 4
        now = min(5, before + 1) if place < 4 else before - (place == 4)
        for section in SECTIONS:
            study.save(code, section, dict.fromkeys(CRITERIA, now), number=2, now=ANSWERED_AT)
    study.close(2, now=datetime(2025, 4, 20, tzinfo=UTC)).analyse(2)
    return codes


def _answered(team: Team) -> list[int]:
    """Show every comment and accept it; their numbers, in the order of the sections."""
    with team.study.look():
        comments = list(db.session.scalars(db.select(Comment.id).order_by(Comment.id)))
    for comment in comments:
        team(review_comment, comment_id=comment, state="shown")
        team(answer_comment, comment_id=comment, kind="accepted", reason="We agree.")
    return comments


def _write(team: Team, comments: list[int]) -> None:
    """The new draft of one section, and for both what was said and done."""
    team(write_draft, section=CHANGED, texts={"standard": NEW_TEXT})
    lines = (
        (
            CHANGED,
            "revision",
            2,
            "no",
            "The meaning changed.",
            "Said more plainly.",
            "We wrote of tiny steps.",
        ),
        (UNCHANGED, "rerating", 1, "same", "Not a word changed.", "Put again.", "We kept it, and say why."),
    )
    for comment, (section, kind, to, comparable, why, summary, did) in zip(comments, lines, strict=True):
        team(
            write_revision,
            section=section,
            for_round=2,
            kind=kind,
            from_number=1,
            to_number=to,
            comparable=comparable,
            comparable_reason=why,
            summary=summary,
            changes=[([comment], "Steps were too big.", did)],
        )
    team(propose_draft, section=CHANGED, number=2)
    team.sign(sign_draft, section=CHANGED, number=2)
    team(publish_draft, section=CHANGED, number=2)
