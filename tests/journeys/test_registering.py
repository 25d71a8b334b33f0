"""A person in Tokyo registers on a phone, follows teams, joins in time, cancels; Ben moves up.

Browser, server and worker are processes as they run; the event, not the clock, is moved.
"""

import email
import email.message
import email.policy
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.schedule.models import Booking
from tests.support.browser import Readers
from tests.support.database import child_environment
from tests.support.story import PASSCODE, Story
from tests.support.warm import Warm

TOKYO = "Asia/Tokyo"
KEY = "0" * 64


@dataclass
class Stage:
    """The served event with one place, and what its people get by mail."""

    story: Story
    base: str
    url: str
    folder: Path

    def begins(self, at: datetime) -> None:
        """Move the event so that its first slot begins at this instant."""
        with self.story.app.app_context():
            event = self.story.event
            by = at - event.slots[0].starts_at
            bookings = db.session.query(Booking).all()
            for timed in (*event.windows, *event.slots, *bookings):
                timed.starts_at += by
                timed.ends_at += by
            event.schedule_revision += 1
            event.starts_on = event.slots[0].starts_at.date()
            event.ends_on = event.slots[-1].ends_at.date()
            db.session.commit()

    def mails(self, to: str) -> list[email.message.EmailMessage]:
        """What the worker has put into the folder for this address, in order."""
        log = self.folder / "worker.log"
        env = child_environment(self.url, self.folder, base_url=self.base, secret_key=KEY)
        with log.open("wb") as output:
            worker = Warm("ptgsched", "worker", "--once", env=env, cwd=self.folder, output=output)
        assert worker.wait(60) == 0, log.read_text()
        assert PASSCODE not in log.read_text()
        files = sorted((self.folder / "outbox").glob("*.eml"), key=lambda f: f.stat().st_mtime_ns)
        found = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in files
        ]
        return [mail for mail in found if mail["To"] == to]

    def feed(self, address: str) -> dict[str, icalendar.Event]:
        """What a calendar program gets: entries by summary."""
        with urllib.request.urlopen(address) as answer:
            calendar = icalendar.Calendar.from_ical(answer.read())
        return {str(entry["SUMMARY"]): entry for entry in calendar.events}


def text_of(mail: email.message.EmailMessage) -> str:
    """The plain part."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def stage(
    make_app: Callable[..., Flask], sqlite_url: str, serve: Callable[..., str], tmp_path: Path
) -> Stage:
    monday = utcnow().date() + timedelta(days=30)
    story = Story.begin(make_app(sqlite_url), monday=monday - timedelta(days=monday.weekday()))
    with story.app.app_context():
        story.set(registration_capacity=1)
        at = utcnow()
        story.book("nova", "austin", "MonA1", title="Placement", at=at)
        story.book("cinder", "bexar", "MonA2", title="Volumes", at=at)
        story.book("neutron", "bexar", "MonA3", at=at)
    base = serve(sqlite_url, secret_key=KEY)
    return Stage(story, base, sqlite_url, tmp_path / "served")


def shot(page: Page, name: str) -> None:
    folder = os.environ.get("SHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_from_the_form_to_the_next_in_line(stage: Stage, readers: Readers) -> None:
    page = readers.open(timezone=TOKYO, width=390, has_touch=True, is_mobile=True)
    page.goto(f"{stage.base}/events/oct/")
    page.get_by_role("navigation", name="October PTG").get_by_role("link", name="Register").click()
    expect(page.get_by_label("Time zone")).to_have_value(TOKYO)
    expect(page.get_by_label("Country")).to_have_value("JP")
    shot(page, "register")
    page.get_by_label("E-mail").fill("Yuki@example.net")
    page.get_by_label("Name", exact=True).fill("Yuki Sato")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    shot(page, "done")

    (mail,) = stage.mails("yuki@example.net")
    assert mail["Subject"] == "You are registered for October PTG"
    assert re.search(r"Asia/Tokyo \(UTC\+9\) = .* UTC", text_of(mail))
    assert [part.get_filename() for part in mail.iter_attachments()] == ["oct.ics"]
    own = re.search(rf"{stage.base}/registrations/\S+", text_of(mail))
    assert own is not None

    ben = readers.open(width=390)
    ben.goto(f"{stage.base}/events/oct/register")
    expect(ben.locator("body")).to_contain_text("The only place is taken")
    ben.get_by_label("E-mail").fill("ben@example.net")
    ben.get_by_label("Name", exact=True).fill("Ben")
    ben.get_by_role("button", name="Join the waitlist").click()
    expect(ben.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    (waiting,) = stage.mails("ben@example.net")
    assert waiting["Subject"] == "You are on the waitlist of October PTG"

    # Her page, two teams, her calendar
    page.goto(own[0])
    expect(page.get_by_role("heading", level=1)).to_have_text("You are registered")
    expect(page.locator("body")).to_contain_text("so it shows all sessions")
    shot(page, "page")
    for team in ("nova", "cinder"):
        page.goto(f"{stage.base}/events/oct/teams/{team}")
        star = page.get_by_role("button", name="Follow")
        expect(star).to_have_attribute("aria-pressed", "false")
        star.click()
        expect(star).to_have_attribute("aria-pressed", "true")
        shot(page, f"team-{team}")
    page.goto(f"{stage.base}/events/oct/")
    shot(page, "agenda")
    page.goto(own[0])
    shot(page, "page-followed")
    feed = page.get_by_label("The address of your calendar").input_value()
    assert set(stage.feed(feed)) == {"Nova: Placement", "Cinder: Volumes"}

    # A minute too early, and a minute later
    stage.begins(utcnow() + timedelta(hours=24, minutes=1))
    page.reload()
    expect(page.locator("#rooms-panel")).to_contain_text("Links and passcodes appear here")
    assert PASSCODE not in page.content()
    assert PASSCODE not in str(stage.feed(feed))
    stage.begins(utcnow() + timedelta(hours=23, minutes=59))
    page.reload()
    expect(page.locator("#rooms-panel")).to_contain_text(PASSCODE)
    shot(page, "page-passcodes")
    assert PASSCODE in stage.feed(feed)["Nova: Placement"]["DESCRIPTION"]
    assert PASSCODE not in stage.feed(f"{stage.base}/events/oct/calendar.ics").popitem()[1]
    way_in = stage.mails("yuki@example.net")[-1]
    assert way_in["Subject"] == "How to join October PTG"
    assert PASSCODE in text_of(way_in)
    assert not any(PASSCODE in text_of(mail) for mail in stage.mails("ben@example.net"))

    # She cancels, and Ben has the place
    page.get_by_role("link", name="Cancel my registration").click()
    shot(page, "cancel")
    page.get_by_role("button", name="Cancel my registration").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not registered")
    assert PASSCODE not in page.content()
    shot(page, "cancelled")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        stage.feed(feed)
    subjects = [mail["Subject"] for mail in stage.mails("ben@example.net")]
    assert "You have a place at October PTG now" in subjects
    ben.goto(re.search(rf"{stage.base}/registrations/\S+", text_of(waiting))[0])  # type: ignore[index]
    expect(ben.get_by_role("heading", level=1)).to_have_text("You are registered")
    expect(ben.locator("#rooms-panel")).to_contain_text(PASSCODE)


def test_without_scripts(stage: Stage, readers: Readers) -> None:
    page = readers.open(width=390, java_script_enabled=False)
    page.goto(f"{stage.base}/events/oct/register")
    page.get_by_label("E-mail").fill("yuki@example.net")
    page.get_by_label("Name", exact=True).fill("Yuki Sato")
    page.get_by_label("Country").select_option("JP")
    page.get_by_label("Nova").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    (mail,) = stage.mails("yuki@example.net")
    own = re.search(rf"{stage.base}/registrations/\S+", text_of(mail))
    assert own is not None

    page.goto(own[0])
    expect(page.locator(".followed")).to_contain_text("Nova")
    page.goto(f"{stage.base}/events/oct/teams/cinder")
    page.get_by_role("button", name="Follow").click()
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "true")
    page.goto(own[0])
    expect(page.locator(".followed")).to_contain_text("Cinder")
