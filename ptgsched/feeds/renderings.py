"""The event's other documents for programs: conference apps, spreadsheets, ptgbot's readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ptgsched.events.models import Event
from ptgsched.feeds import frab, plain, ptgbot, queries, rooms
from ptgsched.feeds.documents import Rendering
from ptgsched.live.days import turns
from ptgsched.schedule.clocks import clock_notes
from ptgsched.web.links import Links

JSON = "application/json"
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
CSV = "text/csv; charset=utf-8; header=present"
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*"}


def schedule_json(event: Event, links: Links, _at: datetime) -> Rendering:
    """frab's schedule in JSON."""
    return _rendering(event, frab.to_json(_conference(event, links)), JSON, "schedule.json")


def schedule_xml(event: Event, links: Links, _at: datetime) -> Rendering:
    """frab's schedule in XML."""
    return _rendering(event, frab.to_xml(_conference(event, links)), XML, "schedule.xml")


def rooms_csv(event: Event, links: Links, _at: datetime) -> Rendering:
    """The room assignments for a spreadsheet."""
    return _rendering(event, rooms.to_csv(_assignments(event, links)), CSV, "rooms.csv")


def rooms_json(event: Event, links: Links, _at: datetime) -> Rendering:
    """The room assignments for a program."""
    return _rendering(event, rooms.to_json(_assignments(event, links)), JSON, "rooms.json")


def ptg_json(event: Event, links: Links, at: datetime) -> Rendering:
    """ptgbot's database, whole: what an import takes back."""
    return _ptg_json(event, at, ptgbot.render(event, links, at))


def plain_ptg_json(event: Event, links: Links, at: datetime) -> Rendering:
    """ptgbot's database without the rooms' texts, which ptgbot's own calendars stumble over."""
    return _ptg_json(event, at, ptgbot.render(event, links, at, plain=True))


def _ptg_json(event: Event, at: datetime, body: bytes) -> Rendering:
    """What is on belongs to a day: the document ends with it, though nobody changed anything."""
    turned, turns_next = turns(event, at)
    rendering = _rendering(event, body, JSON, "ptg.json", live=True)
    modified = max(rendering.modified, turned.replace(microsecond=0))
    return replace(rendering, modified=modified, valid_until=turns_next)


def schedule_text(event: Event, links: Links, at: datetime, zone: str) -> Rendering:
    """The schedule in the times of `zone`, to be read in a terminal."""
    sessions = queries.sessions(event, links)
    start = sessions[0].start if sessions else at
    end = max((session.end for session in sessions), default=at)
    text = plain.to_text(
        event.title,
        sessions,
        queries.cells(event),
        zone=zone,
        at=start,
        more=[
            *(clock_notes([zone], start, end) if sessions else ()),
            f"What is on now: {links.page(event.slug, 'now')}",
        ],
    )
    return _rendering(event, text.encode(), TEXT, "schedule.txt")


def _rendering(
    event: Event, body: bytes, content_type: str, name: str, *, live: bool = False
) -> Rendering:
    return Rendering(
        body=body,
        content_type=content_type,
        filename=f"{event.slug}-{name}",
        modified=queries.last_changed(event, live=live),
        headers=OPEN_TO_ALL,
    )


def _conference(event: Event, links: Links) -> frab.Conference:
    places = queries.places(event)
    return frab.Conference(
        slug=event.slug,
        title=event.title,
        url=links.event(event.slug),
        revision=event.schedule_revision,
        zone=event.timezone,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        sessions=queries.sessions(event, links),
        cells=queries.cells(event),
        teams=queries.parties(event, links),
        rooms=places,
        room_urls={place.slug: links.room(event.slug, place.slug) for place in places},
    )


def _assignments(event: Event, links: Links) -> list[rooms.Line]:
    return rooms.assignments(
        queries.sessions(event, links),
        queries.cells(event),
        [place.slug for place in queries.places(event)],
        event.timezone,
    )
