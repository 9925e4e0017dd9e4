"""The states of every lasting thing in a study. Which may follow which is in lifecycles.py."""

from __future__ import annotations

from enum import StrEnum


class StudyState(StrEnum):
    """A study: prepared, under way, reported, put away."""

    DRAFT = "draft"
    RUNNING = "running"
    FINISHED = "finished"
    ARCHIVED = "archived"


class RoundState(StrEnum):
    """A round: a plan, taking answers, no longer taking answers, computed, shared with the panel."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    ANALYSED = "analysed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class SectionState(StrEnum):
    """A section: where it stands in the whole study, across its drafts and rounds."""

    DRAFTING = "drafting"
    IN_PLAY = "in_play"
    AGREED = "agreed"
    LEFT_OUT = "left_out"
    NO_AGREEMENT = "no_agreement"
    NOT_ASSESSABLE = "not_assessable"
    REMOVED = "removed"
    MERGED = "merged"
    SPLIT = "split"


class DraftState(StrEnum):
    """One version of a section's text; from `published` on, not a letter of it changes."""

    WORKING = "working"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class PanellistState(StrEnum):
    """A person's membership of one study."""

    REGISTERED = "registered"
    ACTIVE = "active"
    STOPPED = "stopped"
    ERASED = "erased"


class InvitationState(StrEnum):
    """What became of the personal link."""

    PREPARED = "prepared"
    SENT = "sent"
    OPENED = "opened"
    CONSENTED = "consented"
    DECLINED = "declined"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    REVOKED = "revoked"


class SubmissionState(StrEnum):
    """A panellist's set of answers for one round."""

    STARTED = "started"
    SUBMITTED = "submitted"


class LateFormState(StrEnum):
    """What the team decided about a form that came after the close."""

    HELD = "held"
    ADMITTED = "admitted"
    REFUSED = "refused"


class CommentState(StrEnum):
    """What the team decided about showing a comment to the panel."""

    NEW = "new"
    SHOWN = "shown"
    REDACTED = "redacted"
    HELD = "held"
    ESCALATED = "escalated"
