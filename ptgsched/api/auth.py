"""Who is asking: bearer tokens (RFC 6750), their scopes, their event and their teams.

401 means no valid token, 403 a valid one that may not do this.  A token made for a person never
reaches further than that person does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from flask import Response, abort, g, request
from sqlalchemy import select

from ptgsched.accounts import tokens
from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import ApiToken, User
from ptgsched.db import begin_write, db
from ptgsched.errors import Forbidden, NotFound
from ptgsched.events.layout import SLUG
from ptgsched.events.models import Event
from ptgsched.schedule.journal import locked_event
from ptgsched.setup import events as setup
from ptgsched.teams import permissions
from ptgsched.teams.models import Team
from ptgsched.web.context import now
from ptgsched.web.errors import problem
from ptgsched.web.limits import limiter, writes

MANAGE = "manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The program that asks, as its token describes it; outlives the database session."""

    token_id: int
    actor: Actor
    scopes: frozenset[str]
    event_id: int | None
    teams: frozenset[str] | None
    user_id: int | None

    def has(self, scope: str) -> bool:
        """Whether the token carries `scope`; ``manage`` includes the others."""
        return scope in self.scopes or MANAGE in self.scopes

    def covers(self, event: Event) -> bool:
        """Whether the token is for this event, or for all; a person's for no stranger's draft."""
        if self.event_id not in {None, event.id}:
            return False
        if event.is_published or self.user_id is None:
            return True
        return permissions.is_organizer(db.session.get(User, self.user_id), event)

    def require_team(self, event: Event, team: Team) -> None:
        """Raises Forbidden unless it may book, change and release for `team`."""
        if self.teams is not None and team.slug not in self.teams:
            raise Forbidden(
                f"This token is bound to other teams than {team.slug}.",
                code="other_team",
                team=team.slug,
            )
        if self.user_id is not None:
            permissions.require_lead(db.session.get(User, self.user_id), event, team)

    def require_organizer(self, event: Event) -> None:
        """Raises Forbidden unless it speaks for the whole event: organizers', bound to no teams."""
        if self.teams is not None:
            raise Forbidden(
                "This token is bound to teams, and this is about the whole event.",
                code="other_team",
            )
        if self.user_id is not None:
            permissions.require_organizer(db.session.get(User, self.user_id), event)

    def require_creator(self, copied: Event | None) -> None:
        """Raises Forbidden unless it may begin an event, from a template or as a copy."""
        if self.event_id is not None or self.teams is not None:
            raise Forbidden(
                "This token is for one event; beginning another takes one for every event.",
                code="other_event",
            )
        if self.user_id is not None:
            setup.require_creator(db.session.get_one(User, self.user_id), copied)

    def require_override(self, event: Event) -> None:
        """Raises Forbidden unless it may bend rules."""
        if MANAGE not in self.scopes:
            raise Forbidden("Only a token with the scope manage may override.", code="scope")
        self.require_organizer(event)


def caller() -> Caller:
    """Who asks in this request, once `authorise` has let it in."""
    found: Caller = g.api_caller
    return found


def authorise(*scopes: str) -> None:
    """Let a writing request in.

    Answers 401 without a valid token, 429 when it writes too often, 403 without any of `scopes`.
    """
    asked = _secret()
    if asked is None:
        _unauthorized("Send a token: Authorization: Bearer TOKEN.", "")
    found = _identify(asked, now())
    if found is None:
        _unauthorized("This token is unknown, expired or revoked.", ', error="invalid_token"')
    g.api_caller = found
    _count()
    if not any(found.has(scope) for scope in scopes):
        lacking = " or ".join(scopes)
        raise Forbidden(f"This token lacks the scope {lacking}.", code="scope", scope=lacking)


def readable_event(slug: str) -> Event:
    """The event, if it is published; a draft only for a ``manage`` token of it.

    Raises NotFound, for a draft as for a wrong name.
    """
    event = _event(slug)
    if event is not None and not event.is_published:
        asker = _asker()
        g.api_private = True
        if asker is None or not asker.has(MANAGE) or not asker.covers(event):
            event = None
    if event is None:
        raise NotFound("There is no such event.", event=slug)
    return event


def writable_event(slug: str, *, locked: bool = False) -> Event:
    """The event, for a caller whose token is for it; with its lock if asked for.

    Raises Forbidden when the token is for another one; NotFound for a wrong name, and for a
    draft that the caller has no business with.
    """
    event = _event(slug, locked=locked)
    covered = event is not None and caller().covers(event)
    if event is None or not (covered or event.is_published):
        raise NotFound("There is no such event.", event=slug)
    if not covered:
        raise Forbidden("This token is for another event.", code="other_event", event=slug)
    return event


def hold_token() -> None:
    """Let other changes by this token wait until this one is committed, or rolled back."""
    begin_write()
    mine = select(ApiToken.id).where(ApiToken.id == caller().token_id)
    db.session.execute(mine.with_for_update(key_share=True))


def is_entitled(event: Event, scope: str) -> bool:
    """Whether a reader of something public shows a token that may know more of it."""
    asker = _asker()
    if asker is None or asker.teams is not None or not asker.has(scope):
        return False
    if not asker.covers(event):
        return False
    return asker.user_id is None or permissions.is_organizer(
        db.session.get(User, asker.user_id), event
    )


def _event(slug: str, *, locked: bool = False) -> Event | None:
    # A name that no event can have need not reach the database, which may choke on it.
    if not SLUG.fullmatch(slug):
        return None
    if locked:
        return locked_event(slug)
    return db.session.scalar(select(Event).where(Event.slug == slug))


def _secret() -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" and secret.strip() else None


def _asker() -> Caller | None:
    """Who reads, when a valid token comes along."""
    secret = _secret()
    return _identify(secret, now()) if secret else None


def _identify(secret: str, at: datetime) -> Caller | None:
    token = tokens.find_token(secret, at)
    if token is None:
        return None
    if token.user_id is not None:
        person = db.session.get(User, token.user_id)
        if person is None or not person.is_active:
            return None
    found = Caller(
        token_id=token.id,
        actor=tokens.actor_of(token),
        scopes=frozenset(token.scopes),
        event_id=token.event_id,
        teams=frozenset(token.team_slugs) if token.team_slugs is not None else None,
        user_id=token.user_id,
    )
    _note_use(token, at)
    return found


def _note_use(token: ApiToken, at: datetime) -> None:
    if token.last_used_at is None or at - token.last_used_at >= tokens.USE_NOTED_EVERY:
        begin_write()
        token.last_used_at = at
        db.session.commit()


def _token() -> str:
    return f"token:{caller().token_id}"


@limiter.shared_limit(writes, scope="api", key_func=_token)
def _count() -> None:
    """One more write of this token, wherever; answers 429 when there were too many."""


def _unauthorized(sentence: str, parameters: str) -> NoReturn:
    response: Response = problem(401, "unauthorized", sentence)
    response.headers["WWW-Authenticate"] = f'Bearer realm="ptgsched"{parameters}'
    abort(response)
