"""A lead gives a bot a token, takes it back, and an organizer sees that; in a browser."""

from datetime import timedelta

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from ptgsched.accounts.passwords import set_password
from ptgsched.clock import utcnow
from ptgsched.db import db
from tests.support.browser import Readers
from tests.support.story import Story
from tests.web.test_accessibility import RULES

PASSWORD = "correct horse battery"


@pytest.fixture
def site(serve, make_app, sqlite_url) -> str:
    """The service; the gathering is next month, Lena and Olga have passwords."""
    app = make_app(sqlite_url)
    monday = (utcnow() + timedelta(days=28 - utcnow().weekday())).date()
    story = Story.begin(app, monday=monday)
    with app.app_context():
        for name in ("lena", "olga"):
            set_password(story.user(name), PASSWORD)
        db.session.commit()
    return serve(sqlite_url)


def sign_in(reader: Page, site: str, name: str) -> None:
    reader.goto(f"{site}/login?next=/account")
    reader.get_by_label("E-mail").fill(f"{name}@example.org")
    reader.get_by_label("Password").fill(PASSWORD)
    reader.get_by_role("button", name="Sign in").click()
    reader.get_by_role("heading", name="Account").wait_for()


def objections(reader: Page) -> list[str]:
    found = Axe().run(reader, options=RULES).response["violations"]
    wide = not reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    said = [f"{reader.url} {each['id']}: {each['nodes'][0]['html']}" for each in found]
    return said + ([f"{reader.url} is wider than the window"] if wide else [])


def book(site: str, secret: str, slot: str) -> int:
    return requests.post(
        f"{site}/api/v1/events/oct/bookings",
        json={"team": "nova", "room": "bexar", "slots": [slot]},
        headers={"Authorization": f"Bearer {secret}"},
        timeout=20,
    ).status_code


@pytest.mark.parametrize(("scheme", "width"), [("dark", 390)])
def test_a_token_from_its_making_to_the_audit(site: str, readers: Readers, scheme: str, width: int):
    lena = readers.open(color_scheme=scheme, width=width)
    found = []
    sign_in(lena, site, "lena")
    found += objections(lena)

    lena.get_by_role("link", name="New token").click()
    lena.get_by_role("button", name="Make the token").click()  # nothing is filled in
    lena.get_by_text("Say what it is for").wait_for()
    found += objections(lena)
    lena.get_by_label("What is it for?").fill("nova-bot")
    lena.get_by_label("booking:write").check()
    lena.get_by_role("button", name="Make the token").click()
    secret = lena.get_by_label("The token").input_value()
    found += objections(lena)
    assert book(site, secret, "MonA1") == 201

    lena.get_by_role("link", name="Done: to your tokens").click()
    lena.get_by_role("button", name="Revoke").click()
    lena.get_by_text("is revoked; programs that use it are refused.").wait_for()
    found += objections(lena)
    assert book(site, secret, "MonA2") == 401
    lena.get_by_role("button", name="Undo").click()
    lena.get_by_text("The token nova-bot works again.").wait_for()
    assert book(site, secret, "MonA2") == 201
    olga = readers.open(color_scheme=scheme, width=width)
    sign_in(olga, site, "olga")
    olga.goto(f"{site}/events/oct/manage/audit")
    found += objections(olga)
    olga.get_by_label("What", exact=True).select_option("token")
    olga.get_by_role("button", name="Filter").click()
    olga.get_by_text("3 lines").wait_for()
    assert "what=token" in olga.url
    shown = olga.locator(".audit-list").inner_text()
    assert "made a token: nova-bot" in shown
    assert "booked" not in shown
    assert secret not in olga.content()

    assert found == []
