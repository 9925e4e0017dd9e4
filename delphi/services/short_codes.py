"""Short codes: a way in that can be typed, or read out on the phone, in place of a personal link.

A code is short, so guessing has to be slow: when many wrong ones were typed on this platform in a short
time, nobody can use a code for a while. Links go on working. No network address is kept for this: behind
a web server there is only one.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from delphi.domain.actors import Actor
from delphi.domain.errors import WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.short_codes import read_code
from delphi.extensions import db
from delphi.models.panellists import WrongCode
from delphi.queries.identities import WRITTEN_TO
from delphi.queries.invitations import PersonalLink, look_at_code, n_wrong_codes
from delphi.services.events import record
from delphi.services.invitations import HAS_LINKS
from delphi.services.membership import add_access, mark_opened, panellist_acted_on, subject_of
from delphi.services.signing_in import Refused

WINDOW = timedelta(minutes=15)
MOST_WRONG = 200
"""In one window: with 10,000 codes in use, a year of this finds one with a chance of one in 16,000."""

TOO_MANY = (
    "Very many wrong codes were typed here in the last minutes, so codes are closed for about 15 minutes. "
    "The link in your message works all the time. Or try the code again later."
)
NOT_KNOWN = (
    "This short code is not known here. Please compare it with your message or letter once more, or use "
    "the link in your message. If it still does not work, ask whoever sent it to you for a new one."
)


def give_short_code(*, study_id: StudyId, code: str, code_key: str, actor: Actor, now: datetime) -> str:
    """Make a short code to be read out or written into a letter, and return it; it is shown only once.

    `code` is the person's, `code_key` the instance's secret. Codes and links given before go on working.
    Raises WrongState for somebody who has not been invited, or has stopped.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    invitation = panellist.invitation
    if invitation is None or invitation.state not in HAS_LINKS or panellist.state not in WRITTEN_TO:
        raise WrongState("There is nothing that a code could open. Invite this person first.")
    made = add_access(invitation, code_key, now)
    record("short_code_given", study_id=study_id, actor=actor, now=now, subject=subject_of(panellist))
    return made.short_code


def open_with_code(*, typed: str, code_key: str, now: datetime) -> PersonalLink | Refused:
    """Sign somebody in with what they typed; the first time, their invitation counts as opened.

    Raises InvalidInput for what cannot be a code, WrongState for a code that has expired or was switched
    off. A wrong code is returned as Refused, so that it is counted.
    """
    code = read_code(typed)
    if n_wrong_codes(now, WINDOW) >= MOST_WRONG:
        return Refused(TOO_MANY)
    link = look_at_code(code, code_key, now)
    if link is None:
        db.session.execute(db.delete(WrongCode).where(WrongCode.tried_at <= now - WINDOW))
        db.session.add(WrongCode(tried_at=now))
        db.session.flush()
        return Refused(NOT_KNOWN)
    require(link.actor, Permission.ANSWER, link.study_id)
    mark_opened(link.actor, now)
    return link
