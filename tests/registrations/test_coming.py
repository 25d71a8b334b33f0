"""What those who come may see and do, and what organizers and their programs set."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from ptgsched.accounts.models import AuditEntry
from ptgsched.accounts.tokens import create_token
from ptgsched.db import db
from ptgsched.registrations.owed import write_owed
from ptgsched.registrations.service import letters
from tests.registrations.pages import REGISTER, YUKI, link_in, mails, registered
from tests.schedule.test_races import race
from tests.support.queries import counted_queries
from tests.support.story import PASSCODE, SIGN_UP, Story


def test_more_places_go_to_those_who_wait_and_organizers_see_it(ptg: Story):
    with ptg.app.app_context():
        ptg.set(registration_capacity=1)
    for name, email in (("Ben", "ben"), ("Chen", "chen"), ("Dana", "dana"), ("Öger", "oeger")):
        ptg.client().post(REGISTER, data={"name": name, "email": f"{email}@example.net"})
    olga = ptg.client("olga")
    page = "/events/oct/manage/registrations"

    full = ptg.client().get(REGISTER).text
    listed = olga.get(page)

    assert "The only place is taken" in full
    assert listed.headers["Cache-Control"] == "no-store"
    assert [name in listed.text for name in ("Ben", "Chen", "Dana")] == [True] * 3
    assert "Chen" not in olga.get(f"{page}?q=DANA").text
    assert "Öger" in olga.get(f"{page}?q=öger").text
    assert "Dana" not in olga.get(f"{page}?status=confirmed").text
    assert "Nobody fits" in olga.get(f"{page}?q=%25").text
    assert olga.get(f"{page}?q=%00").status_code == 200
    saved = olga.post(page, data={"registration_capacity": "2"})
    assert saved.status_code == 303
    assert "1 person from the waitlist now have" in olga.get(page).text
    with ptg.app.test_request_context():
        assert write_owed(letters(), SIGN_UP)
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
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past two, summer time
    with ptg.app.app_context():
        ptg.set(registration_closes_at=twice, timezone="Europe/Berlin")
    shown = {"registration_closes_at": "2026-10-25T02:30"}
    assert shown["registration_closes_at"] in olga.get(page).text
    assert olga.post(page, data={"registration_capacity": "3", **shown}).status_code == 303
    with ptg.app.app_context():
        assert ptg.event.registration_closes_at == twice, "an hour that clocks show twice stays"
    with ptg.app.app_context():
        looks = select(func.count()).where(AuditEntry.action == "registrations.viewed")
        before = db.session.scalar(looks)
    with counted_queries() as sent:
        assert olga.post(page, data={"registration_capacity": "-1"}).status_code == 422
    assert sum("FROM registration " in one for one in sent) < 8, "not one for each person"
    with ptg.app.app_context():
        assert db.session.scalar(looks) == before + 1, "that page shows people, too"
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
    follow, answers = "/events/oct/teams/nova/follow", []
    browsers = [ptg.client() for _ in range(4)]
    for browser in browsers:
        browser.get(own)
    race(ptg, *(lambda b=b: answers.append(b.post(follow).status_code) for b in browsers))
    assert answers == [303] * 4, "pressed in several windows at once"
    assert registered(ptg)[3] == ["nova"]
    yuki.post("/events/oct/teams/nova/follow", data={"wanted": "0"})
    yuki.post(star, data={"wanted": "0"})
    assert "Volumes" not in yuki.get(own).text
    assert registered(ptg)[3] == []


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
    with ptg.app.test_request_context():
        assert write_owed(letters(), SIGN_UP)
    assert [mail.to for mail in mails(ptg, "registration_promoted")] == ["chen@example.net"]
    wrong = patch(registration_opens_at="2026-10-21T00:00:00Z")
    assert wrong.status_code == 422
    assert "registration_closes_at" in wrong.json["fields"]
    assert patch(registration_capacity=-1).status_code == 422
    assert patch(registration_capacity=None).json["registration_capacity"] is None
