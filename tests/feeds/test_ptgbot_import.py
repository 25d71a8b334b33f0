"""A ptgbot database becomes an event: what is taken, what is not and why, and nothing by halves."""

import copy
import json

import pytest

from ptgsched.db import db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event, Room
from ptgsched.feeds.ptgbot import render
from ptgsched.feeds.ptgbot_file import read_file
from ptgsched.schedule import operations, queries
from ptgsched.schedule.models import Booking, Change
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import team_of
from ptgsched.web.links import Links
from tests.feeds.ptgbot_files import (
    AT,
    LINKS,
    MONDAY,
    booked,
    cells,
    database,
    event_of,
    exported,
    take,
    with_room,
)
from tests.support.story import LEAD, SIGN_UP, ZOOM, Story


def rows(app):
    """How many rows of each kind there are."""
    with app.app_context():
        kinds = (Event, Room, Team, Booking, Change)
        return [db.session.query(kind).count() for kind in kinds]


def refusal(app, data, **options):
    """Why it is refused; nothing of it was taken."""
    before = rows(app)
    with pytest.raises((Invalid, Conflict)) as refused:
        take(app, data, **options)
    assert rows(app) == before
    return refused.value.message


# A new event -----------------------------------------------------------------------------------


def test_it_becomes_a_published_event_open_to_all_its_teams(app):
    taken = take(app, database(), title="October", timezone="Europe/Berlin")

    assert (taken.tracks, taken.rooms, taken.slots, taken.cells) == (3, 2, 4, 5)
    assert (taken.changed, taken.remarks) == (True, ())
    with app.app_context():
        event = event_of()
        assert (event.title, event.kind, event.status) == ("October", "ptg", "published")
        assert (event.timezone, event.phases) == ("Europe/Berlin", [])
        assert (str(event.starts_on), str(event.ends_on)) == ("2026-10-26", "2026-10-27")
        assert [(str(w.day), w.code) for w in event.windows] == [
            ("2026-10-26", "A"),
            ("2026-10-26", "P"),
            ("2026-10-27", "A"),
        ]


def test_neighbouring_cells_of_a_team_become_one_booking_and_one_change(app):
    take(app, database())

    assert booked(app) == [
        ("nova", "Bexar", ["MonA1", "MonA2"]),
        ("cinder", "Austin", ["MonA1"]),
        ("kolla", "Austin", ["MonA2"]),
        ("nova", "Bexar", ["MonP1"]),
    ]
    with app.app_context():
        changes = db.session.query(Change).order_by(Change.cursor).all()
        assert [change.action for change in changes] == ["booking.imported"] * 4
        assert {(change.revision, change.actor) for change in changes} == {(1, "import")}
        assert event_of().schedule_revision == 1


def test_a_room_offers_the_slots_that_it_has_cells_for(app):
    take(app, database())

    with app.app_context():
        bexar, austin = (queries.room_by_slug(event_of(), slug) for slug in ("bexar", "austin"))
        assert bexar.offered_always
        assert [slot.code for slot in austin.offered_slots] == ["MonA1", "MonA2"]


def test_a_room_without_cells_is_there_and_not_offered(sqlite_app):
    take(sqlite_app, with_room(desc="closed for repairs"))

    with sqlite_app.app_context():
        room = queries.room_by_slug(event_of(), "bexar")
        assert (room.offered_always, room.offered_slots) == (False, [])


def test_a_rooms_kind_follows_from_its_address(app):
    kinds = {
        "": "physical",
        "https://us02web.zoom.us/j/1?pwd=abc": "zoom",
        "https://meetpad.opendev.org/oct-bexar": "meetpad",
        "http://meet.jit.si/DEN-ptg-BallroomA": "meetpad",
        "https://example.org/zoom": "other",
    }

    take(app, database(schedule={f"Room {kind}{url}": {"url": url} for url, kind in kinds.items()}))

    with app.app_context():
        assert {room.join_url or "": room.kind for room in event_of().rooms} == kinds


def test_a_capacity_is_taken_where_it_is_said_plainly(app):
    capacities = {
        "Fits a team of 10": 10,
        "10 person table": 10,
        "Seats 30, projector": 30,
        "120 people": 120,
        "Room 204, second floor": None,
        "": None,
    }

    take(app, database(schedule={f"Room {desc}": {"desc": desc} for desc in capacities}))

    with app.app_context():
        assert {room.description: room.capacity for room in event_of().rooms} == capacities


def test_what_teams_have_beside_their_cells_survives_the_way_out(app):
    data = database(
        colors={"nova": "#27a3dd", "cinder": "teal"},
        urls={"nova": "https://meet.example/nova"},
        etherpads={"kolla": "https://pad.example/kolla"},
        location={"cinder": "the hallway"},
        now={"nova": "placement #api"},
        next={"nova": ["quotas", "live migration"]},
        links={"map": "https://map.example/"},
        motd=[{"level": "warning", "message": "Lunch is late"}],
        voice=1,
    )

    assert take(app, data).remarks == ()

    out = exported(app)
    kept = set(data) - {"slots", "tracks", "schedule"}
    assert {key: out[key] for key in kept} == {key: data[key] for key in kept}
    assert out["tracks"] == sorted(data["tracks"])
    assert cells(out) == cells(data)


def test_the_single_message_of_old_databases_is_taken(sqlite_app):
    take(sqlite_app, database(motd={"level": "info", "message": "Welcome"}))

    assert exported(sqlite_app)["motd"] == [{"level": "info", "message": "Welcome"}]


def test_a_message_alone_is_taken_too():
    taken = read_file(json.dumps(database(motd="Welcome")).encode(), start=MONDAY, zone="UTC")

    assert taken.motd == [{"level": "info", "message": "Welcome"}]


def test_an_emptied_message_of_old_databases_is_none(sqlite_app):
    assert take(sqlite_app, database(motd={"level": "", "message": ""})).remarks == ()

    assert exported(sqlite_app)["motd"] == []


def test_a_passcode_is_kept_but_not_shown(app):
    secret = "https://us02web.zoom.us/j/1?pwd=abc"

    take(app, database(urls={"nova": secret}, schedule={"Bexar": {"url": secret}}))

    with app.app_context():
        assert team_of(event_of(), "nova").join_url == secret
    out = exported(app)
    assert out["urls"] == {"nova": f"{LINKS.base}/events/oct/teams/nova/join"}
    assert out["schedule"]["Bexar"]["url"] == f"{LINKS.base}/events/oct/rooms/bexar/join"


def test_an_event_without_bookings_has_a_journal_too(sqlite_app):
    taken = take(sqlite_app, database(schedule={}))

    assert (taken.rooms, taken.cells) == (0, 0)
    with sqlite_app.app_context():
        assert [c.action for c in db.session.query(Change)] == ["event.updated"]


# Names -------------------------------------------------------------------------------------------


def test_slugs_are_made_of_any_name_and_never_twice(app):
    rooms = ["Pike's Peak", "Pikes Peak", "\N{ROCKET}", "\N{SNOWFLAKE}", "Salle \u00c9toile"]
    tracks = ["Kolla Ansible", "kolla-ansible", "\N{ROCKET}"]
    data = database(
        tracks=tracks,
        schedule={name: {"MonA1": tracks[i % 3]} for i, name in enumerate(rooms)},
    )

    taken = take(app, data)

    assert (taken.tracks, taken.rooms, taken.cells) == (3, 5, 5)
    out = exported(app)
    assert out["tracks"] == ["kolla-ansible", "kolla-ansible-2", "team"]
    assert list(out["schedule"]) == rooms
    with app.app_context():
        slugs = [room.slug for room in event_of().rooms]
    assert slugs == ["pikes-peak", "pikes-peak-2", "room", "room-2", "salle-etoile"]
    assert take(app, data).changed is False


def test_a_team_keeps_the_name_of_its_track(sqlite_app):
    take(
        sqlite_app,
        database(tracks=["Kolla Ansible"], schedule={"Bexar": {"MonA1": "Kolla Ansible"}}),
    )

    with sqlite_app.app_context():
        assert team_of(event_of(), "kolla-ansible").name == "Kolla Ansible"
    assert booked(sqlite_app) == [("kolla-ansible", "Bexar", ["MonA1"])]


# What is not taken -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "remark"),
    [
        (
            {"schedule": {"Bexar": {"MonA1": "zun"}}},
            "not taken: cell Bexar-MonA1 'zun': there is no such track",
        ),
        (
            {"schedule": {"Bexar": {"SatA1": "nova"}}},
            "not taken: cell Bexar-SatA1 'nova': there is no such slot",
        ),
        (
            {"schedule": {"Bexar": {"MonA1": 5}}},
            "not taken: cell Bexar-MonA1 5: there is no such track",
        ),
        (
            {"schedule": {"Bexar": {"MonA1": ["nova"]}}},
            "not taken: cell Bexar-MonA1 ['nova']: there is no such track",
        ),
        (
            {"schedule": {"Bexar": {"url": "javascript:alert(1)"}}},
            "not taken: url of Bexar 'javascript:alert(1)': it is not an http(s) address",
        ),
        ({"schedule": {"Bexar": "full"}}, "not taken: room 'Bexar': it is not an object"),
        ({"schedule": {" ": {}}}, "not taken: room ' ': it has no name"),
        (
            {"schedule": {"Bexar": {}, "Bexar ": {}}},
            "not taken: room 'Bexar ': there is another 'Bexar'",
        ),
        (
            {"urls": {"nova": "javascript:alert(1)"}},
            "not taken: urls of nova 'javascript:alert(1)': it is not an http(s) address",
        ),
        (
            {"etherpads": {"nova": 'https://pad.example/"onclick="'}},
            (
                "not taken: etherpads of nova 'https://pad.example/\"onclick=\"': "
                "it is not an http(s) address"
            ),
        ),
        (
            {"links": {"call": "https://zoom.example/j/1?pwd=x"}},
            "not taken: link 'call': it holds a passcode, and would be public",
        ),
        (
            {"links": {"call": "https://e.example/" + "x" * 600}},
            "not taken: link 'call': it is longer than 500 characters",
        ),
        (
            {"colors": {"nova": "red;background:url(//evil)"}},
            (
                "not taken: colors of nova 'red;background:url(//evil)': "
                "it is not a CSS name, #rgb or #rrggbb"
            ),
        ),
        ({"colors": {"zun": "red"}}, "not taken: colors of 'zun': there is no such track"),
        ({"now": {"nova": {"a": 1}}}, "not taken: now of nova: it is not text"),
        (
            {"now": {"nova": "x" * 513}},
            "not taken: now of nova: it is longer than 512 characters",
        ),
        ({"tracks": ["nova", "cinder", "kolla", 7]}, "not taken: track 7: it is not text"),
        ({"tracks": ["nova", "cinder", "kolla", " "]}, "not taken: track ' ': it has no name"),
        (
            {"motd": [{"level": "shouting", "message": "Hey"}]},
            "not taken: motd 'Hey': its level is 'shouting'",
        ),
        (
            {"motd": [{"level": {"a": 1}, "message": "Hey"}]},
            "not taken: motd 'Hey': its level is {'a': 1}",
        ),
        ({"motd": 5}, "not taken: motd: it is not text"),
        ({"links": ["a"]}, "not taken: links: it is not an object"),
        (
            {"subscriptions": {"ada": ".*"}},
            "not taken: subscriptions: it is people's own; they check in and subscribe anew",
        ),
        (
            {"last_check_in": {"ada": {"location": "bar"}}},
            "not taken: last_check_in: it is people's own; they check in and subscribe anew",
        ),
        ({"tea": "green"}, "not taken: tea: it is not known"),
    ],
)
def test_what_cannot_be_taken_is_named(changes, remark):
    content = json.dumps(database(**changes)).encode()

    assert remark in read_file(content, start=MONDAY, zone="UTC").remarks


def test_a_colour_is_taken_without_what_stands_around_it():
    content = json.dumps(database(colors={"nova": f" teal{' ' * 40}"})).encode()

    assert read_file(content, start=MONDAY, zone="UTC").tracks["nova"].color == "teal"


def test_the_rest_is_taken(app):
    data = database(tracks=["nova", "cinder"], urls={"nova": "javascript:alert(1)"})
    data["schedule"]["Bexar"]["SatA1"] = "nova"

    taken = take(app, data)

    assert len(taken.remarks) == 3
    assert (taken.tracks, taken.rooms, taken.slots, taken.cells) == (2, 2, 4, 4)


def test_people_stay_where_they_were(sqlite_app):
    take(
        sqlite_app,
        database(subscriptions={"ada": ".*"}, last_check_in={"ada": {"location": "bar"}}),
    )

    assert "ada" not in json.dumps(exported(sqlite_app))


def test_a_remark_is_one_line_of_bearable_length(sqlite_app):
    said = [{"level": "x" * 5000, "message": "Hey"}]
    first = take(sqlite_app, database(motd=said, **{"\x1b[31mtwo\nlines" * 100: 1}))
    take(sqlite_app, with_room(desc="one"))
    clash = take(sqlite_app, with_room(desc="two\nlines\n" * 50))

    remarks = [*first.remarks, *clash.remarks]
    assert [remark.partition(":")[0] for remark in remarks] == ["not taken", "not taken", "clash"]
    assert all(len(remark) < 300 and remark.isprintable() for remark in remarks)


def test_a_key_written_twice_is_named(sqlite_app):
    text = json.dumps(with_room(MonA1="nova"))
    twice = text.replace('"MonA1": "nova"', '"MonA1": "nova", "MonA1": "cinder"')

    taken = take(sqlite_app, twice.encode())

    assert taken.remarks == ("written twice, the last one counts: MonA1",)
    assert booked(sqlite_app) == [("cinder", "Bexar", ["MonA1"])]


# What is refused as a whole ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is not JSON: Expecting value at line 1, column 1."),
        (b'{"slots": {', "The file is not JSON: "),
        (b"\xff\xfe{", "The file is not JSON in UTF-8."),
        (b"[]", "The file is JSON, but not a ptgbot database: it is not an object."),
        (b"{}", "The file lists no days under 'slots'."),
        (b"[" * 100_000, "The file is not JSON of a ptgbot database."),
    ],
)
def test_what_is_no_ptgbot_database_is_refused(sqlite_app, content, said):
    assert refusal(sqlite_app, content).startswith(said)


def test_a_byte_order_mark_does_no_harm(sqlite_app):
    assert take(sqlite_app, b"\xef\xbb\xbf" + json.dumps(database()).encode()).cells == 5


def test_a_wrong_weekday_takes_nothing(app):
    said = refusal(app, database(), start=MONDAY.replace(day=28))

    assert said.startswith("2026-10-28 is a Wednesday and the first day of the file is Monday")


def test_an_unknown_zone_takes_nothing(sqlite_app):
    said = refusal(sqlite_app, database(), timezone="America/Denvr")

    assert said.startswith('"America/Denvr" is not a time zone. Did you mean America/Denver or ')


def test_a_slug_that_is_none_takes_nothing(sqlite_app):
    assert refusal(sqlite_app, database(), slug="../oct").startswith("slug: ")


@pytest.mark.parametrize("year", [1, 9999])
def test_a_year_beyond_the_calendar_takes_nothing(sqlite_app, year):
    said = refusal(sqlite_app, database(), start=MONDAY.replace(year=year))

    assert said == f"The year {year} is out of range."


def test_a_listing_longer_than_an_event_takes_nothing(sqlite_app):
    slots = {
        "Monday": [{"name": "A1", "desc": "9-10"}],
        "Monday20": [{"name": "B1", "desc": "9-10"}],
    }

    assert "at most 60 days" in refusal(sqlite_app, database(slots=slots, schedule={}))


# Into an event that is there ---------------------------------------------------------------------


def test_the_same_file_again_changes_nothing_at_all(app):
    data = database(
        colors={"nova": "teal"},
        links={"map": "https://map.example/"},
        now={"nova": "x"},
        motd=[{"level": "info", "message": "Hi"}],
    )
    first = take(app, data, title="October")
    before, counts = exported(app), rows(app)

    again = take(app, data, title="October", at=AT.replace(day=2))

    assert (again.tracks, again.rooms, again.slots, again.cells) == (
        first.tracks,
        first.rooms,
        first.slots,
        first.cells,
    )
    assert (again.changed, again.remarks) == (False, ())
    assert (exported(app), rows(app)) == (before, counts)


def test_what_is_missing_is_added_beside_what_is_there(app):
    take(app, database())
    data = database()
    data["tracks"].append("zun")
    data["slots"]["Tuesday"].append({"name": "TueA2", "desc": "10:00-11:00"})
    data["schedule"]["Bexar"] |= {"TueA1": "zun", "TueA2": "zun"}
    data["schedule"]["Crockett"] = {"TueA2": "nova"}

    taken = take(app, data)

    assert (taken.changed, taken.remarks, taken.cells) == (True, (), 8)
    assert cells(exported(app)) == cells(data)
    # Slots of another import are another window, and a booking does not cross windows.
    assert ("zun", "Bexar", ["TueA1"]) in booked(app)
    assert ("zun", "Bexar", ["TueA2"]) in booked(app)


def test_a_later_slot_is_offered_where_the_file_has_cells_for_it(app):
    take(app, database())
    data = database()
    data["slots"]["Tuesday"].append({"name": "TueA2", "desc": "10:00-11:00"})
    data["schedule"]["Austin"] |= {"TueA2": ""}

    take(app, data)

    assert exported(app)["schedule"]["Austin"].keys() == {"MonA1", "MonA2", "TueA2"}


def test_clashes_are_named_and_what_is_here_stays(app):
    take(app, database(colors={"nova": "teal"}))
    data = copy.deepcopy(database(colors={"nova": "red"}, eventid="other"))
    data["schedule"]["Bexar"]["MonA1"] = "cinder"
    data["slots"]["Monday"][2]["desc"] = "14:00-15:00"
    data["slots"]["Wednesday"] = [{"name": "WedA1", "desc": "09:00-10:00"}]
    data["schedule"]["Austin"]["WedA1"] = "nova"
    before = exported(app)

    taken = take(app, data, title="Another")

    assert set(taken.remarks) == {
        "clash: title: oct2026 here, Another in the file",
        "clash: eventid: oct2026 here, other in the file",
        "clash: color of nova: teal here, red in the file",
        (
            "clash: slot MonP1: 2026-10-26 13:00 - 2026-10-26 14:00 UTC here, "
            "2026-10-26 14:00 - 2026-10-26 15:00 UTC in the file"
        ),
        "clash: day of WedA1: 2026-10-26 to 2026-10-27 here, 2026-10-28 in the file",
        "clash: cell Bexar-MonA1: nova here, cinder in the file",
        "not taken: cell Bexar-MonP1 nova: its slot clashes",
        "not taken: cell Austin-WedA1 nova: its slot clashes",
    }
    assert (taken.changed, taken.cells) == (False, 3)
    assert exported(app) == before


def test_slots_across_others_are_a_clash(sqlite_app):
    take(sqlite_app, database())
    slots = {"Monday": [{"name": "MonX1", "desc": "09:30-10:30"}]}

    taken = take(sqlite_app, database(slots=slots, schedule={}))

    assert taken.remarks == (
        (
            "clash: MonX1: MonA1 at 2026-10-26 09:00 - 2026-10-26 10:00 UTC here, "
            "2026-10-26 09:30 - 2026-10-26 10:30 UTC in the file"
        ),
    )


def test_what_leads_booked_since_is_not_taken_from_them(app):
    take(app, database())
    with app.app_context():
        event = event_of()
        operations.book(
            event,
            team=team_of(event, "kolla"),
            room=queries.room_by_slug(event, "bexar"),
            slots=queries.slots_by_code(event, ["TueA1"]),
            actor=LEAD,
            at=AT,
        )
        db.session.commit()
    data = database()
    data["schedule"]["Bexar"]["TueA1"] = "nova"

    taken = take(app, data)

    assert taken.remarks == ("clash: cell Bexar-TueA1: kolla here, nova in the file",)
    assert ("kolla", "Bexar", ["TueA1"]) in booked(app)


def test_what_is_published_by_rule_or_in_place_of_secrets_is_not_taken_back(sqlite_story: Story):
    """Links that were made from names go on following them; hidden ones are no clash."""
    elsewhere = Links("https://old.example", "https://pads.example", "https://meet.example")
    with sqlite_story.app.app_context():
        sqlite_story.team("cinder").join_url = ZOOM
        sqlite_story.set(eventid="Oct 2026")
        sqlite_story.book("nova", "bexar", "MonA1")
        content = render(sqlite_story.event, elsewhere, SIGN_UP)
        before = sqlite_story.marks()

    taken = take(sqlite_story.app, content, at=SIGN_UP)

    assert (taken.changed, taken.cells, taken.remarks) == (False, 1, ())
    with sqlite_story.app.app_context():
        assert sqlite_story.marks() == before
        assert sqlite_story.team("nova").etherpad_url is None
        assert sqlite_story.room("bexar").join_url is None


def test_links_that_come_with_the_file_are_announced_to_calendars(sqlite_story: Story):
    data = database(
        eventid="oct",
        slots={"Monday": [{"name": "MonA1", "desc": "13:00-14:00"}]},
        schedule={"Bexar": {"MonA1": "nova"}, "Austin": {}},
        urls={"nova": "https://call.example/nova"},
    )
    with sqlite_story.app.app_context():
        nova = sqlite_story.book("nova", "bexar", "MonA1").uid
        cinder = sqlite_story.book("cinder", "austin", "MonA1").uid

    assert take(sqlite_story.app, data).changed

    with sqlite_story.app.app_context():
        assert [sqlite_story.booking(uid).sequence for uid in (nova, cinder)] == [1, 0]
        assert sqlite_story.journal()[2].action == "booking.edited"


def test_a_window_with_a_long_name_is_added_to(app):
    slots = [{"name": "MonWelcomeAndKeynotes1", "desc": "09:00-10:00"}]
    take(app, database(slots={"Monday": slots}, schedule={}))
    slots.append({"name": "MonWelcomeAndKeynotes2", "desc": "10:00-11:00"})

    assert take(app, database(slots={"Monday": slots}, schedule={})).slots == 2


def test_a_released_cell_is_missing_and_booked_anew(app):
    take(app, database())
    with app.app_context():
        event = event_of()
        booking = queries.bookings(event)[0]
        operations.release(event, booking, actor=LEAD, at=AT)
        db.session.commit()

    assert take(app, database()).cells == 5
    assert ("nova", "Bexar", ["MonA1", "MonA2"]) in booked(app)


def test_an_event_of_our_own_takes_the_cells_that_fit_its_slots(story: Story):
    data = database(
        slots={"Monday": [{"name": "MonA1", "desc": "13:00-14:00"}]},
        schedule={"Bexar": {"MonA1": "nova"}},
        tracks=["Nova", "nova"],
    )

    taken = take(story.app, data)

    assert (taken.tracks, taken.cells) == (2, 1)
    assert taken.remarks == ("clash: eventid: oct here, oct2026 in the file",)
    with story.app.app_context():
        slugs = [team.slug for team in db.session.query(Team).order_by(Team.slug)]
        assert slugs == ["cinder", "neutron", "nova", "nova-2", "tc"]
