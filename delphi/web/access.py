"""Who may open a page, and as whom: each view says it with `@public` or `@requires`, and a law reads that.

Two sign-ins live in one browser and never touch each other. A panellist's is a key of its own: for each
study the invitation and the generation of its links, so that replacing the links ends every session. The
team's is whatever `team_comes_from` was told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, session

from delphi.domain.actors import Actor, PanellistActor, TeamMember
from delphi.domain.errors import DelphiError, NotFound
from delphi.domain.permissions import Permission, require
from delphi.queries.taking_part import PanelVisit, panel_visit

View = TypeVar("View", bound=Callable[..., Any])

PANEL_KEY = "panel"
"""In the session: study slug to invitation id and link generation."""

READERS_KEY, SHARED_KEY = "readers", "shared"
"""In the session: the last invitation that signed in to each study, and whether another did before it."""

TEAM_KEY = "team"
"""In the session: what the team's sign-in keeps."""

VARIANT_KEY = "variant"
"""In the session: how this person wants to read, once they have chosen."""

MOST_STUDIES = 8
"""Studies that one browser is signed in to at once; the oldest goes, so that the cookie stays small."""


class Key(StrEnum):
    """Which of the two sign-ins a view works with."""

    TEAM = "team"
    PANEL = "panel"


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares: open to everybody, or for whom and what for."""

    permission: Permission | None = None
    key: Key | None = None

    @property
    def is_public(self) -> bool:
        """Whether everybody may open it."""
        return self.permission is None


class SignInNeeded(DelphiError):
    """Nobody is signed in who could open this page; `key` says which sign-in it needs."""

    def __init__(self, key: Key) -> None:
        self.key = key
        super().__init__(
            "To open this page, please use the personal link in your newest message from the study team."
            if key is Key.PANEL
            else "Please sign in first."
        )


class LinkNeeded(SignInNeeded):
    """A panellist has to open their personal link on this device first."""

    def __init__(self) -> None:
        super().__init__(Key.PANEL)


def public(view: View) -> View:
    """Declare that everybody may open this page."""
    view.access = Access()  # type: ignore[attr-defined]
    return view


def requires(permission: Permission, *, key: Key = Key.TEAM) -> Callable[[View], View]:
    """Declare who may open this page, and refuse everybody else before the view begins.

    The view's address names the study as `<slug>`. Raises SignInNeeded without a sign-in, NotFound for a
    study that the person has no part in, NotAllowed for a lack of the permission.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            actor = _actor_in(key, str(values["slug"]))
            require(actor, permission, actor.study_id)
            return view(*args, **values)

        guarded.access = Access(permission, key)  # type: ignore[attr-defined]
        return cast("View", guarded)

    return declare


def access_of(view: Callable[..., Any]) -> Access | None:
    """What a view declares; None when it forgot."""
    return getattr(view, "access", None)


def current_actor() -> Actor:
    """Who acts in this request; RuntimeError on a page that asked nobody to sign in."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise RuntimeError("this view declares no permission, so nobody acts in it")
    return actor


# --- Panellists -----------------------------------------------------------------------------------------


def sign_in_panellist(slug: str, invitation_id: int, generation: int) -> None:
    """Remember that this browser holds a personal link of this study.

    A page that somebody else left open here must not be sent in the new reader's name: its token ends.
    """
    readers = dict(session.get(READERS_KEY) or {})
    if readers.get(slug, invitation_id) != invitation_id:
        session.pop("csrf_token", None)
        session[SHARED_KEY] = True
    readers.pop(slug, None)
    readers[slug] = invitation_id
    session[READERS_KEY] = dict(list(readers.items())[-MOST_STUDIES:])
    keys = dict(session.get(PANEL_KEY) or {})
    keys.pop(slug, None)
    keys[slug] = [invitation_id, generation]
    session[PANEL_KEY] = dict(list(keys.items())[-MOST_STUDIES:])


def sign_out_panellist(slug: str) -> None:
    """Forget the personal link of this study on this device."""
    keys = dict(session.get(PANEL_KEY) or {})
    keys.pop(slug, None)
    session[PANEL_KEY] = keys


def is_shared_device() -> bool:
    """Whether two people of one study have signed in with this browser, one after the other."""
    return bool(session.get(SHARED_KEY))


def current_visit() -> PanelVisit:
    """The panellist of this request, with the study they are in; RuntimeError on any other page."""
    visit: PanelVisit | None = g.get("panel_visit")
    if visit is None:
        raise RuntimeError("this view was not declared for panellists")
    return visit


def _visit_to(slug: str) -> PanelVisit:
    keys = session.get(PANEL_KEY) or {}
    if not keys:
        raise LinkNeeded
    if slug not in keys:
        raise NotFound("There is no such page for you. Please use the personal link in your newest message.")
    invitation_id, generation = keys[slug]
    visit = panel_visit(slug, int(invitation_id), int(generation))
    if visit is None:
        raise LinkNeeded
    return visit.reading(session[VARIANT_KEY]) if VARIANT_KEY in session else visit


# --- The team -------------------------------------------------------------------------------------------

TeamLookup = Callable[[str], TeamMember]
"""From a study's slug to the signed-in account as a member; SignInNeeded or NotFound otherwise."""


def team_comes_from(app: Flask, lookup: TeamLookup) -> None:
    """Say how the team's sign-in becomes a member of a study."""
    app.extensions["delphi_team_lookup"] = lookup


def _member_in(slug: str) -> TeamMember:
    lookup: TeamLookup | None = current_app.extensions.get("delphi_team_lookup")
    if lookup is None:
        raise SignInNeeded(Key.TEAM)
    return lookup(slug)


def _actor_in(key: Key, slug: str) -> PanellistActor | TeamMember:
    actor: PanellistActor | TeamMember
    if key is Key.PANEL:
        g.panel_visit = _visit_to(slug)
        actor = g.panel_visit.actor
    else:
        actor = _member_in(slug)
    g.actor = actor
    return actor
