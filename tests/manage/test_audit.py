"""Who changed what: for organizers, in words, to filter and to take away."""

import csv
import io
import re
from datetime import timedelta

import pytest

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.accounts.tokens import actor_of, create_token
from ptgsched.attendance.operations import count_heads
from ptgsched.db import begin_write, db
from ptgsched.manage import audit, audit_files
from ptgsched.schedule import operations
from ptgsched.setup import rooms
from tests.support.queries import counted_queries
from tests.support.story import PASSCODE, SIGN_UP, Story

PAGE = "/events/oct/manage/audit"


@pytest.fixture
def told(story: Story) -> Story:
    """Lena books and moves, a bot of hers books, Olga bends a rule, changes a room and exports."""
    with story.app.app_context():
        lena = Actor("lead:nova", "web", user_id=story.user("lena").id)
        olga = Actor("organizer", "web", user_id=story.user("olga").id)
        booking = story.book("nova", "bexar", "MonA1", actor=lena, title="=cmd()")
        begin_write()
        operations.change(
            story.event,
            story.booking(booking.uid),
            room=story.room("ballroom"),
            slots=story.slots("MonA1", "MonA2"),
            actor=lena,
            at=SIGN_UP + timedelta(hours=1),
        )
        story.uid = booking.uid
        token, _ = create_token(
            "nova-bot", ["booking:write"], at=SIGN_UP, event_id=story.event.id, actor=lena
        )
        db.session.commit()
        story.book("nova", "bexar", "TueA1", actor=actor_of(token), at=SIGN_UP + timedelta(hours=2))
        later = SIGN_UP + timedelta(days=1)
        story.book("cinder", "bexar", "TueA2", actor=olga, at=later, override="the board asked")
        begin_write()
        rooms.change_room(
            story.event,
            story.room("austin"),
            {"capacity": 120, "passcode": "2718281"},
            actor=olga,
            at=later,
        )
        record(story.event, olga, "registrations.exported", {"rows": 212}, later)
        record(
            None,
            Actor("person", "web", user_id=story.user("vic").id),
            "password.changed",
            {},
            later,
        )
        db.session.commit()
    return story


def words(page: str) -> list[str]:
    """Each line of the list as its text."""
    items = re.findall(r"<li>\s*<div class=\"audit-when\">(.*?)</li>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in items]


def test_it_tells_who_did_what_from_where_and_what_was_before(told: Story):
    page = told.client("olga").get(f"{PAGE}?tz=Europe/Berlin").text
    lines = words(page)

    assert len(lines) == 7
    by_newest = " | ".join(lines)
    assert "organizer (olga@example.org) exported registrations Web rows 212" in by_newest
    assert "changed the room: austin Web capacity 100 → became 120" in by_newest
    assert "other now passcode" in by_newest
    assert "booked: cinder Web" in by_newest
    assert "A rule was bent: the board asked" in by_newest
    assert "token:nova-bot booked: nova API" in by_newest
    moved = next(line for line in lines if "moved a session" in line)
    assert "lead:nova (lena@example.org) moved a session: nova Web" in moved
    assert "Mon 26 Oct" in moved
    assert "Europe/Berlin" in moved
    assert "=cmd(), bexar, Mon 26 Oct" in moved  # as it was
    assert "room bexar → became ballroom" in moved
    assert "slots MonA1 → became MonA1, MonA2" in moved
    assert PASSCODE not in page
    assert "2718281" not in page
    assert "password.changed" not in page  # Vic's own business


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("team=nova", 3),
        ("team=cinder", 1),
        ("what=booking", 4),
        ("what=booking.moved", 1),
        ("what=registrations", 1),
        ("source=api", 1),
        ("source=import", 0),
        ("from=2026-10-02", 3),
        ("to=2026-10-01", 4),
        ("from=2026-10-01&to=2026-10-01", 4),
        ("override=1", 1),
        ("who=lead:nova", 3),
        ("who=nobody%00", 0),
        ("who=person:99999999999999999999", 0),
        ("team=nova&what=booking.moved", 1),
        ("what=%25", 0),
    ],
)
def test_filters_stand_in_the_address(told: Story, asked: str, count: int):
    page = told.client("olga").get(f"{PAGE}?{asked}").text

    assert len(words(page)) == count


def test_a_released_session_says_which_it_was_and_leads_to_its_page(told: Story):
    with told.app.app_context():
        begin_write()
        actor = Actor("lead:nova", "web", user_id=told.user("lena").id)
        operations.release(told.event, told.booking(told.uid), actor=actor, at=SIGN_UP)
        db.session.commit()

    page = told.client("olga").get(f"{PAGE}?what=booking.released&tz=UTC").text

    assert "released a session: nova Web =cmd(), ballroom, Mon 26 Oct" in words(page)[0]
    assert f'href="/events/oct/bookings/{told.uid}"' in page


def test_a_head_count_names_the_team_and_leads_to_its_session(told: Story):
    with told.app.app_context():
        begin_write()
        for people in (20, 23):
            lead = Actor("lead:nova", "web", user_id=told.user("lena").id)
            session = told.booking(told.uid)
            count_heads(told.event, session, people, actor=lead, at=session.starts_at)
        db.session.commit()

    page = told.client("olga").get(f"{PAGE}?team=nova&what=attendance").text

    assert words(page) == [
        "Mon 26 Oct 2026 13:00 UTC lead:nova (lena@example.org) counted who was there: nova Web"
        + after
        for after in (" people 23 before 20", " people 20")
    ]
    assert page.count(f'href="/events/oct/bookings/{told.uid}"') == 2
    assert not words(told.client("olga").get(f"{PAGE}?team=cinder&what=attendance").text)


def test_one_person_is_followed_through_all_their_roles(told: Story):
    with told.app.app_context():
        olga = told.user("olga").id

    page = told.client("olga").get(f"{PAGE}?who=person:{olga}").text

    assert len(words(page)) == 3
    assert re.search(rf'<option value="person:{olga}" selected>olga@example.org', page)


def test_a_day_that_is_none_is_said_and_what_was_asked_stays(told: Story):
    olga = told.client("olga")

    for asked, said in (
        ("from=yesterday", "from: write the day as 2026-10-26."),
        ("from=0001-01-01", "from: a year from 1990"),
        ("from=2026-10-02&to=2026-10-01", "The last day comes before the first."),
    ):
        page = olga.get(f"{PAGE}?{asked}&team=nova").text
        assert said in page
        assert '<option value="nova" selected>' in page
        assert "audit-when" not in page
        assert ".csv" not in page
        assert olga.get(f"{PAGE}.csv?{asked}").status_code == 422


def test_it_goes_on_over_pages_that_keep_the_filters(story: Story, monkeypatch: pytest.MonkeyPatch):
    with story.app.app_context():
        for number in range(120):
            at = SIGN_UP + timedelta(minutes=number)
            record(
                story.event, Actor("organizer", "web"), "registrations.viewed", {"n": number}, at
            )
        db.session.commit()
    olga = story.client("olga")

    pages = [olga.get(f"{PAGE}?what=registrations&page={number}").text for number in (1, 2, 3, 4)]

    assert [len(words(page)) for page in pages] == [50, 50, 20, 0]
    assert "120 lines, 51 to 100" in pages[1]
    assert f'href="{PAGE}?what=registrations&amp;page=3" rel="next"' in pages[1]
    assert 'rel="next"' not in pages[2]
    assert olga.get(f"{PAGE}?page=999999999999999999999").status_code == 200
    monkeypatch.setattr(audit, "ASKED_AT_ONCE", 50)
    monkeypatch.setattr(audit_files, "PIECE", 1000)
    asked = "what=registrations"
    rows = list(csv.DictReader(io.StringIO(olga.get(f"{PAGE}.csv?{asked}").text)))
    assert [row["what"] for row in rows] == [f"n: {number}" for number in range(119, -1, -1)]
    lines = olga.get(f"{PAGE}.json?{asked}").get_json()
    assert [line["facts"]["n"] for line in lines] == list(range(119, -1, -1))
    assert olga.get(f"{PAGE}.json?what=nothing").get_json() == []


def test_files_hold_what_the_page_shows_and_no_formula(told: Story):
    olga = told.client("olga")

    table = olga.get(f"{PAGE}.csv?team=nova")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    lines = olga.get(f"{PAGE}.json?team=nova").get_json()

    assert table.headers["Content-Disposition"] == 'attachment; filename="oct-audit.csv"'
    assert table.headers["Cache-Control"] == "no-store"
    assert [row["action"] for row in rows] == [
        "booking.created",
        "booking.moved",
        "booking.created",
    ]
    assert [line["action"] for line in lines] == [row["action"] for row in rows]
    assert rows[1]["account"] == "lena@example.org"
    assert "room: bexar -> ballroom" in rows[1]["what"]
    assert lines[1]["before"]["room"] == "bexar"
    assert lines[1]["after"]["room"] == "ballroom"
    for row in csv.reader(io.StringIO(olga.get(f"{PAGE}.csv").text)):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}.csv", f"{PAGE}.json"])
def test_only_organizers_see_it(told: Story, address: str):
    for who, status in (("lena", 403), ("vic", 403), ("olga", 200), ("ada", 200)):
        answer = told.client(who).get(address)
        assert answer.status_code == status, who
        assert ("olga@example.org" in answer.text) == (status == 200)
    assert told.client().get(address).status_code == 303


def test_what_belongs_to_no_event_is_for_administrators(told: Story):
    page = told.client("ada").get("/audit").text

    assert "person (vic@example.org) changed the password Web" in " | ".join(words(page))
    assert "lead:nova" not in page
    assert told.client("olga").get("/audit").status_code == 403


def test_it_costs_the_same_at_1_and_at_30_lines(sqlite_story: Story):
    olga = sqlite_story.client("olga")
    with sqlite_story.app.app_context():
        lena = Actor("lead:nova", "web", user_id=sqlite_story.user("lena").id)
        sqlite_story.book("nova", "bexar", "MonA1", actor=lena)
        record(sqlite_story.event, lena, "x.viewed", {}, SIGN_UP)
        db.session.commit()
    olga.get(PAGE)
    with counted_queries() as few:
        olga.get(PAGE)
    with sqlite_story.app.app_context():
        for number in range(30):
            record(sqlite_story.event, lena, "x.viewed", {"n": number}, SIGN_UP)
        db.session.commit()
    with counted_queries() as many:
        olga.get(PAGE)

    assert len(many) == len(few)


def test_a_role_names_whom_it_was_given_to_as_long_as_there_is_an_account(sqlite_story: Story):
    with sqlite_story.app.app_context():
        olga = Actor("organizer", "web", user_id=sqlite_story.user("olga").id)
        for number in (sqlite_story.user("vic").id, 4711):
            facts = {"role": "organizer", "user": number}
            record(sqlite_story.event, olga, "role.taken", facts, SIGN_UP)
        db.session.commit()

    lines = words(sqlite_story.client("olga").get(PAGE).text)

    assert any("took a role away Web role organizer user vic@example.org" in line for line in lines)
    assert any("user account 4711, deleted" in line for line in lines)


def test_a_secret_is_never_recorded(sqlite_story: Story):
    with sqlite_story.app.app_context(), pytest.raises(ValueError, match="no secret"):
        record(None, Actor("x", "web"), "token.created", {"secret": "ptg_x"}, SIGN_UP)
