"""What everybody may read: events, slots, rooms, teams, the schedule, what is free."""

import gzip
from datetime import date, timedelta

import orjson
import pytest
from flask.testing import FlaskClient

from ptgsched.db import db
from ptgsched.schedule import operations
from ptgsched.schedule.shapes import booking_shape
from ptgsched.web.context import links
from tests.api.conftest import Program
from tests.support.queries import counted_queries
from tests.support.story import LEAD, PASSCODE, SIGN_UP, ZOOM, Story


def test_an_event_says_what_there_is(story: Story, visitor: Program, lead: Program):
    with story.app.app_context():
        story.phase("Early", kinds=["horizontal"], closes=timedelta(days=1), per_day=4, total=16)
        story.phase("Open")
        story.set(links={"website": "https://ptg.example.org"}, description="Come all.")
    lead.book("bexar", "MonA1")
    lead.delete(lead.book("bexar", "MonA2").get_json()["uid"])
    event = visitor.get("").get_json()
    assert event["slug"] == "oct"
    assert (event["starts_on"], event["ends_on"]) == ("2026-10-26", "2026-10-30")
    assert (event["schedule_revision"], event["live_revision"]) == (3, 0)
    assert event["counts"] == {"teams": 4, "rooms": 3, "slots": 60, "bookings": 1}
    assert event["url"] == "http://localhost/events/oct/"
    assert event["links"]["website"] == "https://ptg.example.org"
    assert event["links"]["schedule"] == "http://localhost/api/v1/events/oct/schedule"
    windows = {(window["day"], window["code"]): window for window in event["windows"]}
    assert len(windows) == 15
    evening = windows["2026-10-26", "C"]
    assert (evening["start"], evening["end"]) == ("2026-10-26T21:00:00Z", "2026-10-27T01:00:00Z")
    assert evening["slots"] == ["MonC1", "MonC2", "MonC3", "MonC4"]
    assert event["phases"] == [
        {
            "name": "Early",
            "opens_at": "2026-09-30T12:00:00Z",
            "closes_at": "2026-10-02T12:00:00Z",
            "team_kinds": ["horizontal"],
            "max_hours_per_day": 4,
            "max_hours_total": 16,
        },
        {
            "name": "Open",
            "opens_at": "2026-09-30T12:00:00Z",
            "closes_at": None,
            "team_kinds": [],
            "max_hours_per_day": None,
            "max_hours_total": None,
        },
    ]


def test_slots_keep_the_events_day_past_midnight(visitor: Program):
    slots = {slot["code"]: slot for slot in visitor.get("/slots").get_json()["items"]}
    assert len(slots) == 60
    assert slots["MonC4"] == {
        "code": "MonC4",
        "day": "2026-10-26",
        "window": "C",
        "start": "2026-10-27T00:00:00Z",
        "end": "2026-10-27T01:00:00Z",
    }
    starts = [slot["start"] for slot in slots.values()]
    assert starts == sorted(starts)


def test_rooms_show_links_that_are_public_and_never_a_passcode(story: Story, visitor: Program):
    response = visitor.get("/rooms")
    bexar, austin, ballroom = response.get_json()["items"]
    assert bexar["join_url"] == "https://meetpad.opendev.org/oct-bexar"
    assert (austin["kind"], austin["join_url"], austin["capacity"]) == ("zoom", None, 100)
    assert austin["join_page"] == "http://localhost/events/oct/rooms/austin/join"
    assert ballroom["join_url"] is None
    with story.app.app_context():
        story.room("austin").join_public = True
        story.team("nova").join_url = ZOOM
        db.session.commit()
        story.book("nova", "austin", "MonA1")
    for path in ("/rooms", "/teams", "/teams/nova", "/schedule", "", "/availability?team=nova"):
        assert PASSCODE not in visitor.get(path).text, path


def test_teams_say_who_they_are(story: Story, visitor: Program):
    with story.app.app_context():
        nova = story.team("nova")
        nova.survey_completed_at, nova.color = SIGN_UP, "teal"
        db.session.commit()
    teams = {team["slug"]: team for team in visitor.get("/teams").get_json()["items"]}
    assert list(teams) == ["cinder", "neutron", "nova", "tc"]
    assert (teams["tc"]["kind"], teams["tc"]["project"]) == ("horizontal", None)
    assert (teams["nova"]["kind"], teams["nova"]["project"]) == ("vertical", "openstack")
    assert (teams["nova"]["survey_complete"], teams["tc"]["survey_complete"]) == (True, False)
    assert teams["nova"]["color"] == "#008080"
    assert teams["nova"]["etherpad_url"] == "https://etherpad.opendev.org/p/oct-nova"
    assert visitor.get("/teams/nova").get_json() == teams["nova"]
    assert visitor.get("/teams/nobody").status_code == 404


def test_events_are_listed_by_their_days_in_pages(story: Story, visitor: Program):
    for number in range(1, 5):
        monday = date(2026, 11, 2) + timedelta(weeks=number)
        Story.begin(story.app, slug=f"e{number}", monday=monday)
    with story.app.app_context():
        Story(story.app, "e2").set(status="draft")
        Story(story.app, "e3").set(status="archived")
    whole = visitor("GET", "/events").get_json()
    assert [event["slug"] for event in whole["items"]] == ["oct", "e1", "e3", "e4"]
    assert whole["next"] is None
    first = visitor("GET", "/events?limit=3&x=1").get_json()
    assert first["next"] == "http://localhost/api/v1/events?limit=3&x=1&offset=3"
    second = visitor("GET", first["next"].removeprefix("http://localhost/api/v1")).get_json()
    assert first["items"] + second["items"] == whole["items"]
    assert second["next"] is None
    beyond = visitor("GET", "/events?offset=9").get_json()
    assert beyond == {"items": [], "next": None}


def test_lists_are_whole_unless_asked_for_in_pages(visitor: Program):
    whole = visitor.get("/slots").get_json()["items"]
    pages, path = [], "/events/oct/slots?limit=25"
    while path:
        page = visitor("GET", path.removeprefix("http://localhost/api/v1")).get_json()
        pages.append(page["items"])
        path = page["next"]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert [slot for page in pages for slot in page] == whole


# The schedule ----------------------------------------------------------------------------------


@pytest.fixture
def booked(story: Story) -> dict[str, str]:
    """Three sessions: nova with cinder, tc, and neutron's that was released; their uids."""
    with story.app.app_context():
        joint = story.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"], title="Vols")
        alone = story.book("tc", "austin", "MonA3")
        gone = story.book("neutron", "ballroom", "TueB1")
        uids = {"joint": joint.uid, "alone": alone.uid, "gone": gone.uid}
        operations.release(story.event, gone, actor=LEAD, at=SIGN_UP)
        db.session.commit()
    return uids


def test_the_schedule_is_whole_and_its_filters_are_those_asked_for(
    story: Story, visitor: Program, booked: dict[str, str]
):
    everything = visitor.get("/schedule").get_json()
    assert (everything["event"], everything["revision"]) == ("oct", 4)
    for name in ("slots", "rooms", "teams"):
        assert everything[name] == visitor.get(f"/{name}").get_json()["items"]
    with story.app.test_request_context():
        for booking in everything["bookings"]:
            shape = booking_shape(story.booking(booking["uid"]), links(), story.event)
            assert orjson.loads(orjson.dumps(shape)) == booking

    both = ["joint", "alone"]
    for query, found in {
        "": both,
        "?cancelled=1": ["joint", "alone", "gone"],
        "?cancelled=0": both,
        "?team=nova": ["joint"],
        "?team=cinder": ["joint"],
        "?team=neutron": [],
        "?team=neutron&cancelled=true": ["gone"],
        "?room=austin": ["alone"],
        "?room=austin&team=nova": [],
        "?project=openstack": ["joint"],
        "?from=2026-10-26T15:00:00Z": ["alone"],
        "?from=2026-10-26T14:59:59.9Z": both,
        "?to=2026-10-26T15:00:00Z": ["joint"],
        "?to=2026-10-26T20:30:01%2B05:30": both,
        "?from=2026-10-26T17:00:00+02:00&to=2026-10-26T15:30:00Z": ["alone"],
        "?from=2026-10-26T13:30:00Z&to=2026-10-26T13:31:00Z": ["joint"],
    }.items():
        for _ in range(2):  # rendered, and from the cache
            bookings = visitor.get(f"/schedule{query}").get_json()["bookings"]
            assert [b["uid"] for b in bookings] == [booked[name] for name in found], query


def test_the_schedule_is_asked_for_again_at_no_cost(
    story: Story, visitor: Program, lead: Program, booked: dict[str, str]
):
    first = visitor.get("/schedule")
    seen = {"headers": {"If-None-Match": first.headers["ETag"]}}
    same = visitor.get("/schedule", **seen)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    head = visitor("HEAD", "/events/oct/schedule")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == first.headers["ETag"]
    packed = visitor.client.get("/api/v1/events/oct/schedule", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == first.data
    assert lead.book("bexar", "TueA1").status_code == 201
    changed = visitor.get("/schedule", **seen)
    assert changed.status_code == 200
    assert changed.get_json()["revision"] == first.get_json()["revision"] + 1


def test_all_reads_are_conditional_and_open_to_pages_of_any_origin(
    visitor: Program, booked: dict[str, str]
):
    paths = ["", "/slots", "/rooms", "/teams", "/teams/nova", "/schedule", "/live"]
    paths += ["/availability?team=nova", f"/bookings/{booked['joint']}"]
    for path in [f"/events/oct{path}" for path in paths] + ["/events", "/openapi.json"]:
        first = visitor("GET", path)
        assert first.status_code == 200, path
        assert first.headers["Cache-Control"] == "no-cache"
        assert first.headers["Access-Control-Allow-Origin"] == "*", path
        assert "Set-Cookie" not in first.headers
        again = visitor("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["Access-Control-Allow-Origin"] == "*", path
        if not path.endswith("/schedule"):  # whose gate knows of reading only
            other = visitor("GET", path, headers={"If-Match": '"other"'})
            assert (other.status_code, other.get_json()["code"]) == (412, "stale"), path
        asked = visitor.client.options(f"/api/v1{path}")
        assert asked.headers["Access-Control-Allow-Origin"] == "*", path
        assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    for path in ("/events/none", "/nothing", "/events/none/schedule"):
        assert visitor("GET", path).headers["Access-Control-Allow-Origin"] == "*"
    refused = visitor("POST", "/events/oct/bookings", {})
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_what_is_not_there_is_a_problem_too(client: FlaskClient, visitor: Program):
    for path in ("/api/v1/", "/api/v1/events/", "/api/v1/nothing", "/api/v2/events", "/api/v1"):
        response = client.get(path)
        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"
    hidden = visitor("GET", "/events/none")  # a draft may be public the next moment
    assert hidden.headers["Cache-Control"] == "no-store"
    refused = client.put("/api/v1/events/oct/bookings", json={})
    assert (refused.status_code, refused.get_json()["code"]) == (405, "method_not_allowed")
    assert "POST" in refused.headers["Allow"]
    assert client.delete("/api/v1/events").get_json()["status"] == 405


# Availability ----------------------------------------------------------------------------------


def test_availability_is_what_could_be_booked(
    story: Story, visitor: Program, lead: Program, booked: dict[str, str], in_october
):
    with story.app.app_context():
        story.phase("Open", per_day=3)
        story.keep_apart("nova", "tc")
        ballroom = story.room("ballroom")
        ballroom.offered_always = False
        ballroom.offered_slots = list(story.slots("TueA1"))
        db.session.commit()
    found = visitor.get("/availability?team=nova").get_json()
    assert (found["team"], found["revision"], found["next"]) == ("nova", 4, None)
    slots = {item["code"]: item for item in found["items"]}
    assert list(slots) == [slot["code"] for slot in visitor.get("/slots").get_json()["items"]]
    assert slots["MonA1"]["rooms"] == ["austin"]
    assert slots["TueA1"]["rooms"] == ["bexar", "austin", "ballroom"]
    assert slots["TueB1"]["rooms"] == ["bexar", "austin"]
    barred = {code: [v["rule"] for v in item["barred"]] for code, item in slots.items()}
    assert barred["MonA1"] == ["team_busy"]
    assert barred["MonA3"] == ["declared_conflict"]
    assert barred["MonA4"] == barred["TueA1"] == []
    assert slots["MonA3"]["barred"][0]["holder"] == {"team": "tc", "uid": booked["alone"]}

    in_october.move_to(SIGN_UP + timedelta(days=25, hours=5))  # Monday 17:00 UTC
    assert lead.book("bexar", "MonC1").status_code == 201
    later = visitor.get("/availability?team=nova").get_json()["items"]
    barred = {item["code"]: [v["rule"] for v in item["barred"]] for item in later}
    assert barred["MonA4"] == ["slot_over", "daily_cap"]
    assert barred["MonC2"] == ["daily_cap"]
    assert barred["TueA1"] == []


def test_every_pair_that_availability_offers_can_be_booked(
    visitor: Program, lead: Program, booked: dict[str, str]
):
    """And no other: the judge is the same."""
    items = visitor.get("/availability?team=nova").get_json()["items"]
    for item in [item for item in items if item["day"] == "2026-10-26"]:
        for room in ("bexar", "austin", "ballroom"):
            dry = lead.book(room, item["code"], query_string={"dry_run": "true"})
            offered = room in item["rooms"] and not item["barred"]
            assert (dry.status_code == 200) == offered, (room, item)


# What it costs ---------------------------------------------------------------------------------


def test_reads_cost_the_same_number_of_queries_at_one_and_at_thirty_bookings(
    story: Story, visitor: Program
):
    def cost(path: str) -> int:
        with counted_queries() as statements:
            assert visitor.get(path).status_code == 200
        return len(statements)

    paths = ["", "/slots", "/rooms", "/teams", "/schedule", "/live", "/availability?team=nova"]
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
    at_one = {path: cost(path) for path in paths}
    with story.app.app_context():
        story.set(allow_parallel=True)
        for slot in list(story.event.slots)[1:30]:
            story.book("nova", "austin", slot.code, with_teams=["cinder"])
    assert {path: cost(path) for path in paths} == at_one
    assert max(at_one.values()) <= 12
    assert cost("/schedule") <= 1  # from the cache


def test_the_list_of_events_costs_the_same_for_many(story: Story, visitor: Program):
    def cost() -> int:
        with counted_queries() as statements:
            visitor("GET", "/events")
        return len(statements)

    one = cost()
    for number in range(5):
        Story.begin(story.app, slug=f"e{number}")
    assert cost() == one
