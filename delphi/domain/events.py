"""What a study's log can say: every kind of event, in words. A kind that is not here cannot be recorded.

Events hold who, what and when, never the content of an answer.
"""

from __future__ import annotations

from delphi.domain.canonical import canonical_json, checksum
from delphi.domain.lifecycles import LIFECYCLES

FIRST_HASH = "0" * 64

OTHER_EVENTS: dict[str, str] = {
    "study_imported": "The study was set up from a study file.",
    "study_begun": "The study was begun in the browser.",
    "setup_changed": "What the study was set up with was changed.",
    "setup_replaced": "What the study was set up with was replaced from a study file.",
    "information_renewed": "A new version of the consent text or the information pages was published.",
    "messages_to_agree_again": "People who had to agree again were written to.",
    "study_exported": "The study file was exported.",
    "report_exported": "A report was exported.",
    "team_role_given": "Somebody was given a role in the team.",
    "team_role_taken": "Somebody lost a role in the team.",
    "rule_signed": "The consensus rule was signed.",
    "draft_signed": "A draft was signed off.",
    "decisions_signed": "The decisions of a round were signed off.",
    "deviation_recorded": "A deviation from the protocol was recorded.",
    "advice_recorded": "What the advisory committee said was recorded.",
    "panel_imported": "People were added to the panel from a file.",
    "panel_import_undone": "People who had just been added from a file were taken off the panel.",
    "panellist_registered": "Somebody was added to the panel.",
    "contact_details_changed": "Somebody's name or contact details were corrected.",
    "address_bounced": "Messages to somebody's e-mail address came back.",
    "messages_sent_again": "Messages that had not left were sent again.",
    "links_replaced": "Somebody's personal links were switched off.",
    "short_code_given": "Somebody on the team made a short code for a person to come in with.",
    "consent_renewed": "Somebody answered the consent statements again.",
    "permissions_changed": "Somebody changed what they permit besides taking part.",
    "identity_looked_up": "Somebody's name was looked up.",
    "panel_page_opened": "The panel page was opened.",
    "people_exported": "Names and contact details of the panel were exported.",
    "contact_details_deleted": "Somebody's contact details were deleted.",
    "round_added": "A round was added after the seal, as a deviation.",
    "round_armed": "A round's dates were put into force.",
    "round_dates_moved": "The dates of a round that had not opened were moved.",
    "round_extended": "A round's closing day was put off.",
    "reminders_sent": "People who had not answered were reminded.",
    "late_answers_requested": "Somebody asked to add answers after the close.",
    "late_form_held": "A form that came after the close was noted, to be decided about.",
    "answers_entered": "Answers from a paper form or a phone call were entered.",
    "answers_deleted": "Somebody's answers were deleted.",
    "round_analysed_again": "A round was analysed again; the earlier results are kept.",
    "comment_answered": "The team answered a comment.",
    "comment_coded": "The themes of a comment were set.",
    "comment_answer_taken_back": "The team's answer to a comment was taken back.",
    "comment_opened": "The text of a comment that is held or was passed on was opened.",
    "escalation_followed_up": "What was done about a comment that was passed on was written down.",
    "theme_changed": "A theme was made, renamed, put together with another, or deleted.",
    "meeting_recorded": "A consensus meeting after the rounds was recorded.",
    "meeting_vote_recorded": "How a consensus meeting voted on a section was recorded.",
    "decision_made": "The team decided about a section.",
    "decision_withdrawn": "The team took back its decision about a section.",
    "signature_withdrawn": "Somebody took their signature back.",
    "variant_checked": "A form of a text was found to say the same as the standard text.",
    "draft_written": "A draft was written or changed.",
    "revision_written": "What changed in a section, and why, was written down.",
    "revision_withdrawn": "What was written down about a section for a coming round was taken back.",
    "correction_made": "Agreed text was corrected without changing its meaning.",
    "section_added": "A section was added to the guidance.",
}

EVENT_WORDS: dict[str, str] = {
    transition.event: f"{lifecycle.noun.capitalize()}: {transition.effect}"
    for lifecycle in LIFECYCLES
    for transition in lifecycle.transitions
} | OTHER_EVENTS


def event_hash(*, previous: str, number: int, at: str, actor: str, kind: str, subject: str, data: str) -> str:
    """The hash that ties an event to the one before; all parts are texts as they are stored."""
    return checksum(canonical_json([previous, number, at, actor, kind, subject, data]))
