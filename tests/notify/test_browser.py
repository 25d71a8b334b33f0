"""The pages of webhooks and pings as people meet them, and a notice of the browser."""

import threading
import time
from contextlib import contextmanager

import pytest

from ptgsched.accounts.passwords import set_password
from ptgsched.db import db
from ptgsched.notify.duties import all_duties
from ptgsched.outbox.leaving import leave_url
from ptgsched.outbox.worker import work_side_by_side
from tests.pings.test_telling import say, wish
from tests.support.story import Story
from tests.web.test_accessibility import PASSWORD, objections

# What the test hears instead of the desktop, which a headless browser has none of.
HEARD = """
window.heard = [];
class Heard extends EventTarget {
  static permission = "granted";
  static async requestPermission() { return "granted"; }
  constructor(title, options) {
    super();
    window.heard.push([title, options.body, options.tag]);
  }
}
window.Notification = Heard;
"""


@pytest.fixture
def story(make_app, sqlite_url):
    found = Story.begin(make_app(sqlite_url))
    with found.app.app_context():
        for name in ("olga", "vic"):
            set_password(found.user(name), PASSWORD)
        db.session.commit()
    return found


@contextmanager
def working(app):
    """A worker beside the test."""
    stop = threading.Event()
    lanes = all_duties(app.extensions["ptgsched"])
    thread = threading.Thread(target=work_side_by_side, args=(lanes, app.app_context, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def wait_until_heard(page, number):
    deadline = time.monotonic() + 20
    while page.evaluate("window.heard.length") < number:
        assert time.monotonic() < deadline, page.evaluate("window.heard")
        page.wait_for_timeout(100)


def sign_in(page, site, name):
    page.goto(f"{site}/login")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_can_be_read_and_used_by_everybody(story, serve, sqlite_url, readers, scheme, width):
    site = serve(sqlite_url, secret_key="the same here and there")
    reader = readers.open(color_scheme=scheme, width=width)
    sign_in(reader, site, "olga")
    found = []

    def look():
        found.extend(objections(reader))
        assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth"), reader.url

    reader.goto(f"{site}/events/oct/manage/webhooks/")
    look()
    reader.get_by_label("Address").fill("not an address")
    reader.get_by_role("button", name="Add, and show").click()
    reader.get_by_text("begins with https://").wait_for()
    look()
    reader.get_by_label("Address").fill("https://hooks.example.org/x")
    reader.get_by_role("button", name="Add, and show").click()
    reader.get_by_text("Copy the secret now.").wait_for()
    look()
    reader.get_by_role("button", name="Send a test").click()
    reader.get_by_text("A test is on its way").wait_for()
    look()
    for path in ("pings", "teams/nova", "now"):
        reader.goto(f"{site}/events/oct/{path}")
        look()
    settings = story.app.extensions["ptgsched"]
    there = type(settings).from_env(
        {}, base_url=site, secret_key="the same here and there", instance=settings.instance
    )
    reader.goto(leave_url("olga@example.org", "now", there) or "")
    reader.get_by_role("button", name="Send me no more of these").click()
    reader.get_by_text("You get no more mails about topics that become now").wait_for()
    look()
    assert found == []


def test_a_notice_comes_once_while_the_board_is_open(story, serve, sqlite_url, readers):
    site = serve(sqlite_url)
    with story.app.app_context():
        wish(story, "vic", "nova", by_mail=False)
    reader = readers.open()
    reader.add_init_script(HEARD)
    sign_in(reader, site, "vic")
    reader.goto(f"{site}/events/oct/now")
    with reader.expect_response(lambda answer: "/pings/news" in answer.url):
        reader.get_by_role("button", name="Notify me in this browser").click()
    with working(story.app):
        with story.app.app_context():
            say(story, "nova", "placement")
            say(story, "cinder", "not waited for")
        wait_until_heard(reader, 1)
        with story.app.app_context():
            say(story, "nova", "PLACEMENT")
            say(story, "nova", "cyborg")
        wait_until_heard(reader, 2)
    heard = reader.evaluate("window.heard")
    assert [row[:2] for row in heard] == [["Now at Nova", "placement"], ["Now at Nova", "cyborg"]]
    assert heard[0][2] != heard[1][2]
