"""Which room am I in, and which link do I click: page, sign, feed, JSON, table and bot agree."""

from urllib.parse import quote

import pytest
from icalendar import Calendar

from ptgsched.bot import dispatch
from ptgsched.bot.dispatch import Line
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.web.context import links
from tests.support.story import PASSCODE, Story

JOIN = "http://localhost/events/oct/{}/join"
OWN = "https://call.example/nova"
SECRET = f"https://zoom.example/j/9?pwd={PASSCODE}"


@pytest.mark.parametrize(
    ("room", "own", "link"),
    [
        ("bexar", None, "https://meetpad.opendev.org/oct-nova"),  # named by the team
        ("bexar", OWN, OWN),
        ("austin", None, JOIN.format("rooms/austin")),  # Zoom: not public
        ("austin", OWN, OWN),
        ("austin", SECRET, JOIN.format("teams/nova")),  # a passcode in it
        ("ballroom", None, None),  # on site
        ("ballroom", OWN, OWN),
    ],
)
def test_one_answer(sqlite_story: Story, clock, room: str, own: str | None, link: str | None):
    story, visitor = sqlite_story, sqlite_story.client()
    with story.app.app_context():
        story.team("nova").join_url = own
        db.session.commit()
        uid = story.book("nova", room, "MonA1", "MonA2", with_teams=["tc"]).uid
        name = story.room(room).name

        def chat(text: str) -> str | None:
            line = Line(nick="ttx", text=text)
            return dispatch.answer(story.event, line, links=links(), at=utcnow()).reply

        assert chat("#nova when") == f"nova meets: MonA1..MonA2 in {name}, {HOURS}"
        assert chat("#nova now Placement") is None
        db.session.commit()

    pages = {
        "now": visitor.get("/events/oct/now").text,
        "session": visitor.get(f"/events/oct/bookings/{uid}").text,
        "grid": visitor.get("/events/oct/?day=2026-10-26").text,
        "team": visitor.get("/events/oct/teams/nova").text,
    }
    for where, page in pages.items():
        assert f">{name}</" in page, where
        assert (f'href="{link}"' in page) == (link is not None), where
        assert PASSCODE not in page, where
    sign = visitor.get(f"/events/oct/rooms/{room}/signage").text
    assert (f"Join: {(link or '').partition('://')[2]}</p>" in sign) == (link is not None)

    for feed in ("calendar.ics", "teams/nova.ics", "teams/tc.ics", f"rooms/{room}.ics"):
        (event,) = Calendar.from_ical(visitor.get(f"/events/oct/{feed}").data).events
        assert event["LOCATION"] == name
        assert (str(event["CONFERENCE"]) if "CONFERENCE" in event else None) == link

    schedule = visitor.get("/api/v1/events/oct/schedule").get_json()["bookings"][0]
    single = visitor.get(f"/api/v1/events/oct/bookings/{uid}").get_json()
    assert schedule["room"] == single["room"] == room
    assert schedule["join_url"] == single["join_url"] == link
    assert visitor.get("/api/v1/events/oct/live").get_json()["locations"] == {"nova": name}
    (line, *_) = visitor.get("/events/oct/rooms.json").get_json()
    assert (line["room"], line["link"]) == (name, link)
    theirs = visitor.get("/events/oct/ptg.json").get_json()
    assert theirs["location"] == {"nova": name}
    assert (theirs["urls"].get("nova") or theirs["schedule"][name].get("url")) == link
    assert f"  {name}" in visitor.get("/events/oct/schedule.txt").text
    assert quote(PASSCODE) not in str(theirs)


HOURS = "Mon 26 Oct 13:00-15:00 UTC"
