"""Booking, changing and releasing over the API: a lead, another team's lead, a visitor."""

import uuid

from tests.api.conftest import Program
from tests.support.story import Story


def test_a_lead_books_and_everybody_reads_it(story: Story, lead: Program, visitor: Program):
    made = lead.book("bexar", "MonA2", "MonA1", title="Cells", with_teams=["cinder"])
    assert made.status_code == 201
    booking = made.get_json()
    assert booking.pop("warnings") == []
    assert booking["slots"] == ["MonA1", "MonA2"]
    assert (booking["start"], booking["end"]) == ("2026-10-26T13:00:00Z", "2026-10-26T15:00:00Z")
    path = f"/api/v1/events/oct/bookings/{booking['uid']}"
    assert made.headers["Location"] == f"http://localhost{path}"

    read = visitor.get(f"/bookings/{booking['uid']}")
    assert read.get_json() == booking
    assert read.headers["ETag"] == made.headers["ETag"]
    assert visitor.get("/schedule").get_json()["bookings"] == [booking]
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)
        assert story.journal()[0].actor == "token:bot"


def test_start_and_end_at_any_offset_name_the_slots(lead: Program):
    made = lead(
        "POST",
        "/events/oct/bookings",
        {
            "team": "nova",
            "room": "bexar",
            "start": "2026-10-26T18:30:00+05:30",
            "end": "2026-10-26t15:00:00.000z",
        },
    )
    assert made.status_code == 201
    assert made.get_json()["slots"] == ["MonA1", "MonA2"]


def test_a_booking_is_moved_extended_and_retitled_under_one_uid(
    story: Story, lead: Program, visitor: Program
):
    booking = lead.book("bexar", "MonA1").get_json()
    moved = lead.patch(
        booking["uid"],
        {"room": "austin", "slots": ["MonA3", "MonA2"], "title": " Cells\tv2 ", "description": "a"},
    )
    assert moved.status_code == 200
    now = moved.get_json()
    assert now.pop("warnings") == []
    assert (now["uid"], now["sequence"]) == (booking["uid"], 1)
    assert (now["room"], now["slots"], now["title"]) == ("austin", ["MonA2", "MonA3"], "Cells v2")
    assert visitor.get(f"/bookings/{booking['uid']}").get_json() == now
    assert visitor.get("/schedule").get_json()["bookings"] == [now]

    times = {"start": "2026-10-26T13:00:00Z", "end": "2026-10-26T14:00:00Z", "with_teams": ["tc"]}
    again = lead.patch(booking["uid"], times).get_json()
    assert (again["slots"], again["with_teams"], again["sequence"]) == (["MonA1"], ["tc"], 2)
    assert lead.patch(booking["uid"], {"with_teams": []}).get_json()["with_teams"] == []

    with story.app.app_context():
        marks = story.marks()
    same = lead.patch(booking["uid"], {"room": "austin"})
    assert (same.status_code, same.get_json()["sequence"]) == (200, 3)
    assert lead.patch(booking["uid"], {}).get_json()["sequence"] == 3
    with story.app.app_context():
        assert story.marks() == marks


def test_a_released_booking_stays_as_cancelled(lead: Program, visitor: Program):
    uid = lead.book("bexar", "MonA1", "MonA2", title="Cells").get_json()["uid"]
    released = lead.delete(uid)
    assert released.status_code == 200
    booking = released.get_json()
    assert booking.pop("warnings") == []
    assert (booking["status"], booking["sequence"]) == ("cancelled", 1)
    assert booking["slots"] == ["MonA1", "MonA2"]
    assert visitor.get(f"/bookings/{uid}").get_json() == booking
    assert visitor.get("/schedule").get_json()["bookings"] == []
    assert visitor.get("/schedule?cancelled=1").get_json()["bookings"] == [booking]

    assert lead.delete(uid).status_code == 409
    assert lead.patch(uid, {"title": "x"}).status_code == 409
    assert lead.book("bexar", "MonA1").status_code == 201


def test_a_booking_of_another_event_or_of_none_is_not_found(lead: Program):
    nowhere = str(uuid.uuid4())
    assert lead.get(f"/bookings/{nowhere}").status_code == 404
    assert lead.patch(nowhere, {"title": "x"}).status_code == 404
    assert lead.delete(nowhere).status_code == 404
    for path in ("/bookings/nonsense", "/bookings/%00"):
        assert lead.get(path).get_json()["code"] == "not_found"


# If-Match --------------------------------------------------------------------------------------


def test_who_decides_on_an_old_state_is_told_and_changes_nothing(
    story: Story, lead: Program, visitor: Program
):
    made = lead.book("bexar", "MonA1")
    uid, seen = made.get_json()["uid"], made.headers["ETag"]
    moved = lead.patch(uid, {"slots": ["MonA2"]}, headers={"If-Match": seen})
    assert moved.status_code == 200
    assert moved.headers["ETag"] != seen
    with story.app.app_context():
        marks = story.marks()
    for stale in (seen, f"W/{moved.headers['ETag']}", '"nonsense"', "nonsense"):
        changed = lead.patch(uid, {"title": "x"}, headers={"If-Match": stale})
        assert (changed.status_code, changed.get_json()["code"]) == (412, "stale")
        assert lead.delete(uid, headers={"If-Match": stale}).status_code == 412
    with story.app.app_context():
        assert story.marks() == marks

    listed = f'"other", {visitor.get(f"/bookings/{uid}").headers["ETag"]}'
    assert lead.patch(uid, {"title": "x"}, headers={"If-Match": listed}).status_code == 200
    assert lead.delete(uid, headers={"If-Match": "*"}).status_code == 200


# Dry runs --------------------------------------------------------------------------------------


def test_a_dry_run_judges_and_changes_nothing(story: Story, lead: Program, visitor: Program):
    dry = {"query_string": {"dry_run": "true"}}
    allowed = lead.book("ballroom", "MonA1", title="Cells", **dry)
    assert allowed.status_code == 200
    assert allowed.get_json()["allowed"] is True
    assert allowed.get_json()["warnings"] == []
    booking = allowed.get_json()["booking"]
    assert (booking["team"], booking["slots"], booking["title"]) == ("nova", ["MonA1"], "Cells")
    assert visitor.get(f"/bookings/{booking['uid']}").status_code == 404
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)

    uid = lead.book("bexar", "MonA1").get_json()["uid"]
    before = visitor.get(f"/bookings/{uid}")
    moved = lead.patch(uid, {"slots": ["MonA2"]}, **dry).get_json()
    assert (moved["allowed"], moved["booking"]["slots"]) == (True, ["MonA2"])
    released = lead.delete(uid, **dry).get_json()
    assert (released["allowed"], released["booking"]["status"]) == (True, "cancelled")
    assert visitor.get(f"/bookings/{uid}").data == before.data
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)


def test_a_refused_dry_run_is_the_very_answer_of_the_real_call(lead: Program, rival: Program):
    rival.book("bexar", "MonA1", team="cinder")
    real = lead.book("bexar", "MonA1")
    dry = lead.book("bexar", "MonA1", query_string={"dry_run": "1"})
    assert (real.status_code, dry.status_code) == (409, 409)
    assert dry.data == real.data
    wrong = lead.book("nowhere", "MonA1", query_string={"dry_run": "1"})
    assert wrong.data == lead.book("nowhere", "MonA1").data
    assert lead.book("bexar", query_string={"dry_run": "perhaps"}).status_code == 422
