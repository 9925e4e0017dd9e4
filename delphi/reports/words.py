"""How a report says what the record holds as codes, and numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from delphi.consensus.words import OUTCOME_WORDS
from delphi.domain.decisions import DecisionKind
from delphi.domain.dispositions import DISPOSITION_WORDS, DispositionKind
from delphi.domain.rule import Outcome
from delphi.domain.wording import with_capital

DECISIONS: dict[str, str] = {
    DecisionKind.KEEP: "Keep",
    DecisionKind.RERATE_UNCHANGED: "Re-rate unchanged",
    DecisionKind.REVISE: "Revise",
    DecisionKind.MERGE: "Merge",
    DecisionKind.SPLIT: "Split",
    DecisionKind.REMOVE: "Remove",
    DecisionKind.LEAVE_OUT: "Leave out",
    DecisionKind.TAKE_TO_MEETING: "Take to a meeting",
    DecisionKind.REPORT_NO_AGREEMENT: "Report as no agreement",
    DecisionKind.REPORT_NOT_ASSESSABLE: "Report as not assessable",
}
COMPARABLE: dict[str, str] = {
    "no": "Not comparable: the meaning changed",
    "wording": "Comparable: only the wording changed",
    "same": "Comparable: the same draft again",
}
PROTOCOL: dict[tuple[str, str], str] = {
    ("missed_round_policy", "all_rounds"): (
        "Everybody was invited to every round, also those who missed one."
    ),
    ("missed_round_policy", "respondents_only"): "Only people who answered a round were invited to the next.",
    ("partial_submissions", "counted"): "Answers that were saved but not handed in were counted.",
    ("partial_submissions", "not_counted"): "Answers that were saved but not handed in were not counted.",
    ("late_forms", "admitted_with_reason_while_closed"): (
        "A paper form that came late could be admitted, with a reason, until the round was analysed."
    ),
    ("late_forms", "refused"): "Late forms were not admitted.",
}
SIGN_OFF = {
    "one": "One member of the team signed the rule, decisions and drafts.",
    "two": "Two members of the team, one of them the study lead, signed the rule, decisions and drafts.",
}
ROUND_KINDS = {
    "open": "open (ideas were asked for)",
    "rating": "rating",
    "comments": "comments only",
    "mixed": "rating, with a question on the whole",
}
COMET_WORDS: dict[Outcome, str] = {
    Outcome.AGREED: "consensus in",
    Outcome.AGREED_TO_LEAVE_OUT: "consensus out",
    Outcome.CLOSE: "no consensus (close)",
    Outcome.NOT_AGREED: "no consensus",
    Outcome.NOT_ASSESSABLE: "not assessable",
}


def outcome_words(outcome: str | None) -> str:
    """An outcome's name with a capital; "Not rated" for a section that was only commented on."""
    if outcome is None:
        return "Not rated"
    words = OUTCOME_WORDS[Outcome(outcome)]
    return with_capital(words)


def decision_words(decision: str | None) -> str:
    """A decision's short name."""
    return "Not decided yet" if decision is None else DECISIONS[decision]


def disposition_words(kind: str | None) -> str:
    """What became of a comment."""
    return "Not answered yet" if kind is None else DISPOSITION_WORDS[DispositionKind(kind)]


def counted(n: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 section", "3 sections"."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words in a row: "a, b and c"; nothing for none."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def figure(value: Fraction | None) -> str:
    """A median or quarter as it is printed: whole, or with as few decimals as it needs (two at most)."""
    if value is None:
        return ""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def sentence(words: str) -> str:
    """Words with a capital in front and a full stop behind, whatever they had."""
    words = words.strip()
    if not words:
        return ""
    return with_capital(words) + ("" if words[-1] in ".!?" else ".")
