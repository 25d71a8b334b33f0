"""The addresses: headers of each kind, ptgbot's old ones, robots, and the subscribe page."""

from urllib.robotparser import RobotFileParser

import pytest

from ptgsched.db import db
from ptgsched.teams.models import Team
from tests.feeds.conftest import CALENDAR, DOCUMENTS, NOVA, book
from tests.support.queries import counted_queries
from tests.support.story import Story


@pytest.fixture
def aliased(make_app, sqlite_url, clock):
    """A service with DEFAULT_EVENT, and a booking of nova."""
    story = Story.begin(make_app(sqlite_url, default_event="oct"))
    book(story, "nova", "bexar", "MonA1")
    return story


def test_a_calendar_opens_in_place_under_a_name_of_its_own(reader):
    for path, name in ((CALENDAR, "oct.ics"), (NOVA, "oct-nova.ics")):
        answer = reader.get(path)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{name}"'
        assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_what_programs_read_is_asked_for_anew_each_time(reader):
    for path in DOCUMENTS[4:]:
        assert reader.get(path).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("alias", "path"),
    [("/ptg.ics", CALENDAR), ("/nova.ics", NOVA), ("/cinder.ics", "/events/oct/teams/cinder.ics")],
)
def test_ptgbots_calendars_stay_where_they_were(aliased, alias, path):
    client = aliased.client()
    for _ in range(2):
        assert client.get(alias).data == client.get(path).data
        assert client.get(alias).headers["ETag"] == client.get(path).headers["ETag"]
    book(aliased, "nova", "bexar", "TueA1")
    assert client.get(alias).data == client.get(path).data


def test_ptgbots_own_file_is_without_what_its_programs_stumble_over(aliased):
    client = aliased.client()
    assert client.get("/ptg.json").json["schedule"]["Bexar"]["MonA1"] == "nova"
    assert client.get("/events/oct/ptg.json").json["schedule"]["Bexar"]["MonA1"] == "nova"


def test_ptgbots_pages_lead_to_ours(aliased):
    client = aliased.client()
    assert client.get("/ptg.html").headers["Location"] == "/events/oct/now"
    assert client.get("/etherpads.html").headers["Location"] == "/events/oct/etherpads"


@pytest.mark.parametrize("default", ["", "none", "draft"])
def test_without_a_public_default_event_there_are_no_aliases(make_app, sqlite_url, default):
    story = Story.begin(make_app(sqlite_url, default_event=default), slug="draft")
    with story.app.app_context():
        story.set(status="draft")
    client = story.client()
    for alias in ("/ptg.ics", "/nova.ics", "/ptg.json", "/ptg.html", "/etherpads.html"):
        assert client.get(alias).status_code == 404, alias


def test_an_unknown_team_has_no_alias(aliased):
    assert aliased.client().get("/none.ics").status_code == 404


def test_crawlers_may_fetch_feeds(sqlite_story):
    """Google Calendar obeys robots.txt and then says that it could not fetch."""
    robots = RobotFileParser()
    robots.parse(sqlite_story.client().get("/robots.txt").text.splitlines())
    for path in (*DOCUMENTS, "/ptg.ics", "/nova.ics", "/calendar/token.ics"):
        assert robots.can_fetch("Google-Calendar-Importer", path), path
    assert not robots.can_fetch("Googlebot", "/login")


# The page --------------------------------------------------------------------------------------


def test_the_subscribe_page_offers_every_calendar_in_every_way(story, reader):
    page = reader.get("/events/oct/subscribe").text
    for path in (
        "/events/oct/calendar.ics",
        "/events/oct/teams/nova.ics",
        "/events/oct/teams/tc.ics",
        "/events/oct/rooms/bexar.ics",
        "/events/oct/projects/openstack.ics",
    ):
        assert reader.get(path).status_code == 200
        assert f'value="http://localhost{path}"' in page
        assert f'href="webcal://localhost{path}"' in page
        quoted = path.replace("/", "%2F")
        assert f"calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost{quoted}" in page
        assert f"addfromweb?url=http%3A%2F%2Flocalhost{quoted}&amp;name=" in page
        assert f'href="http://localhost{path}" download' in page
    assert "8 to 24 hours" in page


def test_an_https_service_is_offered_as_webcal_without_its_s(make_app, sqlite_url):
    story = Story.begin(make_app(sqlite_url, base_url="https://ptg.example"))
    page = story.client().get("/events/oct/subscribe").text
    assert 'href="webcal://ptg.example/events/oct/calendar.ics"' in page
    assert "url=https%3A%2F%2Fptg.example%2Fevents%2Foct%2Fcalendar.ics" in page
    feed = story.client().get(CALENDAR)
    assert feed.headers["Strict-Transport-Security"].startswith("max-age=")


def test_only_organizers_see_the_page_of_a_draft_and_it_says_so(story, clock):
    with story.app.app_context():
        story.set(status="draft")
    assert story.client().get("/events/oct/subscribe").status_code == 404
    assert "This event is a draft" in story.client("olga").get("/events/oct/subscribe").text


def test_the_page_costs_the_same_however_many_teams_there_are(story, reader):
    with counted_queries() as few:
        reader.get("/events/oct/subscribe")
    with story.app.app_context():
        db.session.add_all(
            Team(event=story.event, slug=f"team-{n}", name=f"Team {n}") for n in range(30)
        )
        db.session.commit()
    with counted_queries() as many:
        assert "Team 29" in reader.get("/events/oct/subscribe").text
    assert len(many) == len(few), many
