"""Lena counts the heads in nova's session; Omar, who leads another team, and a visitor may not."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry
from ptgsched.accounts.tokens import create_token
from ptgsched.attendance.forms import likely
from ptgsched.attendance.models import HeadCount
from ptgsched.db import begin_write, db
from ptgsched.events.models import EventStatus
from ptgsched.schedule import operations
from tests.schedule.pages import text_of
from tests.support.story import LEAD, SIGN_UP, Story

MONDAY_13 = datetime(2026, 10, 26, 13, tzinfo=UTC)
AFTER = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY_13, tick=False) as traveller:
        yield traveller


@pytest.fixture
def cast(story: Story, clock) -> Story:
    story.app.config["WTF_CSRF_ENABLED"] = False
    return story


def booked(story: Story) -> str:
    with story.app.app_context():
        return story.book("nova", "bexar", "MonA1", "MonA2", title="Placement").uid


def at(uid: str) -> str:
    return f"/events/oct/bookings/{uid}/attendance"


def counted(story: Story) -> list[tuple[int, str]]:
    with story.app.app_context():
        return [(row.people, row.by) for row in db.session.scalars(select(HeadCount))]


def audited(story: Story) -> list[tuple[str, dict]]:
    with story.app.app_context():
        lines = select(AuditEntry).where(AuditEntry.action == "attendance.counted")
        return [
            (line.actor, {k: line.facts[k] for k in ("before", "after")})
            for line in db.session.scalars(lines.order_by(AuditEntry.id))
        ]


def test_a_lead_counts_in_one_tap_and_corrects(cast: Story):
    uid = booked(cast)
    lena = cast.client("lena")
    with cast.app.app_context():
        before = cast.marks(), cast.event.live_revision
    calendar = lena.get("/events/oct/calendar.ics").data

    page = lena.get(f"/events/oct/bookings/{uid}")
    assert 'name="count" value="20"' in page.text
    answer = lena.post(at(uid), data={"count": "20"})
    assert (answer.status_code, answer.location) == (303, f"/events/oct/bookings/{uid}")
    assert "20 people counted in Nova." in text_of(lena.get(answer.location))
    lena.post(at(uid), data={"count": "23", "next": "/events/oct/now"})
    lena.post(at(uid), data={"count": "23"})

    assert counted(cast) == [(23, "lead:nova")]
    assert audited(cast) == [
        ("lead:nova", {"before": None, "after": 20}),
        ("lead:nova", {"before": 20, "after": 23}),
    ]
    with cast.app.app_context():
        assert (cast.marks(), cast.event.live_revision) == before
    assert lena.get("/events/oct/calendar.ics").data == calendar
    assert "23 people counted" in text_of(cast.client().get(f"/events/oct/bookings/{uid}"))


def test_it_leads_back_to_where_the_form_stood_but_not_elsewhere(cast: Story):
    uid = booked(cast)
    lena = cast.client("lena")
    here = lena.post(at(uid), data={"count": "5", "next": "/events/oct/now"})
    assert here.location == "/events/oct/now"
    there = lena.post(at(uid), data={"count": "6", "next": "//evil.example/"})
    assert there.location == f"/events/oct/bookings/{uid}"


def test_only_its_moderators_count(cast: Story):
    uid = booked(cast)
    assert cast.client().post(at(uid), data={"count": "9"}).location.startswith("/login")
    refused = cast.client("omar").post(at(uid), data={"count": "9"})
    assert refused.status_code == 403
    assert "Only the leads of Nova and the organizers" in text_of(refused)
    page = cast.client("omar").get(f"/events/oct/bookings/{uid}").text
    assert "Count heads" not in page
    assert counted(cast) == []
    assert cast.client("olga").post(at(uid), data={"count": "9"}).status_code == 303
    assert counted(cast) == [(9, "organizer")]


@pytest.mark.parametrize("typed", ["", "-1", "many", "100001", "2.5"])
def test_what_is_no_count_is_refused_and_kept(cast: Story, typed: str):
    uid = booked(cast)
    answer = cast.client("lena").post(at(uid), data={"count": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert counted(cast) == []


def test_not_before_it_begins_and_long_after_it(cast: Story, clock):
    uid = booked(cast)
    clock.move_to(SIGN_UP)
    lena = cast.client("lena")
    early = lena.post(at(uid), data={"count": "9"})
    assert "can be counted from its start, Mon 26 Oct 2026 13:00 UTC" in text_of(early)
    assert "Count heads" not in lena.get(f"/events/oct/bookings/{uid}").text
    clock.move_to(AFTER)
    lena = cast.client("lena")
    assert lena.post(at(uid), data={"count": "9"}).location == f"/events/oct/bookings/{uid}"
    assert counted(cast) == [(9, "lead:nova")]


def test_a_released_session_and_an_archived_event_say_why_not(cast: Story, clock):
    uid = booked(cast)
    lena = cast.client("lena")
    with cast.app.app_context():
        cast.set(status=EventStatus.ARCHIVED)
    refused = lena.post(at(uid), data={"count": "9"})
    assert refused.status_code == 409
    assert "its attendance is kept as it was" in text_of(refused)
    clock.move_to(SIGN_UP)
    with cast.app.app_context():
        cast.set(status=EventStatus.PUBLISHED)
        operations.release(cast.event, cast.booking(uid), actor=LEAD, at=SIGN_UP)
        db.session.commit()
    clock.move_to(MONDAY_13)
    assert "there is nobody to count" in text_of(lena.post(at(uid), data={"count": "9"}))
    assert counted(cast) == []


def secret(story: Story, *scopes: str, teams: list[str] | None = None) -> dict[str, str]:
    with story.app.app_context():
        begin_write()
        _, token = create_token(
            "nova-bot", scopes, at=SIGN_UP, event_id=story.event.id, team_slugs=teams
        )
        db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def test_programs_count_through_the_api(cast: Story, clock):
    uid = booked(cast)
    path = f"/api/v1{at(uid)}"
    post = cast.client().post
    for scope in ("live:write", "booking:write", "manage"):
        answer = post(path, json={"count": 23}, headers=secret(cast, scope))
        assert answer.status_code == 200, answer.text
    assert answer.json == {
        "booking": uid,
        "event": "oct",
        "team": "nova",
        "count": 23,
        "at": "2026-10-26T13:00:00Z",
        "by": "token:nova-bot",
    }
    refused = post(path, json={"count": 2}, headers=secret(cast, "registrations:read"))
    assert (refused.status_code, refused.json["code"]) == (403, "scope")
    other = post(path, json={"count": 2}, headers=secret(cast, "live:write", teams=["cinder"]))
    assert (other.status_code, other.json["code"]) == (403, "other_team")
    wrong = secret(cast, "live:write")
    assert post(path, json={"count": -1}, headers=wrong).json["fields"].keys() == {"count"}
    assert post(path, json={"count": True}, headers=wrong).status_code == 422
    clock.move_to(SIGN_UP)
    early = post(path, json={"count": 2}, headers=wrong)
    assert (early.status_code, early.json["code"]) == (422, "not_started")
    assert early.json["starts_at"] == "2026-10-26T13:00:00Z"
    assert counted(cast) == [(23, "token:nova-bot")]


def test_the_likely_figures_are_near_what_is_known():
    assert likely(20) == [10, 12, 15, 20, 25, 30, 40]
    assert likely(23) == [12, 15, 20, 23, 25, 30, 40]
    assert likely(1) == [1, 2, 3, 4]
    assert likely(700) == [200, 300, 500, 700]
