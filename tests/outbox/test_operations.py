"""Posting: rendered once, in the transaction of what it tells, and never twice."""

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from jinja2 import UndefinedError
from sqlalchemy import select

from ptgsched.db import begin_write, db
from ptgsched.outbox.models import MailState, OutgoingMail
from ptgsched.outbox.operations import (
    EVERY_MAILING,
    Attachment,
    cancel,
    digest_of,
    forget,
    forget_done,
    has_left,
    leave,
    post,
    rejoin,
)

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)
FACTS = {"name": "Lena <b>", "start": datetime(2026, 10, 26, 13, tzinfo=UTC)}


pytestmark = pytest.mark.usefixtures("templates")


def hello(key="hello:1", to="lena@example.org", **more):
    return post(template="hello", to=to, key=key, facts=FACTS, at=AT, **more)


def mails():
    return db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def test_a_mail_says_times_in_the_readers_zone_and_in_utc(app):
    with app.app_context():
        mail = hello(zone="Asia/Tokyo")

        tokyo = "Mon 26 Oct 2026 22:00 Asia/Tokyo (UTC+9) = Mon 26 Oct 2026 13:00 UTC"
        assert mail.subject == "Hello Lena <b>"
        assert mail.text == f"Dear Lena <b>,\nit begins {tokyo}.\n"
        assert f"<p>Dear Lena &lt;b&gt;, it begins {tokyo}.</p>" in mail.html
        assert "= " not in hello("hello:2", zone="UTC").text


def test_it_goes_or_stays_with_what_it_tells(app):
    with app.app_context():
        hello()
        db.session.rollback()
        assert mails() == []

        hello(attachments=[Attachment("event.ics", "text/calendar", b"BEGIN:VCALENDAR")])
        db.session.commit()
        [mail] = mails()
        assert (mail.state, mail.due_at) == (MailState.WAITING, AT)
        assert mail.attachments[0]["data"] == "QkVHSU46VkNBTEVOREFS"


def test_the_same_key_posts_once(app):
    with app.app_context():
        first = hello()
        assert hello(to="omar@example.org") is first
        db.session.commit()
        assert hello(to="omar@example.org").to == "lena@example.org"
        assert len(mails()) == 1


def test_two_who_post_the_same_at_once_post_one(app):
    results = []

    def one_of_them():
        with app.app_context():
            results.append(hello().id)
            db.session.commit()

    threads = [Thread(target=one_of_them) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with app.app_context():
        [mail] = mails()
        assert results == [mail.id] * 4


def test_a_missing_fact_is_told_before_anything_is_written(sqlite_app):
    with sqlite_app.app_context():
        with pytest.raises(UndefinedError, match="start"):
            post(template="hello", to="x@example.org", key="k", facts={"name": "x"})
        assert mails() == []


def test_what_is_to_come_can_be_taken_back(app):
    with app.app_context():
        hello("event:1:reminder:7", not_before=AT + timedelta(days=20))
        hello("event:1:reminder:8").claim = "a worker's"
        hello("event:12:reminder:7")
        db.session.flush()
        cancel("event:1:")
        db.session.commit()

        assert [mail.key for mail in mails()] == ["event:1:reminder:8", "event:12:reminder:7"]


def test_an_address_is_forgotten_on_request_and_after_a_week(app):
    with app.app_context():
        sent = hello("sent")
        sent.state, sent.done_at = MailState.SENT, AT
        other = hello("other", to="omar@example.org")
        other.state, other.done_at = MailState.SENT, AT
        hello("waiting")
        db.session.commit()

        forget(["lena@example.org"], lambda key: key == "another event's")
        assert [mail.to for mail in mails()].count("lena@example.org") == 2
        forget(["lena@example.org"], lambda key: key in {"sent", "waiting"})
        db.session.commit()
        assert [(mail.key, mail.to) for mail in mails()] == [
            ("sent", ""),
            ("other", "omar@example.org"),
        ]
        forget_done(AT + timedelta(days=6))
        assert mails()[1].to == "omar@example.org"
        forget_done(AT + timedelta(days=8))
        db.session.commit()
        assert [mail.to for mail in mails()] == ["", ""]
        assert hello("sent").state == MailState.SENT  # still not posted again


def test_leaving_one_kind_of_mail_or_all(app):
    with app.app_context():
        lena, omar = digest_of("Lena@Example.org"), digest_of("omar@example.org")
        begin_write()
        leave(lena, "reminders", at=AT)
        leave(lena, "reminders", at=AT)
        leave(omar, EVERY_MAILING, at=AT)
        db.session.commit()

        assert has_left("lena@example.org", "reminders")
        assert not has_left("lena@example.org", "schedule")
        assert has_left("OMAR@example.org", "schedule")
        rejoin(lena, "reminders")
        db.session.commit()
        assert not has_left("lena@example.org", "reminders")
