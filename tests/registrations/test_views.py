"""Registering at the page, and one's own page, on both kinds of database."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from ptgsched.accounts.tokens import create_token
from ptgsched.db import db
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations import queries
from ptgsched.registrations.models import Registration
from tests.support.story import PASSCODE, SIGN_UP, Story

REGISTER = "/events/oct/register"
YUKI = {
    "name": "Yuki Sato",
    "email": "Yuki@Example.net",
    "country": "JP",
    "timezone": "Asia/Tokyo",
    "teams": ["nova"],
    "projects": ["openstack"],
    "affiliation": "Example K.K.",
    "access_needs": "Captions, please",
}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Weeks before the event; a test may move on."""
    with time_machine.travel(SIGN_UP, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ptg(story: Story, clock: time_machine.Traveller) -> Story:
    """The story with forms that need no token of the session."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    return story


def mails(story, template=None):
    """What waits in the outbox, in order."""
    with story.app.app_context():
        rows = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        return [mail for mail in rows if template in {None, mail.template}]


def link_in(mail):
    """The path of the personal link."""
    return re.search(r"http://[^/]+(/registrations/[\w-]{43})", mail.text)[1]


def registered(story):
    """The one registration."""
    with story.app.app_context():
        found = db.session.scalars(select(Registration)).one()
        return found.name, found.email, found.status, [team.slug for team in found.teams]


def test_one_registers_gets_a_mail_and_changes_oneself(ptg: Story):
    yuki = ptg.client()

    posted = yuki.post(REGISTER, data=YUKI)

    assert (posted.status_code, posted.location) == (303, "/events/oct/register/done")
    assert "Look into your mail" in yuki.get(posted.location).text
    assert registered(ptg) == ("Yuki Sato", "yuki@example.net", "confirmed", ["nova"])
    (mail,) = mails(ptg)
    assert mail.to == "yuki@example.net"
    assert mail.subject == "You are registered for October PTG"
    assert "Mon 26 Oct 2026 14:00 Asia/Tokyo (UTC+9) = Mon 26 Oct 2026 05:00 UTC" in mail.text
    assert [part["name"] for part in mail.attachments] == ["oct.ics"]
    assert link_in(mail) in mail.html

    page = yuki.get(link_in(mail))

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Captions, please" in page.text
    changed = {**YUKI, "name": "Yuki S.", "teams": ["nova", "cinder"]}
    assert yuki.post(link_in(mail), data=changed).status_code == 303
    assert registered(ptg)[0] == "Yuki S."
    wrong = yuki.post(link_in(mail), data={**changed, "name": ""})
    assert wrong.status_code == 422
    assert "Enter your name." in wrong.text

    assert "lose your place" in yuki.get(f"{link_in(mail)}/cancel").text
    assert yuki.post(f"{link_in(mail)}/cancel").status_code == 303
    assert registered(ptg)[2] == "cancelled"
    assert "You are not registered" in yuki.get(link_in(mail)).text
    assert [m.template for m in mails(ptg)] == ["registration_confirmed", "registration_cancelled"]


def test_a_stranger_neither_learns_of_a_registration_nor_changes_it(ptg: Story):
    ptg.client().post(REGISTER, data=YUKI)
    stranger = ptg.client()

    known = stranger.post(REGISTER, data={**YUKI, "name": "Mallory", "teams": ["cinder"]})
    unknown = ptg.client().post(REGISTER, data={**YUKI, "email": "somebody@example.net"})

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    done = [ptg.client().get(known.location).text, stranger.get(known.location).text]
    assert re.sub(r'value="[^"]+"', "", done[0]) == re.sub(r'value="[^"]+"', "", done[1])
    assert stranger.get("/events/oct/registration").location == REGISTER
    with ptg.app.app_context():
        mine = queries.by_email(ptg.event, "yuki@example.net")
        assert (mine.name, [team.slug for team in mine.teams]) == ("Yuki Sato", ["nova"])
    first, again, _ = mails(ptg)
    assert (again.template, again.to) == ("registration_again", "yuki@example.net")
    assert "Mallory" not in again.text
    assert link_in(first) == link_in(again)

    owner = ptg.client()
    page = owner.get(link_in(again)).text
    assert "Somebody registered with your address again" in page
    assert "Mallory" in page
    assert owner.post(f"{link_in(again)}/proposal", data={"take": "0"}).status_code == 303
    assert "Mallory" not in owner.get(link_in(again)).text


def test_the_owner_registering_again_updates(ptg: Story):
    """In the browser of the first time, with the personal link opened, or signed in."""
    browser = ptg.client()
    browser.post(REGISTER, data=YUKI)
    browser.post(REGISTER, data={**YUKI, "name": "Yuki 2"})
    assert registered(ptg)[0] == "Yuki 2"

    phone = ptg.client()
    phone.get(link_in(mails(ptg)[0]))
    phone.post(REGISTER, data={**YUKI, "name": "Yuki 3"})
    assert registered(ptg)[0] == "Yuki 3"
    browser.post(REGISTER, data={**YUKI, "name": "Yuki 4"})
    assert registered(ptg)[0] == "Yuki 3", "the first browser is nobody any more"

    vic = ptg.client("vic")
    vic.post(REGISTER, data={**YUKI, "email": "vic@example.org", "name": "Vic"})
    ptg.client("vic").post(REGISTER, data={**YUKI, "email": "vic@example.org", "name": "Vic V."})
    with ptg.app.app_context():
        assert queries.by_email(ptg.event, "vic@example.org").name == "Vic V."
    assert 'href="/events/oct/registration"' in vic.get("/account").text
    own = ptg.client("vic").get("/events/oct/registration")
    assert own.status_code == 303
    assert "Vic V." in vic.get(own.location).text


def test_what_is_wrong_is_said_beside_its_field_and_kept(ptg: Story):
    visitor = ptg.client()
    with ptg.app.app_context():
        ptg.set(registration_opens_at=SIGN_UP + timedelta(hours=3))

    early = visitor.post(REGISTER, data=YUKI)

    assert early.status_code == 409
    assert "Registration opens" in early.text
    assert "in 3 hours" in visitor.get(REGISTER).text
    with ptg.app.app_context():
        ptg.set(registration_opens_at=None)
    for wrong, said in (
        ({"email": "yuki"}, "An email address must have an @-sign"),
        ({"email": "yuki", "name": ""}, "An email address must have an @-sign"),
        ({"name": " "}, "Enter your name."),
        ({"country": "XX"}, "Not a valid choice"),
        ({"teams": ["nobody"]}, "is not a valid choice"),
        ({"timezone": "Asia/Tokio"}, "Did you mean Asia/Tokyo"),
        ({"chat_nick": "x" * 65}, "At most 64 characters."),
    ):
        answer = visitor.post(REGISTER, data={**YUKI, **wrong})
        assert answer.status_code == 422, wrong
        assert said in answer.text, wrong
        assert "Example K.K." in answer.text
    assert mails(ptg) == []


def test_a_program_that_fills_in_everything_registers_nobody(ptg: Story):
    answer = ptg.client().post(REGISTER, data={**YUKI, "website": "https://spam.example"})

    assert (answer.status_code, answer.location) == (303, "/events/oct/register/done")
    assert mails(ptg) == []


def test_an_address_sends_20_registrations_a_minute(sqlite_story: Story):
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    visitor = sqlite_story.client()

    with time_machine.travel(SIGN_UP, tick=False):
        codes = [visitor.post(REGISTER, data={**YUKI, "name": ""}).status_code for _ in range(20)]
        last = visitor.post(REGISTER, data=YUKI)

    assert set(codes) == {422}
    assert last.status_code == 429
    assert 0 < int(last.headers["Retry-After"]) <= 61
    assert "Yuki Sato" in last.text, "what was typed is kept"


def test_a_form_of_another_session_is_kept_and_not_taken(sqlite_story: Story):
    with time_machine.travel(SIGN_UP, tick=False):
        answer = sqlite_story.client().post(REGISTER, data={**YUKI, "csrf_token": "of yesterday"})

    assert answer.status_code == 400
    assert "Yuki Sato" in answer.text


def test_more_places_go_to_those_who_wait_and_organizers_see_it(ptg: Story):
    with ptg.app.app_context():
        ptg.set(registration_capacity=1)
    for name in ("ben", "chen", "dana"):
        ptg.client().post(REGISTER, data={"name": name.title(), "email": f"{name}@example.net"})
    olga = ptg.client("olga")
    page = "/events/oct/manage/registrations"

    full = ptg.client().get(REGISTER).text
    listed = olga.get(page)

    assert "The only place is taken" in full
    assert listed.headers["Cache-Control"] == "no-store"
    assert [name in listed.text for name in ("Ben", "Chen", "Dana")] == [True] * 3
    assert "Chen" not in olga.get(f"{page}?q=DANA").text
    assert "Dana" not in olga.get(f"{page}?status=confirmed").text
    assert "Nobody fits" in olga.get(f"{page}?q=%25").text
    saved = olga.post(page, data={"registration_capacity": "2"})
    assert saved.status_code == 303
    assert "1 person from the waitlist now have" in olga.get(page).text
    assert [mail.to for mail in mails(ptg, "registration_promoted")] == ["chen@example.net"]
    wrong = olga.post(
        page,
        data={
            "registration_opens_at": "2026-10-05T12:00",
            "registration_closes_at": "2026-10-04T12:00",
        },
    )
    assert wrong.status_code == 422
    assert "closes before it opens" in wrong.text
    assert ptg.client("lena").get(page).status_code == 403


def test_the_way_into_a_room_is_for_the_confirmed_in_its_time(ptg: Story, clock):
    with ptg.app.app_context():
        ptg.set(registration_capacity=1)
        opens = ptg.event.slots[0].starts_at - timedelta(hours=24)
        over = ptg.event.slots[-1].ends_at
    confirmed, waiting, stranger = ptg.client(), ptg.client(), ptg.client()
    for client, name in ((confirmed, "yuki"), (waiting, "ben")):
        client.post(REGISTER, data={"name": name, "email": f"{name}@example.net"})
        client.get(link_in(mails(ptg)[-1]))
    own = link_in(mails(ptg)[0])
    join = "/events/oct/rooms/austin/join"

    assert "Not open yet" in confirmed.get(join).text
    assert PASSCODE not in confirmed.get(own).text + confirmed.get("/events/oct/passcodes").text
    clock.move_to(opens - timedelta(seconds=1))
    for client, mail in zip((confirmed, waiting), mails(ptg), strict=True):
        client.get(link_in(mail))  # a browser remembers for two weeks
    assert confirmed.get(join).status_code == 403
    clock.move_to(opens)
    assert confirmed.get(join).status_code == 302
    assert PASSCODE in confirmed.get(join).location
    assert PASSCODE in confirmed.get(own).text
    codes = confirmed.get("/events/oct/passcodes")
    assert (codes.status_code, codes.headers["Cache-Control"]) == (200, "no-store")
    assert PASSCODE in codes.text
    for other in (waiting, stranger, ptg.client("vic")):
        for address in (join, "/events/oct/passcodes"):
            answer = other.get(address)
            assert answer.status_code == 403
            assert PASSCODE not in answer.text + answer.headers.get("Location", "")
    assert "You are on the waitlist" in waiting.get("/events/oct/passcodes").text
    assert f'href="{REGISTER}"' in stranger.get(join).text
    assert PASSCODE in ptg.client("lena").get("/events/oct/passcodes").text
    clock.move_to(over)
    assert confirmed.get(join).status_code == 403
    assert PASSCODE not in confirmed.get(own).text + confirmed.get("/events/oct/passcodes").text


def test_stars_are_for_the_registered(ptg: Story):
    with ptg.app.app_context():
        uid = ptg.book("cinder", "bexar", "MonA1", title="Volumes").uid
    yuki = ptg.client()
    star = f"/events/oct/bookings/{uid}/star"

    assert yuki.post(star).location == REGISTER
    yuki.post(REGISTER, data={"name": "Yuki", "email": "yuki@example.net"})
    own = link_in(mails(ptg)[0])
    yuki.get(own)
    back = yuki.post(star, data={"wanted": "1", "next": "/events/oct/?day=2026-10-26"})

    assert (back.status_code, back.location) == (303, "/events/oct/?day=2026-10-26")
    button = rf'formaction="{star}" name="wanted" value="0" aria-pressed="true"'
    for address in (back.location, f"/events/oct/bookings/{uid}"):
        assert button in yuki.get(address).text
        assert star not in ptg.client().get(address).text, "strangers have no stars"
    assert 'teams/nova/follow" name="wanted" value="1"' in yuki.get("/events/oct/teams/nova").text
    assert "Volumes" in yuki.get(own).text
    yuki.post("/events/oct/teams/nova/follow")
    assert registered(ptg)[3] == ["nova"]
    yuki.post("/events/oct/teams/nova/follow", data={"wanted": "0"})
    yuki.post(star, data={"wanted": "0"})
    assert "Volumes" not in yuki.get(own).text
    assert registered(ptg)[3] == []


def test_mails_beside_ones_place_can_be_left_and_taken_again(ptg: Story):
    yuki = ptg.client()
    yuki.post(REGISTER, data=YUKI)
    own = link_in(mails(ptg)[0])

    yuki.post(f"{own}/mails", data={"mailing": "schedule"})

    page = yuki.get(own).text
    assert re.search(r'value="schedule" checked', page)
    assert not re.search(r'value="reminders" checked', page)
    yuki.post(f"{own}/mails", data={"mailing": ["schedule", "reminders"]})
    assert re.search(r'value="reminders" checked', yuki.get(own).text)


def test_who_agreed_to_be_listed_is_seen_by_those_who_come(ptg: Story):
    yuki, ben = ptg.client(), ptg.client()
    yuki.post(REGISTER, data={**YUKI, "listed": "y"})
    ben.post(REGISTER, data={"name": "Ben Okri", "email": "ben@example.net"})
    people = "/events/oct/people"
    for client, mail in zip((yuki, ben), mails(ptg), strict=True):
        client.get(link_in(mail))

    seen = ben.get(people)

    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "no-store")
    assert "Yuki Sato" in seen.text
    assert "Example K.K." in seen.text
    assert "Ben Okri" not in seen.text
    assert "example.net" not in seen.text
    for stranger in (ptg.client(), ptg.client("vic")):
        answer = stranger.get(people)
        assert answer.status_code == 403
        assert "Yuki" not in answer.text


def test_programs_set_places_and_hours_by_the_api(ptg: Story):
    with ptg.app.app_context():
        ptg.set(registration_capacity=1)
        _, secret = create_token("set-up", ["manage"], at=SIGN_UP)
        db.session.commit()
    for name in ("ben", "chen"):
        ptg.client().post(REGISTER, data={"name": name, "email": f"{name}@example.net"})
    program = ptg.client()
    headers = {"Authorization": f"Bearer {secret}"}

    def patch(**settings: object):
        return program.patch("/api/v1/events/oct", json=settings, headers=headers)

    raised = patch(registration_capacity=2, registration_closes_at="2026-10-20T12:00:00+02:00")

    assert raised.status_code == 200
    assert raised.json["registration_capacity"] == 2
    assert raised.json["registration_closes_at"] == "2026-10-20T10:00:00Z"
    assert [mail.to for mail in mails(ptg, "registration_promoted")] == ["chen@example.net"]
    wrong = patch(registration_opens_at="2026-10-21T00:00:00Z")
    assert wrong.status_code == 422
    assert "registration_closes_at" in wrong.json["fields"]
    assert patch(registration_capacity=-1).status_code == 422
    assert patch(registration_capacity=None).json["registration_capacity"] is None
