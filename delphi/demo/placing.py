"""Who writes which comment of the bank, in which round.

First the comments that every telling of the story needs, in the order of the file; then, person by
person, some of the rest. No comment is used twice. Pure: random numbers come in as a stream.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from delphi.demo.cast import Panellist
from delphi.demo.comment_bank import Comment, CommentKind
from delphi.demo.script import Script

Answers = Mapping[tuple[int, str], Mapping[str, tuple[int | None, ...]]]
"""Ratings by (round, section) and panellist code, in the order of the criteria; None for "can't say"."""


class Draws(Protocol):
    """A random stream."""

    def shares(self, count: int) -> list[float]:
        """That many numbers from 0 up to, not including, 1."""

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` up to, not including, `high`."""


@dataclass(frozen=True, slots=True)
class PlacedComment:
    """A comment of the bank with the panellist who writes it; `section` is None for the whole guidance."""

    comment: Comment
    round_number: int
    section: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Placement:
    """All placed comments in the order of placing, and the always-used ids that nobody could say."""

    comments: tuple[PlacedComment, ...]
    left_out: tuple[str, ...]


def place_comments(script: Script, criteria: tuple[str, ...], answers: Answers, draws: Draws) -> Placement:
    """Place comments on one seed's ratings; never with somebody whose answers are deleted later."""
    placing = _Placing(script, criteria, answers, draws)
    for comment in script.comments:
        if comment.id in script.must_use_comments:
            placing.place_for_sure(comment)
    for plan in script.rounds:
        for section in plan.items:
            placing.place_by_chance(plan.number, section)
    return Placement(tuple(placing.placed), tuple(placing.left_out))


class _Placing:
    """The state of one placement: what is used, and who has said something where."""

    def __init__(self, script: Script, criteria: tuple[str, ...], answers: Answers, draws: Draws) -> None:
        self._script = script
        self._criteria = criteria
        self._answers = answers
        self._draws = draws
        self._agree = frozenset(script.simulation.agreement_values)
        self._said: set[tuple[int, str | None, str, CommentKind]] = set()
        self.placed: list[PlacedComment] = []
        self.left_out: list[str] = []

    def place_for_sure(self, comment: Comment) -> None:
        """Give the comment to one of those who may say it, and rather to somebody it suits."""
        number = self._round_of(comment)
        candidates = [
            panellist
            for panellist in self._writers(number)
            if _may_say(comment, panellist)
            and (number, comment.section, panellist.code, comment.kind) not in self._said
            and (comment.kind != "reason" or self._came_round(comment, number, panellist))
        ]
        suited = [panellist for panellist in candidates if self._suits(comment, number, panellist)]
        chosen_from = suited or candidates
        if chosen_from:
            self._place(comment, number, chosen_from[self._draws.whole(0, len(chosen_from))])
        else:
            self.left_out.append(comment.id)

    def place_by_chance(self, number: int, section: str) -> None:
        """Let each person who has said nothing on the section perhaps take an unused comment."""
        chances = self._draws.shares(len(self._script.panellists))
        writers = {panellist.code for panellist in self._writers(number)}
        for panellist, chance in zip(self._script.panellists, chances, strict=True):
            if panellist.code not in writers or self._has_spoken(number, section, panellist):
                continue
            if chance >= self._probability(number, section, panellist):
                continue
            fitting = [
                comment
                for comment in self._unused(number, section)
                if _may_say(comment, panellist) and self._suits(comment, number, panellist)
            ]
            if fitting:
                self._place(fitting[self._draws.whole(0, len(fitting))], number, panellist)

    def _place(self, comment: Comment, number: int, panellist: Panellist) -> None:
        self._said.add((number, comment.section, panellist.code, comment.kind))
        self.placed.append(PlacedComment(comment, number, comment.section, panellist.code))

    def _writers(self, number: int) -> list[Panellist]:
        return [
            panellist
            for panellist in self._script.panellists
            if panellist.answers_in(number) and not panellist.is_deleted_later
        ]

    def _has_spoken(self, number: int, section: str, panellist: Panellist) -> bool:
        kinds: Collection[CommentKind] = ("section", "reason")
        return any((number, section, panellist.code, kind) in self._said for kind in kinds)

    def _unused(self, number: int, section: str) -> list[Comment]:
        used = {placed.comment.id for placed in self.placed}
        return [
            comment
            for comment in self._script.comments
            if comment.kind == "section"
            and comment.section == section
            and comment.id not in used
            and self._round_of(comment) == number
        ]

    def _round_of(self, comment: Comment) -> int:
        """The round a comment belongs to: its own, else the first that rates its version."""
        if comment.round is not None:
            return comment.round
        if comment.section is None:
            return 1
        return next(
            plan.number for plan in self._script.rounds if plan.items.get(comment.section) == comment.version
        )

    def _suits(self, comment: Comment, number: int, panellist: Panellist) -> bool:
        if comment.stance == "suggestion" or comment.section is None:
            return True
        rated = [value for value in self._ratings(number, comment.section, panellist) if value is not None]
        if not rated:
            return False
        return (min(rated) in self._agree) == (comment.stance == "positive")

    def _came_round(self, comment: Comment, number: int, panellist: Panellist) -> bool:
        """Whether the rating of the comment's criterion went from below agreement into it."""
        if comment.section is None or comment.criterion is None:
            return False
        place = self._criteria.index(comment.criterion)
        before, after = (
            self._ratings(which, comment.section, panellist)[place] for which in (number - 1, number)
        )
        return before is not None and before not in self._agree and after in self._agree

    def _probability(self, number: int, section: str, panellist: Panellist) -> float:
        chance = self._script.simulation.comment_probability
        ratings = self._ratings(number, section, panellist)
        unhappy = any(value is not None and value not in self._agree for value in ratings)
        base = chance.base + (chance.extra_if_any_rating_1_to_3 if unhappy else 0.0)
        return base * (1.0 if panellist.mode == "self" else chance.supported_or_paper_multiplier)

    def _ratings(self, number: int, section: str, panellist: Panellist) -> tuple[int | None, ...]:
        nothing: tuple[int | None, ...] = (None,) * len(self._criteria)
        return self._answers.get((number, section), {}).get(panellist.code, nothing)


def _may_say(comment: Comment, panellist: Panellist) -> bool:
    """Whether the comment belongs to the person's group and to the variant that they read."""
    reads_easy_read = panellist.format == "easy_read"
    variant_fits = reads_easy_read if comment.easy_read else not (comment.standard_text and reads_easy_read)
    return panellist.group in comment.groups and variant_fits
