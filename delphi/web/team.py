"""The team's sign-in in this browser, and the frame that every page of the team stands in.

A session holds an account and the generation of its sessions, nothing else. Account and roles are looked
up for each request, so that somebody who was taken out of a team is out with their next click.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, render_template, session

from delphi import clock
from delphi.domain.actors import TeamMember
from delphi.domain.errors import NotAllowed, NotFound
from delphi.domain.ids import AccountId
from delphi.queries.accounts import AccountVisit, account_visit, member_by_slug
from delphi.queries.team_frame import team_frame
from delphi.queries.team_page import Farewell, farewell_of
from delphi.services.signing_in import SignedIn
from delphi.web.access import TEAM_KEY, Access, Key, SignInNeeded, current_actor

View = TypeVar("View", bound=Callable[..., Any])


class LeftTeam(NotAllowed):
    """Somebody asks for a page of a study whose team they were taken out of, perhaps while at work there."""

    def __init__(self, farewell: Farewell) -> None:
        self.farewell = farewell
        super().__init__(f"You are not in the team of “{farewell.title}” any more.")


class AccountAccess(Access):
    """For everybody with an account, whatever their studies."""

    @property
    def is_public(self) -> bool:
        """Never: somebody has to be signed in."""
        return False


def needs_account(view: View) -> View:
    """Declare that this page is for whoever is signed in to the team's side."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if current_account() is None:
            raise SignInNeeded(Key.TEAM)
        return view(*args, **values)

    guarded.access = AccountAccess(None, Key.TEAM)  # type: ignore[attr-defined]
    return cast("View", guarded)


def begin_session(signed_in: SignedIn) -> None:
    """Remember who has signed in. Tokens of forms from before go: they may be in a stranger's hands."""
    session.pop(TEAM_KEY, None)
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    session[TEAM_KEY] = [signed_in.account_id, signed_in.generation]


def end_session() -> None:
    """Forget the account on this device; a personal link of a panellist stays."""
    session.pop(TEAM_KEY, None)


def current_account() -> AccountVisit | None:
    """Whoever is signed in to the team's side, looked up once a request."""
    if "account" not in g:
        g.account = _account_in_session()
    found: AccountVisit | None = g.account
    return found


def account_here() -> AccountVisit:
    """The account of this request; SignInNeeded when there is none."""
    account = current_account()
    if account is None:
        raise SignInNeeded(Key.TEAM)
    return account


def member_in(slug: str) -> TeamMember:
    """The signed-in account as a member of a study; a study without it is a study that is not there."""
    account = account_here()
    member = member_by_slug(slug, account.account_id)
    if member is None:
        farewell = farewell_of(slug, account.account_id)
        if farewell is not None:
            raise LeftTeam(farewell)
        raise NotFound("There is no such study here, or you are not in its team.")
    return member


def current_member() -> TeamMember:
    """The member of the study team who acts in this request."""
    actor = current_actor()
    if not isinstance(actor, TeamMember):
        raise SignInNeeded(Key.TEAM)
    return actor


def team_page(template: str, *, part: str = "", round_number: int | None = None, **values: Any) -> str:
    """Render a page of one study with its frame: who I am, the parts I may see, the rounds there are."""
    account, member = account_here(), current_member()
    frame = team_frame(member, account.name, part=part, round_number=round_number, now=clock.now())
    return render_template(template, frame=frame, account=account, **values)


def _account_in_session() -> AccountVisit | None:
    kept = session.get(TEAM_KEY)
    if not (isinstance(kept, list) and len(kept) == 2):
        return None
    return account_visit(AccountId(int(kept[0])), int(kept[1]))
