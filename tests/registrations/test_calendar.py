"""One's own calendar: what was chosen, private, and passcodes only in their time."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
import time_machine
from icalendar import Calendar

from ptgsched.db import db
from ptgsched.feeds.serving import CACHE
from ptgsched.registrations import operations, queries, tokens
from ptgsched.registrations.details import details
from ptgsched.registrations.service import key
from ptgsched.setup.rooms import change_room
from ptgsched.setup.teams import change_team
from tests.support.story import ORGANIZER, PASSCODE, SIGN_UP, Story


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ptg(story: Story, clock: time_machine.Traveller) -> Story:
    """Three sessions: nova in Bexar, cinder in Austin (Zoom, with a passcode), tc with nova."""
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1", title="Placement")
        story.book("cinder", "austin", "MonA2")
        story.book("tc", "austin", "TueA1", with_teams=["nova"])
    return story


def come(ptg, name="yuki", *, teams=()):
    """Register; the path of the personal calendar."""
    with ptg.app.app_context():
        said = details({"name": name, "teams": [ptg.team(slug) for slug in teams]})
        person, _ = operations.register(
            ptg.event, f"{name}@example.net", said, at=SIGN_UP, letters=None
        )
        token = tokens.ensured(person, "feed", key())
        db.session.commit()
        return f"/calendar/{token}.ics"


def entries(response):
    """The feed's entries by their summary."""
    assert response.status_code == 200, response.text
    assert response.content_type == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(response.data)
    return {str(event["SUMMARY"]): event for event in calendar.events}


def test_it_shows_all_until_one_chooses(ptg: Story):
    path = come(ptg)
    client = ptg.client()

    whole = entries(client.get(path))

    assert set(whole) == {"Nova: Placement", "Cinder", "Technical Committee"}
    public = entries(client.get("/events/oct/calendar.ics"))
    assert {str(e["UID"]) for e in whole.values()} == {str(e["UID"]) for e in public.values()}
    with ptg.app.app_context():
        person = queries.by_email(ptg.event, "yuki@example.net")
        operations.follow(person, ptg.team("nova"), wanted=True, at=SIGN_UP)
        db.session.commit()
    assert set(entries(client.get(path))) == {"Nova: Placement", "Technical Committee"}
    with ptg.app.app_context():
        person = queries.by_email(ptg.event, "yuki@example.net")
        cinder = ptg.booking(str(public["Cinder"]["UID"]))
        operations.star(person, cinder, wanted=True, at=SIGN_UP)
        operations.follow(person, ptg.team("nova"), wanted=False, at=SIGN_UP)
        db.session.commit()
    assert set(entries(client.get(path))) == {"Cinder"}


def test_it_is_private_conditional_and_kept_nowhere(ptg: Story):
    path = come(ptg)
    client = ptg.client()

    first = client.get(path)

    assert first.headers["Cache-Control"].startswith("private")
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert first.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in first.headers
    assert 'filename="my-oct.ics"' in first.headers["Content-Disposition"]
    assert client.get(path).data == first.data
    etag = first.headers["ETag"]
    assert client.get(path, headers={"If-None-Match": f'"x", W/{etag}'}).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(path, headers=since).status_code == 304
    head = client.head(path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", etag)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != etag
    kept = ptg.app.extensions[CACHE]
    assert [name for name, _ in kept._kept if name.startswith("/calendar/")] == []
    for wrong in ("x" * 43, path[10:-4].swapcase(), "x"):
        assert client.get(f"/calendar/{wrong}.ics").status_code == 404


def test_passcodes_only_for_the_confirmed_and_only_in_their_time(ptg: Story, clock):
    with ptg.app.app_context():
        ptg.set(registration_capacity=1)
        opens = ptg.event.slots[0].starts_at - timedelta(hours=24)
        over = ptg.event.slots[-1].ends_at
    confirmed, waiting = come(ptg, "yuki"), come(ptg, "ben")
    client = ptg.client()
    seen = {}
    for at in (SIGN_UP, opens - timedelta(seconds=1), opens, over - timedelta(seconds=1), over):
        clock.move_to(at)
        answer = client.get(confirmed)
        seen[at] = (PASSCODE in answer.text, answer)
        for public in (waiting, "/events/oct/calendar.ics", "/events/oct/rooms/austin.ics"):
            assert PASSCODE not in client.get(public).text, (at, public)

    assert [told for told, _ in seen.values()] == [False, False, True, True, False]
    before, during, after = (seen[at][1] for at in (SIGN_UP, opens, over))
    told = entries(during)["Cinder"]
    assert f"Passcode: {PASSCODE}" in told["DESCRIPTION"]
    assert PASSCODE in told["CONFERENCE"]
    assert told["CLASS"] == "PRIVATE"
    sequences = [entries(each)["Cinder"]["SEQUENCE"] for each in (before, during, after)]
    assert sequences == [0, 1, 2], "programs have to see it come and go"
    assert entries(during)["Cinder"]["DTSTAMP"].dt == opens
    assert entries(during)["Nova: Placement"]["SEQUENCE"] == 0
    modified = [
        parsedate_to_datetime(each.headers["Last-Modified"]) for each in (before, during, after)
    ]
    assert modified == sorted(set(modified))
    assert before.headers["ETag"] != during.headers["ETag"] != after.headers["ETag"]


def test_another_passcode_is_a_change_and_one_in_a_teams_own_link_is_private(ptg: Story, clock):
    path, client = come(ptg), ptg.client()
    with ptg.app.app_context():
        opens = ptg.event.slots[0].starts_at - timedelta(hours=24)
        at = opens + timedelta(hours=1)
        for change, thing, given in (
            (change_room, ptg.room("austin"), {"passcode": "2718281"}),
            (change_team, ptg.team("nova"), {"join_url": "https://zoom.example/j/1?pwd=141421"}),
        ):
            change(ptg.event, thing, given, actor=ORGANIZER, at=at)
        db.session.commit()
    clock.move_to(at)
    seen = entries(client.get(path))

    assert "Passcode: 2718281" in seen["Cinder"]["DESCRIPTION"]
    assert seen["Cinder"]["SEQUENCE"] == 2
    assert seen["Cinder"]["DTSTAMP"].dt == at
    own = seen["Nova: Placement"]
    assert "pwd=141421" in own["CONFERENCE"]
    assert own["CLASS"] == "PRIVATE"
    assert "141421" not in client.get("/events/oct/calendar.ics").text


def test_a_new_address_or_cancelling_ends_the_old_one(ptg: Story):
    ptg.app.config["WTF_CSRF_ENABLED"] = False
    old = come(ptg)
    client = ptg.client()
    with ptg.app.app_context():
        person = queries.by_email(ptg.event, "yuki@example.net")
        own = f"/registrations/{tokens.ensured(person, 'link', key())}"
        db.session.commit()
    assert old in client.get(own).text

    assert client.post(f"{own}/rotate").status_code == 303

    page = client.get(own).text
    assert old not in page
    new = re.search(r"/calendar/[\w-]{43}\.ics", page)[0]
    assert client.get(old).status_code == 404
    assert client.get(new).status_code == 200
    client.post(f"{own}/cancel")
    assert client.get(new).status_code == 404
    with ptg.app.app_context():  # made by a page that was open at that moment
        person = queries.by_email(ptg.event, "yuki@example.net")
        late = tokens.ensured(person, "feed", key())
        db.session.commit()
    assert client.get(f"/calendar/{late}.ics").status_code == 404
    assert client.post(f"{own}/rotate").status_code == 409
