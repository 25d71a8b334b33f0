"""The organizers' pages of people, in a browser: axe objects to nothing, nothing grows sideways."""

from datetime import timedelta

import pytest

from ptgsched.accounts.passwords import set_password
from ptgsched.attendance.operations import count_heads
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import register
from tests.support.story import LEAD, SIGN_UP, Story
from tests.web.test_accessibility import PASSWORD, objections

PAGES = ("statistics", "report", "registrations/privacy", "registrations/import")
FILE = "E-Mail;Name;Land\nbo@example.org;Bo;Atlantis\n"


@pytest.fixture
def site(serve, make_app, sqlite_url):
    """An event that began yesterday, with a session that was counted, and two people."""
    yesterday = utcnow().date() - timedelta(days=1)
    story = Story.begin(make_app(sqlite_url), monday=yesterday)
    with story.app.app_context():
        session = story.book("nova", "bexar", story.event.slots[0].code)
        count_heads(story.event, session, 23, actor=LEAD, at=utcnow())
        for name, country in (("kenji", "JP"), ("ana", "BR")):
            said = details({"name": name, "country": country, "affiliation": "NEC"})
            register(story.event, f"{name}@example.org", said, at=SIGN_UP, letters=None)
        set_password(story.user("olga"), PASSWORD)
        db.session.commit()
    return serve(sqlite_url)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_of_people_can_be_read_by_everybody(site, readers, scheme, width):
    olga = readers.open(color_scheme=scheme, width=width)
    olga.goto(f"{site}/login")
    olga.get_by_label("E-mail").fill("olga@example.org")
    olga.get_by_label("Password").fill(PASSWORD)
    olga.get_by_role("button", name="Sign in").click()
    found, wide = [], []
    for page in PAGES:
        olga.goto(f"{site}/events/oct/manage/{page}")
        found += objections(olga)
        if not olga.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wide.append(page)
    olga.goto(f"{site}/events/oct/manage/statistics")
    folded = olga.locator(".more-rows table").first
    assert not folded.is_visible()
    olga.emulate_media(media="print")
    assert folded.is_visible(), "paper cannot be opened"
    olga.emulate_media(media="screen")
    olga.goto(f"{site}/events/oct/manage/registrations/import")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    olga.get_by_label("File").set_input_files(file)
    olga.get_by_role("button", name="Upload and look").click()
    olga.get_by_role("button", name="Check all rows").click()
    olga.get_by_text("Nothing was changed yet.").wait_for()
    found += objections(olga)

    assert found == []
    assert wide == []
