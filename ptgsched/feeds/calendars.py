"""The calendars of an event: everything, a team's, a room's, a project's."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Literal

from ptgsched.events.models import Event
from ptgsched.feeds import ical, queries
from ptgsched.feeds.documents import Rendering
from ptgsched.schedule.queries import room_by_slug
from ptgsched.teams.permissions import team_of
from ptgsched.web.colors import color_of
from ptgsched.web.css_names import NAMES
from ptgsched.web.links import Links

Kind = Literal["event", "team", "room", "project"]

CONTENT_TYPE = "text/calendar; charset=utf-8"
CACHE_CONTROL = "public, max-age=300"
WITHOUT_CANCELLED = "cancelled=0"
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}
ABOUT = (
    "Times are kept in UTC and shown in your own zone. Calendar programs fetch changes when they "
    "please, some only once a day: what changed today is on the event's page."
)


def address(links: Links, event: Event, kind: Kind, name: str) -> str:
    """Where a calendar is served."""
    if kind == "event":
        return links.page(event.slug, "calendar.ics")
    return links.page(event.slug, f"{kind}s", f"{name}.ics")


def calendar(
    event: Event, links: Links, at: datetime, kind: Kind, name: str = "", *, cancelled: bool = True
) -> Rendering:
    """The sessions that belong to the calendar now; with `cancelled`, released ones as well.

    These are announced until a day after their end.  Raises NotFound.
    """
    title, page, color, chosen = _subject(event, links, kind, name)
    found = queries.sessions(event, links, cancelled=cancelled, slots=False, **chosen)
    ends = [until for s in found if (until := s.announced_until) is not None]
    sessions = [s for s in found if s.announced_until is None or at < s.announced_until]
    source = address(links, event, kind, name)
    head = ical.Head(
        name=title,
        description=f"{title}. {ABOUT}",
        url=page,
        source=source if cancelled else f"{source}?{WITHOUT_CANCELLED}",
        color=css_name(color_of(name or event.slug, color)),
        modified=max((s.updated for s in sessions), default=event.created_at),
    )
    return Rendering(
        body=ical.render(head, sessions, event.timezone),
        content_type=CONTENT_TYPE,
        filename="-".join(part for part in (event.slug, name) if part) + ".ics",
        # What left the calendar by itself has changed it too.
        modified=max([queries.last_changed(event), *(end for end in ends if end <= at)]),
        valid_until=min((end for end in ends if at < end), default=None),
        cache_control=CACHE_CONTROL,
        headers=OPEN_TO_ALL,
    )


@lru_cache(maxsize=1024)
def css_name(color: str) -> str:
    """The CSS3 colour name nearest to a ``#rrggbb`` colour."""
    # Level 4 added one name to those of CSS3.
    names = (name for name in NAMES if name != "rebeccapurple")
    return min(names, key=lambda name: (_distance(NAMES[name], color), name))


def _distance(one: str, other: str) -> int:
    return sum((int(one[n : n + 2], 16) - int(other[n : n + 2], 16)) ** 2 for n in (1, 3, 5))


def _subject(
    event: Event, links: Links, kind: Kind, name: str
) -> tuple[str, str, str | None, dict[str, int]]:
    """The calendar's title, its page, its own colour, and which sessions it holds."""
    if kind == "team":
        team = team_of(event, name)
        page = links.team(event.slug, name)
        return f"{team.name} · {event.title}", page, team.color, {"team_id": team.id}
    if kind == "room":
        room = room_by_slug(event, name)
        page = links.room(event.slug, name)
        return f"{room.name} · {event.title}", page, None, {"room_id": room.id}
    if kind == "project":
        project = queries.project_by_slug(event, name)
        page = f"{links.event(event.slug)}?project={name}"
        return f"{project.name} · {event.title}", page, None, {"project_id": project.id}
    return event.title, links.event(event.slug), None, {}
