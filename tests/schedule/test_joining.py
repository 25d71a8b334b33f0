"""Which link to click, and which must not stand on a public page."""

import pytest

from ptgsched.events.models import Event, Room, RoomKind
from ptgsched.schedule.joining import (
    etherpad_link,
    join_link,
    room_link,
    room_target,
    team_link,
)
from ptgsched.teams.models import Team
from ptgsched.web.links import Links

LINKS = Links("https://ptg.example", "https://pads.example/p", "https://meet.example")
EVENT = Event(slug="oct", eventid="oct2026")
OPEN = "https://call.example/r/1"
SECRET = "https://call.example/r/1?PWD=123"
JOIN_PAGE = "https://ptg.example/events/oct/rooms/bexar/join"


def room(kind=RoomKind.ZOOM, **facts):
    return Room(slug="bexar", name="Bexar", kind=kind, **facts)


def team(**facts):
    return Team(slug="nova", name="Nova", **facts)


@pytest.mark.parametrize(
    ("there", "published"),
    [
        (room(RoomKind.ZOOM, join_url=OPEN), JOIN_PAGE),
        (room(RoomKind.ZOOM, join_url=OPEN, join_public=True), OPEN),
        (room(RoomKind.ZOOM, join_url=SECRET, join_public=True), JOIN_PAGE),
        (room(RoomKind.OTHER, join_url=OPEN), OPEN),
        (room(RoomKind.OTHER, join_url=OPEN, join_public=False), JOIN_PAGE),
        (room(RoomKind.OTHER, join_url=SECRET), JOIN_PAGE),
        (room(RoomKind.PHYSICAL, join_url=OPEN), OPEN),
        (room(RoomKind.MEETPAD, join_url=OPEN), OPEN),
        (room(RoomKind.MEETPAD, join_url=OPEN, join_public=False), JOIN_PAGE),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_rooms_link_is_published_or_its_join_page_is(there, published):
    assert room_target(LINKS, EVENT, there) == there.join_url
    assert room_link(LINKS, EVENT, there) == published


@pytest.mark.parametrize("kind", [RoomKind.ZOOM, RoomKind.PHYSICAL, RoomKind.OTHER])
def test_a_room_without_a_call_has_no_link(kind):
    assert room_target(LINKS, EVENT, room(kind)) is None
    assert room_link(LINKS, EVENT, room(kind)) is None


def test_a_meetpad_room_is_named_after_event_and_room_and_its_sessions_after_the_team():
    there = room(RoomKind.MEETPAD)

    assert room_link(LINKS, EVENT, there) == "https://meet.example/oct2026-bexar"
    assert join_link(LINKS, EVENT, team(), there) == "https://meet.example/oct2026-nova"
    elsewhere = room(RoomKind.MEETPAD, join_url=OPEN)
    assert join_link(LINKS, EVENT, team(), elsewhere) == OPEN


def test_a_teams_own_link_goes_before_the_rooms():
    there = room(RoomKind.OTHER, join_url="https://call.example/room")

    assert join_link(LINKS, EVENT, team(join_url=OPEN), there) == OPEN
    assert join_link(LINKS, EVENT, team(), there) == "https://call.example/room"
    assert join_link(LINKS, EVENT, team(), room(RoomKind.PHYSICAL)) is None


def test_a_passcode_in_a_teams_link_hides_it():
    assert team_link(LINKS, EVENT, team()) is None
    assert team_link(LINKS, EVENT, team(join_url=OPEN)) == OPEN
    hidden = "https://ptg.example/events/oct/teams/nova/join"
    assert team_link(LINKS, EVENT, team(join_url=SECRET)) == hidden
    assert join_link(LINKS, EVENT, team(join_url=SECRET), room()) == hidden


def test_every_team_has_a_pad():
    assert etherpad_link(LINKS, EVENT, team()) == "https://pads.example/p/oct2026-nova"
    own = "https://pads.example/p/nova-notes"
    assert etherpad_link(LINKS, EVENT, team(etherpad_url=own)) == own
    odd = Event(slug="oct", eventid="oct 2026/ü")
    assert etherpad_link(LINKS, odd, team()) == "https://pads.example/p/oct%202026%2F%C3%BC-nova"
