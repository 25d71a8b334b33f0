"""Other days over the API: nothing booked falls or moves before the asker has named it."""

from tests.api.conftest import Program
from tests.support.story import Story

DAYS = "/events/oct/days"
DRY = {"query_string": {"dry_run": "true"}}


def test_a_week_earlier_with_all_that_is_booked(
    story: Story, organizer: Program, lead: Program, visitor: Program
):
    uid = lead.book("bexar", "MonA1").get_json()["uid"]
    body = {"starts_on": "2026-10-19", "ends_on": "2026-10-23", "windows": "move"}
    refused = organizer("POST", DAYS, body)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")
    assert [one["uid"] for one in refused.get_json()["bookings"]] == [uid]
    body["bookings"] = [uid]
    assert set(organizer("POST", DAYS, body).get_json()["fields"]) == {"reason"}
    body["reason"] = "The hall is taken"
    assert organizer("POST", DAYS, body, **DRY).get_json()["moved"] == [uid]
    assert visitor.get("").get_json()["starts_on"] == "2026-10-26"

    moved = organizer("POST", DAYS, body)
    assert moved.get_json() == {
        "starts_on": "2026-10-19",
        "ends_on": "2026-10-23",
        "gone": [],
        "added": [],
        "moved": [uid],
        "released": [],
    }
    booking = visitor.get(f"/bookings/{uid}").get_json()
    assert (booking["start"], booking["sequence"]) == ("2026-10-19T13:00:00Z", 1)


def test_a_day_less_and_a_day_more(
    story: Story, organizer: Program, lead: Program, visitor: Program
):
    uid = lead.book("bexar", "FriA1").get_json()["uid"]
    shorter = {"starts_on": "2026-10-26", "ends_on": "2026-10-29"}
    assert organizer("POST", DAYS, shorter).status_code == 409
    agreed = shorter | {"bookings": [uid], "reason": "Everybody flies home"}
    cut = organizer("POST", DAYS, agreed).get_json()
    assert (set(cut["gone"]), cut["released"]) == ({"FriA", "FriB", "FriC"}, [uid])
    assert visitor.get(f"/bookings/{uid}").get_json()["status"] == "cancelled"
    longer = {"starts_on": "2026-10-26", "ends_on": "2026-10-30", "fill": True}
    assert organizer("POST", DAYS, longer).get_json()["added"] == ["2026-10-30"]
    assert visitor.get("").get_json()["counts"]["slots"] == 60


def test_who_and_what_is_refused(story: Story, organizer: Program, lead: Program):
    good = {"starts_on": "2026-10-26", "ends_on": "2026-10-30"}
    assert lead("POST", DAYS, good).status_code == 403
    for more, field in (
        ({"ends_on": "2026-10-25"}, "ends_on"),
        ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"windows": "vanish"}, "windows"),
        ({"bookings": ["all"]}, "bookings"),
    ):
        refused = organizer("POST", DAYS, good | more)
        assert (refused.status_code, set(refused.get_json()["fields"])) == (422, {field})
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)
