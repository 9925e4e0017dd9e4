"""A new version of a small study's consent text or information pages, filled in as its form shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from delphi.domain.setup.arranging import arranged
from delphi.domain.setup.fields import fingerprint, shown_values
from delphi.domain.setup.reading import day_parts
from delphi.domain.setup.themes import theme_of
from delphi.queries.studies import study_of
from delphi.queries.study_export import bundle_of
from delphi.services.renewals import publish_new_version
from tools.small_study import SmallStudy

CHANGES = {"consent.version": "1.1", "consent.statements.0.text": "I have read the new information."}


def publish_version(
    study: SmallStudy,
    part: str = "consent",
    *,
    changes: Mapping[str, str] = CHANGES,
    now: datetime,
    **more: Any,
) -> None:
    """Publish a version in which only `changes` differ from what holds; everybody is asked unless told."""
    with study.look():
        page, setup = theme_of(part), arranged(bundle_of(study_of(study.id)))
        values, seen = shown_values(page, setup), fingerprint(page, setup)
    given = dict(values)
    for name, value in values.items():
        if name.endswith((".date", "_cutoff")):
            given |= {f"{name}-{piece}": words for piece, words in day_parts(value).items()}
    common: dict[str, Any] = {
        "asks_again": True,
        "actor": study.lead,
        "summary": "We keep answers for 12 years, not 10.",
    }
    with study.work():
        publish_new_version(
            study_id=study.id, part=part, given=given | dict(changes), seen=seen, now=now, **(common | more)
        )
