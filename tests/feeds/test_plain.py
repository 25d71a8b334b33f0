"""The schedule for terminals: by the reader's days, in columns, conditional."""

from ptgsched.events.models import EventStatus
from tests.feeds.conftest import book, release

TEXT = "/events/oct/schedule.txt"


def test_it_reads_by_day_in_the_zone_asked_for(story, reader):
    book(story, "nova", "ballroom", "MonA1", "MonA2", title="Placement", with_teams=["tc"])
    book(story, "cinder", "bexar", "MonC4")
    release(story, book(story, "nova", "bexar", "TueA1"))

    utc = reader.get(TEXT)
    tokyo = reader.get(f"{TEXT}?tz=asia/tokyo")

    assert utc.content_type == "text/plain; charset=utf-8"
    assert utc.text == (
        "October PTG\n"
        "Times in UTC\n"
        "What is on now: http://localhost/events/oct/now\n"
        "\n"
        "Mon 26 Oct\n"
        "13:00-15:00  Nova    Ballroom  Placement  with Technical Committee\n"
        "\n"
        "Tue 27 Oct\n"
        "00:00-01:00  Cinder  Bexar     (event Monday)\n"
    )
    assert "Times in Asia/Tokyo (UTC+9)" in tokyo.text
    assert "\nMon 26 Oct\n22:00-00:00  Nova" in tokyo.text
    assert "\nTue 27 Oct\n09:00-10:00  Cinder" in tokyo.text


def test_it_says_when_clocks_change_around_the_event(story, reader):
    book(story, "nova", "bexar", "MonA1")
    assert (
        "Before the event clocks in Europe/Berlin go back"
        in reader.get(f"{TEXT}?tz=Europe/Berlin").text
    )


def test_what_is_known_is_not_sent_again(story, reader):
    first = reader.get(f"{TEXT}?tz=Asia/Tokyo")
    known = {"If-None-Match": first.headers["ETag"]}
    assert reader.get(f"{TEXT}?tz=Asia/Tokyo", headers=known).status_code == 304
    book(story, "nova", "bexar", "MonA1")
    assert reader.get(f"{TEXT}?tz=Asia/Tokyo", headers=known).status_code == 200


def test_what_there_is_not(story, reader):
    assert reader.get(f"{TEXT}?tz=Mars").status_code == 422
    assert reader.get("/events/nowhere/schedule.txt").status_code == 404
    assert "Nothing is booked yet." in reader.get(TEXT).text
    with story.app.app_context():
        story.set(status=EventStatus.DRAFT)
    assert reader.get(TEXT).status_code == 404
