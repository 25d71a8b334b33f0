"""Mails that a change of many calls for: written afterwards, each once, whoever dies meanwhile."""

import threading
import time
from collections import Counter

import pytest
from sqlalchemy import select

from ptgsched.db import db
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations import operations, privacy, queries
from ptgsched.registrations.columns import columns_of
from ptgsched.registrations.details import details
from ptgsched.registrations.imports import import_rows, read_rows
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.models import Status
from ptgsched.registrations.owed import AT_ONCE, Owed, write_owed
from ptgsched.registrations.tables import read_table
from ptgsched.web.links import Links
from tests.schedule.test_races import race
from tests.support.story import ORGANIZER, SIGN_UP, Story

LINKS = Links("https://ptg.example", "https://pads.example/p", "https://meet.example")
LETTERS = Letters(LINKS, "a key of the tests", "ptg.example")


class Dying(Letters):
    """A worker that is killed when it has written a few."""

    left = 3

    def registered(self, registration):
        self.left -= 1
        if not self.left:
            raise SystemExit
        super().registered(registration)


def come(scene, name):
    said = details({"name": name.title()})
    operations.register(scene.event, f"{name}@example.net", said, at=SIGN_UP, letters=None)
    db.session.commit()


def take_in(scene, *rows):
    """Import these rows and write to each, as Olga's page does."""
    table = read_table("\n".join(["name,email,status", *rows]).encode())
    found = read_rows(table, columns_of(table.headings), scene.event, at=SIGN_UP)
    report = import_rows(scene.event, found, actor=ORGANIZER, at=SIGN_UP, letters=Owed())
    db.session.commit()
    return report.figures()


def told():
    """What each was written, by name."""
    rows = db.session.execute(select(OutgoingMail.to, OutgoingMail.template)).all()
    kinds = {to.partition("@")[0]: kind.removeprefix("registration_") for to, kind in rows}
    assert len(kinds) == len(rows), "somebody was written to twice"
    return kinds


def test_an_import_is_over_at_once_and_each_is_written_to_once(story: Story):
    """One worker is killed amid its work; two others share the rest."""
    people = [f"P{n},p{n}@example.org," for n in range(2 * AT_ONCE + 5)]
    with story.app.app_context():
        story.set(registration_capacity=1)
        come(story, "kenji")
        come(story, "dana")
        story.set(registration_capacity=len(people))
        gone = ["Kenji,kenji@example.net,cancelled", "Ana,ana@example.org,cancelled"]
        assert take_in(story, *people, *gone)["cancelled"] == 2
        assert told() == {}, "nobody waits for mails to be written"

        with pytest.raises(SystemExit):
            write_owed(Dying(LINKS, "a key of the tests", "ptg.example"), SIGN_UP)
        db.session.remove()
        assert told() == {}

    def work():
        while write_owed(LETTERS, SIGN_UP):
            pass

    assert set(race(story, work, work)) == {"done"}
    with story.app.app_context():
        kinds = told()
        assert (kinds.pop("kenji"), kinds.pop("dana")) == ("cancelled", "promoted")
        assert set(kinds) == {f"p{n}" for n in range(len(people))}, "Ana never was on the list"
        assert Counter(kinds.values()) == {"confirmed": len(people) - 1, "waitlisted": 1}
        assert not write_owed(LETTERS, SIGN_UP)


def test_what_is_not_true_any_more_is_not_written(scene: Story):
    scene.set(registration_capacity=1)
    take_in(scene, "Bo,bo@example.org,", "Cy,cy@example.org,", "Di,di@example.org,")
    bo = queries.by_email(scene.event, "bo@example.org")

    operations.cancel(bo, at=SIGN_UP, letters=LETTERS)
    db.session.commit()
    while write_owed(LETTERS, SIGN_UP):
        pass

    assert queries.by_email(scene.event, "cy@example.org").status == Status.CONFIRMED
    assert told() == {"bo": "cancelled", "cy": "promoted", "di": "waitlisted"}

    take_in(scene, "Eve,eve@example.org,")
    assert write_owed(LETTERS, scene.event.slots[-1].ends_at)
    assert "eve" not in told(), "the worker was away until it was over"
    assert not write_owed(LETTERS, SIGN_UP)


def test_who_is_erased_while_the_worker_writes_gets_the_last_mail_only(story: Story):
    writing = threading.Event()

    class Slow(Letters):
        def registered(self, registration):
            super().registered(registration)
            writing.set()
            time.sleep(0.3)

    def erase():
        assert writing.wait(10)
        bo = queries.by_email(story.event, "bo@example.org")
        privacy.erase(bo, at=SIGN_UP, letters=LETTERS)
        db.session.commit()

    with story.app.app_context():
        take_in(story, "Bo,bo@example.org,")
    slow = Slow(LINKS, "a key of the tests", "ptg.example")
    assert race(story, lambda: write_owed(slow, SIGN_UP), erase) == ["done", "done"]

    with story.app.app_context():
        assert told() == {"bo": "cancelled"}
