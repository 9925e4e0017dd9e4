"""Writing a report's files: whole or not at all, with a list by which a cut file is noticed, and an event.

The event is recorded by a service, which this floor does not import: the caller brings it in.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import func

from delphi.domain.actors import Actor
from delphi.domain.calendar import in_words
from delphi.domain.errors import InvalidInput, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.extensions import db
from delphi.models.panellists import Tombstone
from delphi.reports import codebook
from delphi.reports.audience import Audience
from delphi.reports.content import ReportContent, gather, snapshot_in_words
from delphi.reports.csv_file import n_data_rows
from delphi.reports.registry import ReportFormat, chosen_formats

READ_ME = "README.txt"
DELETED_MEANWHILE = (
    "Somebody's answers were deleted while this report was made, so it was thrown away. Make it again."
)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of a report as it lies in its folder."""

    path: Path
    n_bytes: int
    sha256: str


class ExportRecorder(Protocol):
    """Leaves the event that a report was exported (`services.exports.record_export`)."""

    def __call__(
        self, *, study_id: StudyId, audience: str, files: dict[str, str], actor: Actor, now: datetime
    ) -> None:
        """Record the files (name: SHA-256) that left the platform, and for whom, for good."""


def write_report(
    *,
    study_id: StudyId,
    formats: Iterable[str],
    folder: Path,
    audience: Audience,
    actor: Actor,
    now: datetime,
    record: ExportRecorder,
) -> tuple[WrittenFile, ...]:
    """Write a study's report in these formats into a folder, with a README that lists the files.

    Making the files takes seconds and only reads, so `record` brings the unit of work for the event: nobody
    else's writing waits for it. The files get their names only when all are written and the event is
    recorded; files of the same names are replaced. Raises NotAllowed (the team's report needs
    the permission to see results as well), WrongState when the record does not add up or somebody's answers
    were deleted meanwhile, InvalidInput for an unknown format or a folder that cannot be written to.
    """
    require(actor, Permission.EXPORT_STUDY, study_id)
    if audience.is_team:
        require(actor, Permission.SEE_RESULTS, study_id)
    chosen = chosen_formats(formats)
    n_deletions = _n_deletions(study_id)
    content = gather(study_id, audience, now)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".report-", dir=folder) as making:
            made = _make(content, chosen, Path(making))
            files = {one.path.name: one.sha256 for one in made}
            record(study_id=study_id, audience=audience.value, files=files, actor=actor, now=now)
            if _n_deletions(study_id) != n_deletions:
                raise WrongState(DELETED_MEANWHILE)
            for one in made:
                one.path.replace(folder / one.path.name)
    except OSError as error:
        raise InvalidInput(
            [Problem(str(folder), f"The report cannot be written here: {error.strerror or error}.")]
        ) from error
    return tuple(WrittenFile(folder / one.path.name, one.n_bytes, one.sha256) for one in made)


def _n_deletions(study_id: StudyId) -> int:
    """How many people's answers were deleted so far: no report may outlive a deletion it does not know."""
    found = db.select(func.count()).select_from(Tombstone).where(Tombstone.study_id == study_id)
    return int(db.session.scalar(found) or 0)


def _make(content: ReportContent, chosen: Sequence[ReportFormat], making: Path) -> list[WrittenFile]:
    made = []
    for one in chosen:
        for name, write in one.files:
            path = making / file_name(content, name)
            write(content, path)
            made.append(_written(path))
    path = making / file_name(content, READ_ME)
    path.write_text(_read_me(content, made), encoding="utf-8", newline="\n")
    return [*made, _written(path)]


def file_name(content: ReportContent, name: str) -> str:
    """A file's name: the study's, what it is, and for the team that it is not for sharing."""
    stem, dot, ending = name.rpartition(".")
    mark = "-NOT-FOR-SHARING" if content.audience.is_team else ""
    return f"{content.setting.study.slug}-{stem}{mark}{dot}{ending}"


def _written(path: Path) -> WrittenFile:
    content = path.read_bytes()
    return WrittenFile(path, len(content), hashlib.sha256(content).hexdigest())


def _read_me(content: ReportContent, made: Sequence[WrittenFile]) -> str:
    """What the files are, and by which numbers a whole one is told from a cut one."""
    study = content.setting.study
    day = content.setting.day(content.written_at)
    lines = [
        content.audience.sentence,
        "",
        study.title,
        f"Report written on {in_words(day)}." if day else "",
        content.summary.finding,
        *(f"Round {one.round}: {one.note}" for one in content.trail.deletions),
        f"Licence of the texts: {study.information.get('licence', 'not stated')}.",
        "",
        "Files (a file with another size or SHA-256 is not whole, or not this one):",
    ]
    for one in made:
        lines.append(f"  {one.path.name}: {one.n_bytes} bytes, SHA-256 {one.sha256}")
        if one.path.name == file_name(content, "data.csv"):
            lines += _about_data(content)
    lines += ["", "Snapshots of the figures (SHA-256):"]
    lines += [f"  round {one.round}: {snapshot_in_words(one)}" for one in content.snapshots]
    return "\n".join([*lines, "", "End of this file.", ""])


def _about_data(content: ReportContent) -> list[str]:
    skip = ", skip = 1" if content.audience.is_team else ""
    first = "one line that begins with #, then " if content.audience.is_team else ""
    in_r = f'readr::read_csv(file{skip}), or read.csv(file, fileEncoding = "UTF-8-BOM"{skip})'
    rows = f"    {first}one line of headings, then {n_data_rows(content)} rows:"
    return [
        f"{rows} one for each round, section, criterion, unit and measure.",
        f"    Comma-separated UTF-8 with a byte order mark. In R: {in_r}.",
        f"    {codebook.FORMULA_NOTE}",
    ]
