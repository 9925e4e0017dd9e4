"""The log as sentences: who did what, in the past tense, with the thing it was done to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from delphi.domain.events import EVENT_WORDS
from delphi.domain.setup.themes import THEMES

DID: dict[str, str] = {
    "study_imported": "set the study up from a study file",
    "study_begun": "began the study",
    "setup_changed": "changed {subject}",
    "information_renewed": "published a new version of {subject}",
    "messages_to_agree_again": "wrote to people who had to agree again",
    "setup_replaced": "replaced the settings from a study file",
    "study_exported": "exported the study file",
    "study_started": "sealed the study and started it",
    "study_finished": "finished the study",
    "study_archived": "put the study into the archive",
    "report_exported": "exported a report",
    "team_role_given": "gave somebody a role in the team",
    "team_role_taken": "took a role in the team from somebody",
    "rule_signed": "signed the rule",
    "draft_signed": "signed {subject}",
    "decisions_signed": "signed {subject}",
    "deviation_recorded": "recorded a deviation",
    "advice_recorded": "recorded what the advisory committee said",
    "panel_imported": "added people to the panel from a file",
    "panel_import_undone": "took people off the panel who had just been added from a file",
    "panellist_registered": "added {subject} to the panel",
    "panellist_joined": "noted that {subject} joined",
    "panellist_stopped": "noted that {subject} stopped taking part",
    "contact_details_changed": "corrected the contact details of {subject}",
    "contact_details_deleted": "deleted the contact details of {subject}",
    "address_bounced": "noted that messages to {subject} come back",
    "messages_sent_again": "sent messages again that had not left",
    "short_code_given": "made a short code for {subject}",
    "registration_erased": "took {subject} off the panel and deleted the contact details",
    "links_replaced": "replaced the links of {subject}",
    "invitation_sent": "invited {subject}",
    "invitation_sent_again": "invited {subject} again",
    "expired_invitation_sent_again": "invited {subject} again",
    "invitation_bounced": "noted that the invitation of {subject} did not arrive",
    "identity_looked_up": "looked up the name of {subject}",
    "panel_page_opened": "opened the page with names and contact details",
    "reminders_sent": "reminded people who had not finished {subject}",
    "round_added": "added {subject} after the seal",
    "round_armed": "armed {subject}",
    "round_opened": "opened {subject}",
    "round_extended": "extended {subject}",
    "round_closed": "closed {subject}",
    "round_reopened": "opened {subject} again",
    "round_cancelled": "cancelled {subject}",
    "open_round_cancelled": "cancelled {subject} while it was open",
    "round_analysed": "analysed {subject}",
    "round_analysed_again": "analysed {subject} again",
    "feedback_published": "published the feedback of {subject}",
    "answers_entered": "entered a form: {subject}",
    "meeting_recorded": "recorded a consensus meeting",
    "meeting_vote_recorded": "recorded how a meeting voted on {subject}",
    "people_exported": "exported names and contact details of the panel",
    "late_form_held": "noted a late form, to be decided about: {subject}",
    "late_form_admitted": "admitted a late form: {subject}",
    "late_form_refused": "refused a late form: {subject}",
    "late_form_admitted_after_all": "admitted a late form that had been refused: {subject}",
    "answers_submitted": "handed in: {subject}",
    "answers_taken_up_again": "took up again: {subject}",
    "answers_deleted": "deleted the answers of {subject}",
    "comment_shown": "let the panel see {subject}",
    "comment_redacted": "took words out of {subject}",
    "comment_held": "held {subject}",
    "comment_escalated": "passed on {subject}",
    "comment_answered": "answered {subject}",
    "comment_coded": "set the themes of {subject}",
    "comment_review_taken_back": "took back the review of {subject}",
    "comment_answer_taken_back": "took back the answer to {subject}",
    "comment_opened": "opened the text of {subject}, which is held",
    "escalation_followed_up": "wrote down what was done about {subject}",
    "theme_changed": "changed {subject}",
    "decision_made": "decided about {subject}",
    "decision_withdrawn": "took back what was decided about {subject}",
    "signature_withdrawn": "took their name from under {subject}",
    "variant_checked": "checked that every form still says the same: {subject}",
    "draft_written": "wrote {subject}",
    "draft_proposed": "put {subject} forward",
    "draft_returned": "took {subject} back",
    "draft_published": "published {subject}",
    "draft_superseded": "replaced {subject}",
    "revision_written": "wrote what changed, and why: {subject}",
    "revision_withdrawn": "took back what was written down: {subject}",
    "correction_made": "corrected agreed text: {subject}",
    "section_added": "added {subject}",
    "section_put_to_panel": "put {subject} to the panel",
    "section_agreed": "locked {subject} as agreed",
    "section_left_out": "left {subject} out, as the panel agreed",
    "section_without_agreement": "reported {subject} as without agreement",
    "section_not_assessable": "reported {subject} as not assessable",
    "section_reopened": "took {subject} up again",
    "section_removed": "removed {subject}",
    "section_merged": "merged {subject} into another section",
    "section_split": "split {subject}",
    "panellist_erased": "deleted everything of {subject}",
    "invitation_opened": "signed in for the first time",
    "invitation_declined": "declined the invitation",
    "invitation_revoked": "took back the invitation of {subject}",
    "access_revoked": "switched off the links of {subject}",
    "permissions_changed": "changed what {subject} permits",
    "consent_renewed": "renewed the consent of {subject}",
    "consent_given": "agreed to take part",
    "consent_recorded": "recorded the consent of {subject}",
    "consent_received": "recorded the consent of {subject}",
}


SETTINGS = {theme.key: theme.title for theme in THEMES} | {"rule": "The rule", "look": "Colour and logo"}
"""The pages of the settings by their name in the log."""


def event_in_words(kind: str, subject: str, titles: Mapping[str, str]) -> str:
    """What was done, without who; the log's own sentence for a kind that has no words here."""
    words = DID.get(kind)
    if words is None:
        return f"{EVENT_WORDS.get(kind, kind)} ({subject_in_words(subject, titles)})"
    return words.format(subject=subject_in_words(subject, titles)) + "."


def subject_in_words(subject: str, titles: Mapping[str, str]) -> str:
    """The thing that an event is about: "draft 2 of First steps"; `titles` are the sections' by code."""
    kind, _, rest = subject.partition(":")
    parts = rest.split(":")
    if kind == "round" and len(parts) == 3 and parts[1] == "section":
        return f"{titles.get(parts[2], parts[2])}, round {parts[0]}"
    if kind == "round" and len(parts) == 2:
        return (
            f"the decisions of round {parts[0]}"
            if parts[1] == "decisions"
            else f"{parts[1]}, round {parts[0]}"
        )
    if kind == "draft" and len(parts) == 2:
        return f"draft {parts[1]} of {titles.get(parts[0], parts[0])}"
    return {
        "round": f"round {rest}",
        "section": titles.get(rest, rest),
        "comment": f"comment C{rest}",
        "panellist": rest,
        "theme": f"the theme “{rest}”",
        "setup": f"the settings: {SETTINGS.get(rest, rest)}",
    }.get(kind, subject)


def details_in_words(data: Mapping[str, Any]) -> str:
    """What else the log holds that a person wants to read: the reason, or how many."""
    if data.get("reason"):
        return f"Reason: {data['reason']}"
    if data.get("signatures") == "withdrawn":
        return "The signatures under the rule no longer stand."
    if "messages" in data:
        return f"{data['messages']} messages."
    if "people" in data:
        return f"{data['people']} people."
    if "before" in data and "after" in data:
        return f"From {data['before']} to {data['after']}."
    return ""
