"""What a seal covers: everything that decides outcomes and what the panel will be told (requirement M24)."""

from __future__ import annotations

from typing import Any

from delphi.extensions import db
from delphi.models.studies import Seal, Study
from delphi.queries.studies import criteria_of, structure_of

SEALED_FORMAT = "delphi-seal/1"


def sealed_content(study: Study) -> dict[str, Any]:
    """Rule, groups and panels, scale, criteria, protocol and privacy as they stand now."""
    structure = structure_of(study.id)
    return {
        "format": SEALED_FORMAT,
        "study": study.slug,
        "rule": study.rule,
        "scale": study.scale,
        "criteria": [
            {"id": criterion.code, "statement": criterion.statement, "easy_read": criterion.easy_read}
            for criterion in criteria_of(study.id)
        ],
        "groups": [group.code for group in structure.groups],
        "panels": {panel.code: list(panel.groups) for panel in structure.panels},
        "feedback_groups": {group.code: list(group.groups) for group in structure.feedback_groups},
        "protocol": study.protocol,
        "privacy": study.privacy,
    }


def seal_of(study: Study) -> Seal | None:
    """The study's seal, once there is one."""
    return db.session.get(Seal, study.id)
