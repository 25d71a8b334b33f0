"""Booking, changing and releasing over the API: a lead, another team's lead, a visitor."""

from tests.api.conftest import Program
from tests.support.story import Story


def test_a_lead_books_and_everybody_reads_it(story: Story, lead: Program, visitor: Program):
    made = lead.book("bexar", "MonA2", "MonA1", title="Cells", with_teams=["cinder"])
    assert made.status_code == 201
    booking = made.get_json()
    warnings = booking.pop("warnings")
    assert warnings == []
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
