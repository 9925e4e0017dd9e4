"""Which state may follow which, who may do it, under which condition, and with what effect.

These tables are the only way in which a state changes: services/transitions.py makes the change as a
compare-and-set and leaves an event. docs/states.md is generated from them, and a test tries every pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from delphi.domain.errors import WrongState
from delphi.domain.permissions import Permission
from delphi.domain.states import (
    CommentState,
    DraftState,
    InvitationState,
    LateFormState,
    PanellistState,
    RoundState,
    SectionState,
    StudyState,
    SubmissionState,
)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition of a transition.

    `name` is the fact that the service must have established; `otherwise` is the sentence for a
    person when it does not hold.
    """

    name: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One permitted change. `event` is what the log says afterwards, in the past tense."""

    source: StrEnum
    target: StrEnum
    event: str
    permission: Permission
    guards: tuple[Guard, ...] = ()
    effect: str = ""


@dataclass(frozen=True)
class Lifecycle:
    """All permitted changes of one kind of thing."""

    noun: str
    initial: StrEnum
    transitions: tuple[Transition, ...]
    _by_pair: dict[tuple[StrEnum, StrEnum], Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_pair = {(t.source, t.target): t for t in self.transitions}
        if len(by_pair) != len(self.transitions):
            raise ValueError(f"{self.noun}: a pair of states is listed twice")
        object.__setattr__(self, "_by_pair", by_pair)

    @property
    def states(self) -> tuple[StrEnum, ...]:
        """Every state of this kind of thing, in order."""
        return tuple(type(self.initial))

    def find(self, source: StrEnum, target: StrEnum) -> Transition:
        """The transition between two states; WrongState with a sentence when there is none."""
        transition = self._by_pair.get((source, target))
        if transition is None:
            raise WrongState(
                f"This {self.noun} is {words_of(source)}, so it cannot become {words_of(target)}. "
                f"From here it can become: {self._next_words(source)}."
            )
        return transition

    def _next_words(self, source: StrEnum) -> str:
        following = [words_of(t.target) for t in self.transitions if t.source == source]
        return ", ".join(following) or "nothing else"


def words_of(state: StrEnum) -> str:
    """A state as a person reads it."""
    return str(state.value).replace("_", " ")


def check_guards(transition: Transition, facts: frozenset[str]) -> None:
    """Stop unless every guard's fact has been established; WrongState with the first missing one."""
    for guard in transition.guards:
        if guard.name not in facts:
            raise WrongState(guard.otherwise)


P = Permission
S, R, C, D = StudyState, RoundState, SectionState, DraftState
N, V, B, M, L = PanellistState, InvitationState, SubmissionState, CommentState, LateFormState

STUDY = Lifecycle(
    "study",
    S.DRAFT,
    (
        Transition(
            S.DRAFT,
            S.RUNNING,
            "study_started",
            P.SEAL_STUDY,
            (Guard("rule_signed", "The rule has to be signed by the team before the study can start."),),
            "The rule and everything that decides outcomes is sealed: hash and time.",
        ),
        Transition(
            S.RUNNING,
            S.FINISHED,
            "study_finished",
            P.FINISH_STUDY,
            (
                Guard("no_round_unfinished", "A round is not published yet. Publish or cancel it first."),
                Guard(
                    "every_section_settled",
                    "Some sections have no final outcome yet. Decide about them first.",
                ),
            ),
            "No further round can be opened; reports are final.",
        ),
        Transition(S.FINISHED, S.ARCHIVED, "study_archived", P.FINISH_STUDY, (), "The study is read-only."),
    ),
)

ROUND = Lifecycle(
    "round",
    R.PLANNED,
    (
        Transition(
            R.PLANNED,
            R.OPEN,
            "round_opened",
            P.RUN_CLOCK,
            (
                Guard("study_running", "The study has not started. Seal it first."),
                Guard("armed", "This round is only planned. Arm it first: then its dates count."),
                Guard("previous_published", "The feedback of the round before has not been published yet."),
                Guard("drafts_published", "Some sections of this round have no signed-off draft yet."),
            ),
            "Its sections, drafts and items are frozen; the panel can answer.",
        ),
        Transition(R.OPEN, R.CLOSED, "round_closed", P.RUN_CLOCK, (), "No answer is accepted any more."),
        Transition(
            R.CLOSED,
            R.OPEN,
            "round_reopened",
            P.RUN_ROUNDS,
            (
                Guard("has_reason", "Say why the round is opened again."),
                Guard("new_date", "Give a new closing day that lies ahead."),
            ),
            "Answers are accepted again until the new date; recorded as a deviation.",
        ),
        Transition(
            R.CLOSED,
            R.ANALYSED,
            "round_analysed",
            P.ANALYSE,
            (),
            "A snapshot of counts, outcomes and the rule is kept with its checksum.",
        ),
        Transition(
            R.ANALYSED,
            R.PUBLISHED,
            "feedback_published",
            P.PUBLISH,
            (
                Guard("comments_reviewed", "Some comments have not been reviewed yet."),
                Guard("comments_answered", "Some comments have no answer from the team yet."),
                Guard("sections_decided", "Some sections of this round have no decision yet."),
                Guard("signed_off", "The decisions have not been signed off yet."),
            ),
            "Feedback is frozen and visible to the panel.",
        ),
        Transition(
            R.PLANNED,
            R.CANCELLED,
            "round_cancelled",
            P.RUN_ROUNDS,
            (Guard("has_reason", "Say why the round is cancelled."),),
            "The round will not take place.",
        ),
        Transition(
            R.OPEN,
            R.CANCELLED,
            "open_round_cancelled",
            P.RUN_ROUNDS,
            (Guard("has_reason", "Say why the round is cancelled."),),
            "The round ends without results; recorded as a deviation.",
        ),
    ),
)

_DECISION = (Guard("decided", "The team has to record a decision about this section first."),)

SECTION = Lifecycle(
    "section",
    C.DRAFTING,
    (
        Transition(
            C.DRAFTING, C.IN_PLAY, "section_put_to_panel", P.RUN_CLOCK, (), "It is part of an open round."
        ),
        Transition(C.IN_PLAY, C.AGREED, "section_agreed", P.DECIDE, _DECISION, "Its text is locked."),
        Transition(
            C.IN_PLAY,
            C.LEFT_OUT,
            "section_left_out",
            P.DECIDE,
            _DECISION,
            "The panel agreed to leave it out.",
        ),
        Transition(
            C.IN_PLAY,
            C.NO_AGREEMENT,
            "section_without_agreement",
            P.DECIDE,
            _DECISION,
            "It is reported with the positions of every panel.",
        ),
        Transition(
            C.IN_PLAY,
            C.NOT_ASSESSABLE,
            "section_not_assessable",
            P.DECIDE,
            _DECISION,
            "Too few people rated it.",
        ),
        Transition(C.AGREED, C.IN_PLAY, "section_reopened", P.DECIDE, _DECISION, "It is rated again (M18)."),
        Transition(C.IN_PLAY, C.REMOVED, "section_removed", P.DECIDE, _DECISION, "It leaves the guidance."),
        Transition(
            C.IN_PLAY, C.MERGED, "section_merged", P.DECIDE, _DECISION, "It goes on inside another section."
        ),
        Transition(
            C.IN_PLAY, C.SPLIT, "section_split", P.DECIDE, _DECISION, "It goes on as several sections."
        ),
        Transition(
            C.DRAFTING, C.REMOVED, "planned_section_removed", P.DECIDE, _DECISION, "It was never rated."
        ),
    ),
)

DRAFT = Lifecycle(
    "draft",
    D.WORKING,
    (
        Transition(D.WORKING, D.PROPOSED, "draft_proposed", P.WRITE_DRAFTS, (), "It waits for sign-off."),
        Transition(D.PROPOSED, D.WORKING, "draft_returned", P.WRITE_DRAFTS, (), "It can be edited again."),
        Transition(
            D.PROPOSED,
            D.PUBLISHED,
            "draft_published",
            P.SIGN_OFF,
            (Guard("signed_off", "This draft has not been signed off yet."),),
            "Its text is frozen; a round can put it to the panel.",
        ),
        Transition(
            D.PUBLISHED, D.SUPERSEDED, "draft_superseded", P.SIGN_OFF, (), "A newer draft took its place."
        ),
    ),
)

PANELLIST = Lifecycle(
    "panellist",
    N.REGISTERED,
    (
        Transition(
            N.REGISTERED,
            N.ACTIVE,
            "panellist_joined",
            P.ANSWER,
            (
                Guard("consented", "Taking part starts with consent."),
                Guard("still_admitting", "This study no longer admits new panel members."),
            ),
            "The person can answer in open rounds.",
        ),
        Transition(
            N.REGISTERED,
            N.STOPPED,
            "panellist_withdrew_interest",
            P.LEAVE,
            (),
            "No further messages are sent.",
        ),
        Transition(
            N.ACTIVE,
            N.STOPPED,
            "panellist_stopped",
            P.LEAVE,
            (),
            "Answers given so far stay; no further messages.",
        ),
        Transition(
            N.ACTIVE, N.ERASED, "panellist_erased", P.LEAVE, (), "Answers are deleted; a tombstone stays."
        ),
        Transition(
            N.STOPPED,
            N.ERASED,
            "stopped_panellist_erased",
            P.LEAVE,
            (),
            "Answers are deleted; a tombstone stays.",
        ),
        Transition(
            N.REGISTERED, N.ERASED, "registration_erased", P.LEAVE, (), "Contact details are deleted."
        ),
    ),
)

INVITATION = Lifecycle(
    "invitation",
    V.PREPARED,
    (
        Transition(V.PREPARED, V.SENT, "invitation_sent", P.MANAGE_PANEL, (), "A personal link went out."),
        Transition(
            V.SENT, V.OPENED, "invitation_opened", P.ANSWER, (), "The person signed in with the link."
        ),
        Transition(V.OPENED, V.CONSENTED, "consent_given", P.ANSWER, (), "The consent record is kept."),
        Transition(V.PREPARED, V.CONSENTED, "consent_recorded", P.ENTER_FORMS, (), "On paper or by phone."),
        Transition(
            V.SENT,
            V.CONSENTED,
            "consent_received",
            P.ENTER_FORMS,
            (),
            "Invited by letter or mail, consent on paper or by phone.",
        ),
        Transition(V.SENT, V.DECLINED, "invitation_declined", P.LEAVE, (), "No further messages are sent."),
        Transition(
            V.OPENED, V.DECLINED, "opened_invitation_declined", P.LEAVE, (), "No further messages are sent."
        ),
        Transition(
            V.SENT, V.BOUNCED, "invitation_bounced", P.RUN_CLOCK, (), "The team should check the address."
        ),
        Transition(V.BOUNCED, V.SENT, "invitation_sent_again", P.MANAGE_PANEL, (), "A new link went out."),
        Transition(V.SENT, V.EXPIRED, "invitation_expired", P.RUN_CLOCK, (), "The link no longer works."),
        Transition(
            V.OPENED, V.EXPIRED, "opened_invitation_expired", P.RUN_CLOCK, (), "The link no longer works."
        ),
        Transition(
            V.EXPIRED, V.SENT, "expired_invitation_sent_again", P.MANAGE_PANEL, (), "A new link went out."
        ),
        Transition(
            V.PREPARED, V.REVOKED, "prepared_invitation_revoked", P.MANAGE_PANEL, (), "It will not be sent."
        ),
        Transition(V.SENT, V.REVOKED, "invitation_revoked", P.MANAGE_PANEL, (), "The link no longer works."),
        Transition(
            V.OPENED, V.REVOKED, "opened_invitation_revoked", P.MANAGE_PANEL, (), "The link no longer works."
        ),
        Transition(
            V.CONSENTED, V.REVOKED, "access_revoked", P.LEAVE, (), "The person's links no longer work."
        ),
    ),
)

SUBMISSION = Lifecycle(
    "set of answers",
    B.STARTED,
    (
        Transition(B.STARTED, B.SUBMITTED, "answers_submitted", P.ANSWER, (), "The person gets a receipt."),
        Transition(
            B.SUBMITTED,
            B.STARTED,
            "answers_taken_up_again",
            P.ANSWER,
            (),
            "The person can change them until the close.",
        ),
    ),
)

_WHY = (Guard("has_reason", "Say why."),)

LATE_FORM = Lifecycle(
    "late form",
    L.HELD,
    (
        Transition(
            L.HELD,
            L.ADMITTED,
            "late_form_admitted",
            P.ENTER_FORMS,
            _WHY,
            "It counts, flagged as late.",
        ),
        Transition(
            L.HELD,
            L.REFUSED,
            "late_form_refused",
            P.ENTER_FORMS,
            _WHY,
            "It does not count.",
        ),
        Transition(
            L.REFUSED,
            L.ADMITTED,
            "late_form_admitted_after_all",
            P.ENTER_FORMS,
            _WHY,
            "It counts after all, and is flagged as late.",
        ),
    ),
)

_REVIEW = tuple(
    Transition(source, target, event, P.REVIEW_COMMENTS, _WHY if reason else (), effect)
    for source in M
    for target, event, reason, effect in (
        (M.SHOWN, "comment_shown", False, "The panel will see it as it was written."),
        (M.REDACTED, "comment_redacted", True, "The panel will see the edited text; the original is kept."),
        (M.HELD, "comment_held", True, "The panel will not see it."),
        (M.ESCALATED, "comment_escalated", True, "The named person is told; the panel will not see it."),
    )
    if source != target
)

_TAKEN_BACK = tuple(
    Transition(
        source,
        M.NEW,
        "comment_review_taken_back",
        P.REVIEW_COMMENTS,
        (),
        "Nobody on the panel sees it until it is reviewed again.",
    )
    for source in M
    if source != M.NEW
)

COMMENT = Lifecycle("comment", M.NEW, (*_REVIEW, *_TAKEN_BACK))

LIFECYCLES: tuple[Lifecycle, ...] = (
    STUDY,
    ROUND,
    SECTION,
    DRAFT,
    PANELLIST,
    INVITATION,
    SUBMISSION,
    LATE_FORM,
    COMMENT,
)


def states_page() -> str:
    """Every lifecycle as Markdown tables, for docs/states.md."""
    parts = []
    for lifecycle in LIFECYCLES:
        parts.append(f"## {lifecycle.noun.capitalize()}\n")
        parts.append(f"Begins as **{words_of(lifecycle.initial)}**.\n")
        parts.append(
            "| from | to | event | who may | only if | effect |\n| --- | --- | --- | --- | --- | --- |"
        )
        for t in lifecycle.transitions:
            guards = "; ".join(words_of_fact(guard.name) for guard in t.guards) or "–"
            cells = (words_of(t.source), words_of(t.target), t.event, t.permission.value, guards, t.effect)
            parts.append(f"| {' | '.join(cells)} |")
        parts.append("")
    return "\n".join(parts)


def words_of_fact(name: str) -> str:
    """A guard's fact as a person reads it."""
    return name.replace("_", " ")
