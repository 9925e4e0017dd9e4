"""A panel written as rows: people who have consented, their personal links, and what they answered.

Asking, joining and answering go through the services in Delphi; doing that ten thousand times is not what a
benchmark measures.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, text

from delphi.domain.actors import PanellistActor
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import AccessToken, Invitation, Panellist
from delphi.queries.invitations import token_hash

LINKS_WORK_FOR = timedelta(days=120)

CACHE_KB = 400_000

INVITED = """
    INSERT INTO invitation (study_id, panellist_id, state, generation, sent_at, opened_at, answered_at)
    SELECT study_id, id, 'consented', 1, joined_at, joined_at, joined_at FROM panellist
    WHERE study_id = :study AND id > :since
"""
NAMED = """
    INSERT INTO identity (panellist_id, study_id, name, email)
    SELECT id, study_id, 'Person ' || code, lower(code) || '@panel.example' FROM panellist
    WHERE study_id = :study AND id > :since
"""
CONSENTED = """
    INSERT INTO consent_record (study_id, panellist_id, consent_text_id, variant, how, dated_on, recorded_at)
    SELECT p.study_id, p.id, t.id, 'standard', 'web', :day, p.joined_at
    FROM panellist p JOIN consent_text t ON t.study_id = p.study_id
    WHERE p.study_id = :study AND p.id > :since
"""
TICKED = """
    INSERT INTO consent_answer (consent_record_id, code, text, is_given, position)
    SELECT c.id, s.code, s.text, NOT s.is_optional, s.position
    FROM consent_record c JOIN consent_statement s ON s.consent_text_id = c.consent_text_id
    WHERE c.study_id = :study AND c.panellist_id > :since
"""
ANSWERED = """
    INSERT INTO submission (round_id, panellist_id, study_id, state, mode, started_at, saved_at, is_late)
    SELECT r.id, p.id, r.study_id, 'started', 'self', r.opened_at, r.opened_at, {false}
    FROM round r JOIN panellist p ON p.study_id = r.study_id
    WHERE r.study_id = :study AND r.number = :number AND p.id > :after
"""
RATED = """
    INSERT INTO rating (round_id, panellist_id, item_id, study_id, value)
    SELECT i.round_id, p.id, i.id, i.study_id, 1 + (p.id + i.id) % 5
    FROM item i JOIN round r ON r.id = i.round_id JOIN panellist p ON p.study_id = i.study_id
    WHERE r.study_id = :study AND r.number = :number AND p.id > :after
"""
SAVED = """
    INSERT INTO section_save (round_id, panellist_id, section_id, study_id, revision, variant, saved_at)
    SELECT s.round_id, p.id, s.section_id, p.study_id, 1, 'standard', r.opened_at
    FROM round_section s JOIN round r ON r.id = s.round_id JOIN panellist p ON p.study_id = r.study_id
    WHERE r.study_id = :study AND r.number = :number AND p.id > :after
"""
COMMENTED = """
    INSERT INTO comment
      (study_id, round_id, panellist_id, section_id, draft_id, prompt, text, saved_at, state)
    SELECT p.study_id, s.round_id, p.id, s.section_id, s.draft_id, 'change', 'Some words.', r.opened_at, 'new'
    FROM round_section s JOIN round r ON r.id = s.round_id JOIN panellist p ON p.study_id = r.study_id
    WHERE r.study_id = :study AND r.number = :number AND p.id > :after
"""
SHOWN = """
    INSERT INTO feedback_copy (round_id, panellist_id, content, checksum)
    SELECT r.id, p.id, c.content, c.checksum
    FROM round r JOIN panellist p ON p.study_id = r.study_id
    JOIN feedback_copy c ON c.round_id = r.id AND c.panellist_id = :like
    WHERE r.study_id = :study AND r.number = :number AND p.id > :after
"""
PROMISED = """
    INSERT INTO outbox_entry (study_id, key, kind, payload, due_at, state, attempts)
    SELECT p.study_id, 'round_opened:' || p.code, 'message', '{{}}', r.opened_at, 'waiting', 0
    FROM panellist p JOIN round r ON r.study_id = p.study_id
    WHERE r.study_id = :study AND r.number = :number AND p.id > :after
"""


def add_people(study_id: StudyId, n: int, now: datetime) -> tuple[PanellistActor, ...]:
    """Add `n` active panellists with a name, an invitation and a record of consent; in a unit of work."""
    if not n:
        return ()
    _trust_rows()
    since = db.session.scalar(db.select(func.max(Panellist.id))) or 0
    n_before = db.session.scalar(db.select(func.count()).where(Panellist.study_id == study_id)) or 0
    groups = list(
        db.session.scalars(db.select(StakeholderGroup.id).where(StakeholderGroup.study_id == study_id))
    )
    rows: list[dict[str, Any]] = [
        {
            "study_id": study_id,
            "code": f"P{index:06}",
            "group_id": groups[index % len(groups)],
            "state": PanellistState.ACTIVE,
            "format": "standard",
            "mode": "self",
            "registered_at": now,
            "joined_at": now,
        }
        for index in range(n_before, n_before + n)
    ]
    db.session.execute(insert(Panellist), rows)
    for statement in (INVITED, NAMED, CONSENTED, TICKED):
        _run(statement, study=study_id, since=since, day=now.date().isoformat())
    people = db.session.execute(
        db.select(Panellist.id, Panellist.code)
        .where(Panellist.study_id == study_id, Panellist.id > since)
        .order_by(Panellist.id)
    )
    return tuple(PanellistActor(PanellistId(row.id), study_id, row.code) for row in people)


def add_links(study_id: StudyId, now: datetime) -> tuple[str, ...]:
    """A personal link for each invitation of a study, in the order of its panel; the tokens."""
    invitations = db.session.scalars(
        db.select(Invitation.id).where(Invitation.study_id == study_id).order_by(Invitation.panellist_id)
    ).all()
    tokens = tuple(secrets.token_urlsafe(32) for _ in invitations)
    rows = [
        {
            "invitation_id": invitation,
            "token_hash": token_hash(token),
            "created_at": now,
            "expires_at": now + LINKS_WORK_FOR,
        }
        for invitation, token in zip(invitations, tokens, strict=True)
    ]
    db.session.execute(insert(AccessToken), rows)
    return tokens


def add_answers(
    study_id: StudyId, number: int, *, after: PanellistId | int, with_comments: bool, with_messages: bool
) -> None:
    """Let everybody who joined after this person answer every item of a round; in a unit of work.

    `with_messages` leaves a message of each in the outbox, which no server may then work off.
    """
    _trust_rows()
    statements = [ANSWERED, RATED, SAVED]
    statements += [COMMENTED] * with_comments + [PROMISED] * with_messages
    is_sqlite = db.engine.dialect.name == "sqlite"
    if is_sqlite:
        # An index that answers fall into everywhere must fit, or each answer costs a page of the disk.
        db.session.execute(text(f"PRAGMA cache_size = -{CACHE_KB}"))
    for statement in statements:
        false = "0" if is_sqlite else "false"
        _run(statement.format(false=false), study=study_id, number=number, after=after)


def add_copies(study_id: StudyId, number: int, *, after: PanellistId, like: PanellistId) -> None:
    """Give everybody who joined after this person the same copy of a round's feedback as `like` has."""
    _run(SHOWN, study=study_id, number=number, after=after, like=like)


def _trust_rows() -> None:
    """Let PostgreSQL take the rows of this unit of work without looking up each reference in them.

    It plans those looks once, while the tables are empty, and then reads whole tables for every row.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))


def settle() -> None:
    """Let the planner know how large the tables are, as on a server that has been running; outside a unit.

    PostgreSQL tidies new rows too: in a study of weeks that is done long before a round closes.
    """
    command = "VACUUM ANALYZE" if db.engine.dialect.name == "postgresql" else "ANALYZE"
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(command))


def _run(statement: str, **values: Any) -> None:
    """Run it with those of the values that it names."""
    named = {name: value for name, value in values.items() if f":{name}" in statement}
    db.session.execute(text(statement), named)
