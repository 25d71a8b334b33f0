"""In a real browser the board follows what happens, and what happens to the browser."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from ptgsched.accounts.passwords import set_password
from ptgsched.db import db
from tests.now.conftest import QUARTER_PAST, Stage, say
from tests.support.browser import Readers
from tests.web.test_accessibility import objections

PASSWORD = "correct horse battery"
NOW = "/events/oct/now"
SOON = 2_000  # milliseconds: from a post to the screen
HTML = "text/html"
WHILE_SAID = 6_000  # likewise, after something was repaired


@pytest.fixture
def base(stage: Stage) -> Iterator[str]:
    """The service on Monday."""
    with stage.serving() as url:
        yield url


def opened(readers: Readers, address: str, at: datetime = QUARTER_PAST, **options) -> Page:
    """A page whose clock the test moves; it goes on by itself meanwhile."""
    page = readers.open(**options)
    page.clock.install(time=at)
    page.goto(address)
    expect(page.locator("[data-fresh]")).to_have_attribute("data-state", "told")
    page.evaluate("window.neverReloaded = true")
    return page


def post(stage: Stage, *lines: str) -> None:
    """Somebody types at this moment; our own clock is not the service's."""
    say(stage.story, *lines, at=QUARTER_PAST)


def test_a_post_is_on_the_screen_within_two_seconds_and_announced(stage, base, readers):
    page = opened(readers, f"{base}{NOW}?tz=Asia/Tokyo")
    link = page.get_by_role("link", name="Join Nova")
    link.focus()

    post(stage, "#nova now Placement, see https://docs.example/p")

    card = page.locator(".now-card.team-nova")
    expect(card).to_contain_text("Placement, see https://docs.example/p", timeout=SOON)
    expect(card.get_by_role("link", name="https://docs.example/p")).to_be_visible()
    expect(page.locator("[data-voice]")).to_have_text(
        "Nova now: Placement, see https://docs.example/p, in Bexar."
    )
    expect(link).to_be_focused()
    assert page.evaluate("window.neverReloaded")


def test_it_survives_a_restart_and_tells_meanwhile(stage, readers):
    with stage.serving() as base:
        page = opened(readers, f"{base}{NOW}")
        port = urlsplit(base).port
    page.clock.fast_forward(40_000)  # asks in vain
    fresh = page.locator("[data-fresh]")
    expect(fresh).to_have_attribute("data-state", "lost", timeout=WHILE_SAID)
    expect(fresh).to_contain_text("No connection, as of 13:15:")
    expect(page.locator("[data-voice]")).to_contain_text("No connection; this is as of 13:15:")
    expect(page.locator(".now-card")).to_have_count(2)  # what was known stays

    post(stage, "#nova now Back again")
    with stage.serving(port=port):
        page.clock.fast_forward(20_000)
        expect(page.locator(".now-card.team-nova")).to_contain_text("Back again")
        expect(page.locator("[data-voice]")).to_contain_text("Connected again.")
        page.clock.fast_forward(20_000)
        expect(fresh).to_have_attribute("data-state", "told", timeout=WHILE_SAID)
        assert page.evaluate("window.neverReloaded")


def test_it_catches_up_after_sleep_and_a_lost_network(stage, base, readers):
    page = opened(readers, f"{base}{NOW}")
    page.context.set_offline(True)
    post(stage, "#nova now While you slept")
    stage.move_to(QUARTER_PAST + timedelta(minutes=50))
    page.clock.fast_forward("50:00")  # timers stood still, the hour did not
    page.context.set_offline(False)
    page.clock.fast_forward(16_000)

    # Cinder has gone, Neutron has come.
    expect(page.locator(".now-card.team-neutron")).to_be_visible(timeout=WHILE_SAID)
    expect(page.locator(".now-card.team-cinder")).to_have_count(0)
    expect(page.locator(".now-card.team-nova")).to_contain_text("While you slept")
    assert page.evaluate("window.neverReloaded")


def test_without_a_stream_it_asks(stage, base, readers):
    page = readers.open()
    page.clock.install(time=QUARTER_PAST)
    page.route("**/stream", lambda route: route.fulfill(status=503))
    page.goto(f"{base}{NOW}")
    fresh = page.locator("[data-fresh]")
    expect(fresh).to_contain_text("Checking, as of 13:15:")
    post(stage, "#nova now Asked for")
    page.clock.fast_forward(11_000)
    expect(page.locator(".now-card.team-nova")).to_contain_text("Asked for", timeout=SOON)


def test_a_sign_left_open_over_the_turn_of_the_day_is_right(stage, base, readers):
    ten_past_midnight = datetime(2026, 10, 27, 0, 10, tzinfo=UTC)
    with stage.story.app.app_context():
        stage.story.book("nova", "bexar", "MonC4", title="Late")
        stage.story.book("cinder", "bexar", "TueB1", title="Early")
    stage.move_to(ten_past_midnight)
    say(stage.story, "#nova now Nearly done", "~motd add info Bring a cup", at=ten_past_midnight)
    sign = opened(
        readers,
        f"{base}/events/oct/rooms/bexar/signage",
        at=ten_past_midnight,
        width=1920,
    )
    expect(sign.locator(".now-card")).to_contain_text("Nearly done")
    expect(sign.locator("[data-clock]")).to_have_text("00:10")
    expect(sign.locator("[data-date]")).to_have_text("Tue 27 Oct")

    for minutes in range(10, 70, 10):  # an hour, with Monday's last window ending at 01:00
        stage.move_to(ten_past_midnight + timedelta(minutes=minutes))
        sign.clock.fast_forward("10:00")
        sign.wait_for_timeout(300)
    expect(sign.locator("[data-clock]")).to_have_text("01:10")
    expect(sign.locator(".now-empty")).to_contain_text("Bexar is free", timeout=WHILE_SAID)
    expect(sign.locator(".now-empty")).to_contain_text("Next: Cinder, Tue 27 Oct 2026 05:00 UTC")
    expect(sign.locator(".motd")).to_contain_text("Bring a cup")  # of the event, not of a day

    stage.move_to(datetime(2026, 10, 27, 5, 0, 5, tzinfo=UTC))
    sign.clock.fast_forward("03:50:00")
    expect(sign.locator(".now-card")).to_contain_text("Early", timeout=WHILE_SAID)
    expect(sign.locator("body")).not_to_contain_text("Nearly done")
    assert sign.evaluate("window.neverReloaded")
    assert sign.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_sign_starts_anew_after_an_update_of_the_service(stage, base, readers):
    sign = opened(readers, f"{base}/events/oct/signage")

    def updated(route):
        response = route.fetch()
        route.fulfill(response=response, headers={**response.headers, "x-shipped": "another"})

    sign.route("**/now/board?*", updated)
    sign.evaluate("document.body.dataset.old = true")
    sign.clock.fast_forward(31_000)
    expect(sign.locator("body[data-old]")).to_have_count(0)


def test_moderators_post_from_a_phone_without_scripts_too(stage, base, readers):
    with stage.story.app.app_context():
        set_password(stage.story.user("lena"), PASSWORD)
        db.session.commit()
    watcher = opened(readers, f"{base}{NOW}")
    for scripts in (True, False):
        phone = readers.open(width=390, java_script_enabled=scripts)
        phone.goto(f"{base}/login?next={NOW}")
        phone.get_by_label("E-mail").fill("lena@example.org")
        phone.get_by_label("Password").fill(PASSWORD)
        phone.get_by_role("button", name="Sign in").click()
        phone.get_by_label("Topic").fill(f"Placement, scripts {scripts}")
        phone.get_by_role("button", name="Set now").click()
        expect(watcher.locator(".now-card.team-nova")).to_contain_text(
            f"scripts {scripts}", timeout=SOON
        )
        phone.get_by_label("Topic").fill("Cells")
        phone.get_by_role("button", name="Add next").click()
        expect(watcher.locator(".now-next")).to_contain_text("Cells", timeout=SOON)
        phone.get_by_role("button", name="Clean Nova").click()
        expect(watcher.locator(".now-card.team-nova")).not_to_contain_text("scripts", timeout=SOON)
        phone.get_by_role("button", name="Undo").last.click()
        expect(watcher.locator(".now-next")).to_contain_text("Cells", timeout=SOON)


def test_a_widget_speaks_its_readers_time(base, readers):
    site = readers.open(timezone="Asia/Kolkata")
    page = f'<iframe src="{base}/events/oct/widget" width="420" height="600"></iframe>'
    site.route("http://site.example/", lambda route: route.fulfill(body=page, content_type=HTML))
    site.goto("http://site.example/")
    frame = site.frame_locator("iframe")
    expect(frame.locator(".now-card.team-nova")).to_contain_text("18:30–20:30")
    expect(frame.locator(".widget-zone")).to_contain_text("Asia/")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_everybody_can_read_and_use_it(stage, base, readers, scheme, width):
    with stage.story.app.app_context():
        set_password(stage.story.user("olga"), PASSWORD)
        db.session.commit()
    say(stage.story, "#nova now A #cinder topic", "#nova next Cells", at=QUARTER_PAST)
    say(stage.story, "#neutron now Waiting", "#in #nova", "#share on", at=QUARTER_PAST)
    for level in ("info", "success", "warning", "danger"):
        say(stage.story, f"~motd add {level} Look at https://map.example/", at=QUARTER_PAST)
    reader = readers.open(color_scheme=scheme, width=width, timezone="Asia/Tokyo")
    reader.goto(f"{base}/login?next={NOW}")
    reader.get_by_label("E-mail").fill("olga@example.org")
    reader.get_by_label("Password").fill(PASSWORD)
    reader.get_by_role("button", name="Sign in").click()
    found = []
    signs = ("/events/oct/signage", "/events/oct/rooms/bexar/signage")
    for path in (
        NOW,
        "/events/oct/widget",
        *(signs if width > 1000 else ()),  # a sign is for screens, and for nobody's finger
    ):
        reader.goto(base + path)
        time.sleep(0.3)
        found += objections(reader)
        assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert found == []
