"""Many at the same door: each client has a session of its own and starts at the same moment."""

import http.client
import json
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from sqlalchemy import func, select

from ptgsched.accounts.passwords import set_password
from ptgsched.accounts.tokens import create_token
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.errors import PtgschedError, Stale
from ptgsched.schedule import operations
from ptgsched.schedule.models import Booking, BookingSlot
from tests.support.story import LEAD, SIGN_UP, Story

CLIENTS = 32


def race(story, *attempts):
    """Run the attempts at once, each in a context of its own; what came of each, in their order.

    An attempt returns when it has committed; a refusal is named by its class, as is a crash.
    """
    gate = threading.Barrier(len(attempts))
    came: list[str] = [""] * len(attempts)

    def run(number, attempt):
        with story.app.app_context():
            try:
                gate.wait(30)
                attempt()
                came[number] = "done"
            except PtgschedError as refusal:
                db.session.rollback()
                came[number] = type(refusal).__name__
            except BaseException as crash:  # noqa: BLE001 - the test says what it was
                came[number] = repr(crash)

    threads = [threading.Thread(target=run, args=item) for item in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return came


def test_of_many_for_one_cell_one_wins_and_all_others_are_told(story):
    teams = ("nova", "cinder", "neutron", "tc")

    def attempt(number):
        def book():
            story.book(teams[number % 4], "bexar", "MonA1")

        return book

    came = race(story, *(attempt(number) for number in range(CLIENTS)))

    assert Counter(came) == {"done": 1, "RoomTaken": CLIENTS - 1}
    with story.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
        assert db.session.scalar(select(func.count()).select_from(BookingSlot)) == 1
        assert story.marks() == (1, 1, 1)


def test_overlapping_stretches_never_share_a_cell(story):
    """MonA1-2, A2-3, A3-4 in turn: as many win as fit, in whatever order they come."""
    stretches = [("MonA1", "MonA2"), ("MonA2", "MonA3"), ("MonA3", "MonA4")]

    def attempt(number):
        def book():
            team = ("nova", "cinder", "neutron")[number % 3]
            story.book(team, "bexar", *stretches[number % 3])

        return book

    came = race(story, *(attempt(number) for number in range(12)))

    assert set(came) == {"done", "RoomTaken"}
    with story.app.app_context():
        held = db.session.execute(select(BookingSlot.room_id, BookingSlot.slot_id)).all()
        assert len(held) == len(set(held)) == 2 * came.count("done")
        assert 1 <= came.count("done") <= 2


def test_a_raced_cap_is_never_exceeded(story):
    """Lena, her deputy and a script each book an hour for nova, in different rooms and hours."""
    with story.app.app_context():
        story.set(allow_parallel=True)
        story.phase(per_day=4)
    codes = [f"Mon{window}{number}" for window in "ABC" for number in (1, 2, 3, 4)]

    def attempt(room, code):
        return lambda: story.book("nova", room, code)

    attempts = [attempt(room, code) for code in codes for room in ("bexar", "austin")]

    came = race(story, *attempts)

    assert Counter(came) == {"done": 4, "RulesBroken": len(attempts) - 4}
    with story.app.app_context():
        assert story.marks() == (4, 4, 4)


def test_a_team_is_never_raced_into_two_places(story):
    attempts = [
        lambda room=room: story.book("nova", room, "MonA1")
        for room in ("bexar", "austin", "ballroom")
    ]

    came = race(story, *attempts)

    assert Counter(came) == {"done": 1, "RulesBroken": 2}


def test_who_decided_on_an_old_state_is_told_so(story):
    """Eight windows show sequence 0; one of them changes the title, the others must reload."""
    with story.app.app_context():
        uid = story.book("nova", "bexar", "MonA1").uid

    def unchanged(booking):
        if booking.sequence != 0:
            raise Stale("Reload.")

    def attempt(number):
        def retitle():
            operations.change(
                story.event,
                story.booking(uid),
                title=f"Title {number}",
                actor=LEAD,
                at=SIGN_UP,
                guard=unchanged,
            )
            db.session.commit()

        return retitle

    came = race(story, *(attempt(number) for number in range(8)))

    assert Counter(came) == {"done": 1, "Stale": 7}
    with story.app.app_context():
        assert story.booking(uid).sequence == 1
        assert story.booking(uid).title == f"Title {came.index('done')}"


def test_two_events_do_not_stand_in_each_others_way(story):
    """The same people book at both at once: nobody waits for ever, every booking counts."""
    spring = Story.begin(story.app, slug="spring")
    codes = [f"{day}{window}1" for day in ("Mon", "Tue", "Wed", "Thu") for window in "AB"]

    def attempt(tale, code):
        return lambda: tale.book("nova", "bexar", code)

    came = race(story, *(attempt(tale, code) for code in codes for tale in (story, spring)))

    assert set(came) == {"done"}
    with story.app.app_context():
        for tale in (story, spring):
            assert [line.cursor for line in tale.journal()] == list(range(1, len(codes) + 1))
            assert [line.revision for line in tale.journal()] == list(range(1, len(codes) + 1))


# From outside: two processes of the service as it runs, by the real clock ------------------------

PASSWORD = "correct horse battery"


def coming_monday():
    """Two to three weeks from now, so that nothing is over."""
    today = utcnow().date()
    return today + timedelta(days=21 - today.weekday())


class Browser:
    """As little of a browser as signing in and posting a form take."""

    def __init__(self, base_url):
        self._host = urlsplit(base_url).netloc
        self.cookies = {}

    def ask(self, method, path, fields=None, **headers):
        """The answer's status and text; redirects are not followed."""
        body = urlencode(fields) if isinstance(fields, dict) else fields
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(self._host, timeout=60)
        try:
            connection.request(method, path, body, kind | {"Cookie": cookie} | headers)
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or ():
                name, _, rest = line.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            return response.status, response.read().decode()
        finally:
            connection.close()

    def sign_in(self, email):
        """Sign in by the form."""
        fields = {"email": email, "password": PASSWORD, "csrf_token": self.token("/login")}
        assert self.ask("POST", "/login", fields)[0] == 303

    def token(self, path):
        """The token that a form on this page carries."""
        return re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", path)[1])[1]


def at_once(jobs):
    """Run the jobs, each in a thread of its own, from the same moment on; their results."""
    gate = threading.Barrier(len(jobs))

    def run(job):
        gate.wait(30)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_leads_at_the_web_page_of_two_processes(make_app, database_url, serve):
    story = Story.begin(make_app(database_url), monday=coming_monday())
    leads = {"lena": "nova", "omar": "cinder"}
    with story.app.app_context():
        for name in leads:
            set_password(story.user(name), PASSWORD)
        db.session.commit()
    base_url = serve(database_url, workers=2)
    jobs = []
    for name, team in leads.items():
        browser = Browser(base_url)
        browser.sign_in(f"{name}@example.org")
        fields = {"team": team, "room": "bexar", "first": "MonA1", "last": "MonA2"}
        fields["csrf_token"] = browser.token("/events/oct/book")
        jobs += [lambda b=browser, f=fields: b.ask("POST", "/events/oct/book", f)] * 8

    answers = at_once(jobs)

    assert Counter(status for status, _ in answers) == {303: 1, 409: 15}
    assert all(
        "holds Bexar in MonA1 and MonA2" in text for status, text in answers if status == 409
    )
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)


def test_scripts_at_the_api_of_two_processes(make_app, database_url, serve):
    story = Story.begin(make_app(database_url), monday=coming_monday())
    with story.app.app_context():
        _, secret = create_token("race", ["booking:write"], at=utcnow())
        db.session.commit()
    base_url = serve(database_url, workers=2)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def job(number):
        team = ("nova", "cinder", "neutron", "tc")[number % 4]
        body = json.dumps({"team": team, "room": "bexar", "slots": ["MonA1"]})
        ask = Browser(base_url).ask
        return lambda: ask("POST", "/api/v1/events/oct/bookings", body, **headers)

    answers = at_once([job(number) for number in range(CLIENTS)])

    assert Counter(status for status, _ in answers) == {201: 1, 409: CLIENTS - 1}
    refusals = [json.loads(text) for status, text in answers if status == 409]
    assert all("room_taken" in {v["rule"] for v in refusal["violations"]} for refusal in refusals)
    with story.app.app_context():
        assert story.marks() == (1, 1, 1)
