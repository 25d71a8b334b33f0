"""Chromium for browser tests, and pages that tell when a script or the content policy complains."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support.programs import require_program

# Debian's own Chromium, kept from calling home; root may not use its sandbox.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page of another site, which a test makes up, may frame ours, which is on this machine.
    "--disable-features=LocalNetworkAccessChecks",
]
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium that stays for many tests."""
    program = require_program("chromium", "chromium-browser", "google-chrome", MAC)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Readers:
    """Opens pages as different readers, each with cookies, zone and screen of their own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._complaints: list[str] = []

    def open(self, *, timezone: str = "UTC", width: int = 1280, **options: object) -> Page:
        """A new page of a reader in `timezone`; `options` are those of a Playwright context."""
        height = 800
        context = self._browser.new_context(
            timezone_id=timezone,
            locale="en-GB",
            viewport={"width": width, "height": height},
            **options,  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("pageerror", lambda error: self._complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self._note(page, message))
        return page

    def close(self) -> list[str]:
        """Close every page; returns what the pages complained about."""
        for context in list(self._browser.contexts):
            for page in context.pages:  # what a route is fetching would fail in the next test
                page.unroute_all(behavior="ignoreErrors")
            context.close()
        return self._complaints

    def _note(self, page: Page, message: ConsoleMessage) -> None:
        # A refused booking is answered with 409 or 422, which Chromium reports as an error.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._complaints.append(f"{page.url}: {message.text}")
