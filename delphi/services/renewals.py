"""A new version of the consent text or of the information pages after the study has started (E5).

People agreed on the strength of what they had read. So a change is published as a new version with a sentence
on what is different, and everybody is asked again before they go on, or the record says why not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from delphi.domain.actors import Actor
from delphi.domain.errors import InvalidInput, NotFound, Problem, WrongState
from delphi.domain.ids import StudyId
from delphi.domain.permissions import Permission, require
from delphi.domain.setup.themes import theme_of
from delphi.domain.states import StudyState
from delphi.domain.study_archive import StudyBundle
from delphi.domain.wording import required_words
from delphi.extensions import db
from delphi.mail.messages import MessageKind
from delphi.models.panellists import Panellist
from delphi.models.renewals import Renewal
from delphi.models.studies import Study
from delphi.queries.agreeing_again import last_asking, waiting_to_agree
from delphi.queries.identities import reachable_by_mail
from delphi.queries.studies import study_of
from delphi.queries.study_export import bundle_of
from delphi.services.bylines import account_of
from delphi.services.events import record
from delphi.services.messages import promise_messages
from delphi.services.setup import held, put_page

PARTS = ("consent", "documents")

LONGEST = 1_000


def publish_new_version(
    *,
    study_id: StudyId,
    part: str,
    given: Mapping[str, str],
    seen: str,
    summary: str,
    asks_again: bool,
    reason: str = "",
    actor: Actor,
    now: datetime,
) -> Renewal:
    """Publish a new version of the consent text ("consent") or the information pages ("documents").

    `given` and `seen` are as for `change_setup`; `summary` says to the panel what has changed; `reason` says
    why nobody is asked again, where that is so. Raises Stale and InvalidInput as `change_setup` does, also
    for a text that says something else under the same version, WrongState unless the study is under way.
    """
    require(actor, Permission.EDIT_STUDY, study_id)
    if part not in PARTS:
        raise NotFound("Only the consent text and the information pages have versions.")
    study, before = held(study_id)
    if study.state != StudyState.RUNNING:
        raise WrongState(
            "New versions are published while a study is under way. Before it starts, change the page itself."
        )
    what = required_words("summary", summary, at_most=LONGEST, missing="Say what has changed.")
    why = None
    if not asks_again:
        why = required_words("reason", reason, at_most=LONGEST, missing="Say why nobody has to agree again.")
    changed = put_page(
        study, before, theme_of(part), given=given, seen=seen, only_open=False, actor=actor, now=now
    )
    if not changed.is_different:
        raise InvalidInput([Problem("", "Nothing is different from the version that holds now.")])
    db.session.expire(study)
    renewal = _keep(study, part, before, bundle_of(study))
    renewal.summary, renewal.asks_again, renewal.reason = what, asks_again, why
    renewal.published_by, renewal.published_at = account_of(actor), now
    db.session.add(renewal)
    if asks_again:
        study.consent_asked_at = now
    db.session.flush()
    record(
        "information_renewed",
        study_id=study_id,
        actor=actor,
        now=now,
        subject=f"setup:{part}",
        data={"versions": renewal.versions, "asks_again": asks_again},
    )
    return renewal


def ask_to_agree_again(*, study_id: StudyId, actor: Actor, now: datetime) -> int:
    """Promise a message to everybody who still has to agree again; returns to how many.

    Nobody gets two about the same version. People whom no mail reaches are counted in the event, for the
    team to ring or write to. Raises WrongState unless the study is under way.
    """
    require(actor, Permission.MANAGE_PANEL, study_id)
    study = study_of(study_id)
    if study.state != StudyState.RUNNING:
        raise WrongState("People are asked to agree again while a study is under way.")
    renewal = last_asking(study)
    if renewal is None:
        return 0
    waiting = db.session.scalars(waiting_to_agree(study, Panellist.id).order_by(Panellist.id)).all()
    by_mail = reachable_by_mail(study_id)
    n = promise_messages(
        [one for one in waiting if one in by_mail],
        MessageKind.AGREE_AGAIN,
        study_id=study_id,
        occasion=str(renewal.id),
        now=now,
    )
    if n:
        record(
            "messages_to_agree_again",
            study_id=study_id,
            actor=actor,
            now=now,
            subject=f"setup:{renewal.part}",
            data={"sent": n, "without_email": sum(one not in by_mail for one in waiting)},
        )
    return n


def _keep(study: Study, part: str, before: StudyBundle, after: StudyBundle) -> Renewal:
    """What the record holds of the change: version numbers, and the information pages as they were."""
    if part == "consent":
        old, new = before.study_file.consent.version, after.study_file.consent.version
        if old == new:
            sentence = f"Version {old} is what people have read. Give this one a new number."
            raise InvalidInput([Problem("consent.version", sentence)])
        return Renewal(study_id=study.id, part=part, versions=f"{old} to {new}", replaced=[])
    was, now = _pages(before), _pages(after)
    for code, page in now.items():
        if code in was and page["texts"] != was[code]["texts"] and page["version"] == was[code]["version"]:
            sentence = f"“{page['title']}” says something else now. Give it a new version number."
            raise InvalidInput([Problem("documents", sentence)])
    versions = [
        f"{page['title']}: {_from(was.get(code))}{page['version']}"
        for code, page in now.items()
        if page != was.get(code)
    ]
    versions += [f"{page['title']}: taken out" for code, page in was.items() if code not in now]
    replaced = [page for code, page in was.items() if page != now.get(code)]
    return Renewal(study_id=study.id, part=part, versions="; ".join(versions), replaced=replaced)


def _pages(bundle: StudyBundle) -> dict[str, dict[str, object]]:
    """The information pages of a study by code, as plain data."""
    return {
        one.id: {
            "title": one.title,
            "version": one.version,
            "date": one.date.isoformat(),
            "texts": {v: bundle.texts[path] for v, path in one.texts.by_variant.items()} if one.texts else {},
        }
        for one in bundle.study_file.documents
    }


def _from(page: dict[str, object] | None) -> str:
    """The beginning of "1.0 to 1.1", or of "new, version 1.0"."""
    return f"{page['version']} to " if page else "new, version "
