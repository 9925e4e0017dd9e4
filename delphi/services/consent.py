"""Consent: each statement its own tick, a record for each answer, nothing overwritten.

A record holds the exact texts as they were read. Who agrees again, to a new version or to other
optional permissions, gets a new record beside the old one.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from datetime import date, datetime

from delphi.domain.actors import Actor, PanellistActor, TeamMember
from delphi.domain.calendar import day_of, in_words
from delphi.domain.errors import InvalidInput, NotAllowed, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.lifecycles import INVITATION, PANELLIST
from delphi.domain.permissions import Permission, require
from delphi.domain.states import InvitationState, PanellistState
from delphi.extensions import db
from delphi.models.panellists import ConsentAnswer, ConsentRecord, Panellist
from delphi.models.studies import ConsentStatement, ConsentText, Study
from delphi.queries.admission import admission_of
from delphi.queries.agreeing_again import must_agree_again
from delphi.queries.consent import consent_text_of, newest_consent_of, newest_consent_text
from delphi.queries.studies import study_of
from delphi.services.events import record
from delphi.services.membership import invitation_for, panellist_acted_on, subject_of
from delphi.services.transitions import move

WAYS = ("web", "paper", "phone")


def give_consent(
    *,
    study_id: StudyId,
    code: str,
    given: Collection[str],
    variant: str = "standard",
    how: str = "web",
    dated_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> ConsentRecord:
    """Record what somebody agreed to; whoever was registered joins the panel with it.

    On the web, agreeing to the same once more (a double click, a page sent again) is agreeing once.

    `given` holds the codes of the ticked statements, `how` is web (the person themselves), paper or
    phone (entered by the team), `dated_on` the day on the form (today unless told). Raises InvalidInput
    for each statement that needs a tick, WrongState for somebody who stopped or comes too late.
    """
    require(actor, Permission.ANSWER, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    study = study_of(study_id)
    text = newest_consent_text(study_id)
    if text is None:
        raise WrongState("This study has no consent text yet, so nobody can consent.")
    _require_may_consent(panellist, study)
    day = _day_of_consent(how, dated_on, study, actor, now)
    _check_ticks(given, text.statements, must_tick=True)
    has_to = must_agree_again(study.consent_asked_at, panellist.id)
    if how == "web" and not has_to and (sent_before := _same_consent(panellist, text, given)):
        return sent_before
    consent = _write(panellist, text, given, variant, how, day, actor, now)
    if panellist.state == PanellistState.ACTIVE:
        _note("consent_renewed", panellist, text, how, actor, now)
    else:
        _join(panellist, study, text, how, actor, now)
    return consent


def change_permissions(
    *,
    study_id: StudyId,
    code: str,
    given: Collection[str],
    variant: str = "standard",
    how: str = "web",
    dated_on: date | None = None,
    actor: Actor,
    now: datetime,
) -> ConsentRecord:
    """Record other optional permissions than before; `given` holds the codes of all that hold from now on.

    Open also to somebody who has stopped: their words may still be waiting to be quoted. Raises
    WrongState for somebody who never consented or whose answers were deleted.
    """
    require(actor, Permission.ANSWER, study_id)
    panellist = panellist_acted_on(study_id, code, actor)
    before = newest_consent_of(panellist.id)
    if before is None or panellist.state == PanellistState.ERASED:
        raise WrongState("There is no consent that could be changed.")
    study = study_of(study_id)
    if panellist.state == PanellistState.ACTIVE and must_agree_again(study.consent_asked_at, panellist.id):
        raise WrongState("The information has changed. Read it and agree again first; then choose these.")
    text = consent_text_of(before)
    day = _day_of_consent(how, dated_on, study, actor, now)
    optional = [statement for statement in text.statements if statement.is_optional]
    _check_ticks(given, optional, must_tick=False)
    kept = {answer.code for answer in before.answers if answer.is_given} - {s.code for s in optional}
    consent = _write(panellist, text, kept | set(given), variant, how, day, actor, now)
    _note("permissions_changed", panellist, text, how, actor, now)
    return consent


def _same_consent(panellist: Panellist, text: ConsentText, given: Collection[str]) -> ConsentRecord | None:
    """The newest record of somebody who has joined, when it says just this about this text."""
    before = newest_consent_of(panellist.id) if panellist.state == PanellistState.ACTIVE else None
    if before is None or before.consent_text_id != text.id:
        return None
    return before if {one.code for one in before.answers if one.is_given} == set(given) else None


def _require_may_consent(panellist: Panellist, study: Study) -> None:
    if panellist.state in (PanellistState.STOPPED, PanellistState.ERASED):
        raise WrongState("This person has stopped taking part. Nothing was recorded.")
    admission = admission_of(study)
    if panellist.state == PanellistState.REGISTERED and not admission.is_open:
        raise WrongState(admission.sentence)


def _day_of_consent(how: str, dated_on: date | None, study: Study, actor: Actor, now: datetime) -> date:
    """The day that counts, once it is clear that this actor may record consent given in this way."""
    if how not in WAYS:
        raise InvalidInput([Problem("how", "Consent is given on the web, on paper or by phone.")])
    if isinstance(actor, PanellistActor) != (how == "web"):
        raise NotAllowed(
            "On the web people consent for themselves; what was said on paper or by phone is entered by the "
            "study team."
        )
    today = day_of(now, study.timezone)
    if dated_on is None or how == "web":
        return today
    if dated_on > today:
        raise InvalidInput([Problem("dated_on", f"{in_words(dated_on)} lies in the future. Check the date.")])
    return dated_on


def _check_ticks(given: Collection[str], statements: Sequence[ConsentStatement], *, must_tick: bool) -> None:
    known = [statement.code for statement in statements]
    problems = []
    for code in sorted(set(given) - set(known)):
        near = difflib.get_close_matches(code, known, n=1)
        hint = f"Did you mean “{near[0]}”?" if near else f"Use {', '.join(known)}."
        problems.append(Problem(code, f"This is not one of the statements that are asked. {hint}"))
    if must_tick:
        problems += [
            Problem(statement.code, f"Taking part needs a tick beside “{statement.text}”")
            for statement in statements
            if not statement.is_optional and statement.code not in given
        ]
    if problems:
        raise InvalidInput(problems, heading="Nothing was recorded.")


def _write(
    panellist: Panellist,
    text: ConsentText,
    given: Collection[str],
    variant: str,
    how: str,
    day: date,
    actor: Actor,
    now: datetime,
) -> ConsentRecord:
    consent = ConsentRecord(
        study_id=panellist.study_id,
        panellist_id=panellist.id,
        consent_text_id=text.id,
        variant=variant,
        how=how,
        dated_on=day,
        recorded_at=now,
        recorded_by=actor.account_id if isinstance(actor, TeamMember) else None,
        answers=[
            ConsentAnswer(
                code=statement.code,
                text=_as_read(statement, variant),
                is_given=statement.code in given,
                position=statement.position,
            )
            for statement in text.statements
        ],
    )
    db.session.add(consent)
    db.session.flush()
    return consent


def _as_read(statement: ConsentStatement, variant: str) -> str:
    """The words that the person had before them."""
    return (statement.easy_read if variant == "easy_read" else None) or statement.text


def _join(
    panellist: Panellist, study: Study, text: ConsentText, how: str, actor: Actor, now: datetime
) -> None:
    """Carry the invitation and the membership on: from here the person can answer."""
    subject = subject_of(panellist)
    move(
        invitation_for(panellist),
        INVITATION,
        InvitationState.CONSENTED,
        study_id=study.id,
        actor=actor,
        now=now,
        subject=subject,
        data={"version": text.version, "how": how},
        answered_at=now,
    )
    facts = ["consented", *(["still_admitting"] if admission_of(study).is_open else [])]
    move(
        panellist,
        PANELLIST,
        PanellistState.ACTIVE,
        study_id=study.id,
        actor=actor,
        now=now,
        subject=subject,
        facts=facts,
        joined_at=now,
    )


def _note(kind: str, panellist: Panellist, text: ConsentText, how: str, actor: Actor, now: datetime) -> None:
    record(
        kind,
        study_id=panellist.study_id,
        actor=actor,
        now=now,
        subject=subject_of(panellist),
        data={"version": text.version, "how": how},
    )
