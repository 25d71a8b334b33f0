"""Who may do what: fetch and authorise in one call, so that neither is forgotten."""

from __future__ import annotations

from sqlalchemy import select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import User
from ptgsched.db import db
from ptgsched.errors import Forbidden, NotFound
from ptgsched.events.models import Event
from ptgsched.teams.models import Membership, Organizer, Role, Team

LEADING = (Role.LEAD, Role.DEPUTY)


def is_organizer(user: User | None, event: Event) -> bool:
    """Whether `user` runs this event; administrators run all."""
    if user is None or not user.is_authenticated:
        return False
    return user.is_admin or db.session.get(Organizer, (event.id, user.id)) is not None


def led_team_ids(user: User | None, event: Event) -> set[int]:
    """The teams of this event that `user` leads or deputises for."""
    if user is None or not user.is_authenticated:
        return set()
    query = (
        select(Team.id)
        .join(Membership, Membership.team_id == Team.id)
        .where(
            Team.event_id == event.id,
            Membership.user_id == user.id,
            Membership.role.in_(LEADING),
        )
    )
    return set(db.session.scalars(query))


def may_book_for(user: User | None, event: Event, team: Team) -> bool:
    """Whether `user` may book, move and release for `team`."""
    return is_organizer(user, event) or team.id in led_team_ids(user, event)


def require_lead(user: User | None, event: Event, team: Team) -> None:
    """Raises Forbidden, saying who may, unless `user` may book for `team`."""
    if not may_book_for(user, event, team):
        raise Forbidden(
            f"Only the leads of {team.name} and the organizers may book for it.", team=team.slug
        )


def require_organizer(user: User | None, event: Event) -> None:
    """Raises Forbidden unless `user` runs the event."""
    if not is_organizer(user, event):
        raise Forbidden("Only the organizers of this event may do this.")


def visible_event(user: User | None, slug: str) -> Event:
    """The event if `user` may see it: everybody sees published ones, organizers drafts too.

    Raises NotFound, for a draft as for a wrong name, so that neither is told apart.
    """
    event = db.session.scalar(select(Event).where(Event.slug == slug))
    if event is None or not (event.is_published or is_organizer(user, event)):
        raise NotFound("There is no such event.", event=slug)
    return event


def organized_event(user: User | None, slug: str) -> Event:
    """The event, for those who run it.  Raises NotFound as `visible_event`, else Forbidden."""
    event = visible_event(user, slug)
    require_organizer(user, event)
    return event


def team_of(event: Event, slug: str) -> Team:
    """A team of the event; raises NotFound."""
    query = select(Team).where(Team.event_id == event.id, Team.slug == slug)
    # A form may hold what PostgreSQL does not even look for.
    team = db.session.scalar(query) if slug.isprintable() else None
    if team is None:
        raise NotFound("There is no such team at this event.", team=slug)
    return team


def teams_of(event: Event) -> list[Team]:
    """All teams of the event, by slug."""
    return list(
        db.session.scalars(select(Team).where(Team.event_id == event.id).order_by(Team.slug))
    )


def web_actor(user: User, event: Event, team: Team | None = None) -> Actor:
    """How the public journal names somebody at the web pages: by role, never by name."""
    if team is not None and team.id in led_team_ids(user, event):
        return Actor(f"lead:{team.slug}", "web", user_id=user.id)
    return Actor("organizer", "web", user_id=user.id)
