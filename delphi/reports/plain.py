"""The report as plain names and numbers, as JSON holds it. What is withheld is not in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

from delphi.domain.rule import to_dict
from delphi.reports.checklists import DRAFT, filled_in
from delphi.reports.comments import CommentEntry
from delphi.reports.content import SCHEMA, ReportContent
from delphi.reports.figures import UnitFigures, as_plain
from delphi.reports.firmness import Firmness
from delphi.reports.items import ItemRow
from delphi.reports.other_rules import OtherRules
from delphi.reports.protect import People
from delphi.reports.response import ResponseRow, RoundResponse
from delphi.reports.same_people import Leaving, Moved, SamePeople
from delphi.reports.sections import SectionFinding, Step
from delphi.reports.texts import FinalText, RevisionEntry


def plain_report(content: ReportContent) -> dict[str, Any]:
    """Everything, in the order in which the report tells it."""
    for_team = {"same_people": _same_people(content.same_people)} if content.audience.is_team else {}
    return _plain_parts(content) | for_team


def _plain_parts(content: ReportContent) -> dict[str, Any]:
    setting, summary = content.setting, content.summary
    return {
        "sharing": content.audience.sentence,
        "schema": SCHEMA,
        "audience": content.audience.value,
        "written_at": content.written_at.isoformat(),
        "study": {
            "slug": setting.study.slug,
            "title": setting.study.title,
            "language": setting.study.language,
            "state": setting.study.state.value,
        },
        "snapshots": _plain(content.snapshots),
        "min_cell": setting.min_cell,
        "summary": _plain(summary),
        "description": _plain(content.study),
        "scale": setting.scale.model_dump(mode="json", exclude_none=True),
        "rule": _plain(to_dict(setting.rule)),
        "response": _response(content),
        "rounds": [
            {
                "round": one.round,
                "rated": list(one.rated),
                "items": one.n_items,
                "came": one.came,
                "decided": one.left,
                "waiting": one.waiting,
                "notes": list(content.notes[one.round]),
            }
            for one in content.tally.rounds
        ],
        "sections": [_finding(finding) for finding in content.findings],
        "items": [_item(row) for row in content.items],
        "comments": _comments(content),
        "revisions": [_revision(entry) for entry in content.revisions],
        "guidance": [_text(text) for text in content.texts],
        "corrections": _plain(content.corrections),
        "firmness": _firmness(content.firmness),
        "other_rules": _other_rules(content.other_rules),
        "on_other_answers": [one.as_plain() for one in content.other_people],
        "record": _plain(content.trail),
        "checklists": _checklists(content),
    }


def _response(content: ReportContent) -> dict[str, Any]:
    response = content.response
    numbers = ("registered", "invited", "consented", "declined", "no_reply", "stopped")
    return {
        **{name: _people(getattr(response, name)) for name in numbers},
        "by_unit": [_response_row(row) for row in response.rows],
        "by_round": [_round(one) for one in response.rounds],
        "by_stakeholder_group": _plain(response.by_group_in_full),
    }


def _response_row(row: ResponseRow) -> dict[str, Any]:
    return {
        "unit_kind": row.kind,
        "unit": row.code,
        "unit_label": row.label,
        "invited": _people(row.invited),
        "consented": _people(row.consented),
        "took_part": {str(number): _people(people) for number, people in row.took_part.items()},
    }


def _round(one: RoundResponse) -> dict[str, Any]:
    return {
        "round": one.round,
        "asked": _people(one.asked),
        "took_part": _people(one.took_part),
        "handed_in": _people(one.handed_in),
        "not_handed_in": _people(one.not_handed_in),
        "late": _people(one.late),
        "modes": {mode: _people(people) for mode, people in one.modes.items()},
        "answers_deleted_later": one.has_deletion,
    }


def _people(people: People) -> int | str:
    """A number, or in words why there is none."""
    return people.n if people.n is not None else people.shown.value


def _finding(finding: SectionFinding) -> dict[str, Any]:
    return {
        "section": finding.code,
        "title": finding.title,
        "place": finding.place,
        "origin": finding.origin,
        "end": finding.end.value,
        "steps": [_step(step) for step in finding.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "round": step.round,
        "draft": step.draft,
        "came": step.came,
        "outcome": step.outcome,
        "headline": step.headline,
        "decision": step.decision,
        "reason": step.reason,
    }


def _item(row: ItemRow) -> dict[str, Any]:
    return {
        "round": row.round,
        "section": row.section,
        "draft": row.draft,
        "criterion": row.criterion,
        "outcome": row.outcome,
        "decision": row.decision,
        "figures": [_figures(one, row) for one in row.figures],
    }


def _figures(figures: UnitFigures, row: ItemRow) -> dict[str, Any]:
    plain = as_plain(figures)
    if figures.counts is not None:
        plain["counts"] = list(figures.counts)
    if figures.agree is not None:
        plain["below_rule"] = row.misses(figures)
    return plain


def _comments(content: ReportContent) -> dict[str, Any]:
    part = content.comments
    return {
        "on_record": part.n_received,
        "shown": len(part.entries),
        "redacted": part.n_redacted,
        "kept_back": part.n_kept_back,
        "quoted": part.n_quoted,
        "by_theme": dict(part.by_theme),
        "by_answer": dict(part.by_disposition),
        "by_stakeholder_group": [
            {"group": group, "round": number, "comments": n} for (group, number), n in part.by_group.items()
        ],
        "people_by_times_quoted": {str(times): n for times, n in part.quotes_per_person},
        "entries": [_comment(entry) for entry in part.entries],
    }


def _comment(entry: CommentEntry) -> dict[str, Any]:
    plain: dict[str, Any] = _plain(entry)
    return {name: value for name, value in plain.items() if value is not None or name == "section"}


def _revision(entry: RevisionEntry) -> dict[str, Any]:
    return {
        "section": entry.section,
        "for_round": entry.for_round,
        "kind": "rerating" if entry.is_rerating else "revision",
        "draft_before": entry.draft_before,
        "draft_after": entry.draft_after,
        "comparable": entry.comparable,
        "comparable_reason": entry.comparable_reason,
        "summary": entry.summary,
        "changes": _plain(entry.changes),
        "edits": list(entry.edits),
    }


def _text(text: FinalText) -> dict[str, Any]:
    return {
        "section": text.finding.code,
        "title": text.finding.title,
        "draft": text.draft,
        "agreed_in_round": text.finding.last.round,
        "variants": dict(text.variants),
    }


def _firmness(firm: Firmness) -> dict[str, Any]:
    return {
        "comparisons": firm.n_items,
        "intervals_without_0": firm.n_clear,
        "largest_panel_differences": [
            _place(one.item)
            | {
                "first": one.first.code,
                "second": one.second.code,
                "points": one.points,
                "newcombe95_low": 100 * one.interval.low,
                "newcombe95_high": 100 * one.interval.high,
                "cliffs_delta": None if one.delta is None else float(one.delta),
                "in_words": one.words,
            }
            for one in firm.differences
        ],
        "changes_between_comparable_drafts": [
            _place(one.after)
            | {"round_before": one.before.round, "same_draft": one.same_draft, "points": one.points}
            for one in firm.changes
        ],
        "sections_reaching_other_thresholds": [
            {"percent": one.percent, "reached": dict(one.reached), "of": firm.n_sections}
            for one in firm.thresholds
        ],
    }


def _other_rules(rules: OtherRules) -> dict[str, Any]:
    return {
        "said": list(rules.sentences),
        "sections_left_out": rules.n_withheld,
        "ways_not_given": list(rules.not_given),
        "ways_not_asked": {way.title: way.unfit for group in rules.groups for way in group.unfit},
        "distances": [
            {
                "section": one.code,
                "round": one.round,
                "outcome": one.outcome,
                "answers": one.answers,
                "how_far": one.how_far,
            }
            for one in rules.sections
        ],
        "decided": [
            {
                "section": one.section,
                "round": one.round,
                "kind": one.kind,
                "way": one.way,
                "source": one.source,
                "says": one.says,
                "differs": one.differs,
            }
            for one in rules.rows
        ],
    }


def _same_people(same: SamePeople) -> dict[str, Any]:
    return {
        "answers_deleted_later": same.has_deletion,
        "moved": [
            {
                "section": one.section.code,
                "criterion": one.criterion,
                "rounds": [one.earlier, one.later],
                "people": one.movement.n_pairs,
                "same": one.movement.n_same,
                "up": one.movement.n_up,
                "down": one.movement.n_down,
                "into_agreement": one.movement.n_in,
                "out_of_agreement": one.movement.n_out,
                "kappa_quadratic": one.kappa,
                **_movement(one),
            }
            for one in same.moved
        ],
        "left": {
            "rounds": [same.first, same.last],
            "stayed": same.n_stayed,
            "left": same.n_left,
            "by_criterion": {one.criterion: _leaving(one) for one in same.leaving},
            "items": same.n_items,
            "items_rated_lower_by_those_who_left": same.n_lower,
            "items_rated_higher_by_those_who_left": same.n_higher,
            "mean_ratings": same.means.as_dict() if same.means else None,
        },
        "in_words": {"moved": same.moved_words, "left": same.leaving_words},
    }


def _movement(one: Moved) -> dict[str, Any]:
    """How far people moved, by the names of the codebook; p-values are Holm's over all items of the list."""
    found = one.found
    keys = ("pct_changed", "pct_towards_median", "pct_away_from_median", "net_change_pct", "cv_change")
    plain = found.movement.as_dict()
    return {key: plain[key] for key in keys} | {
        "p_wilcoxon_holm": one.after.wilcoxon,
        "p_stuart_maxwell_holm": one.after.stuart_maxwell,
        "steadiness": found.steadiness.value,
    }


def _leaving(one: Leaving) -> dict[str, Any]:
    found = one.figures
    exact = {
        "pct_agree_stayed": found.pct_agree_completers,
        "pct_agree_left": found.pct_agree_dropouts,
        "cliffs_delta": found.cliffs_delta,
    }
    counted = {"ratings_stayed": found.n_completers, "ratings_left": found.n_dropouts}
    tests = {"p_mann_whitney_holm": one.sign.p_adjusted, "p_fisher_holm": one.sign.fisher_adjusted}
    plain = {name: None if value is None else float(value) for name, value in exact.items()}
    return counted | plain | tests


def _checklists(content: ReportContent) -> dict[str, Any]:
    return {
        "standing": DRAFT,
        **{
            checklist.name: [
                {"item": one.item.id, "asks_for": one.item.asks, "said": one.said, "to_write": one.to_write}
                for one in answers
            ]
            for checklist, answers in filled_in(content)
        },
    }


def _place(row: ItemRow) -> dict[str, Any]:
    return {"round": row.round, "section": row.section, "criterion": row.criterion}


def _plain(value: Any) -> Any:
    """Dataclasses, dates and tuples as JSON has them."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value
