"""Reports to look at: of a small study after round 1, and of the demo after its last act."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from delphi.domain.actors import Operator
from delphi.extensions import db
from delphi.reports.audience import Audience
from delphi.reports.content import ReportContent, gather
from delphi.reports.registry import FORMATS
from delphi.reports.writing import WrittenFile, write_report
from delphi.services.exports import record_export
from delphi.services.feedback import publish_feedback
from tools.small_study import SmallStudy
from tools.small_team import Team, answer_and_decide, opened_team

NOW = datetime(2025, 3, 1, 9, tzinfo=UTC)
ALL = tuple(one.id for one in FORMATS)


@pytest.fixture
def answered(small_study: SmallStudy) -> Team:
    """Round 1 could be shared: two people in each group; the first section is kept, the second revised."""
    team = opened_team(small_study)

    def play() -> None:
        small_study.close().analyse()
        answer_and_decide(team)

    small_study.stages.reach("answered", play)
    return team


@pytest.fixture
def published(answered: Team) -> Team:
    """The same, and shared."""
    answered.study.stages.reach("published", lambda: answered(publish_feedback, number=1))
    return answered


@pytest.fixture
def content_of(small_study: SmallStudy) -> Callable[..., ReportContent]:
    """The report of the small study as it stands."""

    def content(audience: Audience = Audience.SHARED) -> ReportContent:
        with small_study.look():
            return gather(small_study.id, audience, NOW)

    return content


@pytest.fixture
def write(small_study: SmallStudy, tmp_path: Path) -> Callable[..., dict[str, WrittenFile]]:
    """Write the small study's report; the files by name."""

    def written(**arguments: object) -> dict[str, WrittenFile]:
        given = {
            "study_id": small_study.id,
            "formats": ALL,
            "folder": tmp_path / "report",
            "audience": Audience.SHARED,
            "actor": small_study.lead,
            "now": NOW,
            "record": record_export,
        } | arguments
        with small_study.work():
            files = write_report(**given)  # type: ignore[arg-type]
        return {one.path.name: one for one in files}

    return written


@pytest.fixture(scope="session")
def demo_report(played_demo, tmp_path_factory):
    """The demo's content and files for one audience (mark such a test `slow`)."""
    kept: dict[Audience, tuple[ReportContent, dict[str, Path]]] = {}

    def report(audience: Audience = Audience.SHARED) -> tuple[ReportContent, dict[str, Path]]:
        if audience not in kept:
            from delphi.reports.html import render_html
            from delphi.reports.pdf import laid_out
            from delphi.reports.writing import file_name

            folder = tmp_path_factory.mktemp(f"report-{audience.value}")
            with played_demo.app.app_context():
                content = gather(played_demo.study_id, audience, NOW)
                for one in FORMATS:
                    for name, write_file in one.files:
                        write_file(content, folder / file_name(content, name))
                assert render_html(content)
                # Words in a PDF are numbers of glyphs: what the typesetter was given is read instead.
                words = json.dumps(laid_out(content)[0], ensure_ascii=False)
                (folder / "what-the-pdf-says.json").write_text(words, encoding="utf-8")
                db.session.remove()
            kept[audience] = content, {path.name: path for path in sorted(folder.iterdir())}
        return kept[audience]

    return report


@pytest.fixture
def operator() -> Operator:
    """Whoever runs the machine."""
    return Operator()
