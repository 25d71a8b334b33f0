"""The pictures of docs/images, taken from the demo: `make screenshots`.

The demo is loaded into a scratch database and served on a free port; nothing else is touched.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from ptgsched.app import create_app
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.demo import DEMO_EVENT, DemoAccount, load_demo
from tests.support.browser import running_browser
from tests.support.database import migrate, settings_for
from tests.support.server import running_server

IMAGES = Path(__file__).parents[1] / "docs" / "images"
LARGEST = 150_000  # bytes
SCHEDULE = f"/events/{DEMO_EVENT}/"

Take = Callable[[Page, str], None]


def main() -> int:
    """Take all pictures; the exit status is 1 when one of them is too large."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ptgsched-screenshots-") as scratch:
        folder = Path(scratch)
        url = f"sqlite:///{folder / 'demo.sqlite'}"
        account = _load(url, folder)
        with running_server(url, folder / "served") as base_url, running_browser() as browser:
            _desktop(browser, base_url, account)
            _phone(browser, base_url)
    sizes = {path.name: path.stat().st_size for path in sorted(IMAGES.glob("*.png"))}
    for name, size in sizes.items():
        print(f"{name}: {size / 1000:.0f} kB")
    return 1 if any(size > LARGEST for size in sizes.values()) else 0


def _load(url: str, folder: Path) -> DemoAccount:
    """The demo in a new database; returns the lead whom the pictures show."""
    migrate(url, folder)
    app = create_app(settings_for(url, folder))
    with app.app_context():
        accounts = load_demo(utcnow())
        db.session.remove()
        db.engine.dispose()
    return next(account for account in accounts if account.role == "lead of Nova")


def _desktop(browser: Browser, base_url: str, account: DemoAccount) -> None:
    page = _reader(browser, base_url, width=1280, height=640, timezone="Europe/Stockholm")
    page.goto("/login")
    page.get_by_label("E-mail").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{SCHEDULE}?tz=Europe/Stockholm")
    _shoot(page, "grid")
    page.emulate_media(color_scheme="dark")
    _shoot(page, "dark")
    page.emulate_media(color_scheme="light")
    _last_day(page)
    page.set_viewport_size({"width": 1180, "height": 860})
    page.locator("td.is-free a:visible").nth(3).click()
    page.locator("dialog[open]").wait_for()
    _shoot(page, "booking-dialog")


def _phone(browser: Browser, base_url: str) -> None:
    page = _reader(browser, base_url, width=390, height=780, timezone="Asia/Tokyo")
    page.goto(f"{SCHEDULE}?tz=Asia/Tokyo")
    _shoot(page, "phone-agenda")


def _reader(browser: Browser, base_url: str, *, width: int, height: int, timezone: str) -> Page:
    context = browser.new_context(
        base_url=base_url,
        timezone_id=timezone,
        locale="en-GB",
        viewport={"width": width, "height": height},
    )
    context.set_default_timeout(10_000)
    return context.new_page()


def _last_day(page: Page) -> None:
    """The day that has free hours to come, whatever the hour is now."""
    page.locator(".day-strip a:not(.whole)").last.click()
    page.wait_for_load_state()


def _shoot(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
