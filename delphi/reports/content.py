"""Everything that a report says, gathered once; the formats draw it and ask nothing more.

Figures come from snapshots: published feedback for everybody, result snapshots besides for the team.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from delphi.domain.ids import StudyId
from delphi.queries.studies import study_of
from delphi.reports.audience import Audience
from delphi.reports.comments import CommentPart, comments_of
from delphi.reports.firmness import Firmness, firmness_of
from delphi.reports.items import ItemRow, item_table
from delphi.reports.other_people import OtherPeople, other_people
from delphi.reports.other_rules import OtherRules, other_rules_of
from delphi.reports.record import RoundRecord, records_of
from delphi.reports.response import Response, response_of
from delphi.reports.same_people import SamePeople, same_people
from delphi.reports.sections import End, SectionFinding, findings_of
from delphi.reports.setting import Setting
from delphi.reports.study import StudyPart, study_part
from delphi.reports.summary import Summary, summary_of
from delphi.reports.tally import Tally, tally_of
from delphi.reports.texts import (
    CorrectionEntry,
    FinalText,
    RevisionEntry,
    corrections,
    final_texts,
    revision_log,
)
from delphi.reports.trail import Trail, trail_of

SCHEMA = "delphi-report/1"


@dataclass(frozen=True, slots=True)
class SnapshotRef:
    """The snapshots behind one round's figures, by checksum; `feedback` is "" while it is not published.

    `results` is "" in a shared report. It seals the counts of hidden groups as well: in a small study
    somebody could compute it for every count that is possible, and see which of them is true.
    """

    round: int
    feedback: str
    results: str


@dataclass(frozen=True, slots=True)
class ReportContent:
    """One report of one study for one audience."""

    audience: Audience
    written_at: datetime
    setting: Setting
    summary: Summary
    study: StudyPart
    response: Response
    tally: Tally
    items: tuple[ItemRow, ...]
    findings: tuple[SectionFinding, ...]
    comments: CommentPart
    revisions: tuple[RevisionEntry, ...]
    texts: tuple[FinalText, ...]
    corrections: tuple[CorrectionEntry, ...]
    firmness: Firmness
    other_rules: OtherRules
    other_people: tuple[OtherPeople, ...]
    same_people: SamePeople
    trail: Trail
    notes: Mapping[int, tuple[str, ...]]
    snapshots: tuple[SnapshotRef, ...]

    @property
    def rounds(self) -> tuple[int, ...]:
        """The rounds that the report speaks of."""
        return tuple(one.round for one in self.snapshots)

    @property
    def comment_subjects(self) -> tuple[tuple[str | None, str], ...]:
        """What there are comments on: sections by code and title, and None for the guidance as a whole."""
        places = self.setting.places
        found = [
            (code, f"{places[code]}. {section.title}")
            for code, section in self.setting.sections.items()
            if self.comments.about(code)
        ]
        whole = [(None, "The guidance as a whole")] if self.comments.about(None) else []
        return (*found, *whole)

    def ended(self, *ends: End) -> tuple[SectionFinding, ...]:
        """The sections that ended so, in the order of the guidance."""
        return tuple(finding for finding in self.findings if finding.end in ends)

    def items_of(self, round_number: int) -> tuple[ItemRow, ...]:
        """The items of one round."""
        return tuple(row for row in self.items if row.round == round_number)


def gather(study_id: StudyId, audience: Audience, now: datetime) -> ReportContent:
    """Read a study's report. WrongState when the record does not add up: then nothing is printed."""
    setting = Setting.of(study_of(study_id))
    records = records_of(setting.study, audience)
    study = study_part(setting, records)
    response = response_of(setting, records, audience)
    items = item_table(setting, records)
    tally = tally_of(setting, records)
    findings = findings_of(setting, records, items, tally)
    not_agreed = [finding.code for finding in findings if finding.end is not End.AGREED]
    comments = comments_of(setting, records, not_agreed, audience)
    revisions = revision_log(setting, comments, [record.number for record in records])
    return ReportContent(
        audience=audience,
        written_at=now,
        setting=setting,
        summary=summary_of(setting, study, response, tally, findings),
        study=study,
        response=response,
        tally=tally,
        items=items,
        findings=findings,
        comments=comments,
        revisions=revisions,
        texts=final_texts(setting, findings),
        corrections=corrections(setting),
        firmness=firmness_of(findings, revisions),
        other_rules=other_rules_of(setting, records, items, findings, audience),
        other_people=other_people(setting, records, audience),
        same_people=same_people(setting, records, findings, revisions, audience),
        trail=trail_of(setting, records, audience),
        notes={record.number: _notes(record, audience) for record in records},
        snapshots=tuple(
            SnapshotRef(record.number, record.checksum, record.results_checksum if audience.is_team else "")
            for record in records
        ),
    )


def snapshot_in_words(one: SnapshotRef) -> str:
    """The checksums of a round's snapshots in a line: "feedback …, results …"."""
    feedback = f"feedback {one.feedback or 'not published yet'}"
    return f"{feedback}, results {one.results}" if one.results else feedback


def _notes(record: RoundRecord, audience: Audience) -> tuple[str, ...]:
    """Which groups are not shown in a round, and why; nothing for the team's full figures."""
    if record.results is not None and audience.is_team:
        return ()
    return tuple(record.content["notes"])
