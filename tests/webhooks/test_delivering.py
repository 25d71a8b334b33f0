"""What a program elsewhere is told: each change once, signed, in order, whatever it answers."""

import hashlib
import hmac
import threading
import time
from datetime import timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import select, update

from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.notify.duties import all_duties
from ptgsched.outbox.models import OutgoingMail
from ptgsched.outbox.worker import work_side_by_side
from ptgsched.web.context import links, settings
from ptgsched.webhooks import delivering, operations, sending
from ptgsched.webhooks.models import Delivery, DeliveryState, Webhook
from tests.support.story import LEAD, ORGANIZER
from tests.webhooks.receiver import receiving

HERE = [ip_network("127.0.0.0/8")]


def add(story, url, *about):
    at = utcnow() - timedelta(seconds=1)
    hook = operations.add(story.event, url, about, actor=ORGANIZER, at=at)
    db.session.commit()
    return hook.id


def hook_of(number):
    db.session.rollback()
    return db.session.get(Webhook, number, populate_existing=True)


def deliveries():
    db.session.rollback()
    return db.session.scalars(select(Delivery).order_by(Delivery.id)).all()


def run(switched_off=lambda _hook, _at: None):
    """Everything that is due now."""
    while delivering.collect(links()):
        pass
    while delivering.carry_out(HERE, switched_off):
        pass


def let_time_pass():
    """Pauses are over."""
    begin_write()
    db.session.execute(update(Webhook).values(due_at=utcnow()))
    db.session.execute(update(Delivery).values(due_at=utcnow()))
    db.session.commit()


def signed(secret, headers, body):
    text = headers["Ptgsched-Timestamp"].encode() + b"." + body
    return f"sha256={hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()}"


def test_each_change_is_told_once_in_order_and_signed(hook_story, receiver):
    with hook_story.app.app_context():
        hook_story.book("cinder", "bexar", "MonA1")  # before: not told
        number = add(hook_story, receiver.url)
        booking = hook_story.book("nova", "bexar", "MonA2", title="Größe")
        hook_story.book("nova", "austin", "TueA1")
        run()
        run()

        secret = hook_of(number).secret
        assert [row.state for row in deliveries()] == [DeliveryState.DELIVERED] * 2
        assert [(row.status, row.answer) for row in deliveries()] == [(200, "thanks")] * 2
        uid = booking.uid
    assert receiver.actions == ["booking.created"] * 2
    path, headers, body = receiver.got[0]
    assert path == "/hook?k=1"
    assert headers["Content-Type"] == "application/json"
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert abs(int(headers["Ptgsched-Timestamp"]) - time.time()) < 60
    assert headers["Ptgsched-Signature"] == signed(secret, headers, body)
    first, second = receiver.bodies
    assert first["delivery"] == headers["Ptgsched-Delivery"]
    assert first["event"] == "oct"
    assert (first["change"]["booking"], first["change"]["after"]["title"]) == (uid, "Größe")
    assert first["change"]["cursor"] < second["change"]["cursor"]


def test_it_is_told_only_of_what_it_asked_for(hook_story, receiver):
    with hook_story.app.app_context():
        add(hook_story, receiver.url, "room", "live")
        hook_story.book("nova", "bexar", "MonA1")
        run()
        assert deliveries() == []
        assert hook_of(1).cursor == hook_story.event.cursor


def test_what_fails_is_tried_again_with_the_same_body(hook_story, receiver):
    receiver.answers = [(500, "oops"), (302, ""), (200, "now")]
    with hook_story.app.app_context():
        number = add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        run()
        [delivery] = deliveries()
        assert (delivery.state, delivery.status, delivery.answer) == ("waiting", 500, "oops")
        assert timedelta(0) < delivery.due_at - utcnow() < timedelta(seconds=7)
        assert hook_of(number).failing_since is not None
        run()
        assert len(receiver.got) == 1  # not before its pause is over
        for _ in range(2):
            let_time_pass()
            run()
        [delivery] = deliveries()
        assert (delivery.state, delivery.attempts) == ("delivered", 3)
        assert hook_of(number).failing_since is None
    assert [path for path, _, _ in receiver.got] == ["/hook?k=1"] * 3  # no redirect followed
    assert len({body for _, _, body in receiver.got}) == 1


def test_an_address_where_nobody_is_gets_a_pause_for_all_and_delays_no_other(hook_story, receiver):
    with receiving() as gone:
        pass
    with hook_story.app.app_context():
        away = add(hook_story, gone.url)
        add(hook_story, receiver.url)
        for slot in ("MonA1", "MonA2", "MonA3"):
            hook_story.book("nova", "bexar", slot)
        run()
        attempts = [row.attempts for row in deliveries() if row.webhook_id == away]
        assert attempts == [1, 0, 0]
        assert hook_of(away).due_at > utcnow()
        assert len(receiver.got) == 3

        with receiving(gone.port) as back:
            let_time_pass()
            run()
            assert [body["change"]["cursor"] for body in back.bodies] == sorted(
                body["change"]["cursor"] for body in receiver.bodies
            )


def test_a_receiver_that_is_silent_is_not_waited_for(hook_story, receiver, monkeypatch):
    monkeypatch.setattr(sending, "STEP_SECONDS", 0.2)
    receiver.slow = 4.0
    with hook_story.app.app_context():
        add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        began = time.monotonic()
        run()
        assert time.monotonic() - began < 3.0
        [delivery] = deliveries()
        assert (delivery.status, delivery.answer) == (None, "no answer in time")


def test_a_status_counts_whatever_becomes_of_the_rest_of_the_answer(
    hook_story, receiver, monkeypatch
):
    monkeypatch.setattr(sending, "STEP_SECONDS", 0.2)
    receiver.stalls = 0.6
    with hook_story.app.app_context():
        add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        run()
        [delivery] = deliveries()
        assert (delivery.status, delivery.state, len(receiver.got)) == (200, "delivered", 1)


def test_days_of_failures_switch_it_off_and_organizers_are_told(hook_story, receiver):
    receiver.answers = [(503, "down")]
    duties = [duty for lane in all_duties(hook_story.app.extensions["ptgsched"]) for duty in lane]
    call = next(duty for duty in duties if duty.name == "webhooks")
    with hook_story.app.app_context():
        number = add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        run()
        begin_write()
        hook_of(number)
        begin_write()
        db.session.get(Webhook, number).failing_since = utcnow() - timedelta(days=3)
        db.session.commit()
        let_time_pass()
        call.step()

        hook = hook_of(number)
        assert not hook.is_on
        assert hook.off_because == "nothing arrived for three days; the last time: 503"
        [mail] = db.session.scalars(select(OutgoingMail))
        assert mail.to == "olga@example.org"
        assert f"127.0.0.1:{receiver.port}" in mail.subject
        assert f"/events/oct/manage/webhooks/{number}" in mail.text
        db.session.rollback()

        hook_story.book("nova", "bexar", "MonA2")
        let_time_pass()
        run()
        assert len(receiver.got) == 2  # nothing while it is off

        receiver.answers = [(200, "up")]
        operations.switch_on(hook_of(number), actor=ORGANIZER, at=utcnow())
        db.session.commit()
        run()
        assert [row.state for row in deliveries()] == ["delivered"] * 2


def test_gone_switches_it_off_at_once(hook_story, receiver):
    receiver.answers = [(410, "")]
    told = []
    with hook_story.app.app_context():
        number = add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        run(lambda hook, _at: told.append(hook.id))
        assert told == [number]
        assert "410 Gone" in hook_of(number).off_because


def test_what_was_not_taken_in_time_has_failed_and_can_be_replayed(hook_story, receiver):
    receiver.answers = [(500, "")]
    with hook_story.app.app_context():
        add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        while delivering.collect(links()):
            pass
        begin_write()
        db.session.execute(update(Delivery).values(expires_at=utcnow()))
        db.session.commit()
        run()
        [delivery] = deliveries()
        assert delivery.state == DeliveryState.FAILED

        receiver.answers = [(200, "")]
        operations.replay(delivery, at=utcnow())
        db.session.commit()
        run()
        [delivery] = deliveries()
        assert delivery.state == DeliveryState.DELIVERED
        before, after = receiver.got
        assert before[2] == after[2]


def test_private_addresses_are_refused_at_each_connection(story, receiver):
    """Without the setting: what is written down is not sent, even if the name was public once."""
    with story.app.app_context():
        for url in (receiver.url, f"http://localhost:{receiver.port}/", "http://[::1]/"):
            add(story, url)
        story.book("nova", "bexar", "MonA1")
        while delivering.collect(links()):
            pass
        while delivering.carry_out(settings().reachable_networks, lambda *_: None):
            pass
        answers = [row.answer for row in deliveries()]
        assert all("private address" in answer for answer in answers)
        assert len(answers) == 3
    assert receiver.got == []


def test_no_booking_waits_for_a_receiver_and_no_change_is_missed(hook_story, receiver):
    """Two workers, a slow receiver and writers at once."""
    receiver.slow = 0.02
    app = hook_story.app
    with app.app_context():
        add(hook_story, receiver.url)
    stop = threading.Event()
    workers = [
        threading.Thread(
            target=work_side_by_side,
            args=(all_duties(app.extensions["ptgsched"]), app.app_context, stop),
        )
        for _ in range(2)
    ]
    for thread in workers:
        thread.start()
    try:
        codes = [
            f"{day}{window}{n}" for day in ("Mon", "Tue") for window in "ABC" for n in (1, 2, 3)
        ]
        with app.app_context():
            for code in codes:
                hook_story.book("nova", "bexar", code, actor=LEAD)
        deadline = time.monotonic() + 20
        while len(receiver.got) < len(codes):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.3)
    finally:
        stop.set()
        for thread in workers:
            thread.join()
    cursors = [body["change"]["cursor"] for body in receiver.bodies]
    assert cursors == sorted(set(cursors))
    assert len(cursors) == len(codes)


@pytest.mark.parametrize("kind", ["delivered", "waiting"])
def test_what_was_done_long_ago_is_forgotten(hook_story, receiver, kind):
    with hook_story.app.app_context():
        add(hook_story, receiver.url)
        hook_story.book("nova", "bexar", "MonA1")
        if kind == "delivered":
            run()
        else:
            delivering.collect(links())
        delivering.forget_old(utcnow() + timedelta(days=15))
        db.session.commit()
        assert len(deliveries()) == (0 if kind == "delivered" else 1)
