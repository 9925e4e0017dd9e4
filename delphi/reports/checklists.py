"""Reporting checklists, filled in as far as the record goes (requirement T12); a person writes the rest.

Every answer is a sentence made from the report, and says in which part the whole is; what the record does
not hold is said to be not recorded, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delphi.domain.calendar import in_words
from delphi.reports.checklist_items import CHECKLISTS, Checklist, Item
from delphi.reports.protect import People
from delphi.reports.words import counted, listed

if TYPE_CHECKING:
    from delphi.reports.content import ReportContent

DRAFT = (
    "Draft: what each item asks for is told in our words and from memory, and its number has not been "
    "checked against the original. Compare both before you hand it in."
)
NOT_RECORDED = "Not recorded."


@dataclass(frozen=True, slots=True)
class Answer:
    """One item with what the record says to it, and what a person still has to write."""

    item: Item
    said: str
    to_write: str


def answers_to(checklist: Checklist, content: ReportContent) -> tuple[Answer, ...]:
    """Every item of a checklist, in its order."""
    facts = _facts(content)
    return tuple(_answer(item, facts) for item in checklist.items)


def filled_in(content: ReportContent) -> tuple[tuple[Checklist, tuple[Answer, ...]], ...]:
    """All checklists with their answers."""
    return tuple((one, answers_to(one, content)) for one in CHECKLISTS)


def _answer(item: Item, facts: Mapping[str, str]) -> Answer:
    said = " ".join(facts[name] for name in item.facts if facts[name])
    return Answer(item, said or (NOT_RECORDED if item.facts else ""), item.to_write)


def _facts(content: ReportContent) -> dict[str, str]:
    """What the record says, by name; "" where it says nothing."""
    return {name: make(content) for name, make in _SENTENCES.items()}


def _title(content: ReportContent) -> str:
    title = content.setting.study.title
    named = "names" if "delphi" in title.lower() else "does not name"
    return f"“{title}” {named} Delphi."


def _information(key: str, words: str) -> Callable[[ReportContent], str]:
    def said(content: ReportContent) -> str:
        found = content.setting.study.information.get(key)
        return words.format(str(found).strip().rstrip(".")) if found else ""

    return said


def _seal(content: ReportContent) -> str:
    on = content.setting.day(content.study.sealed_at)
    if on is None or not content.study.seal:
        return ""
    return f"Rule and plan were sealed on {in_words(on)}, before the first rating (part 1)."


def _team(content: ReportContent) -> str:
    return f"{counted(len(content.study.team), 'person', 'people')} with their roles (part 1)."


def _groups(content: ReportContent) -> str:
    groups = counted(len(content.study.groups), "stakeholder group")
    return f"{groups} in {counted(len(content.study.panels), 'panel')}, fixed before the data (part 1)."


def _recruitment(content: ReportContent) -> str:
    response = content.response
    invited, consented = _people(content, response.invited), _people(content, response.consented)
    return f"{invited} people were invited and {consented} consented (part 2)."


def _rounds(content: ReportContent) -> str:
    kinds = listed([f"{one.number}: {one.kind}" for one in content.study.rounds])
    return f"{counted(len(content.study.rounds), 'round')} ({kinds})." if kinds else ""


def _scale(content: ReportContent) -> str:
    points = content.study.points
    return f"{len(points)} points from “{points[0].text}” to “{points[-1].text}” (part 1)."


def _criteria(content: ReportContent) -> str:
    return f"Rated were {listed([one.label.lower() for one in content.study.criteria])} (part 1)."


def _items(content: ReportContent) -> str:
    numbers = listed([str(one.n_items) for one in content.tally.rounds])
    return f"Items by round: {numbers} (parts 3 and 11)." if numbers else ""


def _tally(content: ReportContent) -> str:
    if not content.tally.rounds:
        return ""
    again = sum(one.n_came("reopened") for one in content.tally.rounds)
    back = f"{again} came back" if again else "none came back"
    return f"Of the sections agreed, {back}; all ways in and out are counted (part 3)."


def _modes(content: ReportContent) -> str:
    return "Alone on the web, with a supporter, on paper or by phone, in numbers (part 2)."


def _software(content: ReportContent) -> str:
    used = content.study.software
    return f"{listed([f'{name} {version}' for name, version in used.items()])}." if used else ""


def _feedback(content: ReportContent) -> str:
    shared = [one for one in content.study.rounds if one.is_published and one.feedback]
    if not shared:
        return ""
    days = listed([in_words(one.feedback) for one in shared if one.feedback])
    return f"Own ratings, everyone's and each group's, reviewed comments and what changed, shared on {days}."


def _anonymity(content: ReportContent) -> str:
    small = content.setting.min_cell
    return (
        "Panel members were known to the study team and not to each other; figures of fewer than "
        f"{small} people are withheld (part 1)."
    )


def _decisions(content: ReportContent) -> str:
    return "The rule computes the outcome; the team's decision and its reason stand beside it (parts 4, 5)."


def _variants(content: ReportContent) -> str:
    names = dict.fromkeys(name for text in content.texts for name in text.variants)
    return f"Texts were offered as {listed([name.replace('_', ' ') for name in names])}." if names else ""


def _dates(content: ReportContent) -> str:
    n = sum(len(one.extensions) for one in content.study.rounds)
    return f"Planned and held dates; {counted(n, 'closing day was', 'closing days were')} put off (part 1)."


def _deviations(content: ReportContent) -> str:
    n = len(content.trail.deviations)
    return (
        f"{counted(n, 'deviation')} with its reason (part 9)."
        if n == 1
        else f"{counted(n, 'deviation')} (part 9)."
    )


def _response(content: ReportContent) -> str:
    small = content.setting.min_cell
    took = listed(
        [f"{one.took_part.in_words(small)} in round {one.round}" for one in content.response.rounds]
    )
    return f"Answered: {took}; by group in part 2." if took else ""


def _revisions(content: ReportContent) -> str:
    n = sum(1 for one in content.revisions if not one.is_rerating)
    return f"{counted(n, 'new draft')}, each with what changed and why (part 7)."


def _interests(content: ReportContent) -> str:
    n = len(content.study.interests)
    return f"{counted(n, 'declaration')} (part 1)." if n else ""


def _advice(content: ReportContent) -> str:
    n = content.study.n_advice
    return f"{counted(n, 'comment')} of the advisory committee before round 1 (part 9)." if n else ""


def _comments(content: ReportContent) -> str:
    part = content.comments
    return f"{counted(part.n_received, 'comment')} under {counted(len(part.by_theme), 'theme')} (part 6)."


def _people(content: ReportContent, people: People) -> str:
    return people.in_words(content.setting.min_cell)


def _always(words: str) -> Callable[[ReportContent], str]:
    return lambda _content: words


_SENTENCES: Mapping[str, Callable[[ReportContent], str]] = {
    "title": _title,
    "aim": _information("aim", "Aim: {}."),
    "region": _information("region", "Region: {}."),
    "ethics": _information("ethics_reference", "Ethics reference: {}."),
    "funding": _information("funder", "Funded by {}; the funder's part is in part 1."),
    "seal": _seal,
    "team": _team,
    "groups": _groups,
    "recruitment": _recruitment,
    "rounds": _rounds,
    "rule": _always("The rule in words, with its stop rule and limits (part 1)."),
    "scale": _scale,
    "criteria": _criteria,
    "items": _items,
    "tally": _tally,
    "modes": _modes,
    "counting": _always("How every figure is counted (part 1)."),
    "software": _software,
    "feedback": _feedback,
    "anonymity": _anonymity,
    "decisions": _decisions,
    "variants": _variants,
    "dates": _dates,
    "deviations": _deviations,
    "response": _response,
    "outcome": lambda content: f"{content.summary.finding} (parts 4, 5 and 11)",
    "revisions": _revisions,
    "interests": _interests,
    "advice": _advice,
    "comments": _comments,
    "firmness": _always("Panels, rounds, other thresholds and other rules beside each other (part 10)."),
    "flow": _always("Figures 1 and 2 (parts 2 and 3)."),
}
