"""Who gets a place: in order, never more than there are, on each kind of database."""

import threading
import time
from datetime import timedelta

import pytest

from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Stale
from ptgsched.registrations import operations, queries, tokens
from ptgsched.registrations.details import details
from ptgsched.registrations.models import Registration, Status
from ptgsched.registrations.operations import Outcome
from ptgsched.registrations.policy import Opening, RegistrationClosed, desk_of
from ptgsched.schedule.journal import lock
from ptgsched.setup import settings
from tests.schedule.test_races import race
from tests.support.story import ORGANIZER, SIGN_UP, Story

KEY = "a key of the tests"


class Post:
    """Keeps a list of the letters that were asked for, as (which, to whom)."""

    def __init__(self):
        self.sent = []

    def __getattr__(self, name):
        return lambda registration, *_: self.sent.append((name, registration.email))


def come(scene, name, *, post=None, at=SIGN_UP, **options):
    """Register and commit; the registration and what became of it."""
    said = options.pop("said", None) or details({"name": name.title()})
    came = operations.register(
        scene.event, f"{name}@example.net", said, at=at, letters=post, **options
    )
    db.session.commit()
    return came


def standing(scene):
    """Who stands where, in order of place."""
    query = db.select(Registration.email, Registration.status).order_by(Registration.place)
    db.session.expire_all()
    return [(email.partition("@")[0], str(status)) for email, status in db.session.execute(query)]


def test_the_next_in_line_has_the_place_at_once(scene: Story):
    """Two places, four people: yuki cancels, then the organizer raises the capacity."""
    scene.set(registration_capacity=2)
    post = Post()
    people = {name: come(scene, name, post=post)[0] for name in ("yuki", "ben", "chen", "dana")}

    assert standing(scene) == [
        ("yuki", "confirmed"),
        ("ben", "confirmed"),
        ("chen", "waitlisted"),
        ("dana", "waitlisted"),
    ]
    assert [queries.ahead(people[name]) for name in ("chen", "dana")] == [0, 1]
    assert post.sent == [
        ("registered", "yuki@example.net"),
        ("registered", "ben@example.net"),
        ("waitlisted", "chen@example.net"),
        ("waitlisted", "dana@example.net"),
    ]

    post.sent.clear()
    operations.cancel(people["yuki"], at=SIGN_UP, letters=post)
    db.session.commit()

    assert standing(scene)[0] == ("yuki", "cancelled")
    assert standing(scene)[2:] == [("chen", "confirmed"), ("dana", "waitlisted")]
    assert post.sent == [("cancelled", "yuki@example.net"), ("promoted", "chen@example.net")]

    again, outcome = come(scene, "yuki", post=post)
    assert outcome == Outcome.RETURNED
    assert again.id == people["yuki"].id
    assert standing(scene)[-1] == ("yuki", "waitlisted"), "behind those who waited"

    settings.change_event(scene.event, {"registration_capacity": 3}, actor=ORGANIZER, at=SIGN_UP)
    db.session.commit()
    assert [status for _, status in standing(scene)] == [
        "confirmed",
        "confirmed",
        "confirmed",
        "waitlisted",
    ]
    settings.change_event(scene.event, {"registration_capacity": 1}, actor=ORGANIZER, at=SIGN_UP)
    db.session.commit()
    assert queries.counts(scene.event) == {
        Status.CONFIRMED: 3,
        Status.WAITLISTED: 1,
        Status.CANCELLED: 0,
    }, "nobody is thrown out"


def test_nobody_is_registered_twice_nor_overwritten_by_a_stranger(scene: Story):
    """The owner's browser corrects a slip; a stranger's words wait; the owner takes or drops."""
    post = Post()
    mine, outcome = come(scene, "yuki", post=post, browser="browser-1")
    assert outcome == Outcome.CREATED

    slip = details({"name": "Yuki Sato", "country": "jp"})
    _, outcome = come(scene, "yuki", post=post, said=slip, browser="browser-1")
    assert (outcome, mine.name, mine.country) == (Outcome.UPDATED, "Yuki Sato", "JP")

    evil = details({"name": "Mallory", "teams": [scene.team("nova")]})
    _, outcome = come(scene, "yuki", post=post, said=evil, browser="browser-2")
    assert (outcome, mine.name, mine.teams) == (Outcome.PROPOSED, "Yuki Sato", [])
    assert mine.proposal["teams"] == ["nova"]
    assert post.sent == [("registered", "yuki@example.net")] + [("again", "yuki@example.net")] * 2

    operations.open_page(mine, at=SIGN_UP)
    db.session.commit()
    _, outcome = come(scene, "yuki", post=post, said=evil, browser="browser-1")
    assert outcome == Outcome.PROPOSED, "once the owner is known, the first browser is nobody"
    seen = mine.proposed_at
    with pytest.raises(Stale):
        operations.take_proposal(mine, None, seen=seen - timedelta(seconds=1), at=SIGN_UP)
    db.session.rollback()
    operations.take_proposal(mine, None, seen=seen, at=SIGN_UP)
    db.session.commit()
    assert (mine.name, mine.proposal) == ("Yuki Sato", None)

    _, outcome = come(scene, "yuki", post=post, said=evil, owner_of=mine.id)
    assert (outcome, mine.name) == (Outcome.UPDATED, "Mallory")
    assert len(standing(scene)) == 1


def test_registration_has_its_hours(scene: Story):
    opens, closes = SIGN_UP + timedelta(days=1), SIGN_UP + timedelta(days=2)
    scene.set(registration_opens_at=opens, registration_closes_at=closes)
    end = scene.event.slots[-1].ends_at

    found = {
        at: desk_of(scene.event, at).opening
        for at in (opens - timedelta(seconds=1), opens, closes - timedelta(seconds=1), closes, end)
    }

    assert list(found.values()) == [
        Opening.SOON,
        Opening.OPEN,
        Opening.OPEN,
        Opening.CLOSED,
        Opening.OVER,
    ]
    with pytest.raises(RegistrationClosed, match="not opened yet"):
        come(scene, "yuki")
    db.session.rollback()
    person, _ = come(scene, "yuki", at=opens)
    operations.cancel(person, at=closes, letters=None)
    db.session.commit()
    with pytest.raises(Conflict, match="cancelled already"):
        operations.cancel(person, at=closes, letters=None)


def test_when_it_is_over_nobody_moves_up_nor_is_written_to(scene: Story):
    scene.set(registration_capacity=1)
    yuki, ben = (come(scene, name)[0] for name in ("yuki", "ben"))
    over = scene.event.slots[-1].ends_at

    with pytest.raises(Conflict, match="is over"):
        operations.cancel(yuki, at=over, letters=None)
    db.session.rollback()
    assert ben.status == Status.WAITLISTED
    scene.set(registration_capacity=2)
    post = Post()
    assert operations.promote(scene.event, at=over, letters=post) == [ben]
    assert post.sent == []


def test_secrets_are_stored_hashed_and_can_be_named_again(scene: Story):
    person, _ = come(scene, "yuki")
    link = tokens.ensured(person, "link", KEY)
    feed = tokens.ensured(person, "feed", KEY)
    db.session.commit()

    assert len(link) == len(feed) == 43
    assert link != feed
    assert tokens.find(link, "link") is person
    assert tokens.find(feed, "feed") is person
    assert tokens.find(feed, "link") is tokens.find(link, "feed") is None
    assert tokens.ensured(person, "link", KEY) == link
    assert not {link, feed} & {str(value) for value in vars(person).values()}
    assert tokens.token_of(person, "link", "another key") is None
    assert tokens.find(link, "link") is person, "it goes on being good"

    new = tokens.renew(person, "feed", KEY)
    db.session.commit()
    assert tokens.find(feed, "feed") is None
    assert tokens.find(new, "feed") is person


def test_two_who_need_a_link_at_once_are_given_the_same(story: Story):
    """Workers and pages in parallel, for somebody who was imported and has none yet."""
    with story.app.app_context():
        come(story, "yuki")
    told = []

    def ask():
        begin_write()
        person = queries.by_email(story.event, "yuki@example.net")
        told.append((tokens.ensured(person, "link", KEY), tokens.ensured(person, "feed", KEY)))
        db.session.commit()

    assert set(race(story, *[ask] * 12)) == {"done"}

    assert len(told) == 12
    assert len(set(told)) == 1
    with story.app.app_context():
        assert tokens.find(told[0][0], "link") is not None


def test_a_page_that_opens_while_its_owner_moves_up_waits_for_nobody_who_waits_for_it(
    story: Story,
):
    with story.app.app_context():
        story.set(registration_capacity=1)
        come(story, "ben")
        come(story, "yuki")
        story.set(registration_capacity=2)
    locked, opened = threading.Event(), threading.Event()

    def move_up():
        lock(story.event)
        locked.set()
        opened.wait(10)
        operations.promote(story.event, at=SIGN_UP, letters=None)
        db.session.commit()

    def look():
        if story.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
            locked.wait(10)  # on SQLite one of them comes after the other
        else:
            opened.set()
        yuki = queries.by_email(story.event, "yuki@example.net")
        operations.open_page(yuki, at=SIGN_UP)
        opened.set()
        time.sleep(0.2)
        tokens.ensured(yuki, "feed", KEY)
        db.session.commit()

    assert race(story, move_up, look) == ["done", "done"]


def test_of_64_at_once_the_last_five_places_go_to_five(story: Story):
    """And the other 59 wait in the order in which they came, without a gap or a double."""
    with story.app.app_context():
        story.set(registration_capacity=15)
        for number in range(10):
            come(story, f"early{number}")

    came = race(story, *(lambda n=n: come(story, f"late{n}") for n in range(64)))

    assert set(came) == {"done"}
    with story.app.app_context():
        stands = standing(story)
        assert [status for _, status in stands] == ["confirmed"] * 15 + ["waitlisted"] * 59
        places = list(db.session.scalars(db.select(Registration.place)))
        assert sorted(places) == list(range(1, 75))
        waiting = [email.partition("@")[0] for email in _emails(queries.waitlist(story.event))]
        assert waiting == [name for name, status in stands if status == "waitlisted"]

    def leave(name):
        person = queries.by_email(story.event, f"{name}@example.net")
        operations.cancel(person, at=SIGN_UP, letters=None)
        db.session.commit()

    came = race(story, *(lambda n=n: leave(f"early{n}") for n in range(10)))

    assert set(came) == {"done"}
    with story.app.app_context():
        counts = queries.counts(story.event)
        assert counts == {Status.CONFIRMED: 15, Status.WAITLISTED: 49, Status.CANCELLED: 10}
        still = [email.partition("@")[0] for email in _emails(queries.waitlist(story.event))]
        assert still == waiting[10:], "the first ten in line moved up"


def _emails(people):
    return [person.email for person in people]
