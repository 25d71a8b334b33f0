"""Somebody who has never seen the service lays out a virtual PTG and publishes it, in the browser.

From an empty database with one administrator to three windows, twelve rooms and twenty teams that
sign up in two phases; each step is the one that the page before offers.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ptgsched.clock import utcnow
from tests.conftest import Serve
from tests.support.browser import Readers
from tests.support.shell import Shell

EMAIL = "ada@example.org"
PASSWORD = "a long walk by the sea"
ROOMS = [f"{kind}-{number}" for kind in ("Austin", "Bexar", "Denver") for number in range(1, 5)]
HORIZONTAL = ["API SIG", "First Contact SIG", "Security SIG", "Technical Committee"]
VERTICAL = [
    *("Barbican", "Cinder", "Cyborg", "Designate", "Glance", "Heat", "Horizon", "Ironic"),
    *("Keystone", "Kolla", "Manila", "Neutron", "Nova", "Octavia", "Swift", "Tacker"),
]


@pytest.fixture
def base(sqlite_url: str, tmp_path: Path, serve: Serve) -> str:
    """The service with nothing in it but an administrator, made at the command line."""
    shell = Shell(sqlite_url, tmp_path)
    made = shell("user", "create", EMAIL, "--admin", "--password-stdin", typed=PASSWORD)
    assert made.exit_code == 0, made.output
    return serve(sqlite_url)


def sign_in(page: Page, base: str) -> None:
    page.goto(base)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def paste(page: Page, text: str, save: str, **choices: str) -> None:
    """Add many of something at once."""
    page.get_by_role("link", name="many").first.click()
    page.locator("textarea").fill(text)
    for label, choice in choices.items():
        page.get_by_label(label).select_option(choice)
    page.get_by_role("button", name="Look at it first").click()
    page.get_by_role("button", name=save).click()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_first_time_organizer_publishes_a_virtual_ptg(base: str, readers: Readers, script: bool):
    page = readers.open(java_script_enabled=script)
    day = utcnow().date() + timedelta(days=56)
    monday = day - timedelta(days=day.weekday())
    sign_in(page, base)

    # Nothing is there: the page says what to do, and each page says what is next.
    page.get_by_role("link", name="Create the first event").click()
    page.get_by_label("Title").fill("Spring virtual PTG")
    page.get_by_label("First day").fill(monday.isoformat())
    page.get_by_label("Last day").fill((monday + timedelta(days=4)).isoformat())
    page.get_by_label("Short name").fill("spring")
    page.get_by_role("button", name="Create as a draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Spring virtual PTG")
    expect(page.locator("main")).to_contain_text("Draft")
    expect(page.locator(".steps")).to_contain_text("Windows and slots: 60")

    # The template's three windows; one gets another hour on all its days.
    page.get_by_role("link", name="Windows", exact=True).click()
    expect(page.locator(".windows-table tbody tr")).to_have_count(3)
    page.get_by_role("link", name="Change window MonA").click()
    page.get_by_label("Begins at").fill("14:00")
    if script:
        expect(page.locator("#preview")).to_contain_text("06:00–07:00")  # in Los Angeles
    else:
        page.get_by_role("button", name="Preview").click()
        expect(page.locator("#preview")).to_contain_text("06:00–07:00")
    page.get_by_role("button", name="Save").last.click()
    expect(page.locator(".windows-table")).to_contain_text("14:00–18:00")

    page.get_by_role("link", name="Home", exact=True).click()
    page.get_by_role("link", name="Add rooms").click()
    paste(page, "\n".join(ROOMS), "Add 12 rooms", **{"Kind, where a line says none": "meetpad"})
    expect(page.locator("tbody tr")).to_have_count(12)

    page.get_by_role("link", name="Next: add teams").click()
    table = [f"{name},horizontal" for name in HORIZONTAL]
    table += [f"{name},vertical" for name in VERTICAL]
    paste(page, "\n".join(["name,kind", *table]), "Add 20 teams")
    expect(page.locator("tbody tr")).to_have_count(20)

    # Two phases: the third of the usual ones is taken off.
    page.get_by_role("link", name="Next: plan sign-up").click()
    opens = utcnow() - timedelta(hours=1)
    page.get_by_label("Opens").fill(f"{opens:%Y-%m-%dT%H:%M}")
    page.get_by_role("button", name="Plan three phases").click()
    page.get_by_role("button", name="Delete Without caps").click()
    expect(page.locator(".phases-table tbody tr")).to_have_count(2)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("figure").or_(page.get_by_role("group")).first).to_be_visible()

    # What could they do today, once it is published?
    page.get_by_role("link", name="What could a team do?").click()
    for team, said in (("Nova", "It could book nothing"), ("API SIG", "60 of 60 slots")):
        page.get_by_label("Team", exact=True).select_option(team)
        page.get_by_role("button", name="Try").click()
        expect(page.locator("main")).to_contain_text(said)

    page.get_by_role("link", name="Next: publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("main")).to_contain_text("Published")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    visitor = readers.open(timezone="Asia/Tokyo")
    visitor.goto(base)
    visitor.get_by_role("link", name="Spring virtual PTG").click()
    expect(visitor.locator("tr[data-room]")).to_have_count(12)
    expect(visitor.locator("body")).to_contain_text("Sign-up is open for horizontal teams")
    visitor.goto(f"{base}/events/spring/teams/")
    for name in (*HORIZONTAL, *VERTICAL):
        expect(visitor.get_by_role("link", name=name, exact=True).first).to_be_visible()
