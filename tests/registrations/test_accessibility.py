"""axe finds nothing to object to on the pages of registration, light on a desk, dark in a hand."""

from datetime import timedelta

import pytest

from ptgsched.accounts.passwords import set_password
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.registrations import operations, tokens
from ptgsched.registrations.details import details
from tests.support.story import Story
from tests.web.test_accessibility import objections

KEY = "0" * 64
PASSWORD = "correct horse battery"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_registration_can_be_read_and_used_by_everybody(
    serve, make_app, sqlite_url, readers, scheme, width
):
    monday = utcnow().date() + timedelta(days=1)
    story = Story.begin(make_app(sqlite_url), monday=monday)
    with story.app.app_context():
        uid = story.book("nova", "austin", story.event.slots[-1].code, at=utcnow()).uid
        said = details({"name": "Yuki", "listed": True, "teams": [story.team("cinder")]})
        person, _ = operations.register(
            story.event, "yuki@example.net", said, at=utcnow(), letters=None
        )
        operations.star(person, story.booking(uid), wanted=True, at=utcnow())
        operations.register(
            story.event, "yuki@example.net", said, at=utcnow(), letters=None, browser="another"
        )
        own = f"/registrations/{tokens.ensured(person, 'link', KEY)}"
        set_password(story.user("olga"), PASSWORD)
        db.session.commit()
    site = serve(sqlite_url, secret_key=KEY)
    reader = readers.open(color_scheme=scheme, width=width, timezone="Asia/Tokyo")
    found = []

    for place in ("register", "register/done"):
        reader.goto(f"{site}/events/oct/{place}")
        found += objections(reader)
    for place in (own, f"{own}/cancel"):
        reader.goto(site + place)
        found += objections(reader)
    for place in ("", f"bookings/{uid}", "teams/cinder", "passcodes", "people"):
        reader.goto(f"{site}/events/oct/{place}")
        found += objections(reader)
        assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
    reader.goto(f"{site}/login")
    reader.get_by_label("E-mail").fill("olga@example.org")
    reader.get_by_label("Password").fill(PASSWORD)
    reader.get_by_role("button", name="Sign in").click()
    reader.goto(f"{site}/events/oct/manage/registrations")
    reader.get_by_text("Places and hours").click()
    found += objections(reader)

    assert found == []
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
