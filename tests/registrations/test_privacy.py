"""People's data go when their time is over, or when they say so; the counts stay."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry
from ptgsched.attendance.models import Guest
from ptgsched.attendance.operations import say_here
from ptgsched.db import db
from ptgsched.errors import Invalid
from ptgsched.outbox.delivery import finish
from ptgsched.outbox.models import MailState, OutgoingMail
from ptgsched.registrations import privacy, queries, tokens
from ptgsched.registrations.details import details
from ptgsched.registrations.letters import Letters
from ptgsched.registrations.models import Registration, RegistrationStar, Status
from ptgsched.registrations.operations import cancel, register, star
from ptgsched.registrations.policy import event_end
from ptgsched.registrations.statistics import statistics
from ptgsched.web.links import Links
from tests.support.story import ORGANIZER, SIGN_UP, Story

MONDAY_13 = datetime(2026, 10, 26, 13, tzinfo=UTC)
LATER = datetime(2027, 11, 1, tzinfo=UTC)
LINKS = Links("https://ptg.example", "https://pads.example/p", "https://meet.example")
LETTERS = Letters(LINKS, "secret", "ptg.example")
PERSONAL = {"Kenji", "kenji@example.org", "kenji-nick", "wheelchair", "Tiny Startup", "secret"}


def enrol(scene: Story) -> Registration:
    """Kenji, who said much, and six colleagues of one company; one more cancelled."""
    said = {
        "name": "Kenji",
        "affiliation": "Tiny Startup",
        "country": "JP",
        "timezone": "Asia/Tokyo",
        "chat_nick": "kenji-nick",
        "access_needs": "wheelchair",
        "teams": [scene.team("nova")],
    }
    kenji, _ = register(scene.event, "kenji@example.org", details(said), at=SIGN_UP, letters=None)
    tokens.ensured(kenji, "link", "secret")
    tokens.ensured(kenji, "feed", "secret")
    for n in range(6):
        more = {"name": f"P{n}", "affiliation": "NEC", "country": "JP"}
        at = SIGN_UP + timedelta(hours=n * 5)
        register(scene.event, f"p{n}@example.org", details(more), at=at, letters=None)
    gone, _ = register(
        scene.event,
        "gone@example.org",
        details({"name": "G", "affiliation": "Gone Ltd"}),
        at=SIGN_UP,
        letters=None,
    )
    cancel(gone, at=SIGN_UP, letters=None)
    session = scene.book("nova", "bexar", "MonA1")
    star(kenji, session, wanted=True, at=SIGN_UP)
    say_here(scene.event, session, kenji, wanted=True, at=MONDAY_13)
    db.session.commit()
    return kenji


def everything(scene: Story) -> str:
    """All that the tables of registrations say, as text."""
    rows = db.session.execute(select(Registration.__table__)).all()
    return repr([tuple(row) for row in rows])


def written(scene: Story, *who: str) -> None:
    """A mail each has had, and one that waits."""
    for name in who:
        person = queries.by_email(scene.event, f"{name}@example.org")
        LETTERS.registered(person)
        mail = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
        finish(mail, MailState.SENT, "250 taken", SIGN_UP)
        LETTERS.reminder(person)
    db.session.commit()


def outbox() -> list[tuple[str, str]]:
    """Whom the mails were to, and what became of them."""
    found = select(OutgoingMail.to, OutgoingMail.state).order_by(OutgoingMail.id)
    return [(to, str(state)) for to, state in db.session.execute(found)]


def test_after_their_time_the_counts_stay_and_the_people_go(scene: Story):
    enrol(scene)
    written(scene, "kenji")
    privacy.keep_for(scene.event, 90, actor=ORGANIZER, at=SIGN_UP)
    before = statistics(scene.event)
    end = event_end(scene.event) + timedelta(days=90)
    assert privacy.anonymise_due(end - timedelta(seconds=1)) == 0
    assert privacy.anonymise_due(end) == 8
    db.session.commit()

    after = statistics(scene.event)
    assert after.shape() == before.shape()
    assert after.by_zone == before.by_zone
    assert after.by_affiliation == {"NEC": 6, "Affiliation 1": 1}
    assert not {word for word in PERSONAL if word in everything(scene)}
    assert "example.org" not in everything(scene)
    assert db.session.scalars(select(RegistrationStar)).all() == []
    assert outbox() == [("", "sent")]
    assert len(db.session.scalars(select(Guest)).all()) == 1
    assert privacy.anonymise_due(end + timedelta(days=1)) == 0
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "registrations.anonymised")
    ).one()
    assert (entry.actor, entry.facts) == ("retention", {"people": 8})


def test_a_later_batch_keeps_its_numbers_apart(scene: Story):
    enrol(scene)
    privacy.anonymise(scene.event, actor=ORGANIZER, at=LATER, until=SIGN_UP + timedelta(hours=1))
    said = details({"name": "Ana", "affiliation": "Another"})
    register(scene.event, "ana@example.org", said, at=SIGN_UP, letters=None)
    before = statistics(scene.event).affiliations
    privacy.anonymise(scene.event, actor=ORGANIZER, at=LATER)
    assert statistics(scene.event).affiliations == before
    assert "Affiliation 2" in statistics(scene.event).by_affiliation


def test_a_year_is_usual_and_without_end_is_a_choice(scene: Story):
    enrol(scene)
    assert privacy.ends_at(scene.event) == event_end(scene.event) + timedelta(days=365)
    privacy.keep_for(scene.event, None, actor=ORGANIZER, at=SIGN_UP)
    assert privacy.ends_at(scene.event) is None
    assert privacy.anonymise_due(LATER) == 0
    with pytest.raises(Invalid, match="from 0 to 3650"):
        privacy.keep_for(scene.event, -1, actor=ORGANIZER, at=SIGN_UP)


def test_what_was_imported_lately_is_left_alone_for_a_while(scene: Story):
    kenji = enrol(scene)
    kenji.updated_at = LATER - timedelta(days=3)
    db.session.commit()
    assert privacy.anonymise_due(LATER) == 7
    assert privacy.anonymise_due(LATER + timedelta(days=30)) == 1


def test_one_takes_ones_data_along_and_has_them_erased(scene: Story):
    scene.set(registration_capacity=7)
    kenji = enrol(scene)
    waiting, _ = register(
        scene.event, "next@example.org", details({"name": "Next"}), at=SIGN_UP, letters=None
    )
    assert waiting.status == Status.WAITLISTED
    data = privacy.own_data(kenji)
    assert data["name"] == "Kenji"
    assert data["access_needs"] == "wheelchair"
    assert data["teams"] == ["nova"]
    assert len(data["starred"]) == 1
    assert data["said_to_be_in"] == data["starred"]
    assert not [key for key in data if "seed" in key or "hash" in key]

    written(scene, "kenji", "p1")
    number = kenji.id
    privacy.erase(kenji, at=SIGN_UP, letters=LETTERS)
    db.session.commit()
    others = [("p1@example.org", "sent"), ("p1@example.org", "waiting")]
    last = ("kenji@example.org", "waiting")
    assert outbox() == [("", "sent"), *others, last, ("next@example.org", "waiting")]
    mail = db.session.scalars(select(OutgoingMail).where(OutgoingMail.to == last[0])).one()
    finish(mail, MailState.SENT, "250 kenji@example.org taken", SIGN_UP)
    assert (mail.to, mail.subject, mail.answer) == ("", "", None), "gone with the last mail"
    assert not {word for word in PERSONAL if word in everything(scene)}
    assert db.session.get(Registration, number).status == Status.CANCELLED
    assert db.session.get(Registration, waiting.id).status == Status.CONFIRMED


def test_who_erases_after_the_event_was_there_all_the_same(scene: Story):
    kenji = enrol(scene)
    privacy.erase(kenji, at=LATER, letters=None)
    assert statistics(scene.event).confirmed == 7
