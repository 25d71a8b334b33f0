"""One person's calendar: the teams and sessions they chose, all while they chose none."""

from __future__ import annotations

from datetime import datetime

from ptgsched.events.models import Event
from ptgsched.feeds import calendars, ical, queries
from ptgsched.feeds.documents import Rendering
from ptgsched.feeds.sessions import Session
from ptgsched.feeds.subscriptions import Subscription, ways_to
from ptgsched.registrations import passcodes
from ptgsched.registrations.models import Registration
from ptgsched.schedule.entrance import passcode_time
from ptgsched.teams.permissions import teams_of
from ptgsched.web.colors import color_of
from ptgsched.web.links import Links

CACHE_CONTROL = "private, no-cache"
"""Kept by nobody but the person's own program, which asks each time whether it is still good."""


def personal_calendar(
    registration: Registration, links: Links, at: datetime, token: str, *, cancelled: bool
) -> Rendering:
    """The person's sessions as of `at`; with passcodes while they may know them."""
    event = registration.event
    chosen = _chosen(registration, queries.sessions(event, links, cancelled=cancelled, slots=False))
    ends = [until for s in chosen if (until := s.announced_until) is not None]
    sessions = [s for s in chosen if s.announced_until is None or at < s.announced_until]
    hours = passcode_time(event)
    turns = [] if hours is None else [turn for turn in (hours.start, hours.end) if turn <= at]
    if registration.is_confirmed and hours is not None and turns:
        others = [turn for turn in passcodes.turns_of_ways(event, hours) if turn.at <= at]
        sessions = _with_ways(event, links, sessions, turns, others)
    source = links.personal_calendar(token)
    head = ical.Head(
        name=f"My {event.title}",
        description=f"My sessions at {event.title}. {calendars.ABOUT}",
        url=links.event(event.slug),
        source=source if cancelled else f"{source}?{calendars.WITHOUT_CANCELLED}",
        color=calendars.css_name(color_of(event.slug, None)),
        modified=max((s.updated for s in sessions), default=event.created_at),
    )
    changes = [queries.last_changed(event), registration.updated_at, *turns]
    return Rendering(
        body=ical.render(head, sessions, event.timezone, keep=False),
        content_type=calendars.CONTENT_TYPE,
        filename=f"my-{event.slug}.ics",
        modified=max([*changes, *(end for end in ends if end <= at)]).replace(microsecond=0),
        cache_control=CACHE_CONTROL,
    )


def personal_subscription(event: Event, links: Links, token: str) -> Subscription:
    """The ways into a calendar program."""
    url, title = links.personal_calendar(token), f"My {event.title}"
    return ways_to(url, title, kind="event", name="mine", label="My sessions")


def _chosen(registration: Registration, sessions: list[Session]) -> list[Session]:
    if not registration.has_choice:
        return sessions
    teams = {team.slug for team in registration.teams}
    starred = {booking.uid for booking in registration.starred}
    return [
        session
        for session in sessions
        if session.uid in starred or teams & {party.slug for party in session.parties}
    ]


def _with_ways(
    event: Event,
    links: Links,
    sessions: list[Session],
    turns: list[datetime],
    others: list[passcodes.Turn],
) -> list[Session]:
    """The sessions with the links and passcodes that the public is not told, while it is time.

    When they come and when they go (`turns`, as far as they are past), and when one becomes
    another (`others`), is a change that programs have to see, so it counts as one.
    """
    teams = {team.slug: team for team in teams_of(event)}
    rooms = {room.slug: room for room in event.rooms}
    is_time = len(turns) == 1
    found = []
    for session in sessions:
        team, room = teams[session.team.slug], rooms[session.room.slug]
        url, passcode = passcodes.private_way(links, event, team, room)
        if url == session.join_url and passcode is None:
            found.append(session)
            continue
        own = {("team", session.team.slug), ("room", session.room.slug)}
        seen_at = [*turns, *(turn.at for turn in others if (turn.thing, turn.slug) in own)]
        seen = session._replace(
            sequence=session.sequence + len(seen_at), updated=max(session.updated, *seen_at)
        )
        found.append(seen._replace(join_url=url, passcode=passcode) if is_time else seen)
    return found
