"""Ping me: who waits for a team or a word is told when it becomes now, once for each topic."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from ptgsched.accounts.actor import Actor
from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.errors import Invalid
from ptgsched.live import operations as live
from ptgsched.outbox.models import OutgoingMail
from ptgsched.pings import operations, telling
from ptgsched.pings.models import Ping, PingTold
from ptgsched.pings.queries import Person, told_after
from ptgsched.registrations import privacy
from ptgsched.registrations.models import Registration
from ptgsched.schedule.models import Change
from ptgsched.setup.teams import remove_team
from ptgsched.web.context import links
from tests.setup.manage_pages import send
from tests.support.story import ORGANIZER, SIGN_UP

MODERATOR = Actor("lead:nova", "web")
PAGE = "/events/oct/pings"


def wish(story, name, *teams, pattern="", by_mail=True):
    person = Person(user=story.user(name))
    operations.save(story.event, person, teams=teams, pattern=pattern, by_mail=by_mail)
    db.session.commit()


def say(story, team, text, at=None):
    live.set_now(story.event, story.team(team), text, actor=MODERATOR, at=at or utcnow())
    db.session.commit()


def run():
    while telling.tell(links()):
        pass
    db.session.rollback()


def told():
    query = select(PingTold).order_by(PingTold.id)
    return [(row.team, row.text) for row in db.session.scalars(query)]


def mails():
    return db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def test_who_waits_for_a_team_or_a_word_is_told_once(story):
    with story.app.app_context():
        say(story, "nova", "before anybody waited")
        wish(story, "vic", "nova")
        wish(story, "omar", pattern="(?i)PLACEMENT|cyborg", by_mail=False)
        say(story, "nova", "placement in Nova")
        run()
        say(story, "nova", "something else")
        say(story, "nova", "Placement in nova")  # set again, after a detour
        say(story, "cinder", "cyborg")
        run()
        run()

        assert told() == [
            ("Nova", "placement in Nova"),
            ("Nova", "placement in Nova"),
            ("Nova", "something else"),
            ("Cinder", "cyborg"),
        ]
        first, second = mails()
        assert (first.to, first.subject) == ("vic@example.org", "Now at Nova: placement in Nova")
        assert (first.mailing, second.subject) == ("now", "Now at Nova: something else")
        assert first.expires_at - first.created_at <= timedelta(minutes=31)


def test_what_became_now_long_ago_is_no_news(story):
    with story.app.app_context():
        wish(story, "vic", "nova")
        say(story, "nova", "this morning")
        begin_write()
        db.session.execute(update(Change).values(at=utcnow() - timedelta(minutes=31)))
        db.session.commit()
        run()
        assert told() == []
        say(story, "nova", "at last")
        run()
        assert told() == [("Nova", "at last")]
        # Nor does a browser that slept meanwhile tell of it.
        [ping] = db.session.scalars(select(Ping))
        assert len(told_after(ping, 0, utcnow())) == 1
        assert told_after(ping, 0, utcnow() + timedelta(minutes=31)) == []


def test_a_wish_can_be_changed_and_a_bad_pattern_is_told(story):
    with story.app.app_context():
        wish(story, "vic", "nova", "cinder", pattern="x")
        wish(story, "vic", "cinder")
        [ping] = db.session.scalars(select(Ping))
        assert ([team.slug for team in ping.teams], ping.pattern) == (["cinder"], None)
        db.session.rollback()
        with pytest.raises(Invalid, match="nothing to repeat"):
            wish(story, "vic", pattern="***")
        db.session.rollback()


def test_a_pattern_that_could_hang_does_not(story):
    with story.app.app_context():
        wish(story, "vic", pattern="(a+)+$")
        say(story, "nova", "a" * 500 + "b")
        began = time.thread_time()  # our own: others may keep the machine busy
        run()
        assert time.thread_time() - began < 2


def test_the_page_keeps_what_one_waits_for(sqlite_story):
    vic = sqlite_story.client("vic")
    page = vic.get(PAGE)
    assert page.headers["Cache-Control"] == "no-store"
    assert "vic@example.org" in page.text
    assert send(vic, PAGE, teams=["nova"], pattern="gerrit").status_code == 303
    page = vic.get(PAGE).text
    assert re.search(r'value="nova" checked', page)
    assert 'value="gerrit"' in page
    assert not re.search(r'name="by_mail"[^>]*checked', page)
    refused = send(vic, PAGE, teams=["nova"], pattern="(")
    assert refused.status_code == 422
    assert "no pattern that can be searched" in refused.text
    assert send(vic, PAGE, teams=["no-such-team"]).status_code == 422


def test_the_button_on_a_teams_page(sqlite_story):
    vic, team = sqlite_story.client("vic"), "/events/oct/teams/nova"
    assert "Ping me" in vic.get(team).text
    assert send(vic, f"{team}/ping", page=team, wanted="1").status_code == 303
    assert "Ping me: on" in vic.get(team).text
    send(vic, f"{team}/ping", page=team, wanted="0")
    assert "Ping me: on" not in vic.get(team).text
    with sqlite_story.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Ping)) == 1


def test_a_stranger_is_told_how(sqlite_story):
    visitor = sqlite_story.client()
    assert "Ping me" not in visitor.get("/events/oct/teams/nova").text
    with sqlite_story.app.app_context():
        sqlite_story.set(registration_closes_at=utcnow() - timedelta(days=1))
    page = visitor.get(PAGE).text
    assert 'btn-outline-primary" href="/events/oct/register"' not in page, "it is closed"
    assert "Sign in" in page
    assert "+subscribe" in page
    assert visitor.get(f"{PAGE}/news").json == {"last": 0, "told": []}
    sqlite_story.app.config["WTF_CSRF_ENABLED"] = False
    for address in (PAGE, "/events/oct/teams/nova/ping"):
        assert visitor.post(address).location == PAGE


def test_a_browser_is_told_what_is_new_to_it_and_nobody_elses(sqlite_story):
    vic, omar = sqlite_story.client("vic"), sqlite_story.client("omar")
    with sqlite_story.app.app_context():
        wish(sqlite_story, "vic", "nova")
        say(sqlite_story, "nova", "one")
        run()
    start = vic.get(f"{PAGE}/news").json
    assert start["told"] == []
    with sqlite_story.app.app_context():
        say(sqlite_story, "nova", "two <b>")
        run()
    news = vic.get(f"{PAGE}/news?after={start['last']}").json
    assert [(row["team"], row["text"]) for row in news["told"]] == [("Nova", "two <b>")]
    assert vic.get(f"{PAGE}/news?after={news['last']}").json["told"] == []
    assert omar.get(f"{PAGE}/news?after=0").json["told"] == []


def test_what_was_told_is_forgotten_in_a_week_and_wishes_with_their_people(story):
    with story.app.app_context():
        wish(story, "vic", "nova")
        say(story, "nova", "one")
        run()
        begin_write()
        db.session.execute(update(PingTold).values(at=utcnow() - timedelta(days=8)))
        somebody = Registration(
            event_id=story.event.id,
            email=None,  # erased
            status="confirmed",
            place=1,
            registered_at=utcnow(),
            updated_at=utcnow(),
        )
        db.session.add(somebody)
        db.session.flush()
        words = {"pattern": "placement", "by_mail": True}
        db.session.add(Ping(event_id=story.event.id, registration=somebody, **words))
        assert privacy.own_data(somebody)["pinged_for"] == {"teams": [], **words}
        db.session.commit()
        telling.forget_old()
        db.session.commit()
        assert told() == []
        assert [ping.user.name for ping in db.session.scalars(select(Ping))] == ["Vic"]


def test_a_team_that_goes_at_this_moment_is_passed_over(story):
    """The page was read before an organizer's lock, and is saved after it."""
    story.app.config["WTF_CSRF_ENABLED"] = False
    vic, answers = story.client("vic"), []
    with story.app.app_context():
        remove_team(story.event, story.team("neutron"), actor=ORGANIZER, at=SIGN_UP)
        forms = (
            (PAGE, {"teams": ["nova", "neutron"]}),
            ("/events/oct/teams/neutron/ping", {"wanted": "1"}),
        )
        with ThreadPoolExecutor(2) as browsers:
            for address, form in forms:
                answers.append(browsers.submit(vic.post, address, data=form))
            time.sleep(0.5)  # both wait for the lock
            db.session.commit()
    assert [answer.result().status_code for answer in answers] == [303, 404]
    with story.app.app_context():
        assert [team.slug for team in db.session.scalars(select(Ping)).one().teams] == ["nova"]
