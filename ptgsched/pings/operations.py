"""Saying what one wants to be told of."""

from __future__ import annotations

from collections.abc import Collection

from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.events.models import Event
from ptgsched.live.patterns import BadPattern, require_pattern
from ptgsched.pings.models import Ping, PingMark
from ptgsched.pings.queries import Person, ping_of
from ptgsched.schedule.journal import lock
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import team_of, teams_of
from ptgsched.text import clean_line


def save(
    event: Event, person: Person, *, teams: Collection[str], pattern: str, by_mail: bool
) -> Ping:
    """Be told of the topics of these teams, by slug, and of all that hold the pattern.

    Raises Invalid; passes over teams that are gone.
    """
    pattern = clean_line(pattern)
    if pattern:
        try:
            require_pattern(pattern)
        except BadPattern as error:
            said = f"This is no pattern that can be searched: {error.facts['reason']}."
            raise Invalid(said, fields={"pattern": [said]}) from error
    ping = _own(event, person)
    ping.teams = [team for team in teams_of(event) if team.slug in teams]
    ping.pattern = pattern or None
    ping.by_mail = by_mail
    db.session.flush()
    return ping


def follow(event: Event, person: Person, slug: str, *, wanted: bool) -> Team:
    """Be told of one team's topics, or no more; the rest of the wish stays.  Raises NotFound."""
    ping = _own(event, person)
    team = team_of(event, slug)
    others = [one for one in ping.teams if one.id != team.id]
    ping.teams = sorted([*others, team] if wanted else others, key=lambda one: one.slug)
    db.session.flush()
    return team


def _own(event: Event, person: Person) -> Ping:
    """The wish, made when new; what was said before it is no news."""
    lock(event)
    ping = ping_of(event, person)
    if ping is None:
        user, registration = person.user, person.registration
        ping = Ping(
            event=event,
            user_id=user.id if user else None,
            registration_id=registration.id if registration and not user else None,
            by_mail=True,
        )
        db.session.add(ping)
    if db.session.get(PingMark, event.id) is None:
        db.session.add(PingMark(event_id=event.id, cursor=event.cursor))
    return ping
