"""Tables, constraints and relationships; no permissions, mail or other I/O."""

from delphi.models import (
    accounts,
    answers,
    decisions,
    groups,
    late_forms,
    log,
    meetings,
    panellists,
    renewals,
    reviews,
    rounds,
    sections,
    snapshots,
    studies,
)

__all__ = [
    "accounts",
    "answers",
    "decisions",
    "groups",
    "late_forms",
    "log",
    "meetings",
    "panellists",
    "renewals",
    "reviews",
    "rounds",
    "sections",
    "snapshots",
    "studies",
]
