"""What registered people are told without asking: each once, in their time, on both databases."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from ptgsched.accounts.actor import Actor
from ptgsched.db import db
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations import notices, operations, privacy, queries
from ptgsched.registrations.details import details
from ptgsched.registrations.letters import Letters
from ptgsched.schedule import operations as schedule
from ptgsched.setup.rooms import change_room
from ptgsched.setup.teams import change_team
from ptgsched.web.links import Links
from tests.schedule.test_races import race
from tests.support.story import LEAD, ORGANIZER, PASSCODE, SIGN_UP, Story

LINKS = Links("https://ptg.example", "https://pads.example/p", "https://meet.example")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.fixture
def letters() -> Letters:
    return Letters(LINKS, "a key of the tests", "ptg.example")


def come(scene, name, *, at=SIGN_UP, teams=(), zone="Asia/Tokyo"):
    """Register and commit, without a mail."""
    said = {"name": name.title(), "timezone": zone, "teams": [scene.team(t) for t in teams]}
    found, _ = operations.register(
        scene.event, f"{name}@example.net", details(said), at=at, letters=None
    )
    db.session.commit()
    return found


def told(template):
    """Who was told, in order."""
    query = select(OutgoingMail.to).where(OutgoingMail.template == template)
    found = db.session.scalars(query.order_by(OutgoingMail.id)).all()
    return [to.partition("@")[0] for to in found]


def mail(template):
    """The last mail of this kind."""
    query = select(OutgoingMail).where(OutgoingMail.template == template)
    return db.session.scalars(query.order_by(OutgoingMail.id.desc())).first()


def test_the_way_into_the_rooms_is_mailed_24_hours_before_and_once(scene: Story, letters):
    scene.set(registration_capacity=2)
    yuki = come(scene, "yuki")
    come(scene, "ben", zone=None)
    come(scene, "chen")
    opens = scene.event.slots[0].starts_at - DAY
    over = scene.event.slots[-1].ends_at

    notices.tell_passcodes(letters, opens - timedelta(seconds=1))
    assert told("registration_passcodes") == []
    for _ in range(2):
        notices.tell_passcodes(letters, opens)
    assert told("registration_passcodes") == ["yuki", "ben"], "who waits is told nothing"
    text = mail("registration_passcodes").text
    assert f"Passcode: {PASSCODE}" in text
    assert "Mon 26 Oct 2026 05:00 UTC" in text

    operations.cancel(yuki, at=opens + MINUTE, letters=None)
    db.session.commit()
    notices.tell_passcodes(letters, opens + 2 * MINUTE)
    assert told("registration_passcodes") == ["yuki", "ben", "chen"], "and who moves up is"
    come(scene, "yuki", at=opens + 3 * MINUTE)
    scene.set(registration_capacity=None)
    operations.promote(scene.event, at=opens + 4 * MINUTE, letters=None)
    db.session.commit()
    notices.tell_passcodes(letters, over - MINUTE)
    assert told("registration_passcodes")[3:] == ["yuki"], "who comes again is told again"
    come(scene, "late", at=over - MINUTE)
    notices.tell_passcodes(letters, over)
    assert "late" not in told("registration_passcodes")


def test_who_is_erased_while_the_worker_writes_is_sent_no_passcode(story: Story, letters):
    """The mail that is being written goes with the place, and none is written after it."""
    writing = threading.Event()

    class Slow(Letters):
        def passcodes(self, registration, at, **more):
            writing.set()
            time.sleep(0.3)
            super().passcodes(registration, at, **more)

    def erase():
        assert writing.wait(10)
        yuki = queries.by_email(story.event, "yuki@example.net")
        privacy.erase(yuki, at=SIGN_UP, letters=letters)
        db.session.commit()

    with story.app.app_context():
        come(story, "yuki")
        opens = story.event.slots[0].starts_at - DAY
    slow = Slow(LINKS, "a key of the tests", "ptg.example")
    assert race(story, lambda: notices.tell_passcodes(slow, opens), erase) == ["done", "done"]
    with story.app.app_context():
        assert (told("registration_passcodes"), told("registration_cancelled")) == ([], ["yuki"])


def test_leads_are_told_what_others_did_to_sessions_of_their_teams(scene: Story, letters):
    """Lena leads nova, Omar leads cinder and follows it; Olga organizes."""
    omar = come(scene, "omar", teams=["cinder"])
    omar.email = "omar@example.org"
    db.session.commit()
    notices.tell_changes(letters, SIGN_UP)
    lena = Actor("lead:nova", "web", user_id=scene.user("lena").id)
    own = scene.book("nova", "bexar", "MonA1", actor=lena)
    joint = scene.book("nova", "austin", "MonA2", with_teams=["cinder"], actor=lena)

    def tell(at):
        db.session.commit()
        notices.tell_changes(letters, at + 3 * MINUTE)
        return told("schedule_changed")

    assert tell(SIGN_UP) == ["omar"], "Lena knows what she booked"
    found = mail("schedule_changed")
    assert "sessions of teams that you lead at October PTG" in found.text
    assert "Austin" in found.text
    assert (found.to, found.mailing) == ("omar@example.org", "schedule")

    at = SIGN_UP + DAY
    schedule.change(scene.event, joint, slots=scene.slots("MonA3"), actor=lena, at=at)
    assert tell(at) == ["omar", "omar"], "who follows what one leads gets one mail"
    at += DAY
    schedule.change(scene.event, joint, with_teams=[], actor=lena, at=at)
    assert tell(at)[2:] == ["omar"]
    assert "takes place without the teams you follow" in mail("schedule_changed").text
    at += DAY
    schedule.release(scene.event, own, actor=ORGANIZER, at=at, reason="Flooded")
    assert tell(at)[3:] == ["lena"]


def test_a_worker_that_dies_tells_nobody_twice(scene: Story, letters, monkeypatch):
    """Some mails at a time; what has changed meanwhile is told afterwards."""
    monkeypatch.setattr(notices, "AT_ONCE", 1)
    come(scene, "yuki", teams=["nova"])
    come(scene, "ben", teams=["nova"])
    nova = scene.book("nova", "bexar", "MonA1")
    notices.tell_changes(letters, SIGN_UP)

    class Dying(Letters):
        def changed(self, registration, lines, mark):
            if registration.name == "Ben":
                raise KeyboardInterrupt
            super().changed(registration, lines, mark)

    at = SIGN_UP + DAY
    schedule.change(scene.event, nova, slots=scene.slots("MonA2"), actor=LEAD, at=at)
    db.session.commit()
    with pytest.raises(KeyboardInterrupt):
        notices.tell_changes(Dying(LINKS, "a key of the tests", "ptg.example"), at + 3 * MINUTE)
    db.session.rollback()
    assert told("schedule_changed") == ["yuki"]

    schedule.change(scene.event, nova, room=scene.room("austin"), actor=LEAD, at=at + 4 * MINUTE)
    db.session.commit()
    notices.tell_changes(letters, at + 5 * MINUTE)
    assert told("schedule_changed") == ["yuki", "ben"]
    assert "14:00-15:00 UTC, Bexar" in mail("schedule_changed").text
    for minutes in (7, 8):
        notices.tell_changes(letters, at + minutes * MINUTE)
    assert told("schedule_changed")[2:] == ["yuki", "ben"]
    assert "14:00-15:00 UTC, Austin" in mail("schedule_changed").text


def test_another_passcode_is_mailed_to_those_who_know_the_one_before(scene: Story, letters):
    """yuki was told; ben comes after the change; a team's own call is a way in, too."""
    come(scene, "yuki")
    opens = scene.event.slots[0].starts_at - DAY
    notices.tell_passcodes(letters, opens)
    at = opens + 60 * MINUTE
    for change, thing, given in (
        (change_room, scene.room("austin"), {"passcode": "2718281", "name": "Austin 2"}),
        (change_room, scene.room("bexar"), {"name": "Bexar 2"}),
        (change_team, scene.team("nova"), {"join_url": "https://zoom.example/j/1?pwd=141421"}),
    ):
        change(scene.event, thing, given, actor=ORGANIZER, at=at)
        db.session.commit()
    come(scene, "ben", at=at)

    notices.tell_passcodes(letters, at + MINUTE)
    assert told("registration_passcodes") == ["yuki", "ben"], "it has not settled"
    for minutes in (2, 3):
        notices.tell_passcodes(letters, at + minutes * MINUTE)

    assert told("registration_passcodes") == ["yuki", "ben", "yuki"]
    found = mail("registration_passcodes")
    assert found.subject == "The way into the rooms has changed: October PTG"
    assert "Passcode: 2718281" in found.text
    assert "Nova: https://zoom.example/j/1?pwd=141421" in found.text


def test_a_week_before_those_are_reminded_who_had_registered_by_then(scene: Story, letters):
    come(scene, "yuki")
    first = scene.event.slots[0].starts_at
    come(scene, "late", at=first - 6 * DAY)

    notices.remind(letters, first - 8 * DAY)
    assert told("registration_reminder") == []
    for _ in range(2):
        notices.remind(letters, first - 5 * DAY)
    assert told("registration_reminder") == ["yuki"]
    found = mail("registration_reminder")
    assert found.mailing == "reminders"
    assert "Mon 26 Oct 2026 14:00 Asia/Tokyo (UTC+9) = Mon 26 Oct 2026 05:00 UTC" in found.text


def test_who_follows_a_session_is_told_when_it_moves(scene: Story, letters):
    """yuki follows nova, ben has a star on cinder's, chen follows neutron."""
    come(scene, "yuki", teams=["nova"])
    ben = come(scene, "ben", zone="Europe/Berlin")
    come(scene, "chen", teams=["neutron"])
    nova = scene.book("nova", "bexar", "MonA1", title="Placement")
    cinder = scene.book("cinder", "austin", "MonA2")
    operations.star(ben, cinder, wanted=True, at=SIGN_UP)
    db.session.commit()
    notices.tell_changes(letters, SIGN_UP)
    notices.tell_changes(letters, SIGN_UP + MINUTE)
    assert told("schedule_changed") == [], "what was before is no news"

    at = SIGN_UP + DAY
    for slots in ("MonA3", "MonA4"):
        schedule.change(
            scene.event,
            nova,
            slots=scene.slots(slots),
            room=scene.room("austin"),
            actor=LEAD,
            at=at,
        )
        db.session.commit()
    schedule.change(scene.event, cinder, title="Volumes", actor=LEAD, at=at)
    db.session.commit()
    notices.tell_changes(letters, at + MINUTE)
    assert told("schedule_changed") == [], "it has not settled"
    for minutes in (3, 4):
        notices.tell_changes(letters, at + minutes * MINUTE)
    assert told("schedule_changed") == ["yuki"], "another title is not worth a mail"
    found = mail("schedule_changed")
    assert found.subject == "1 change at October PTG"
    assert "Nova: Placement" in found.text
    assert (
        "now Tue 27 Oct 01:00-02:00 Asia/Tokyo = Mon 26 Oct 16:00-17:00 UTC, Austin" in found.text
    )
    assert "was Mon 26 Oct 22:00-23:00 Asia/Tokyo = Mon 26 Oct 13:00-14:00 UTC, Bexar" in found.text
    assert found.mailing == "schedule"

    schedule.release(scene.event, cinder, actor=LEAD, at=at)
    schedule.change(scene.event, nova, slots=scene.slots("MonA1"), actor=LEAD, at=at)
    schedule.change(scene.event, nova, slots=scene.slots("MonA4"), actor=LEAD, at=at)
    db.session.commit()
    notices.tell_changes(letters, at + 9 * MINUTE)
    assert told("schedule_changed") == ["yuki", "ben", "omar"], "there and back is no change"
    assert "does not take place" in mail("schedule_changed").text

    late = scene.event.slots[0].starts_at - 2 * DAY
    scene.book("neutron", "bexar", "WedA1", at=late)
    scene.book("tc", "austin", "WedA1", at=late)
    notices.tell_changes(letters, late + 3 * MINUTE)
    assert told("schedule_changed")[3:] == ["chen"], "new ones are news in the last week"
    assert len(queries.confirmed(scene.event)) == 3
