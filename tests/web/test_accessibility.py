"""axe finds nothing to object to on our pages, light on a desk or dark in a hand."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from ptgsched.accounts.passwords import set_password
from ptgsched.db import db
from tests.support.story import Story

PASSWORD = "correct horse battery"
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what it likes takes axe a fifth of its time to tell
}


@pytest.fixture
def site(serve, make_app, sqlite_url):
    """The service with our people; Lena has a password."""
    app = make_app(sqlite_url)
    story = Story.begin(app)
    with app.app_context():
        set_password(story.user("lena"), PASSWORD)
        db.session.commit()
    return serve(sqlite_url)


def objections(page) -> list[str]:
    """What axe has against the page, each with the first place it found."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url} {each['id']}: {each['nodes'][0]['html']}" for each in found]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_can_be_read_and_used_by_everybody(site, readers, scheme, width):
    reader = readers.open(color_scheme=scheme, width=width, timezone="Asia/Tokyo")
    found = []
    for place in ("/", "/nothing", "/?tz=Asia/Tokio", "/logout", "/login"):
        reader.goto(site + place)
        found += objections(reader)
    reader.get_by_role("button", name="Sign in").click()  # nothing is filled in
    reader.get_by_text("Enter your password.").wait_for()
    found += objections(reader)

    reader.get_by_label("E-mail").fill("lena@example.org")
    reader.get_by_label("Password").fill(PASSWORD)
    reader.get_by_role("button", name="Sign in").click()
    reader.goto(f"{site}/account")
    reader.get_by_role("button", name="Save").click()
    reader.get_by_text("Your account is saved.").wait_for()
    reader.get_by_text("Lena", exact=True).click()
    found += objections(reader)

    assert found == []
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
