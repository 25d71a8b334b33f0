"""Somebody is invited to lead a team, and signs it up on a phone; the organizer watches."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ptgsched.accounts.passwords import set_password
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.outbox.models import OutgoingMail
from tests.support.browser import Readers
from tests.support.story import Story

PASSWORD = "a long walk by the sea"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Stage:
    """The served event, and the mails it wrote."""

    base: str
    story: Story

    def link(self, to: str) -> str:
        """The address of the invitation in the newest mail to somebody."""
        with self.story.app.app_context():
            mails = select(OutgoingMail).where(OutgoingMail.to == to)
            mail = db.session.scalars(mails.order_by(OutgoingMail.id.desc())).first()
            found = re.search(r"/invitations/\S+", mail.text)
            return self.base + found[0]

    def sign_in(self, page: Page, name: str) -> None:
        """Sign in with a password."""
        page.goto(f"{self.base}/login")
        page.get_by_label("E-mail").fill(f"{name}@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.base}/")


@pytest.fixture
def stage(make_app: Callable[..., Flask], sqlite_url: str, serve: Callable[..., str]) -> Stage:
    """Next month's PTG, which Olga organizes; nobody leads Neutron."""
    day = utcnow().date() + timedelta(days=28)
    story = Story.begin(make_app(sqlite_url), monday=day - timedelta(days=day.weekday()))
    with story.app.app_context():
        set_password(story.user("olga"), PASSWORD)
        db.session.commit()
    return Stage(serve(sqlite_url), story)


def fine(page: Page) -> None:
    """Axe has nothing against the page, and it fits its screen."""
    found = Axe().run(page, options=RULES).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_from_invitation_to_signed_up(stage: Stage, readers: Readers) -> None:
    olga = readers.open()
    stage.sign_in(olga, "olga")
    olga.goto(f"{stage.base}/events/oct/manage/surveys")
    olga.get_by_role("link", name="Invite Neutron").click()
    olga.get_by_label("E-mail").fill("nina@example.org")
    olga.get_by_label("Lead", exact=True).check()
    olga.get_by_role("button", name="Send invitation").click()
    expect(olga.get_by_role("row", name="nina@example.org")).to_contain_text("Lead")
    fine(olga)

    nina = readers.open(timezone="Asia/Tokyo", width=390, color_scheme="dark")
    nina.goto(stage.link("nina@example.org"))
    expect(nina.get_by_role("heading", level=1)).to_have_text("Lead Neutron")
    fine(nina)
    nina.get_by_label("Your name").fill("Nina")
    nina.get_by_label("Choose a password").fill(PASSWORD)
    nina.get_by_role("button", name="Make an account and accept").click()
    expect(nina.locator("body")).to_contain_text("You lead Neutron now")
    nina.get_by_role("link", name="Fill in the survey").click()
    nina.get_by_role("button", name="Send survey").click()
    expect(nina.locator("body")).to_contain_text("Tick at least one window")
    fine(nina)
    nina.get_by_label("How many people do you expect?").fill("18")
    nina.get_by_label("How many hours would you like in all?").fill("6")
    nina.get_by_label("A Americas/Europe").check()
    nina.get_by_text("Teams that share people with yours").click()
    nina.get_by_role("group", name="Never in parallel with").get_by_label("Nova").check()
    nina.get_by_label("In a Meetpad call of our own").check()
    nina.get_by_label("Deputies to invite").fill("uli@example.org")
    nina.get_by_role("button", name="Send survey").click()
    expect(nina.get_by_text("Team survey filled in")).to_be_visible()
    expect(nina.get_by_role("link", name="Join the team")).to_have_attribute(
        "href", "https://meetpad.opendev.org/oct-neutron"
    )

    olga.goto(f"{stage.base}/events/oct/manage/surveys")
    row = olga.get_by_role("row").filter(has=olga.get_by_role("link", name="Neutron", exact=True))
    expect(row).to_contain_text("Nina")
    expect(row).to_contain_text("✓ sent")
    expect(row).to_contain_text("none of 6 h")
    fine(olga)
    olga.get_by_role("link", name="Conflicts").click()
    fine(olga)

    uli = readers.open(width=390)
    uli.goto(stage.link("uli@example.org"))
    expect(uli.get_by_role("heading", level=1)).to_have_text("Be a deputy of Neutron")


def test_slots_of_a_room_and_a_colour_by_script(stage: Stage, readers: Readers) -> None:
    olga = readers.open(width=390)
    stage.sign_in(olga, "olga")
    olga.goto(f"{stage.base}/events/oct/manage/rooms/austin/edit")
    ticked = olga.locator("[name=slots]:checked")
    expect(ticked).to_have_count(60)
    olga.get_by_role("button", name="B", exact=True).click()
    expect(ticked).to_have_count(40)
    olga.get_by_role("button", name="Mon ").click()
    expect(ticked).to_have_count(44)
    expect(olga.get_by_label("in these slots only")).to_be_checked()
    fine(olga)
    olga.get_by_role("button", name="Save").click()
    expect(olga.get_by_role("row").filter(has_text="Austin")).to_contain_text("44 of 60 slots")

    olga.goto(f"{stage.base}/events/oct/manage/teams/nova/edit")
    olga.get_by_label("Colour", exact=True).fill("gold")
    sample = olga.locator("[data-color-sample]")
    expect(sample).to_have_css("background-color", "rgb(255, 215, 0)")
    expect(sample).to_have_css("color", "rgb(0, 0, 0)")
    expect(olga.get_by_text("Contrast of its text: 15.0:1")).to_be_visible()
    olga.get_by_label("Colour", exact=True).fill("goldd")
    expect(olga.get_by_text("No colour is called that.")).to_be_visible()
    fine(olga)
