"""The first page: what was found, in plain sentences, and the methods paragraph drafted from the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from delphi.consensus.vocabulary import spoken
from delphi.domain.calendar import in_words
from delphi.domain.decisions import DecisionKind
from delphi.reports.figures import UnitFigures
from delphi.reports.response import Response
from delphi.reports.sections import End, SectionFinding
from delphi.reports.setting import Setting
from delphi.reports.study import RoundDates, StudyPart
from delphi.reports.tally import Tally
from delphi.reports.words import counted, listed, sentence


@dataclass(frozen=True, slots=True)
class Summary:
    """One page for everybody: the finding, what it rests on, where there was no agreement."""

    finding: str
    paragraphs: tuple[str, ...]
    in_short: tuple[str, ...]
    methods: tuple[str, ...]


def summary_of(
    setting: Setting,
    study: StudyPart,
    response: Response,
    tally: Tally,
    findings: Sequence[SectionFinding],
) -> Summary:
    """Say what was found. Every number comes from the other parts of the report."""
    finding = _finding(tally)
    return Summary(
        finding=finding,
        paragraphs=tuple(
            words
            for words in (
                _about(setting),
                _who(setting, response),
                _how(study, tally),
                *(_not_agreed(setting, one) for one in findings if one.end is End.NO_AGREEMENT),
            )
            if words
        ),
        in_short=tuple(_in_short(setting, response, tally, findings)),
        methods=tuple(_methods(setting, study, response, tally)),
    )


def _finding(tally: Tally) -> str:
    if not tally.rounds:
        return "No round has been shared yet."
    verb = "was" if tally.n_agreed == 1 else "were"
    return f"{tally.n_agreed} of {counted(tally.n_sections, 'section')} {verb} agreed."


def _about(setting: Setting) -> str:
    aim = setting.study.information["aim"].strip()
    return sentence(f"Aim: {aim[0].lower()}{aim[1:]}" if aim[1:2].islower() else f"Aim: {aim}")


def _who(setting: Setting, response: Response) -> str:
    """How many people answered each round."""
    said = [f"{one.took_part.in_words(setting.min_cell)} in round {one.round}" for one in response.rounds]
    if not said:
        return ""
    consented = response.consented.in_words(setting.min_cell)
    groups = counted(len(setting.structure.groups), "stakeholder group")
    joined = sentence(f"{consented} people from {groups} joined the panel")
    words = f"{joined} {sentence('Of them answered: ' + listed(said))}"
    if any(one.has_deletion for one in response.rounds):
        words += f" {setting.study.privacy['deletion_note']}"
    return words


def _how(study: StudyPart, tally: Tally) -> str:
    """The rule in the study's own words, and what happened to texts that were not agreed at once."""
    n_revised = sum(one.n_left(DecisionKind.REVISE) for one in tally.rounds)
    n_again = sum(one.n_left(DecisionKind.RERATE_UNCHANGED) for one in tally.rounds)
    words = sentence(study.rule_text.split(". ")[0])
    if n_revised or n_again:
        parts = [counted(n_revised, "new draft was", "new drafts were") + " written"] if n_revised else []
        if n_again:
            parts.append(counted(n_again, "draft was", "drafts were") + " put again unchanged")
        words += f" After comments, {listed(parts)}."
    return words


def _not_agreed(setting: Setting, finding: SectionFinding) -> str:
    """Where there was no agreement, with the position of everyone and of each panel."""
    rows = [row for row in finding.last.items if row.misses(row.everyone) or row.missing]
    if not rows:
        return f"There was no agreement on “{finding.title}”."
    lowest = min(rows, key=lambda row: row.everyone.agree.percent or 0 if row.everyone.agree else 100)
    positions = [_position(setting, row) for row in (lowest.everyone, *lowest.panels)]
    statement = lowest.statement.rstrip(".")
    return (
        f"There was no agreement on “{finding.title}” after round {finding.last.round}. Least agreement was "
        f"on “{statement}”: {listed([position for position in positions if position])} agreed. Both "
        "positions are in the report."
    )


def _position(setting: Setting, row: UnitFigures) -> str:
    if row.agree is None or not row.agree.n:
        return ""
    people = "everyone" if row.is_everyone else spoken(row.label)
    return f"{setting.percent(row.agree)} of {people} ({row.agree.k} of {row.agree.n})"


def _in_short(
    setting: Setting, response: Response, tally: Tally, findings: Sequence[SectionFinding]
) -> list[str]:
    """One idea a line, numbers as digits, no percentages (requirement A3)."""
    first = response.rounds[0].took_part.in_words(setting.min_cell) if response.rounds else "0"
    lines = [
        f"We asked people what they think of {setting.study.short_title}.",
        f"{first} people answered the first time.",
        f"We asked {counted(len(tally.rounds), 'time')}.",
        "We changed the words when people told us to.",
        f"People agreed on {tally.n_agreed} of {counted(tally.n_sections, 'part')}.",
    ]
    not_agreed = (finding.title for finding in findings if finding.end is End.NO_AGREEMENT)
    return lines + [f"They did not agree on “{title}”." for title in not_agreed]


def _methods(setting: Setting, study: StudyPart, response: Response, tally: Tally) -> list[str]:
    """A draft of the methods paragraph of a paper (requirement D2); a person completes it."""
    criteria = listed([f"“{one.label}”" for one in study.criteria])
    n_points = len(study.points)
    first = (
        f"A Delphi consultation of {counted(len(study.rounds), 'round')} was held "
        f"({'; '.join(_held(one) for one in study.rounds)}). "
        f"In each round the panel rated sections on {criteria}, on a scale of {n_points} points from "
        f"“{study.points[0].text}” to “{study.points[-1].text}”"
        + (f", with “{study.cannot_say}” beside it." if study.cannot_say else ".")
    )
    panels = listed([f"{panel.label} ({listed(panel.groups)})" for panel in study.panels])
    second = (
        f"People were invited from {counted(len(study.groups), 'stakeholder group')}; for the rule they "
        f"formed {counted(len(study.panels), 'panel')}: {panels}. {' '.join(study.conduct)}"
    )
    sealed_on = setting.day(study.sealed_at)
    sealed = (
        f"The consensus rule was fixed on {in_words(study.rule_fixed_on)}"
        + (f" and sealed on {in_words(sealed_on)}" if sealed_on else "")
        + (f" (SHA-256 {study.seal})" if study.seal else "")
    )
    third = f"{sealed}, before the first rating: {study.rule_text}"
    fourth = (
        "After each round everybody on the panel was shown their own answers, the distribution of ratings of "
        "all, of each panel and of each feedback group, the reviewed comments without names, and what was "
        f"changed and why. {' '.join(study.counting)}"
    )
    return [first, *_extensions(study.rounds), second, third, fourth, _ending(setting, study)]


def _held(one: RoundDates) -> str:
    opened, closed = one.opened or one.planned_opens, one.closed or one.planned_closes
    return f"round {one.number}: {_short(opened)} to {_short(closed)}"


def _short(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _extensions(rounds: Sequence[RoundDates]) -> list[str]:
    return [
        f"The closing day of round {one.number} was put off from {_short(change.before)} to "
        f"{_short(change.after)}: {sentence(change.reason)}"
        for one in rounds
        for change in one.extensions
    ]


def _ending(setting: Setting, study: StudyPart) -> str:
    information = setting.study.information
    software = study.software.get("delphi-consultation", "")
    version = f" {software}" if software and software != "checkout" else ""
    words = [f"The study was run with the software Delphi{version}."]
    words.append(
        "Panel members were known to the study team and not to each other; every comment was reviewed before "
        "it was shared."
    )
    words.append(f"Funding: {sentence(information['funder'])} {sentence(information['funder_role'])}")
    if information.get("ethics_reference"):
        words.append(f"Ethics reference: {sentence(information['ethics_reference'])}")
    if study.n_advice:
        words.append(
            f"Before round 1 an advisory committee made {counted(study.n_advice, 'comment')} on the drafts."
        )
    return " ".join(words)
