"""ptg.json: the event in the format that ptgbot's page, its bot and their readers know.

Every key they index is there, and nothing private: no subscription, no passcode, no check-in of
somebody who did not agree to it.  The state and the event day decide the bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import orjson

from ptgsched.events.models import Event, Room, RoomKind
from ptgsched.feeds.ptgbot_board import Board, read
from ptgsched.live import queries as live
from ptgsched.live.shapes import ptgbot_parts
from ptgsched.schedule.joining import etherpad_link, join_link, room_link, team_link
from ptgsched.schedule.shapes import rfc3339
from ptgsched.teams.models import Team
from ptgsched.text import holds_passcode
from ptgsched.timewords import clock
from ptgsched.web.links import Links

PADS_OF_READERS = "https://etherpad.opendev.org/p"
"""Where ptgbot's page looks for a team's pad when `etherpads` names none."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def render(event: Event, links: Links, at: datetime, *, plain: bool = False) -> bytes:
    """The event as ptgbot's database at the instant `at`, JSON in UTF-8.

    A track is a team's slug; a joint booking's cell holds its lead team.  `plain` leaves out
    the rooms' `desc` and `cap_*`: ptgbot's own calendar code takes them for slots.
    """
    board, on = read(event), live.live(event, at)
    teams, parts = board.teams, ptgbot_parts(on)
    changed_at = max(event.changed_at, on.changed_at or event.changed_at)
    database = {
        "eventid": event.eventid,
        "voice": parts["voice"],
        "links": {name: url for name, url in event.links.items() if not holds_passcode(str(url))},
        "motd": parts["motd"],
        "now": parts["now"],
        "next": parts["next"],
        "etherpads": _pads(event, teams, links),
        "urls": _calls(event, board, links),
        "colors": {team.slug: team.color for team in teams if team.color},
        "location": parts["location"],
        "last_check_in": parts["last_check_in"],
        "subscriptions": {},
        "slots": _slots(event, board),
        "tracks": [team.slug for team in teams],
        "schedule": {
            room.name: _texts(event, room, links, plain=plain) | _cells(board, room)
            for room in board.rooms
        },
        "timestamp": f"{changed_at:%Y-%m-%d %H:%M:%S}",
    }
    return orjson.dumps(database, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def day_name(day: date, first: date) -> str:
    """``Monday``; from the event's second week on ``Monday2``, as slot codes have it."""
    week = (day - first).days // 7
    return WEEKDAYS[day.weekday()] + (str(week + 1) if week > 0 else "")


def _pads(event: Event, teams: Sequence[Team], links: Links) -> dict[str, str]:
    """The pads that readers would not find by themselves."""
    elsewhere = links.etherpad_base != PADS_OF_READERS
    return {
        team.slug: etherpad_link(links, event, team)
        for team in teams
        if team.etherpad_url or elsewhere
    }


def _calls(event: Event, board: Board, links: Links) -> dict[str, str]:
    """Each team's own call: where it is, readers take it for all of the team's sessions.

    So it is also there for a team that only meets in Meetpad rooms without a link, whose call
    is named by the team; else readers would go to the room's.
    """
    named = {r.id: r for r in board.rooms if r.kind == RoomKind.MEETPAD and not r.join_url}
    rooms: dict[str, set[int]] = defaultdict(set)
    for (room_id, _), slug in board.held.items():
        rooms[slug].add(room_id)
    found = {}
    for team in board.teams:
        call = team_link(links, event, team)
        own = rooms[team.slug]
        if call is None and own and own <= named.keys():
            call = join_link(links, event, team, named[min(own)])
        if call is not None:
            found[team.slug] = call
    return found


def _slots(event: Event, board: Board) -> dict[str, list[dict[str, Any]]]:
    days: dict[str, list[dict[str, Any]]] = {}
    for slot in board.slots:
        start, end = (clock(at, event.timezone) for at in (slot.starts_at, slot.ends_at))
        facts = {
            "name": slot.code,
            "desc": f"{start}-{end}",
            "realtime": rfc3339(slot.starts_at),
            "duration": slot.interval.minutes,
        }
        days.setdefault(day_name(slot.day, event.starts_on), []).append(facts)
    return days


def _texts(event: Event, room: Room, links: Links, *, plain: bool) -> dict[str, str]:
    """What a room has beside its cells."""
    texts: dict[str, str] = {}
    if not plain:
        texts |= {key: text for key, text in room.ptgbot.items() if key.startswith("cap_")}
        texts |= {"desc": room.description} if room.description else {}
    url = room_link(links, event, room)
    return texts | ({"url": url} if url else {})


def _cells(board: Board, room: Room) -> dict[str, str]:
    return {
        slot.code: board.held.get((room.id, slot.id), "")
        for slot in board.slots
        if board.has_cell(room, slot)
    }
