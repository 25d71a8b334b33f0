"""Setting an event up over the API: who may, what follows, what never comes out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from icalendar import Calendar

from tests.api.conftest import Program, Tokens
from tests.support.queries import counted_queries
from tests.support.story import PASSCODE, SIGN_UP, Story

EVENT = "/events/oct"
DRY = {"query_string": {"dry_run": "true"}}
BODIES = {
    "rooms": {"name": "Mendoza", "kind": "zoom", "join_url": "https://zoom.example/j/7"},
    "teams": {"name": "Kolla", "project": "openstack", "color": "teal"},
    "projects": {"name": "Zuul"},
    "windows": {"code": "D", "start": "2026-10-26T10:00:00+01:00", "end": "2026-10-26T11:00:00Z"},
}
SLUGS = {"rooms": "mendoza", "teams": "kolla", "projects": "zuul", "windows": "MonD"}

WRONG = [
    ("POST", "/rooms", {"name": "R", "join_url": "javascript:x", "color": "red"}, {"color"}),
    ("POST", "/rooms", {"kind": "cellar", "nmae": "R"}, {"name", "kind", "nmae"}),
    ("POST", "/rooms", {"name": "R", "capacity": "many"}, {"capacity"}),
    ("POST", "/rooms", {"name": "R", "join_public": "yes"}, {"join_public"}),
    ("PATCH", "/rooms/bexar", {"join_url": "https://a b"}, {"join_url"}),
    ("PATCH", "/rooms/bexar", {"name": None}, {"name"}),
    ("PATCH", "/rooms/bexar", {"offered_slots": ["Mon\0"]}, {"offered_slots"}),
    ("POST", "/teams", {"name": "T", "color": "url(x)"}, {"color"}),
    ("POST", "/teams", {"name": "T", "project": "nowhere"}, {"project"}),
    ("POST", "/projects", {"name": "P", "slug": "P P"}, {"slug"}),
    ("POST", "/windows", {"code": "A1"}, {"start", "end"}),
    (
        "POST",
        "/windows",
        {"code": "D", "start": "9999-12-31T23:00:00Z", "end": "9999-12-31T23:30:00Z"},
        {"start", "end"},
    ),
    ("PATCH", "/windows/MonA", {"start": "0001-01-01T00:00:00Z"}, {"start"}),
    ("PATCH", "/windows/MonA", {"minutes": 7}, {"end"}),
    ("PATCH", "/windows/MonA", {"start": "2026-10-26T13:00:00"}, {"start"}),
    ("PATCH", "", {"timezone": "Mars/Base", "status": "open"}, {"status"}),
    ("PATCH", "", {"timezone": "Mars/Base", "title": "\u0007"}, {"timezone", "title"}),
    ("PATCH", "", {"phases": [{"name": "x"}]}, {"phases"}),
    ("PATCH", "", {"starts_on": "2026-10-20"}, {"starts_on"}),
]


def vevents(visitor: Program, path: str) -> dict[str, dict[str, str]]:
    """What a calendar program sees of each session, by UID."""
    body = visitor.client.get(f"/events/oct/{path}").data
    return {
        str(vevent["UID"]): {
            name: str(vevent[name]) for name in ("SEQUENCE", "SUMMARY", "LOCATION")
        }
        for vevent in Calendar.from_ical(body).walk("VEVENT")
    }


@pytest.mark.parametrize("what", BODIES)
def test_an_organizers_program_adds_changes_and_deletes(
    story: Story, organizer: Program, visitor: Program, what: str
):
    made = organizer("POST", f"{EVENT}/{what}", BODIES[what])
    assert made.status_code == 201, made.text
    here = f"{EVENT}/{what}/{SLUGS[what]}"
    assert made.headers["Location"] == f"http://localhost/api/v1{here}"
    read = visitor("GET", here)
    assert read.get_json() == made.get_json()
    assert read.headers["ETag"] == made.headers["ETag"]
    listed = visitor("GET", f"{EVENT}/{what}").get_json()["items"]
    assert SLUGS[what] in {row["slug"] for row in listed}

    changed = organizer(
        "PATCH", here, {"name": "Another"}, headers={"If-Match": made.headers["ETag"]}
    )
    assert (changed.status_code, changed.get_json()["name"]) == (200, "Another")
    assert visitor("GET", here).headers["ETag"] == changed.headers["ETag"]
    deleted = organizer("DELETE", here, headers={"If-Match": changed.headers["ETag"]})
    assert (deleted.status_code, deleted.get_json()) == (200, changed.get_json())
    assert visitor("GET", here).status_code == 404
    assert organizer("DELETE", here).status_code == 404

    with story.app.app_context():
        lines = story.journal()
        kind = what.removesuffix("s")
        assert [line.action for line in lines] == [
            f"{kind}.created",
            f"{kind}.updated",
            f"{kind}.deleted",
        ]
        assert {line.actor for line in lines} == {"token:bot"}
        assert lines[0].after == lines[1].before
        assert lines[1].after == lines[2].before
        assert story.event.schedule_revision == 3


@pytest.mark.parametrize("what", BODIES)
def test_who_decides_on_an_old_state_and_who_only_tries_changes_nothing(
    story: Story, organizer: Program, what: str
):
    tried = organizer("POST", f"{EVENT}/{what}", BODIES[what], **DRY)
    assert (tried.status_code, tried.get_json()["slug"]) == (200, SLUGS[what])
    assert "ETag" not in tried.headers
    key = {"headers": {"Idempotency-Key": "once"}}
    made = organizer("POST", f"{EVENT}/{what}", BODIES[what], **key)
    again = organizer("POST", f"{EVENT}/{what}", BODIES[what], **key)
    assert (again.status_code, again.data) == (201, made.data)
    assert organizer("POST", f"{EVENT}/{what}", BODIES[what]).status_code == 409
    with story.app.app_context():
        marks = story.marks()
        assert marks == (1, 1, 1)

    here = f"{EVENT}/{what}/{SLUGS[what]}"
    stale = {"headers": {"If-Match": '"old"'}}
    assert organizer("PATCH", here, {"name": "Another"}, **stale).status_code == 412
    assert organizer("DELETE", here, **stale).status_code == 412
    tried = organizer("PATCH", here, {"name": "Another"}, **DRY)
    assert tried.get_json()["name"] == "Another"
    assert "ETag" not in tried.headers  # nothing is in that state
    assert organizer("DELETE", here, **DRY).status_code == 200
    assert organizer("PATCH", here, {"slug": "other"}).status_code == 422
    assert organizer("PATCH", here, {}).status_code == 200
    with story.app.app_context():
        assert story.marks() == marks


def test_only_organizers_programs_set_up(
    story: Story, program: Callable[..., Program], token: Tokens, lead: Program, visitor: Program
):
    Story.begin(story.app, slug="spring")
    callers = {
        401: [visitor],
        403: [
            lead,
            program(token("manage", event="spring")),
            program(token("manage", teams=["nova"])),
            program(token("manage", user="lena")),
            program(token("booking:write", "live:write")),
        ],
    }
    asked = [("PATCH", EVENT, {"title": "Mine"})]
    for what, body in BODIES.items():
        asked.append(("POST", f"{EVENT}/{what}", body))
    for what, slug in {"rooms": "bexar", "teams": "nova", "projects": "openstack"}.items():
        asked += [("PATCH", f"{EVENT}/{what}/{slug}", {"name": "Mine"})]
        asked += [("DELETE", f"{EVENT}/{what}/{slug}", None)]
    asked += [("PATCH", f"{EVENT}/windows/MonA", {"name": "Mine"})]
    asked += [("DELETE", f"{EVENT}/windows/MonA", None)]
    for status, programs in callers.items():
        for caller in programs:
            answers = [caller(method, path, body).status_code for method, path, body in asked]
            assert set(answers) == {status}
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)

    for secret in (token("manage", event=None), token("manage", user="olga")):
        answer = program(secret)("PATCH", f"{EVENT}/rooms/bexar", {"capacity": 7})
        assert (answer.status_code, answer.get_json()["capacity"]) == (200, 7)


def test_calendars_learn_of_a_rename_under_the_same_uid(
    organizer: Program, lead: Program, visitor: Program
):
    uid = lead.book("bexar", "MonA1", title="Cells").get_json()["uid"]
    other = lead.book("austin", "MonB1").get_json()["uid"]

    organizer("PATCH", f"{EVENT}/rooms/bexar", {"name": "Alamo"})
    seen = vevents(visitor, "teams/nova.ics")
    assert seen[uid] == {"SEQUENCE": "1", "SUMMARY": "Nova: Cells", "LOCATION": "Alamo"}
    assert seen[other]["SEQUENCE"] == "0"
    organizer("PATCH", f"{EVENT}/teams/nova", {"name": "Compute"})
    seen = vevents(visitor, "calendar.ics")
    assert seen[uid] == {"SEQUENCE": "2", "SUMMARY": "Compute: Cells", "LOCATION": "Alamo"}
    assert visitor.get(f"/bookings/{uid}").get_json()["sequence"] == 2
    stale = lead.patch(uid, {"title": "x"}, headers={"If-Match": '"seen before"'})
    assert stale.status_code == 412


def test_what_holds_bookings_stays_and_says_which(organizer: Program, lead: Program):
    uid = lead.book("bexar", "MonA1").get_json()["uid"]
    for path in ("rooms/bexar", "teams/nova", "windows/MonA"):
        refused = organizer("DELETE", f"{EVENT}/{path}")
        problem = refused.get_json()
        assert (refused.status_code, problem["code"], problem["count"]) == (409, "in_use", 1)
        assert problem["bookings"] == [
            {"uid": uid, "team": "nova", "room": "bexar", "slots": ["MonA1"]}
        ]
    cut = organizer("PATCH", f"{EVENT}/windows/MonA", {"start": "2026-10-26T14:00:00Z"})
    assert (cut.status_code, cut.get_json()["bookings"][0]["uid"]) == (409, uid)

    lead.delete(uid)
    told = organizer("DELETE", f"{EVENT}/rooms/bexar")
    assert (told.status_code, told.get_json()["code"]) == (409, "still_announced")
    assert told.get_json()["until"] == "2026-10-27T14:00:00Z"
    assert organizer("DELETE", f"{EVENT}/projects/openstack").get_json()["code"] == "in_use"


def test_a_passcode_goes_in_and_never_comes_out(story: Story, organizer: Program, visitor: Program):
    secrets = ("8675309", "hunter22")
    made = organizer(
        "POST",
        f"{EVENT}/rooms",
        {
            "name": "Mendoza",
            "kind": "zoom",
            "join_url": f"https://zoom.example/j/7?pwd={secrets[0]}",
            "join_public": True,
            "passcode": secrets[1],
        },
    )
    assert (made.status_code, made.get_json()["join_url"]) == (201, None)
    assert made.get_json()["has_passcode"] is True
    link = f"https://zoom.example/j/7#{secrets[1]}"
    changed = organizer("PATCH", f"{EVENT}/rooms/mendoza", {"join_url": link, "capacity": 9})
    told = organizer("PATCH", f"{EVENT}/rooms/mendoza", {"description": f"It is {secrets[1]}."})
    assert (told.status_code, set(told.get_json()["fields"])) == (422, {"description"})
    answers = [made, changed, told, organizer("GET", f"{EVENT}/rooms/mendoza")]
    answers += [visitor.get(path) for path in ("", "/rooms", "/schedule")]
    answers += [organizer("DELETE", f"{EVENT}/rooms/mendoza")]
    said = " ".join(answer.text for answer in answers)
    with story.app.app_context():
        assert story.room("austin").passcode == PASSCODE
        said += str([(line.before, line.after) for line in story.journal()])
    for secret in (*secrets, PASSCODE):
        assert secret not in said


def test_an_event_is_set_up_from_draft_to_archive(
    story: Story, organizer: Program, lead: Program, visitor: Program
):
    with story.app.app_context():
        story.set(status="draft")
    assert visitor.get("").status_code == 404
    opens = (SIGN_UP - timedelta(days=1)).isoformat()
    phase = {"name": "All", "opens_at": opens, "max_hours_total": 1}
    links = {"Code": "https://code.example/", "calendar": "https://elsewhere.example/"}
    body = {"status": "published", "phases": [phase], "links": links, "timezone": "europe/berlin"}

    changed = organizer("PATCH", EVENT, body)

    assert changed.status_code == 200, changed.text
    event = changed.get_json()
    assert visitor.get("").get_json() == event
    assert (event["status"], event["timezone"]) == ("published", "Europe/Berlin")
    assert event["phases"][0]["opens_at"] == "2026-09-30T12:00:00Z"
    assert event["links"]["Code"] == "https://code.example/"
    assert event["links"]["calendar"].endswith("/calendar.ics")
    capped = lead.book("bexar", "MonA1", "MonA2")
    assert capped.get_json()["violations"][0]["rule"] == "total_cap"

    assert organizer("PATCH", EVENT, {"links": {}}).get_json()["links"].keys() == {
        name for name in event["links"] if name != "Code"
    }
    assert organizer("PATCH", EVENT, {"status": "archived"}).status_code == 200
    assert lead.book("bexar", "MonA1").get_json()["violations"][0]["rule"] == "event_closed"
    wrong = organizer("PATCH", EVENT, {"status": "draft"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (409, "wrong_status")
    assert wrong.get_json()["possible"] == ["published"]
    stale = organizer("PATCH", EVENT, {"title": "x"}, headers={"If-Match": changed.headers["ETag"]})
    assert stale.status_code == 412
    with story.app.app_context():
        assert {line.action for line in story.journal()} == {"event.updated"}


def test_wrong_fields_are_named_and_change_nothing(organizer: Program):
    for method, path, body, fields in WRONG:
        refused = organizer(method, f"{EVENT}{path}", body)
        assert refused.status_code == 422, refused.text
        assert set(refused.get_json()["fields"]) == fields
    nested = organizer("PATCH", EVENT, {"phases": [{"name": "x"}], "links": {"Code": "x" * 999}})
    told = nested.get_json()["fields"]
    assert told["phases"] == ["Item 1: opens_at: Missing data for required field."]
    assert told["links"][0].startswith("Code: value: ")
    assert organizer.get("").get_json()["schedule_revision"] == 0


def test_names_that_nothing_has_are_not_found(organizer: Program):
    for what in BODIES:
        for name in ("nowhere", "%00", "A%20B"):
            path = f"{EVENT}/{what}/{name}"
            assert organizer("GET", path).status_code == 404
            assert organizer("PATCH", path, {"name": "x"}).status_code == 404
            assert organizer("DELETE", path).status_code == 404


def test_reading_the_layout_costs_a_handful_of_statements(organizer: Program, visitor: Program):
    for number in range(8):
        organizer("POST", f"{EVENT}/projects", {"name": f"Project {number}"})
    for path in ("/windows", "/projects"):
        with counted_queries() as statements:
            assert len(visitor.get(path).get_json()["items"]) >= 9
        assert len(statements) <= 4, statements
