"""The worker's mails, handed to a real mail server that comes and goes."""

import email
import threading
from datetime import UTC, datetime, timedelta
from email.policy import default

import pytest
import time_machine
from sqlalchemy import select, update

from ptgsched.clock import utcnow
from ptgsched.config import BadSetting, Settings
from ptgsched.db import begin_write, db
from ptgsched.outbox import delivery
from ptgsched.outbox.carriers import carrier_for
from ptgsched.outbox.delivery import Delivery, nameless, pause
from ptgsched.outbox.models import MailState, OutgoingMail
from ptgsched.outbox.operations import Attachment, digest_of, leave, post
from ptgsched.outbox.worker import Duty, Periodic, work
from ptgsched.web.context import settings as current_settings

pytestmark = pytest.mark.usefixtures("templates")
START = datetime(2026, 10, 26, 13, tzinfo=UTC)


def hello(number, to=None, **more):
    facts = {"name": f"Reader {number}", "start": START}
    to = to or f"reader{number}@example.org"
    return post(template="hello", to=to, key=f"hello:{number}", facts=facts, **more)


def state_of(number):
    db.session.expire_all()
    return db.session.scalars(
        select(OutgoingMail).where(OutgoingMail.key == f"hello:{number}")
    ).one()


def deliver(settings):
    """All that is due now."""
    duty = Delivery(settings, carrier_for(settings))
    try:
        while duty.pass_on():
            pass
    finally:
        duty.rest()
        db.session.remove()


@pytest.fixture
def mailing_app(make_app, database_url, smtp):
    return make_app(database_url, mail_url=smtp.url, mail_from="PTG <ptg@ptg.example>")


def test_a_mail_arrives_and_what_it_said_is_wiped(mailing_app, smtp):
    smtp.start()
    with mailing_app.app_context():
        file = Attachment("event.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        hello(1, attachments=[file], mailing="reminders")
        db.session.commit()
        deliver(current_settings())

        mail = state_of(1)
        assert (mail.state, mail.text, mail.html, mail.attachments) == (
            MailState.SENT,
            "",
            None,
            [],
        )
        assert mail.answer == "250 2.0.0 taken"
    [row] = smtp.mails
    assert (row["from"], row["to"]) == ("ptg@ptg.example", ["reader1@example.org"])
    message = email.message_from_string(row["content"].replace("\r\n", "\n"), policy=default)
    assert message["From"] == "PTG <ptg@ptg.example>"
    assert message["Subject"] == "Hello Reader 1"
    assert message["Message-ID"].endswith("@ptg.example>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave_at = message["List-Unsubscribe"].strip("<>")
    assert leave_at.startswith("http://localhost/mail/reminders/")
    assert "reader1" not in leave_at
    text = message.get_body(("plain",)).get_content()
    assert "Dear Reader 1,\nit begins Mon 26 Oct 2026 13:00 UTC." in text
    assert leave_at in text
    assert leave_at in message.get_body(("html",)).get_content()
    [calendar] = message.iter_attachments()
    assert calendar.get_filename() == "event.ics"
    assert calendar.get_content_type() == "text/calendar"


def test_refusals_do_not_block(mailing_app, smtp):
    smtp.start()
    with mailing_app.app_context():
        hello(1, to="nobody@example.org")
        hello(2, to="later@example.org")
        hello(3, to="not an address")
        hello(4)
        hello(5, to="jürgen@example.org")
        hello(6, to="info@müller.example")
        db.session.commit()
        deliver(current_settings())

        assert [state_of(number).state for number in range(1, 7)] == [
            MailState.REFUSED,
            MailState.WAITING,
            MailState.REFUSED,
            MailState.SENT,
            MailState.SENT,
            MailState.SENT,
        ]
        assert state_of(1).answer == "550 5.1.1 no such mailbox"
        later = state_of(2)
        assert (later.attempts, later.claim) == (1, None)
        assert later.answer == "451 4.3.0 come back later"
        assert timedelta(0) < later.due_at - utcnow() < timedelta(seconds=7)
    assert [row["to"] for row in smtp.mails] == [
        ["reader4@example.org"],
        ["jürgen@example.org"],
        ["info@xn--mller-kva.example"],
    ]
    assert (
        nameless("550 5.1.1 <a@b.example>: no a@b.example") == "550 5.1.1 <address>: no <address>"
    )


def test_what_a_server_puts_off_for_days_expires(mailing_app, smtp):
    smtp.start()
    with mailing_app.app_context():
        mail = hello(1, to="later@example.org")
        db.session.flush()
        mail.expires_at = utcnow()
        db.session.commit()
        deliver(current_settings())
        assert (state_of(1).state, state_of(1).text) == (MailState.EXPIRED, "")
    assert smtp.mails == []


def test_waiting_grows_up_to_an_hour():
    for attempts, seconds in ((1, 5), (2, 10), (5, 80), (10, 2560), (11, 3600), (500, 3600)):
        waits = {pause(attempts).total_seconds() for _ in range(20)}
        assert len(waits) > 1
        assert all(0.8 * seconds <= wait <= 1.2 * seconds for wait in waits)


def test_who_has_left_gets_no_more(mailing_app, smtp):
    smtp.start()
    with mailing_app.app_context():
        hello(1, mailing="reminders")
        hello(2, to="Reader1@example.org")  # an answer to what one did: comes in any case
        leave(digest_of("reader1@example.org"), "reminders", at=START)
        db.session.commit()
        deliver(current_settings())
        assert state_of(1).state == MailState.UNWANTED
        assert state_of(2).state == MailState.SENT


def test_nothing_goes_before_its_time_or_while_another_worker_holds_it(mailing_app, smtp):
    smtp.start()
    with mailing_app.app_context():
        hello(1, not_before=utcnow() + timedelta(hours=1))
        hello(2)
        db.session.commit()
        taken = delivery.take(utcnow())
        deliver(current_settings())
        assert smtp.mails == []

        begin_write()  # the other worker has died, and its lease ends
        db.session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == taken.mail.id)
            .values(due_at=OutgoingMail.created_at)
        )
        db.session.commit()
        deliver(current_settings())
        assert [row["to"] for row in smtp.mails] == [["reader2@example.org"]]
        assert state_of(2).attempts == 2


def test_a_server_that_is_killed_and_comes_back_gets_the_rest(mailing_app, smtp, monkeypatch):
    """Killed twice amid 200 mails: nothing is lost, at most one doubled by each kill."""
    monkeypatch.setattr(delivery, "FIRST_RETRY", timedelta(milliseconds=100))
    monkeypatch.setattr(delivery, "SERVER_AGAIN", timedelta(milliseconds=50))
    smtp.start()
    settings = mailing_app.extensions["ptgsched"]
    with mailing_app.app_context():
        for number in range(200):
            hello(number)
        db.session.commit()
    stop = threading.Event()

    def worker():
        with mailing_app.app_context():
            duty = Delivery(settings, carrier_for(settings))
            work([Duty("mail", duty.pass_on)], stop)
            duty.rest()

    thread = threading.Thread(target=worker)
    thread.start()
    try:
        for taken in (50, 120):
            smtp.wait_for(taken)
            smtp.kill()
            smtp.start()
        smtp.wait_for(200)
        deadline = utcnow() + timedelta(seconds=20)
        with mailing_app.app_context():
            while utcnow() < deadline and db.session.scalar(
                select(OutgoingMail.id).where(OutgoingMail.state == MailState.WAITING).limit(1)
            ):
                db.session.rollback()
                stop.wait(0.1)
    finally:
        stop.set()
        thread.join(30)
    receivers = [row["to"][0] for row in smtp.mails]
    assert set(receivers) == {f"reader{number}@example.org" for number in range(200)}
    assert len(receivers) <= 202
    with mailing_app.app_context():
        states = set(db.session.scalars(select(OutgoingMail.state)))
        assert states == {MailState.SENT}


def test_without_a_server_each_mail_is_a_file(make_app, sqlite_url, tmp_path):
    app = make_app(sqlite_url)
    with app.app_context():
        hello(1)
        db.session.commit()
        deliver(current_settings())
        assert state_of(1).state == MailState.SENT
    [path] = (tmp_path / "instance" / "outbox").iterdir()
    assert path.name == "000001-hello.eml"
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    assert message["To"] == "reader1@example.org"
    assert message["From"] == "ptgsched <ptgsched@localhost>"
    assert message["List-Unsubscribe"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mail_url", "mail.example.org"),
        ("mail_url", "http://mail.example.org"),
        ("mail_url", "smtp://"),
        ("mail_url", "smtp://host:port"),
        ("mail_from", "somebody"),
        ("mail_from", "a@b@c"),
    ],
)
def test_a_bad_mail_setting_stops_the_start(name, value):
    with pytest.raises(BadSetting, match=f"PTGSCHED_{name.upper()}"):
        Settings(**{name: value})


def test_a_failing_duty_does_not_keep_the_others_from_theirs(sqlite_app, caplog):
    done = []

    def fails():
        raise RuntimeError("no")

    duties = [Duty("bad", fails), Duty("good", lambda: len(done) < 3 and not done.append(1))]
    with sqlite_app.app_context():
        work(duties, threading.Event(), until_done=True)
        assert duties[0].step() is False  # left alone for a while
    assert done == [1, 1, 1]
    assert "'bad' failed" in caplog.text


def test_what_is_periodic_is_done_so_often_and_soon_again_when_it_failed(sqlite_app):
    calls = []

    def run(at):
        calls.append(at)
        if len(calls) == 1:
            raise RuntimeError("no")

    duty = Periodic("tick", run, timedelta(hours=1))
    with sqlite_app.app_context(), time_machine.travel(START, tick=False) as clock:
        for minutes, done in ((0, 1), (1, 2), (31, 2), (62, 3)):
            clock.move_to(START + timedelta(minutes=minutes))
            assert duty.step() is False
            assert len(calls) == done
