"""The schedule in the format of frab and c3voc, which conference apps and signage read.

Held by https://c3voc.de/schedule/schema.json and schema.xsd.  The JSON knows no further keys; the
XML is made from the same data.
"""

from __future__ import annotations

import math
import re
import uuid
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from ptgsched.feeds.sessions import Cell, Party, Place, Session
from ptgsched.text import clean_line, clean_text, is_web_address, slugify
from ptgsched.timezones import start_of_day, to_local
from ptgsched.web.colors import color_of

SCHEMA = "https://c3voc.de/schedule/schema.json"
LONGEST_SLUG_TITLE = 60

_ZONE = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+|UTC$")
_SLUG = re.compile(r"[a-z0-9_-]+[a-z0-9]")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Data = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conference:
    """An event with all that its schedule shows; `sessions` are the confirmed ones."""

    slug: str
    title: str
    url: str
    revision: int
    zone: str
    starts_on: date
    ends_on: date
    sessions: Sequence[Session]
    cells: Mapping[str, Cell]
    teams: Sequence[Party]
    rooms: Sequence[Place]
    room_urls: Mapping[str, str]


def to_json(conference: Conference) -> bytes:
    """schedule.json."""
    return orjson.dumps({"$schema": SCHEMA, **_document(conference)})


def to_xml(conference: Conference) -> bytes:
    """schedule.xml."""
    document = _document(conference)
    schedule, about = document["schedule"], document["schedule"]["conference"]
    root = ET.Element("schedule")
    ET.SubElement(root, "generator", document["generator"])
    _text(root, "url", f"{schedule['base_url']}schedule.xml")
    _text(root, "version", schedule["version"])
    head = ET.SubElement(root, "conference")
    for name in ("title", "acronym", "start", "end"):
        _text(head, name, about[name])
    _text(head, "days", str(about["daysCount"]))
    _text(head, "timeslot_duration", about["timeslot_duration"])
    _text(head, "base_url", schedule["base_url"])
    _text(head, "url", about["url"])
    _text(head, "time_zone_name", conference.zone)
    for track in about["tracks"]:
        ET.SubElement(head, "track", {name: _xml(value) for name, value in track.items()})
    guids = {room["name"]: room["guid"] for room in about["rooms"]}
    for day in about["days"]:
        _day(root, day, guids)
    ET.indent(root)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def acronym(slug: str) -> str:
    """The event's slug as the schemas take it: at least four characters, no hyphen."""
    return slug.replace("-", "_").ljust(4, "_")


def _document(conference: Conference) -> Data:
    days = _days(conference)
    about = {
        "acronym": acronym(conference.slug),
        "title": conference.title,
        "start": conference.starts_on.isoformat(),
        "end": conference.ends_on.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": _hours_minutes(_step(conference.cells.values())),
        "url": conference.url,
        "tracks": [_track(team) for team in conference.teams],
        "rooms": [_room(conference, room) for room in conference.rooms],
        "days": days,
    }
    if _ZONE.match(conference.zone):  # the schema refuses names like US/Pacific
        about["time_zone_name"] = conference.zone
    return {
        "generator": {"name": "ptgsched"},
        "schedule": {
            "version": str(conference.revision),
            "base_url": conference.url,
            "conference": about,
        },
    }


def _days(conference: Conference) -> list[Data]:
    """Every day of the event; a session past midnight stays with the day its window began."""
    by_day: dict[date, list[Session]] = defaultdict(list)
    for session in conference.sessions:
        by_day[conference.cells[session.slots[0]].day].append(session)
    dates = {conference.starts_on + timedelta(days=n) for n in range(_length(conference))}
    return [
        _one_day(conference, index, day, by_day[day])
        for index, day in enumerate(sorted(dates | by_day.keys()), 1)
    ]


def _one_day(conference: Conference, index: int, day: date, sessions: Sequence[Session]) -> Data:
    zone = conference.zone
    cells = [cell for cell in conference.cells.values() if cell.day == day]
    start = min((cell.start for cell in cells), default=start_of_day(day, zone))
    midnight = start_of_day(day + timedelta(days=1), zone)
    end = max((cell.end for cell in cells), default=midnight)
    rooms: dict[str, list[Data]] = {}
    for room in conference.rooms:
        inside = [_event(conference, s) for s in sessions if s.room.slug == room.slug]
        if inside:
            rooms[clean_line(room.name)] = inside
    return {
        "index": index,
        "date": day.isoformat(),
        "day_start": to_local(start, zone).isoformat(),
        "day_end": to_local(end, zone).isoformat(),
        "rooms": rooms,
    }


def _event(conference: Conference, session: Session) -> Data:
    start = to_local(session.start, conference.zone)
    joint = ", ".join(party.name for party in session.joint)
    links = [("Etherpad", session.team.etherpad_url), ("Join", session.join_url)]
    return {
        "guid": session.uid,
        "id": session.number,
        "date": start.isoformat(),
        "start": f"{start:%H:%M}",
        "end": to_local(session.end, conference.zone).isoformat(),
        "duration": _hours_minutes(session.end - session.start),
        "room": clean_line(session.room.name),
        "slug": _event_slug(conference, session),
        "url": session.url,
        "title": clean_line(session.heading),
        "subtitle": clean_line(f"with {joint}") if joint else "",
        "track": clean_line(session.team.name),
        "type": "meeting",
        "language": "en",
        "abstract": "",
        "description": clean_text(session.description),
        "persons": [],
        "links": [
            {"url": url, "title": title, "type": "related"}
            for title, url in links
            if url and is_web_address(url)
        ],
    }


def _event_slug(conference: Conference, session: Session) -> str:
    title = slugify(session.title)[:LONGEST_SLUG_TITLE].strip("-") or session.team.slug
    # What follows the acronym has four characters at least, whatever the number and the title.
    return f"{acronym(conference.slug)}-{session.number:04}-{title}"


def _track(team: Party) -> Data:
    slug = team.slug if re.match("[a-z][a-z0-9]", team.slug) else f"team-{team.slug}"
    return {"name": clean_line(team.name), "slug": slug, "color": color_of(team.slug, team.color)}


def _room(conference: Conference, room: Place) -> Data:
    url = conference.room_urls[room.slug]
    data: Data = {
        "name": clean_line(room.name),
        "guid": str(uuid.uuid5(uuid.NAMESPACE_URL, url)),
        "type": "online" if room.kind in {"zoom", "meetpad"} else "other",
        "capacity": room.capacity,
        "url": url,
    }
    if _SLUG.fullmatch(room.slug):
        data["slug"] = room.slug
    return data


def _day(root: ET.Element, day: Data, guids: Mapping[str, str]) -> None:
    facts = {"index": str(day["index"]), "date": day["date"]}
    facts |= {"start": day["day_start"], "end": day["day_end"]}
    element = ET.SubElement(root, "day", facts)
    for name, events in day["rooms"].items():
        room = ET.SubElement(element, "room", {"name": _xml(name), "guid": guids[name]})
        for event in events:
            _event_element(room, event)


def _event_element(room: ET.Element, event: Data) -> None:
    element = ET.SubElement(room, "event", {"guid": event["guid"], "id": str(event["id"])})
    for name in (
        "room",
        "title",
        "subtitle",
        "type",
        "date",
        "start",
        "duration",
        "abstract",
        "slug",
        "track",
        "language",
        "description",
        "url",
    ):
        _text(element, name, event[name])
    ET.SubElement(element, "persons")
    links = ET.SubElement(element, "links")
    for link in event["links"]:
        _text(links, "link", link["title"], href=link["url"], type=link["type"])


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, {k: _xml(v) for k, v in attributes.items()}).text = _xml(text)


def _xml(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold, escaped or not."""
    return _NOT_IN_XML.sub("", text)


def _length(conference: Conference) -> int:
    return (conference.ends_on - conference.starts_on).days + 1


def _step(cells: Iterable[Cell]) -> timedelta:
    """The longest time that every slot is a multiple of; an hour when there is no slot."""
    minutes = [int((cell.end - cell.start).total_seconds()) // 60 for cell in cells]
    return timedelta(minutes=math.gcd(*minutes) or 60)


def _hours_minutes(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"
