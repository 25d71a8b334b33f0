"""Reading the schedule: by code, by time, by who and where."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ptgsched.db import db
from ptgsched.errors import Invalid, NotFound
from ptgsched.schedule import operations, queries
from tests.support.queries import counted_queries
from tests.support.story import LEAD, SIGN_UP, Story


def at(day, hour):
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def uids(bookings):
    return [booking.uid for booking in bookings]


def test_slots_are_found_by_code_in_any_case_and_come_in_time_order(scene):
    found = queries.slots_by_code(scene.event, ["mona2", "MonB1", "MONA1", "MonA2"])

    assert [slot.code for slot in found] == ["MonB1", "MonA1", "MonA2"]


def test_unknown_codes_are_all_named(scene):
    with pytest.raises(Invalid, match=r"No such slot here: MonX1, Sun\.") as refusal:
        queries.slots_by_code(scene.event, ["MonX1", "MonA1", "Sun"])

    assert refusal.value.code == "unknown_slot"
    assert refusal.value.facts["slots"] == ["MonX1", "Sun"]
    with pytest.raises(Invalid, match="at least one"):
        queries.slots_by_code(scene.event, [])


def test_slots_of_another_event_are_unknown_here(scene):
    spring = Story.begin(scene.app, slug="spring", monday=date(2027, 4, 5))

    assert queries.slots_by_code(scene.event, ["MonA1"]) == (scene.event.slots[4],)
    with pytest.raises(Invalid):
        queries.slots_between(spring.event, at(26, 13), at(26, 14))


def test_a_stretch_of_time_is_the_slots_that_fill_it(scene):
    found = queries.slots_between(scene.event, at(26, 21), at(27, 1))

    assert [slot.code for slot in found] == ["MonC1", "MonC2", "MonC3", "MonC4"]


@pytest.mark.parametrize(
    ("start", "end", "wrong"),
    [
        (at(26, 13) + timedelta(minutes=1), at(26, 15), ["start"]),
        (at(26, 13), at(26, 15) - timedelta(minutes=1), ["end"]),
        (at(26, 10), at(26, 11), ["start", "end"]),
        (at(26, 15), at(26, 13), ["end"]),
        (at(26, 12), at(26, 18), ["start", "end"]),
    ],
    ids=["late", "early", "between windows", "backwards", "too wide"],
)
def test_a_stretch_off_the_edges_says_which_end_is_off(scene, start, end, wrong):
    with pytest.raises(Invalid) as refusal:
        queries.slots_between(scene.event, start, end)

    assert list(refusal.value.fields) == wrong


def test_bookings_are_found_by_team_room_project_and_time(scene):
    nova = scene.book("nova", "bexar", "MonA1", "MonA2").uid
    joint = scene.book("tc", "austin", "MonA3", with_teams=["nova", "cinder"]).uid
    alone = scene.book("tc", "bexar", "TueA1").uid
    event, tc = scene.event, scene.team("tc")
    openstack = scene.team("nova").project_id

    assert uids(queries.bookings(event)) == [nova, joint, alone]
    assert uids(queries.bookings(event, team=scene.team("nova"))) == [nova, joint]
    assert uids(queries.bookings(event, team=tc)) == [joint, alone]
    assert uids(queries.bookings(event, team=scene.team("neutron"))) == []
    assert uids(queries.bookings(event, room=scene.room("bexar"))) == [nova, alone]
    assert uids(queries.bookings(event, project_id=openstack)) == [nova, joint]
    assert uids(queries.bookings(event, since=at(26, 15))) == [joint, alone]
    assert uids(queries.bookings(event, until=at(26, 15))) == [nova]
    assert uids(queries.bookings(event, since=at(26, 14), until=at(26, 16))) == [nova, joint]


def test_released_bookings_are_shown_to_those_who_ask(scene):
    booking = scene.book("nova", "bexar", "MonA1")
    operations.release(scene.event, booking, actor=LEAD, at=SIGN_UP)
    db.session.commit()

    assert queries.bookings(scene.event) == []
    assert queries.bookings(scene.event, cancelled=True) == [booking]
    assert queries.booking_by_uid(scene.event, booking.uid) == booking
    assert queries.all_sessions(scene.event) == ()


def test_what_is_not_there_is_not_found(scene):
    spring = Story.begin(scene.app, slug="spring")
    elsewhere = spring.book("nova", "bexar", "MonA1").uid

    for uid in (elsewhere, "no-such-uid"):
        with pytest.raises(NotFound):
            queries.booking_by_uid(scene.event, uid)
    with pytest.raises(NotFound, match="'nowhere'"):
        queries.room_by_slug(scene.event, "nowhere")


def test_teams_come_in_the_order_asked_for(scene):
    found = queries.teams_by_slug(scene.event, ["tc", "cinder"])

    assert [team.slug for team in found] == ["tc", "cinder"]
    with pytest.raises(Invalid, match=r"No such team here: glance, heat\."):
        queries.teams_by_slug(scene.event, ["nova", "glance", "heat"])


def test_declared_conflicts_are_known_from_both_sides(scene):
    scene.keep_apart("nova", "cinder")
    scene.keep_apart("neutron", "nova")
    nova, cinder, neutron, tc = (
        scene.team(slug).id for slug in ("nova", "cinder", "neutron", "tc")
    )

    assert queries.declared_conflicts([nova, tc]) == {nova: frozenset({cinder, neutron})}
    assert queries.declared_conflicts([cinder, neutron]) == {
        cinder: frozenset({nova}),
        neutron: frozenset({nova}),
    }


def test_a_session_knows_all_that_the_rules_ask(scene):
    booking = scene.book("nova", "bexar", "MonC3", "MonC4", with_teams=["tc", "cinder"])

    (session,) = queries.all_sessions(scene.event)

    assert (session.uid, session.room, session.team) == (booking.uid, "Bexar", "nova")
    assert list(session.teams.values()) == ["nova", "cinder", "tc"]
    assert session.interval == booking.interval
    assert session.slot_ids == {slot.id for slot in booking.slots}
    assert session.hours_by_day == {date(2026, 10, 26): 2.0}


def test_many_bookings_cost_as_many_statements_as_one(scene):
    def cost(read):
        db.session.expire_all()
        event = scene.event
        with counted_queries() as statements:
            read(event)
        return len(statements)

    def read_all(event):
        for booking in queries.bookings(event):
            assert booking.team.slug
            assert booking.room.slug
            assert [team.slug for team in booking.with_teams] == ["tc"]

    scene.book("nova", "bexar", "MonB1", with_teams=["tc"])
    one = cost(read_all), cost(queries.all_sessions)
    for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
        for number in (1, 2, 3, 4):
            scene.book("nova", "bexar", f"{day}A{number}", with_teams=["tc"])
    many = cost(read_all), cost(queries.all_sessions)

    assert many == one
    assert max(many) <= 5
