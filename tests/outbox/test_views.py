"""Leaving a kind of mail: from the mail program in one click, or on the page."""

from datetime import UTC, datetime

from ptgsched.outbox.leaving import leave_url
from ptgsched.outbox.operations import digest_of, has_left

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def link(app, mailing="reminders", to="lena@example.org"):
    settings = app.extensions["ptgsched"]
    return leave_url(to, mailing, settings).removeprefix(settings.base_url)


def left(app, mailing="reminders"):
    with app.app_context():
        return has_left("lena@example.org", mailing)


def test_the_mail_programs_click_leaves_without_a_session(app, client):
    answer = client.post(link(app), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert left(app)
    assert not left(app, "schedule")


def test_looking_changes_nothing_and_the_page_can_take_it_back(sqlite_app, sqlite_client):
    page = sqlite_client.get(link(sqlite_app))
    assert "You get mails about reminders before an event." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert not left(sqlite_app)

    page = sqlite_client.post(link(sqlite_app), data={"wish": "leave-all"})
    assert "no more mails about anything but what you did yourself" in page.text
    assert left(sqlite_app, "schedule")
    sqlite_client.post(link(sqlite_app), data={"wish": "rejoin"})
    assert not left(sqlite_app, "schedule")


def test_only_addresses_that_we_sent_are_known(sqlite_app, sqlite_client):
    other = digest_of("omar@example.org")
    mine = link(sqlite_app)
    assert sqlite_client.get(mine.replace("reminders", "schedule")).status_code == 404
    for forged in (
        mine.replace(digest_of("lena@example.org"), other),
        f"{mine[:-1]}é",
        mine.replace("reminders", "*"),
    ):
        assert sqlite_client.post(forged).status_code == 404
    assert not left(sqlite_app)
