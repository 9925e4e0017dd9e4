"""Consensus rules that a short form can say: a share of everybody, a share of each panel, and what is close.

Finer rules are written in the study file; a rule that this form cannot say is never changed by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.errors import InvalidInput, Problem
from delphi.domain.rule import Rule, to_dict

AGREED, CLOSE = "agreed", "close"


@dataclass(frozen=True, slots=True)
class SimpleRule:
    """Per cent of those who gave a rating; None where nothing is asked. `criteria` empty means every one."""

    of_all: int | None = 75
    of_each_panel: int | None = 70
    close_of_all: int | None = 60
    min_ratings: int = 5
    criteria: tuple[str, ...] = ()

    def plain(self, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The rule as in a study file, without the day; `labels` are the criteria's by code."""
        outcomes: list[dict[str, Any]] = [{"outcome": AGREED, "when": self._agreed()}]
        if self.close_of_all is not None:
            outcomes.append({"outcome": CLOSE, "when": self._share("pooled", self.close_of_all)})
        return {
            "text": self.text(labels or {}),
            "min_ratings_per_panel": self.min_ratings,
            "outcomes": [*outcomes, {"otherwise": "not_agreed"}],
        }

    def text(self, labels: Mapping[str, str]) -> str:
        """The rule in words for people."""
        parts = [
            *([f"at least {self.of_all}% of everybody who gave a rating"] if self.of_all is not None else []),
            *([f"at least {self.of_each_panel}% in each panel"] if self.of_each_panel is not None else []),
        ]
        named = [labels.get(code, code) for code in self.criteria]
        which = f"on {_listed(named)}" if named else "on every criterion"
        agreed = f"A section is agreed when {' and '.join(parts)} agree, {which}."
        if self.close_of_all is None:
            return agreed
        return f"{agreed} It is close when at least {self.close_of_all}% of everybody do."

    def _agreed(self) -> dict[str, Any]:
        tests = [
            *([self._share("pooled", self.of_all)] if self.of_all is not None else []),
            *([self._share("each_panel", self.of_each_panel)] if self.of_each_panel is not None else []),
        ]
        return tests[0] if len(tests) == 1 else {"all": tests}

    def _share(self, of: str, at_least: int) -> dict[str, Any]:
        test: dict[str, Any] = {"statistic": "share", "band": "agree", "of": of, "at_least": at_least}
        return test | ({"criteria": list(self.criteria)} if self.criteria else {})


def simple_form_of(rule: Rule) -> SimpleRule | None:
    """The rule as the short form says it; None for a rule that is finer than the form."""
    plain = to_dict(rule)
    shares = dict(_shares(plain["outcomes"][0].get("when", {})))
    close = [entry for entry in plain["outcomes"] if entry.get("outcome") == CLOSE]
    of_close = dict(_shares(close[0]["when"])) if close else {}
    criteria = _criteria(plain["outcomes"][0].get("when", {}))
    form = SimpleRule(
        _whole(shares.get("pooled")),
        _whole(shares.get("each_panel")),
        _whole(of_close.get("pooled")),
        rule.min_ratings_per_panel,
        criteria,
    )
    if form.of_all is None and form.of_each_panel is None:
        return None
    again = Rule.model_validate({**form.plain(), "fixed_on": rule.fixed_on, "text": rule.text})
    return form if again == rule else None


def rule_seen(rule: Rule) -> str:
    """What a page remembers of the rule it showed: all but the day, which follows from the last change."""
    plain = {key: value for key, value in to_dict(rule).items() if key != "fixed_on"}
    return checksum(canonical_json(plain))


def read_simple_rule(given: Mapping[str, str], criteria: Sequence[str]) -> SimpleRule:
    """The rule that a form asks for; InvalidInput with a problem beside each field."""
    problems: list[Problem] = []

    def number(name: str, least: int, most: int, *, is_needed: bool = False) -> int | None:
        written = given.get(name, "").strip().removesuffix("%").strip()
        if not written and not is_needed:
            return None
        if not written.isascii() or not written.isdigit() or not least <= int(written) <= most:
            problems.append(Problem(name, f"Write a whole number between {least} and {most}."))
            return None
        return int(written)

    of_all, of_each = number("of_all", 51, 100), number("of_each_panel", 1, 100)
    close, least = number("close_of_all", 1, 99), number("min_ratings", 1, 1000, is_needed=True)
    chosen = tuple(code for code in criteria if given.get(f"criterion.{code}"))
    if not chosen:
        problems.append(Problem("criteria", "Choose at least one criterion that has to be agreed on."))
    if of_all is None and of_each is None and not problems:
        problems.append(Problem("of_all", "Write a share of everybody, a share of each panel, or both."))
    if problems or least is None:
        raise InvalidInput(problems)
    return SimpleRule(of_all, of_each, close, least, () if len(chosen) == len(criteria) else chosen)


def _shares(when: Mapping[str, Any]) -> list[tuple[str, Any]]:
    tests = when.get("all", [when])
    return [(test["of"], test.get("at_least")) for test in tests if test.get("statistic") == "share"]


def _criteria(when: Mapping[str, Any]) -> tuple[str, ...]:
    named = when.get("all", [when])[0].get("criteria", "all")
    return tuple(named) if isinstance(named, list | tuple) else ()


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
