"""The pages on which events begin."""

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.teams.models import Organizer
from tests.support.story import Story

BLANK = {
    "title": "April PTG",
    "slug": "",
    "template": "virtual-ptg",
    "starts_on": "2027-04-19",
    "ends_on": "2027-04-23",
    "timezone": "UTC",
    "organizers": "",
}


def post(client, address: str, **fields: str):
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client.post(address, data=fields)


def events(story: Story) -> dict[str, str]:
    with story.app.app_context():
        return {event.slug: event.status for event in db.session.query(Event)}


def test_an_administrator_begins_an_event_and_names_its_organizers(sqlite_story: Story):
    ada = sqlite_story.client("ada")
    assert "New event" in ada.get("/").text
    assert 'name="template"' in ada.get("/events/new").text

    answer = post(
        ada, "/events/new", **BLANK | {"organizers": "Olga@example.org,\nvic@example.org"}
    )

    assert answer.location == "/events/april-ptg/manage/"
    assert events(sqlite_story)["april-ptg"] == "draft"
    with sqlite_story.app.app_context():
        assert db.session.query(Organizer).count() == 3
    assert "April PTG" in sqlite_story.client("vic").get("/").text
    assert "Manage" in sqlite_story.client("vic").get("/").text
    for name in ("lena", None):
        assert "April PTG" not in sqlite_story.client(name).get("/").text


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(sqlite_story: Story):
    ada = sqlite_story.client("ada")
    wrong = [
        ({"slug": "oct"}, "There is already an event"),
        ({"slug": "Not a slug"}, "Lower-case letters"),
        ({"slug": "new"}, "but not “new”."),
        ({"ends_on": "2027-04-01"}, "The last day lies before the first."),
        ({"starts_on": ""}, "Choose the first day."),
        ({"starts_on": "0001-01-01", "ends_on": "0001-01-02"}, "A year from 1990 to 2199."),
        ({"starts_on": "9999-12-31", "ends_on": "9999-12-31"}, "A year from 1990 to 2199."),
        ({"organizers": "nobody"}, "nobody: Not an e-mail address"),
    ]
    for fields, said in wrong:
        answer = post(ada, "/events/new", **BLANK | fields)
        assert answer.status_code == 422, fields
        assert said in answer.text
        assert 'value="April PTG"' in answer.text
    assert set(events(sqlite_story)) == {"oct"}


def test_an_organizer_copies_an_event_of_ones_own_and_no_other(sqlite_story: Story):
    olga = sqlite_story.client("olga")
    page = olga.get("/events/new").text
    assert 'name="template"' not in page
    assert "/events/oct/copy" in page

    far = post(olga, "/events/oct/copy", title="Far", slug="far", starts_on="9999-12-31")
    assert far.status_code == 422
    assert "A year from 1990 to 2199." in far.text
    answer = post(
        olga,
        "/events/oct/copy",
        title="April PTG",
        slug="april",
        starts_on="2027-04-19",
        timezone="UTC",
        windows="y",
        teams="y",
    )

    assert answer.location == "/events/april/manage/"
    assert olga.get(answer.location).status_code == 200
    assert "The first day was a Monday" in olga.get("/events/oct/copy").text
    assert post(olga, "/events/new", **BLANK).status_code == 200  # shows what may be copied
    assert set(events(sqlite_story)) == {"oct", "april"}
    for name in ("lena", "vic"):
        stranger = sqlite_story.client(name)
        assert stranger.get("/events/new").status_code == 403
        assert stranger.get("/events/oct/copy").status_code == 403
        assert stranger.get("/events/april/copy").status_code == 404
