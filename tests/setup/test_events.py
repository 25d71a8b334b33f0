"""Beginning an event: from a template, or as a copy that keeps its hours though clocks change."""

from datetime import UTC, date, datetime

import pytest

from ptgsched.db import begin_write, db
from ptgsched.errors import Forbidden, Invalid
from ptgsched.events.layout import create_event
from ptgsched.events.models import Event, EventStatus, Phase
from ptgsched.invitations.queries import pending
from ptgsched.schedule.queries import declared_conflicts
from ptgsched.setup.events import (
    Parts,
    begin_event,
    copy_event,
    invite_organizers,
    require_creator,
    told_apart,
)
from ptgsched.setup.rooms import change_room
from ptgsched.setup.windows import add_window, change_window, window_of
from ptgsched.teams.models import TeamWish, Wish
from ptgsched.teams.permissions import is_organizer, led_team_ids, team_of, teams_of
from ptgsched.timezones import to_local
from ptgsched.web.links import Links
from tests.support.story import ORGANIZER, SIGN_UP, Story

BY = {"actor": ORGANIZER, "at": SIGN_UP}
LINKS = Links("https://here.example", "https://pads.example", "https://calls.example")
APRIL = date(2027, 4, 19)  # a Monday, after clocks were put forward in Europe


def local_hours(event: Event, zone: str) -> list[tuple[str, str]]:
    """Each slot's code and the hour that clocks show when it starts."""
    return [(slot.code, f"{to_local(slot.starts_at, zone):%a %H:%M}") for slot in event.slots]


def in_berlin() -> Event:
    begin_write()
    event = create_event(
        "berlin",
        title="Berlin PTG",
        kind="ptg",
        starts_on=date(2026, 10, 26),
        ends_on=date(2026, 10, 30),
        timezone="Europe/Berlin",
        at=SIGN_UP,
    )
    opens = datetime(2026, 9, 28, 16, tzinfo=UTC)  # 18:00 in Berlin's summer
    closes = datetime(2026, 10, 25, 23, tzinfo=UTC)  # midnight in its winter
    event.phases.append(Phase(name="All", opens_at=opens, closes_at=closes, team_kinds=[]))
    db.session.commit()
    return event


def test_a_copy_keeps_the_hours_of_berlin_though_clocks_changed(scene: Story):
    october = in_berlin()

    april = copy_event(october, "april", title="April PTG", starts_on=APRIL, **BY)
    db.session.commit()

    assert (april.starts_on, april.ends_on) == (APRIL, date(2027, 4, 23))
    assert october.slots[0].starts_at == datetime(2026, 10, 26, 8, tzinfo=UTC)  # 09:00 in winter
    assert april.slots[0].starts_at == datetime(2027, 4, 19, 7, tzinfo=UTC)  # 09:00 in summer
    assert local_hours(april, "Europe/Berlin") == local_hours(october, "Europe/Berlin")
    [phase] = april.phases
    assert phase.opens_at == datetime(2027, 3, 22, 17, tzinfo=UTC)  # 18:00, in winter still
    assert phase.closes_at == datetime(2027, 4, 18, 22, tzinfo=UTC)  # midnight, in summer now


def test_a_copy_in_utc_keeps_the_hours_of_utc(scene: Story):
    scene.phase("All")

    april = copy_event(scene.event, "april", title="April PTG", starts_on=APRIL, **BY)
    db.session.commit()

    assert local_hours(april, "UTC") == local_hours(scene.event, "UTC")
    assert april.slots[0].starts_at == datetime(2027, 4, 19, 5, tzinfo=UTC)
    assert {slot.day for slot in april.slots} == {date(2027, 4, day) for day in range(19, 24)}
    assert april.phases[0].opens_at - scene.event.phases[0].opens_at == APRIL - date(2026, 10, 26)


def test_an_hour_that_clocks_jump_over_becomes_the_next_there_is(scene: Story):
    begin_write()
    october = create_event(
        "night",
        title="Night",
        kind="other",
        starts_on=date(2026, 10, 24),
        ends_on=date(2026, 10, 25),
        timezone="Europe/Berlin",
        at=SIGN_UP,
    )
    opens = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)  # 02:30 in Berlin
    october.phases.append(Phase(name="All", opens_at=opens, team_kinds=[]))
    db.session.commit()

    spring = copy_event(october, "spring", title="Spring", starts_on=date(2027, 3, 28), **BY)

    assert spring.phases[0].opens_at == datetime(2027, 3, 28, 1, tzinfo=UTC)  # 03:00, no 02:30


def test_a_copy_takes_along_what_was_asked_for_and_no_passcode(scene: Story):
    change_room(scene.event, scene.room("ballroom"), {"offered_slots": ["TueA1", "TueA2"]}, **BY)
    scene.keep_apart("nova", "cinder")
    nova, cinder = scene.team("nova").id, scene.team("cinder").id
    db.session.add(TeamWish(team_id=nova, other_id=cinder, kind=Wish.APART))
    db.session.commit()
    scene.book("nova", "bexar", "MonA1")

    april = copy_event(scene.event, "april", title="April PTG", starts_on=APRIL, **BY)
    db.session.commit()

    assert april.status == EventStatus.DRAFT
    assert [room.slug for room in april.rooms] == ["bexar", "austin", "ballroom"]
    assert [(room.join_url, room.passcode) for room in april.rooms] == [(None, None)] * 3
    assert [slot.code for slot in april.rooms[2].offered_slots] == ["TueA1", "TueA2"]
    assert {slot.event_id for slot in april.rooms[2].offered_slots} == {april.id}
    assert [team.slug for team in teams_of(april)] == ["cinder", "neutron", "nova", "tc"]
    assert team_of(april, "nova").project.event_id == april.id
    new_nova, new_cinder = team_of(april, "nova").id, team_of(april, "cinder").id
    assert declared_conflicts([new_nova]) == {new_nova: frozenset({new_cinder})}
    assert db.session.get(TeamWish, (new_nova, new_cinder, Wish.APART)) is not None
    assert is_organizer(scene.user("olga"), april)
    assert not led_team_ids(scene.user("lena"), april)

    all_of_it = Parts(join_links=True, leads=True)
    may = copy_event(
        scene.event, "may", title="May", starts_on=date(2027, 5, 3), parts=all_of_it, **BY
    )
    db.session.commit()
    assert may.rooms[1].passcode == scene.room("austin").passcode
    assert led_team_ids(scene.user("lena"), may) == {team_of(may, "nova").id}

    nothing = Parts(windows=False, phases=False, rooms=False, teams=False)
    june = copy_event(
        scene.event, "june", title="June", starts_on=date(2027, 6, 7), parts=nothing, **BY
    )
    assert [june.windows, june.rooms, june.phases, teams_of(june)] == [[], [], [], []]


def test_windows_whose_names_begin_alike_are_copied(sqlite_story: Story):
    with sqlite_story.app.app_context():
        october = sqlite_story.event
        change_window(october, window_of(october, "MonA"), {"minutes": 15}, **BY)
        six, seven = (datetime(2026, 10, 26, hour, tzinfo=UTC) for hour in (18, 19))
        add_window(october, {"code": "A1", "start": six, "end": seven}, **BY)  # MonA11 is A's

        april = copy_event(october, "april", title="April PTG", starts_on=APRIL, **BY)

        monday = [slot.code for slot in april.slots if slot.code.startswith("MonA")]
        assert monday == [f"MonA{number}" for number in range(1, 18)]


def test_an_event_begins_as_a_draft_of_its_organizers(scene: Story):
    ada = scene.user("ada")
    known, invited = told_apart(["olga@example.org", "nobody@example.org"], ada)
    assert invited == ["nobody@example.org"]
    made = begin_event(
        "summit",
        title="Summit",
        kind="summit",
        starts_on=date(2027, 6, 1),
        ends_on=date(2027, 6, 2),
        timezone="Asia/Tokyo",
        organizers=known,
        **BY,
    )
    db.session.commit()

    assert made.status == EventStatus.DRAFT
    assert is_organizer(scene.user("olga"), made)
    assert len(made.slots) == 16
    assert made.schedule_revision == 1
    invite_organizers(made, invited, by=ada, links=LINKS, **BY)
    assert [each.email for each in pending(made, None)] == invited
    with pytest.raises(Invalid) as refusal:
        invite_organizers(made, ["no address"], by=ada, links=LINKS, **BY)
    assert "no address" in refusal.value.fields["organizers"][0]
    # Nobody else learns who has an account.
    assert told_apart(["lena@example.org"], scene.user("olga")) == ([], ["lena@example.org"])


def test_who_runs_an_event_may_copy_it_and_nothing_else(scene: Story):
    other = in_berlin()

    require_creator(scene.user("ada"), None)
    require_creator(scene.user("olga"), scene.event)
    for copied in (None, other):
        with pytest.raises(Forbidden):
            require_creator(scene.user("olga"), copied)
    with pytest.raises(Forbidden):
        require_creator(scene.user("lena"), scene.event)


def test_no_event_takes_the_name_of_a_page(scene: Story):
    with pytest.raises(Invalid):
        copy_event(scene.event, "new", title="New", starts_on=APRIL, **BY)
