"""A study in an open round, with as many panellists and items as a benchmark wants.

The study is set up through the services; its panel and their ratings are written as rows, since asking and
joining ten thousand people one by one is not what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import insert, text

from delphi.app import create_app
from delphi.config import Settings
from delphi.domain.actors import PanellistActor
from delphi.domain.ids import PanellistId, StudyId
from delphi.domain.states import PanellistState
from delphi.extensions import db
from delphi.models.groups import StakeholderGroup
from delphi.models.panellists import Panellist
from delphi.models.rounds import Round
from tools.small_study import SECTIONS, SmallStudy

PAGE = SECTIONS[0]
ANSWERED = """
    INSERT INTO submission (round_id, panellist_id, study_id, state, mode, started_at, saved_at, is_late)
    SELECT r.id, p.id, r.study_id, 'started', 'self', r.opened_at, r.opened_at, {false}
    FROM round r JOIN panellist p ON p.study_id = r.study_id WHERE r.number = 1 AND p.id > :after
"""
RATED = """
    INSERT INTO rating (round_id, panellist_id, item_id, study_id, value)
    SELECT i.round_id, p.id, i.id, i.study_id, 1 + (p.id + i.id) % 5
    FROM item i JOIN panellist p ON p.study_id = i.study_id WHERE p.id > :after
"""
SAVED = """
    INSERT INTO section_save (round_id, panellist_id, section_id, study_id, revision, variant, saved_at)
    SELECT s.round_id, p.id, s.section_id, p.study_id, 1, 'standard', r.opened_at
    FROM round_section s JOIN round r ON r.id = s.round_id JOIN panellist p ON p.study_id = r.study_id
    WHERE r.number = 1 AND p.id > :after
"""
COMMENTED = """
    INSERT INTO comment
      (study_id, round_id, panellist_id, section_id, draft_id, prompt, text, saved_at, state)
    SELECT p.study_id, s.round_id, p.id, s.section_id, s.draft_id, 'change', 'Some words.', r.opened_at, 'new'
    FROM round_section s JOIN round r ON r.id = s.round_id JOIN panellist p ON p.study_id = r.study_id
    WHERE r.number = 1 AND p.id > :after
"""
PROMISED = """
    INSERT INTO outbox_entry (study_id, key, kind, payload, due_at, state, attempts)
    SELECT p.study_id, 'round_opened:' || p.code, 'message', '{{}}', r.opened_at, 'waiting', 0
    FROM panellist p JOIN round r ON r.study_id = p.study_id WHERE r.number = 1 AND p.id > :after
"""


@dataclass(frozen=True, slots=True)
class OpenStudy:
    """A study that takes answers: its panellists in order, and the criteria of each page."""

    study_id: StudyId
    people: tuple[PanellistActor, ...]
    criteria: tuple[str, ...]


def application(url: str, folder: Path) -> Flask:
    """The application on a migrated database."""
    return create_app(
        Settings(
            instance=folder, secret_key="only-for-benchmarks", database_url=url, mail_url=f"file:{folder}"
        )
    )


def open_study(app: Flask, *, panellists: int, items_a_page: int, without_answers: int) -> OpenStudy:
    """Make the study. All but the first `without_answers` panellists have rated everything already."""
    codes = tuple(f"c{index:02}" for index in range(1, items_a_page + 1))
    criteria = [{"id": code, "label": code, "statement": f"Statement {code}."} for code in codes]
    study = SmallStudy(app, criteria=criteria).seal().publish_drafts().open()
    with study.work():
        people = _add_people(study.id, panellists)
        last_blank = people[min(without_answers, panellists) - 1].panellist_id
        is_sqlite = db.engine.dialect.name == "sqlite"
        for statement in (ANSWERED, RATED, SAVED, COMMENTED, PROMISED):
            written = statement.format(false="0" if is_sqlite else "false")
            db.session.execute(text(written), {"after": last_blank})
    with study.look():
        # The planner has to know how large the tables are, as it does on a server that has been running.
        db.session.execute(text("ANALYZE"))
        db.session.commit()
    return OpenStudy(study.id, people, codes)


def _add_people(study_id: StudyId, n: int) -> tuple[PanellistActor, ...]:
    groups = list(
        db.session.scalars(db.select(StakeholderGroup.id).where(StakeholderGroup.study_id == study_id))
    )
    opened_at = db.session.scalar(
        db.select(Round.opened_at).where(Round.study_id == study_id, Round.number == 1)
    )
    rows: list[dict[str, Any]] = [
        {
            "study_id": study_id,
            "code": f"P{index:06}",
            "group_id": groups[index % len(groups)],
            "state": PanellistState.ACTIVE,
            "format": "standard",
            "mode": "self",
            "registered_at": opened_at,
            "joined_at": opened_at,
        }
        for index in range(n)
    ]
    db.session.execute(insert(Panellist), rows)
    people = db.session.execute(
        db.select(Panellist.id, Panellist.code).where(Panellist.study_id == study_id).order_by(Panellist.id)
    )
    return tuple(PanellistActor(PanellistId(row.id), study_id, row.code) for row in people)
