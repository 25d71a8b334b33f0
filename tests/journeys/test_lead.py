"""A lead in India signs in, books, moves and releases; the team's feed follows every step.

Once by mouse with scripts, once with the keyboard only, once without any script.
"""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from ptgsched.accounts.passwords import set_password
from ptgsched.clock import utcnow
from ptgsched.db import db
from tests.support.browser import Readers
from tests.support.story import Story

PASSWORD = "a long walk by the sea"
INDIA = "Asia/Kolkata"


@dataclass
class Stage:
    """The served event, its Monday, and a look at Nova's feed."""

    base: str
    monday: date

    def feed(self) -> list[icalendar.Event]:
        """The VEVENTs that a calendar program gets from Nova's feed."""
        with urllib.request.urlopen(f"{self.base}/events/oct/teams/nova.ics") as answer:
            calendar = icalendar.Calendar.from_ical(answer.read())
        return list(calendar.walk("VEVENT"))

    def only(self) -> icalendar.Event:
        """The one VEVENT of the feed."""
        (event,) = self.feed()
        return event

    def at(self, hour: int, *, days: int = 0) -> datetime:
        """An instant of the event's Monday, or days later, in UTC."""
        return datetime(
            self.monday.year, self.monday.month, self.monday.day, hour, tzinfo=UTC
        ) + timedelta(days=days)

    def grid(self, page: Page) -> None:
        """Open Monday's grid."""
        page.goto(f"{self.base}/events/oct/?day={self.monday.isoformat()}")


@pytest.fixture
def stage(make_app: Callable[..., Flask], sqlite_url: str, serve: Callable[..., str]) -> Stage:
    """Next month's PTG, where Lena leads Nova."""
    day = utcnow().date() + timedelta(days=28)
    monday = day - timedelta(days=day.weekday())
    story = Story.begin(make_app(sqlite_url), monday=monday)
    with story.app.app_context():
        set_password(story.user("lena"), PASSWORD)
        db.session.commit()
    return Stage(serve(sqlite_url), monday)


def test_by_mouse(stage: Stage, readers: Readers) -> None:
    page = readers.open(timezone=INDIA)
    stage.grid(page)
    page.get_by_role("link", name="use Asia/").click()  # the browser's zone is proposed
    expect(page.locator("body")).to_contain_text("Asia/Kolkata (UTC+5:30)")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill("lena@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    stage.grid(page)
    cell(page, "bexar", "MonA1").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Until").select_option("MonA2")
    expect(dialog.locator("#outlook")).to_contain_text("18:30-20:30")  # 13:00-15:00 UTC in India
    expect(dialog.locator("#outlook")).to_contain_text("13:00-15:00 UTC")
    dialog.get_by_label("Topic").fill("Placement, at last")
    dialog.get_by_role("button", name="Book", exact=True).click()

    session = page.get_by_role("table").get_by_role("link", name="Nova Placement, at last")
    expect(session).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    booked = stage.only()
    assert (booked.start, booked.end) == (stage.at(13), stage.at(15))
    assert booked["SEQUENCE"] == 0
    assert booked["STATUS"] == "CONFIRMED"

    # An address that leads to the session shows it below the heads of its columns.
    page.emulate_media(reduced_motion="reduce")  # it does not glide there
    page.set_viewport_size({"width": 1280, "height": 300})
    page.goto(f"{page.url.partition('#')[0]}#{session.get_attribute('id')}")
    heads = page.locator(".grid .slots th").first.bounding_box()
    assert 0 <= heads["y"] < 100
    assert session.bounding_box()["y"] >= heads["y"] + heads["height"]
    page.set_viewport_size({"width": 1280, "height": 800})

    session.click()
    page.get_by_role("dialog").get_by_role("link", name="Move or edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Room").select_option("ballroom")
    dialog.get_by_label("From").select_option("MonC1")
    dialog.get_by_label("Until").select_option("MonC2")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "ballroom")).to_contain_text("Placement, at last")
    moved = stage.only()
    assert moved["UID"] == booked["UID"]
    assert moved["SEQUENCE"] == 1
    assert (moved.start, moved.end) == (stage.at(21), stage.at(23))
    assert moved["LOCATION"] == "Ballroom"

    page.get_by_role("table").get_by_role("link", name="Nova Placement, at last").click()
    page.get_by_role("dialog").get_by_role("link", name="Release").click()
    page.get_by_role("dialog").get_by_role("button", name="Release").click()
    expect(row(page, "ballroom")).not_to_contain_text("Placement")
    released = stage.only()
    assert released["UID"] == booked["UID"]
    assert released["SEQUENCE"] == 2
    assert released["STATUS"] == "CANCELLED"

    page.get_by_role("button", name="Undo").click()
    expect(row(page, "ballroom")).to_contain_text("Placement, at last")
    assert stage.only()["STATUS"] == "CONFIRMED"


def test_with_the_keyboard_only(stage: Stage, readers: Readers) -> None:
    page = readers.open(timezone=INDIA)
    page.goto(f"{stage.base}/login")
    tab_to(page, "[name=email]")
    page.keyboard.type("lena@example.org")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{stage.base}/")

    # Along Monday's columns by arrow keys, two slots chosen with Shift, Enter to book.
    page.goto(f"{stage.base}/events/oct/?day={stage.monday.isoformat()}&tz={INDIA}")
    tab_to(page, "[data-room=bexar] [data-slot=MonB1]")
    expect(page.locator("[data-grid] td [tabindex='0']")).to_have_count(1)  # not a stop a cell
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(cell(page, "bexar", "MonA1")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("[data-announce]")).to_have_text("selected MonA1 to MonA2, Bexar")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Topic")).to_be_focused()
    page.keyboard.type("Keys alone")
    page.keyboard.press("Enter")
    session = page.locator(".session-link", has_text="Keys alone").first
    expect(session).to_be_visible()
    booked = stage.only()
    assert (booked.start, booked.end) == (stage.at(13), stage.at(15))

    # Escape closes the card and gives the focus back; Enter opens it again, to move.
    tab_to(page, "[data-room=bexar] .session-link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(session).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "dialog a[href$='/edit']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Save")).to_be_visible()
    tab_to(page, "dialog [name=room]")
    page.keyboard.type("Ball")
    tab_to(page, "dialog button[type=submit]:not([name])")
    page.keyboard.press("Enter")
    expect(row(page, "ballroom")).to_contain_text("Keys alone")
    moved = stage.only()
    assert (moved["UID"], moved["SEQUENCE"]) == (booked["UID"], 1)
    assert moved["LOCATION"] == "Ballroom"

    tab_to(page, "[data-room=ballroom] .session-link")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "dialog a[href$='/release']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Release")).to_be_visible()
    tab_to(page, "dialog button[type=submit]")
    page.keyboard.press("Enter")
    expect(row(page, "ballroom")).not_to_contain_text("Keys alone")
    released = stage.only()
    assert (released["UID"], released["STATUS"]) == (booked["UID"], "CANCELLED")


def test_without_scripts(stage: Stage, readers: Readers) -> None:
    page = readers.open(java_script_enabled=False)
    page.goto(f"{stage.base}/login?next=/events/oct/%3Ftz={INDIA}%26day={stage.monday}")
    page.get_by_label("E-mail").fill("lena@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    cell(page, "bexar", "MonA1").click()
    page.get_by_label("Until").select_option("MonA2")
    page.get_by_role("button", name="Check first").click()
    expect(page.locator("#outlook")).to_contain_text("18:30-20:30")
    page.get_by_label("Topic").fill("Plain forms")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(row(page, "bexar")).to_contain_text("Plain forms")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "bexar")).not_to_contain_text("Plain forms")
    assert stage.only()["STATUS"] == "CANCELLED"


def row(page: Page, room: str) -> Locator:
    """A room's row of the grid."""
    return page.locator(f"tr[data-room={room}]")


def cell(page: Page, room: str, slot: str) -> Locator:
    """A free cell of the grid."""
    return page.locator(f"tr[data-room={room}] [data-slot={slot}]")


def tab_to(page: Page, selector: str, limit: int = 120) -> None:
    """Press Tab until the focus is on `selector`, as somebody without a mouse does."""
    for _ in range(limit):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not among {limit} stops of the Tab key")
