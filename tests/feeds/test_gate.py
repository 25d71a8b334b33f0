"""The gate: unchanged documents from the cache, with the very answer the application would give."""

import threading
from datetime import timedelta

import pytest

from ptgsched.db import db
from ptgsched.feeds import ical
from ptgsched.feeds.gate import Gate
from ptgsched.feeds.serving import CACHE
from ptgsched.schedule.journal import Counter, door
from tests.feeds.conftest import (
    A_WEEK_BEFORE,
    CALENDAR,
    DOCUMENTS,
    NOVA,
    book,
    change,
    events_of,
    release,
)
from tests.support.queries import counted_queries
from tests.support.story import LEAD, ORGANIZER, Story

PTG_JSON = "/events/oct/ptg.json"


def asked_of_the_application(story, path, **headers):
    """The answer with nothing in the cache."""
    story.app.extensions[CACHE]._kept.clear()
    return story.app.test_client(use_cookies=False).open(path, **headers)


def test_cache_and_application_answer_alike(story, reader):
    release(story, book(story, "nova", "austin", "MonA1"))
    book(story, "nova", "bexar", "TueA1", title="Placement")
    packed = {"Accept-Encoding": "gzip"}
    for path in (*DOCUMENTS, NOVA + "?cancelled=0"):
        tag = reader.get(path).headers["ETag"]
        for request in (
            {"method": "GET"},
            {"method": "HEAD"},
            {"method": "GET", "headers": packed},
            {"method": "HEAD", "headers": packed},
            {"method": "GET", "headers": {"If-None-Match": tag}},
            {"method": "GET", "headers": {"If-None-Match": f'"x", W/{tag}', **packed}},
            {"method": "GET", "headers": {"If-Modified-Since": "Tue, 20 Oct 2026 00:00:00 GMT"}},
            {"method": "GET", "headers": {"Accept": "text/html", "User-Agent": ""}},
        ):
            rendered = asked_of_the_application(story, path, **request)
            with counted_queries() as statements:
                kept = reader.open(path, **request)
            assert statements == [], path
            assert kept.status == rendered.status, (path, request)
            assert list(kept.headers) == list(rendered.headers), (path, request)
            assert kept.data == rendered.data, (path, request)


def test_no_answer_sets_a_cookie_redirects_or_varies_by_reader(story, reader):
    signed_in = story.client("lena")
    for path in DOCUMENTS:
        for client in (reader, signed_in, signed_in):
            answer = client.get(path)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Content-Security-Policy" in answer.headers
            assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_any_change_is_seen_by_the_next_request(story, reader):
    uid = book(story, "nova", "bexar", "MonA1")
    for number in range(1, 6):
        change(story, uid, title=f"Topic {number}")
        event = events_of(reader.get(NOVA))[uid]
        assert event["SUMMARY"] == f"Nova: Topic {number}"
        assert event["SEQUENCE"] == number


def test_of_two_changes_in_one_second_none_is_missed_by_date(story, reader, clock):
    """HTTP dates know no fractions; who polls by them alone must not be told 304 wrongly."""
    uid = book(story, "nova", "bexar", "MonA1")
    first = reader.get(NOVA)
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert reader.get(NOVA, headers=since).status_code == 304
    at = A_WEEK_BEFORE
    for tenth in range(1, 4):
        at = A_WEEK_BEFORE + timedelta(milliseconds=100 * tenth)
        clock.move_to(at, tick=False)
        change(story, uid, title=f"Topic {tenth}", at=at)
        answer = reader.get(NOVA, headers=since)
        assert answer.status_code == 200
        assert f"Topic {tenth}" in answer.text
        since = {"If-Modified-Since": answer.headers["Last-Modified"]}
    clock.move_to(at + timedelta(seconds=30), tick=False)
    since = {"If-Modified-Since": reader.get(NOVA).headers["Last-Modified"]}
    assert reader.get(NOVA, headers=since).status_code == 304


def test_what_happens_on_the_live_board_dates_only_what_shows_it(story, reader):
    book(story, "nova", "bexar", "MonA1")
    dates = [reader.get(path).headers["Last-Modified"] for path in (NOVA, PTG_JSON)]
    since = [{"If-Modified-Since": date} for date in dates]
    later = A_WEEK_BEFORE + timedelta(milliseconds=1)
    with story.app.app_context():
        with door(story.event, actor=LEAD, at=later, counter=Counter.LIVE) as journal:
            journal.append("live.message")
        db.session.commit()
    assert reader.get(NOVA, headers=since[0]).status_code == 304
    assert reader.get(PTG_JSON, headers=since[1]).status_code == 200


def test_who_shows_credentials_is_judged_by_the_application(story, reader):
    path = "/api/v1/events/oct/schedule"
    wrong = {"Authorization": "Bearer nonsense"}
    before = reader.get(path, headers=wrong).status_code
    assert reader.get(path).status_code == 200
    assert reader.get(path, headers=wrong).status_code == before
    assert reader.get(CALENDAR, headers=wrong).status_code == 200


def test_unknown_arguments_fill_no_cache(story, reader):
    cache = story.app.extensions[CACHE]
    plain = reader.get(CALENDAR)
    for number in range(20):
        assert reader.get(f"{CALENDAR}?x={number}").data == plain.data
        assert reader.get(f"/events/oct/teams/none{number}.ics").status_code == 404
    reader.get(f"{CALENDAR}?cancelled=0&x=1")
    reader.get(f"{CALENDAR}?cancelled=0")
    for hour in range(20):
        at = f"2026-10-26T{hour:02}:00:00Z"
        assert reader.get(f"/api/v1/events/oct/schedule?from={at}").status_code == 200
    assert set(cache._kept) == {(CALENDAR, ""), (CALENDAR, "cancelled=0")}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods_are_none_of_its_business(reader, method):
    reader.get(CALENDAR)
    assert reader.open(CALENDAR, method=method).status_code in {400, 405}


def test_pages_pass_through_untouched(story, reader):
    page = reader.get("/events/oct/subscribe")
    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert reader.get("/healthz").data == b"ok\n"


def gate_of(story) -> Gate:
    """The gate among the layers in front of the application."""
    layer = story.app.wsgi_app
    while not isinstance(layer, Gate):
        layer = layer._app
    return layer


def test_a_broken_connection_is_made_anew(story, reader):
    """As after a restart of the database."""
    book(story, "nova", "bexar", "MonA1")
    before = reader.get(NOVA)
    assert reader.get(NOVA).data == before.data
    gate_of(story)._reader._cursor().connection.close()
    with counted_queries() as statements:
        assert reader.get(NOVA).data == before.data
    assert statements == []


def test_disposing_of_the_engine_closes_its_connections_too(story, reader):
    for _ in range(2):
        reader.get(CALENDAR)
    gate = gate_of(story)
    assert len(gate._reader._open) == 1
    with story.app.app_context():
        db.engine.dispose()
    assert gate._reader._open == set()
    assert reader.get(CALENDAR).status_code == 200


def test_readers_never_see_half_a_change(story, reader):
    """While a session moves to and fro, every answer shows it in one place, whole."""
    uid = book(story, "nova", "bexar", "MonA1")
    stop = threading.Event()
    places = {("Bexar", 26): 0, ("Austin", 27): 0}
    failures: list[object] = []

    def poll():
        client = story.app.test_client(use_cookies=False)
        while not stop.is_set():
            event = events_of(client.get(CALENDAR))[uid]
            at = (str(event["LOCATION"]), event["DTSTART"].dt.day)
            if at not in places or (event["SEQUENCE"] % 2 == 0) != (at[0] == "Bexar"):
                failures.append((at, event["SEQUENCE"]))
            places[at] = places.get(at, 0) + 1

    threads = [threading.Thread(target=poll) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        change(story, uid, room="austin", slots=["TueA1"])
        change(story, uid, room="bexar", slots=["MonA1"])
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all(places.values())


def test_every_process_is_current_at_once_and_says_the_same(story, reader, make_app, database_url):
    """Each with a cache of its own, as two workers or two machines have."""
    other = make_app(database_url).test_client(use_cookies=False)
    uid = book(story, "nova", "bexar", "MonA1")
    for number in range(3):
        for path in DOCUMENTS:
            assert other.get(path).data == reader.get(path).data
        change(story, uid, title=f"Topic {number}")
        assert events_of(other.get(NOVA))[uid]["SUMMARY"] == f"Nova: Topic {number}"


def test_the_same_state_gives_the_same_bytes(clock, make_app, sqlite_url, postgres_url):
    """At any time, after a restart, on either database."""
    made = {}
    for name, url in (("sqlite", sqlite_url), ("postgresql", postgres_url)):
        story = Story.begin(make_app(url))
        uids = [
            book(story, "nova", "bexar", "MonA1", "MonA2", title="Placement"),
            book(story, "tc", "austin", "MonA1", with_teams=["cinder"]),
            book(story, "cinder", "ballroom", "TueC4", actor=ORGANIZER),
        ]
        release(story, uids[2])
        with story.app.app_context():
            for number, uid in enumerate(uids):
                story.booking(uid).uid = f"00000000-0000-4000-8000-00000000000{number}"
            db.session.commit()
        made[name] = [reply.data for reply in map(reading(story.app), DOCUMENTS)]
        clock.shift(timedelta(days=1))
        ical._rendered._kept.clear()
        made[f"{name} restarted"] = [reply.data for reply in map(reading(make_app(url)), DOCUMENTS)]
        clock.move_to(A_WEEK_BEFORE, tick=False)
    first = made.pop("sqlite")
    assert all(b"Placement" in body for body in (first[0], first[1], first[4], first[5], first[6]))
    for name, bodies in made.items():
        for path, one, another in zip(DOCUMENTS, first, bodies, strict=True):
            assert one == another, (name, path)


def reading(app):
    """Fetches a path of `app`."""
    return app.test_client(use_cookies=False).get
