"""Registering at the page, and one's own page, on both kinds of database."""

import re
import threading
from datetime import timedelta

import time_machine

from ptgsched.db import db
from ptgsched.registrations import queries
from ptgsched.setup.teams import remove_team
from tests.registrations.pages import REGISTER, YUKI, link_in, mails, registered
from tests.support.story import ORGANIZER, SIGN_UP, Story


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
    assert "Asia/Tokyo (UTC+9)" in yuki.get("/events/oct/").text, "her zone holds from now on"
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


def test_a_stranger_neither_learns_of_a_registration_nor_changes_it(ptg: Story, clock):
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
    proposal = f"{link_in(again)}/proposal"
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    clock.shift(60)
    stranger.post(REGISTER, data={**YUKI, "name": "Trudy"})
    assert owner.post(proposal, data={"take": "1", "seen": seen}).status_code == 412
    with ptg.app.app_context():
        mine = queries.by_email(ptg.event, "yuki@example.net")
        assert mine.name == "Yuki Sato", "another one came than was seen"
    seen = re.search(r'name="seen" value="([^"]+)"', owner.get(link_in(again)).text)[1]
    assert owner.post(proposal, data={"take": "0", "seen": seen}).status_code == 303
    assert "Trudy" not in owner.get(link_in(again)).text


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


def test_a_team_that_goes_at_this_moment_is_chosen_anew(ptg: Story, clock):
    """The form was read before an organizer's lock, and is judged after it."""
    yuki = ptg.client()
    answers = []
    with ptg.app.app_context():
        remove_team(ptg.event, ptg.team("nova"), actor=ORGANIZER, at=SIGN_UP)
        sending = threading.Thread(target=lambda: answers.append(yuki.post(REGISTER, data=YUKI)))
        sending.start()
        sending.join(0.5)
        assert sending.is_alive(), "it waits for the lock"
        db.session.commit()
    sending.join(30)

    assert answers[0].status_code == 409
    assert "A team was deleted at this moment" in answers[0].text
    assert 'value="Yuki Sato"' in answers[0].text
    assert mails(ptg) == []
