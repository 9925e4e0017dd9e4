"""What a team can decide about a section after a round, and which outcomes allow which decision.

An outcome is computed by the rule; a decision is the team's (requirement M20). The tables hold what keeps
the two honest: a text is kept because the panel agreed, not because the team likes it.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from delphi.domain.rule import Outcome
from delphi.domain.states import SectionState


class DecisionKind(StrEnum):
    """One decision about one section."""

    KEEP = "keep"
    RERATE_UNCHANGED = "rerate_unchanged"
    REVISE = "revise"
    MERGE = "merge"
    SPLIT = "split"
    REMOVE = "remove"
    LEAVE_OUT = "leave_out"
    TAKE_TO_MEETING = "take_to_meeting"
    REPORT_NO_AGREEMENT = "report_no_agreement"
    REPORT_NOT_ASSESSABLE = "report_not_assessable"


K = DecisionKind

DECISION_WORDS: dict[DecisionKind, str] = {
    K.KEEP: "keep: the text is locked",
    K.RERATE_UNCHANGED: "re-rate: the same draft again, with figures and reasons",
    K.REVISE: "revise: a new draft in a later round",
    K.MERGE: "merge with another section",
    K.SPLIT: "split into several sections",
    K.REMOVE: "remove",
    K.LEAVE_OUT: "leave out, as the panel agreed",
    K.TAKE_TO_MEETING: "take to a meeting after the rounds",
    K.REPORT_NO_AGREEMENT: "report as no agreement",
    K.REPORT_NOT_ASSESSABLE: "report as not assessable",
}

CONSEQUENCES: dict[DecisionKind, str] = {
    K.KEEP: "The text is locked as the panel agreed it. Later only corrections are made, and each is listed.",
    K.RERATE_UNCHANGED: "The panel rates this very text once more, with the figures and everybody's reasons "
    "beside it.",
    K.REVISE: "You write a new draft. The panel sees what changed and why, and rates the new text.",
    K.MERGE: "This section ends, and another one takes up what it says. Name it below.",
    K.SPLIT: "This section ends. You add the parts as sections of their own, for the next round.",
    K.REMOVE: "It leaves the guidance. The report says so, with your reason and what the panel had said.",
    K.LEAVE_OUT: "The panel agreed that this does not belong in the guidance. The report says so.",
    K.TAKE_TO_MEETING: "Nothing more is rated. It stays open until the meeting has been held and you decide.",
    K.REPORT_NO_AGREEMENT: "It ends without agreement. The report gives the positions of every panel.",
    K.REPORT_NOT_ASSESSABLE: "Too few people rated it. The report says so, and gives what was said.",
}
"""What follows from a decision, for the person who is about to take it."""

FITTING_OUTCOMES: Mapping[DecisionKind, frozenset[Outcome | None]] = {
    K.KEEP: frozenset({Outcome.AGREED}),
    K.LEAVE_OUT: frozenset({Outcome.AGREED_TO_LEAVE_OUT}),
    K.REPORT_NO_AGREEMENT: frozenset({Outcome.CLOSE, Outcome.NOT_AGREED}),
    K.REPORT_NOT_ASSESSABLE: frozenset({Outcome.NOT_ASSESSABLE, None}),
}
"""Decisions that state what the panel said, with the outcomes of which that is true. None stands for a
round that asked for no ratings. Any other decision fits any outcome."""

NEEDS_REASON: frozenset[DecisionKind] = frozenset(
    {K.RERATE_UNCHANGED, K.MERGE, K.SPLIT, K.REMOVE, K.TAKE_TO_MEETING, K.REPORT_NO_AGREEMENT}
)
"""Decisions that neither the outcome nor a revision's summary explains."""

NEEDS_ANOTHER_ROUND: frozenset[DecisionKind] = frozenset({K.RERATE_UNCHANGED, K.REVISE, K.MERGE, K.SPLIT})
"""Decisions after which something has to be rated again."""

ENDS_AS: Mapping[DecisionKind, SectionState] = {
    K.KEEP: SectionState.AGREED,
    K.LEAVE_OUT: SectionState.LEFT_OUT,
    K.REPORT_NO_AGREEMENT: SectionState.NO_AGREEMENT,
    K.REPORT_NOT_ASSESSABLE: SectionState.NOT_ASSESSABLE,
    K.REMOVE: SectionState.REMOVED,
    K.MERGE: SectionState.MERGED,
    K.SPLIT: SectionState.SPLIT,
}
"""What becomes of a section when the round is published. After any other decision it stays in play."""

LEAVES: frozenset[DecisionKind] = frozenset({K.LEAVE_OUT, K.REMOVE, K.SPLIT})
"""Decisions after which the section is no longer part of the guidance under its own name."""


def fits_outcome(kind: DecisionKind, outcome: Outcome | None) -> bool:
    """Whether a decision is true to the computed outcome (None: the round asked for no ratings)."""
    return outcome in FITTING_OUTCOMES.get(kind, frozenset({outcome}))


def asks_for_reason(kind: DecisionKind, outcome: Outcome | None) -> bool:
    """Whether a decision must be explained: by its kind, or because it goes past an agreement."""
    return kind in NEEDS_REASON or (outcome == Outcome.AGREED and kind != K.KEEP)


class ChangeClass(StrEnum):
    """How much a new draft changes (requirement M18)."""

    CORRECTION = "correction"
    MINOR = "minor"
    MATERIAL = "material"


CHANGE_WORDS: dict[ChangeClass, tuple[str, str]] = {
    ChangeClass.CORRECTION: ("Correction", "Spelling or layout. No meaning changes."),
    ChangeClass.MINOR: ("Minor", "The wording is clearer. The advice is the same."),
    ChangeClass.MATERIAL: ("Material", "The advice changes."),
}
"""Each class with what it means."""

COMPARED_AS: Mapping[ChangeClass, frozenset[str]] = {
    ChangeClass.CORRECTION: frozenset({"wording"}),
    ChangeClass.MINOR: frozenset({"wording", "no"}),
    ChangeClass.MATERIAL: frozenset({"no"}),
}
"""How the ratings of two drafts may be set side by side after each class of change."""
