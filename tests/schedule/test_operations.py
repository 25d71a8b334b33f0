"""What each operation does to a booking, its cells, the journal and the revision."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Invalid, Stale
from ptgsched.events.models import EventStatus
from ptgsched.schedule import operations, texts
from ptgsched.schedule.journal import door
from ptgsched.schedule.models import Booking, BookingSlot, BookingStatus
from ptgsched.schedule.refusals import BookingRefused, RoomTaken, RulesBroken
from tests.support.story import LEAD, ORGANIZER, SIGN_UP

LATER = SIGN_UP + timedelta(hours=1)


def change(story, booking, **facts):
    """Change and commit, an hour after sign-up."""
    facts = {"actor": LEAD, "at": LATER} | facts
    changed, verdict = operations.change(story.event, booking, **facts)
    db.session.commit()
    return changed, verdict


def cells(story, booking):
    """The (room, code) pairs that the database holds for a booking."""
    rows = db.session.scalars(select(BookingSlot).where(BookingSlot.booking_id == booking.id))
    rooms = {room.id: room.slug for room in story.event.rooms}
    codes = {slot.id: slot.code for slot in story.event.slots}
    return {(rooms[row.room_id], codes[row.slot_id]) for row in rows}


def test_booking_holds_its_cells_and_is_journaled(scene):
    booking = scene.book("nova", "bexar", "MonA2", "MonA1", title="  Place\u202ement\x07 ")

    assert booking.title == "Placement"
    assert booking.slot_codes == ["MonA1", "MonA2"]
    assert [slot.code for slot in booking.slots] == ["MonA1", "MonA2"]
    assert booking.starts_at == datetime(2026, 10, 26, 13, tzinfo=UTC)
    assert booking.ends_at == datetime(2026, 10, 26, 15, tzinfo=UTC)
    assert booking.hours == 2
    assert booking.created_at == booking.updated_at == SIGN_UP
    assert (booking.status, booking.sequence) == (BookingStatus.CONFIRMED, 0)
    assert cells(scene, booking) == {("bexar", "MonA1"), ("bexar", "MonA2")}
    assert scene.marks() == (1, 1, 1)
    assert scene.event.changed_at == SIGN_UP
    (line,) = scene.journal()
    assert (line.action, line.cursor, line.revision) == ("booking.created", 1, 1)
    assert (line.actor, line.source, line.at) == ("lead:nova", "web", SIGN_UP)
    assert line.before is None
    assert line.after["slots"] == ["MonA1", "MonA2"]
    assert line.after["start"] == "2026-10-26T13:00:00Z"
    assert line.booking_uid == booking.uid
    assert line.subject == "nova"


def test_joint_teams_are_told_once_and_without_the_team_itself(scene):
    booking = scene.book("nova", "bexar", "MonA1", with_teams=["neutron", "cinder", "nova"])

    assert [team.slug for team in booking.with_teams] == ["cinder", "neutron"]
    assert [team.slug for team in booking.teams] == ["nova", "cinder", "neutron"]


def test_without_a_slot_there_is_nothing_to_book(scene):
    with pytest.raises(Invalid) as refusal:
        operations.book(
            scene.event,
            team=scene.team("nova"),
            room=scene.room("bexar"),
            slots=(),
            actor=LEAD,
            at=SIGN_UP,
        )

    assert list(refusal.value.fields) == ["slots"]


@pytest.mark.parametrize(
    ("field", "length"),
    [("title", texts.TITLE_LENGTH), ("description", texts.DESCRIPTION_LENGTH)],
)
def test_texts_have_a_length(scene, field, length):
    assert getattr(scene.book("nova", "bexar", "MonA1", **{field: "x" * length}), field)

    with pytest.raises(Invalid) as refusal:
        scene.book("nova", "bexar", "MonA2", **{field: "x" * (length + 1)})
    db.session.rollback()

    assert list(refusal.value.fields) == [field]
    assert scene.marks() == (1, 1, 1)


def test_a_refused_booking_leaves_no_trace(scene):
    held = scene.book("cinder", "bexar", "MonA1")
    before = scene.marks()

    with pytest.raises(RoomTaken) as refusal:
        scene.book("nova", "bexar", "MonA1", "MonA2")
    db.session.rollback()

    (violation,) = refusal.value.verdict.violations
    assert violation.facts["holder"] == {"team": "cinder", "uid": held.uid}
    assert "cinder holds Bexar in MonA1" in str(refusal.value)
    assert scene.marks() == before
    assert scene.event.changed_at == SIGN_UP
    assert len(db.session.scalars(select(Booking)).all()) == 1


def test_moving_keeps_the_uid_and_raises_the_sequence_by_one(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2")
    uid = booking.uid

    moved, _ = change(scene, booking, room=scene.room("austin"), slots=scene.slots("TueB3"))

    assert (moved.uid, moved.sequence) == (uid, 1)
    assert (moved.created_at, moved.updated_at) == (SIGN_UP, LATER)
    assert moved.slot_codes == [slot.code for slot in moved.slots] == ["TueB3"]
    assert moved.starts_at == datetime(2026, 10, 27, 7, tzinfo=UTC)
    assert cells(scene, moved) == {("austin", "TueB3")}
    assert scene.event.changed_at == LATER
    line = scene.journal()[-1]
    assert (line.action, line.cursor, line.revision) == ("booking.moved", 2, 2)
    assert (line.before["room"], line.after["room"]) == ("bexar", "austin")
    assert (line.before["sequence"], line.after["sequence"]) == (0, 1)


def test_the_room_alone_may_change(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2")

    moved, _ = change(scene, booking, room=scene.room("ballroom"))

    assert cells(scene, moved) == {("ballroom", "MonA1"), ("ballroom", "MonA2")}
    scene.book("cinder", "bexar", "MonA1")  # what was left is free


def test_extending_and_shortening_keep_the_cells_in_common(scene):
    booking = scene.book("nova", "bexar", "MonA2")

    change(scene, booking, slots=scene.slots("MonA1", "MonA2", "MonA3"))
    assert cells(scene, booking) == {("bexar", f"MonA{n}") for n in (1, 2, 3)}

    change(scene, booking, slots=scene.slots("MonA3"))
    assert cells(scene, booking) == {("bexar", "MonA3")}
    assert booking.sequence == 2
    assert [line.action for line in scene.journal()][1:] == ["booking.moved"] * 2


def test_sliding_over_itself_is_not_in_its_own_way(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2")

    moved, _ = change(scene, booking, slots=scene.slots("MonA2", "MonA3"))

    assert moved.slot_codes == ["MonA2", "MonA3"]


@pytest.mark.parametrize(
    "facts", [{"title": "Cells"}, {"description": "Two\nlines"}], ids=["title", "description"]
)
def test_a_new_text_is_an_edit_that_calendars_learn_of(scene, facts):
    booking = scene.book("nova", "bexar", "MonA1")

    changed, verdict = change(scene, booking, **facts)

    assert changed.sequence == 1
    assert verdict.allowed
    assert scene.journal()[-1].action == "booking.edited"
    assert scene.marks() == (2, 2, 2)


def test_inviting_another_team_is_an_edit(scene):
    booking = scene.book("nova", "bexar", "MonA1")

    changed, _ = change(scene, booking, with_teams=[scene.team("cinder")])
    assert [team.slug for team in changed.with_teams] == ["cinder"]
    assert scene.journal()[-1].action == "booking.edited"

    changed, _ = change(scene, booking, with_teams=[])
    assert changed.with_teams == []
    assert changed.sequence == 2


def test_a_change_that_changes_nothing_writes_nothing(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"], title="Cells")
    before = scene.marks()

    same, verdict = change(
        scene,
        booking,
        room=scene.room("bexar"),
        slots=scene.slots("MonA2", "MonA1"),
        with_teams=[scene.team("cinder")],
        title=" Cells ",
        description="",
    )

    assert verdict.allowed
    assert (same.sequence, same.updated_at) == (0, SIGN_UP)
    assert scene.marks() == before
    assert scene.event.changed_at == SIGN_UP


def test_a_new_title_is_not_judged_by_rules_that_came_later(scene):
    """nova fixes a typing error after sign-up has closed."""
    booking = scene.book("nova", "bexar", "MonA1")
    scene.phase(opens=timedelta(days=-9), closes=timedelta(days=-8))

    changed, _ = change(scene, booking, title="Cells")
    assert changed.title == "Cells"

    with pytest.raises(RulesBroken, match="closed; ask an organizer"):
        change(scene, booking, slots=scene.slots("MonA2"))


def test_a_refused_move_leaves_the_booking_where_it_is(scene):
    booking = scene.book("nova", "bexar", "MonA1", title="Cells")
    scene.book("cinder", "austin", "MonA1")
    before = scene.marks()

    with pytest.raises(RoomTaken):
        change(scene, booking, room=scene.room("austin"), title="Elsewhere")
    db.session.rollback()

    assert cells(scene, booking) == {("bexar", "MonA1")}
    assert (booking.title, booking.sequence) == ("Cells", 0)
    assert scene.marks() == before


def test_releasing_gives_the_cells_back_and_keeps_what_calendars_need(scene):
    booking = scene.book("nova", "bexar", "MonA1", title="Cells")

    operations.release(scene.event, booking, actor=LEAD, at=LATER)
    db.session.commit()

    assert (booking.status, booking.sequence) == (BookingStatus.CANCELLED, 1)
    assert booking.slot_codes == ["MonA1"]
    assert booking.starts_at == datetime(2026, 10, 26, 13, tzinfo=UTC)
    assert booking.slots == []
    assert cells(scene, booking) == set()
    line = scene.journal()[-1]
    assert (line.action, line.after["status"]) == ("booking.released", "cancelled")
    scene.book("cinder", "bexar", "MonA1")


def test_what_was_released_cannot_be_changed_or_released_again(scene):
    booking = scene.book("nova", "bexar", "MonA1")
    operations.release(scene.event, booking, actor=LEAD, at=LATER)
    db.session.commit()
    before = scene.marks()

    with pytest.raises(Conflict, match="was released"):
        change(scene, booking, title="Too late")
    db.session.rollback()
    with pytest.raises(Conflict, match="was released"):
        operations.release(scene.event, booking, actor=LEAD, at=LATER)
    db.session.rollback()

    assert scene.marks() == before


def test_restoring_takes_the_cells_again_under_the_same_uid(scene):
    booking = scene.book("nova", "bexar", "MonA1", "MonA2", with_teams=["cinder"])
    uid = booking.uid
    operations.release(scene.event, booking, actor=LEAD, at=LATER)
    db.session.commit()

    restored, _ = operations.restore(scene.event, booking, actor=LEAD, at=LATER)
    db.session.commit()

    assert (restored.uid, restored.sequence, restored.is_confirmed) == (uid, 2, True)
    assert cells(scene, restored) == {("bexar", "MonA1"), ("bexar", "MonA2")}
    assert [slot.code for slot in restored.slots] == ["MonA1", "MonA2"]
    assert scene.journal()[-1].action == "booking.restored"
    with pytest.raises(Conflict, match="stands"):
        operations.restore(scene.event, booking, actor=LEAD, at=LATER)


def test_restoring_obeys_the_rules(scene):
    booking = scene.book("nova", "bexar", "MonA1")
    operations.release(scene.event, booking, actor=LEAD, at=LATER)
    db.session.commit()
    scene.book("cinder", "bexar", "MonA1")

    with pytest.raises(RoomTaken):
        operations.restore(scene.event, booking, actor=LEAD, at=LATER)
    db.session.rollback()

    assert not scene.booking(booking.uid).is_confirmed


def undo_last(story, booking):
    operations.undo(story.event, story.journal()[-1], booking, actor=LEAD, at=LATER)
    db.session.commit()
    return story.journal()[-1].action


def test_undo_takes_back_each_kind_of_change_and_itself(scene):
    booking = scene.book("nova", "bexar", "MonA1", title="Cells", with_teams=["cinder"])
    uid = booking.uid
    change(
        scene,
        booking,
        room=scene.room("austin"),
        slots=scene.slots("TueA1", "TueA2"),
        title="Elsewhere",
        with_teams=[scene.team("tc")],
    )

    assert undo_last(scene, booking) == "booking.moved"
    assert cells(scene, booking) == {("bexar", "MonA1")}
    assert booking.title == "Cells"
    assert [team.slug for team in booking.with_teams] == ["cinder"]

    assert undo_last(scene, booking) == "booking.moved"  # undoing the undo moves it again
    assert cells(scene, booking) == {("austin", "TueA1"), ("austin", "TueA2")}

    operations.release(scene.event, booking, actor=LEAD, at=LATER)
    db.session.commit()
    assert undo_last(scene, booking) == "booking.restored"
    assert cells(scene, booking) == {("austin", "TueA1"), ("austin", "TueA2")}

    assert undo_last(scene, booking) == "booking.released"
    assert (booking.uid, booking.sequence) == (uid, 6)


def test_undoing_a_new_booking_releases_it(scene):
    booking = scene.book("nova", "bexar", "MonA1")

    assert undo_last(scene, booking) == "booking.released"
    assert cells(scene, booking) == set()


def test_undoing_an_import_releases_it(scene):
    proposal = operations.propose(scene.team("nova"), scene.room("bexar"), scene.slots("MonA1"))
    with door(scene.event, actor=ORGANIZER, at=SIGN_UP) as journal:
        booking = operations.create(journal, proposal, action="booking.imported")
    db.session.commit()

    assert undo_last(scene, booking) == "booking.released"


def test_undoing_an_older_change_is_stale(scene):
    """Lena's other window still offers to undo a move; the session was moved again since."""
    booking = scene.book("nova", "bexar", "MonA1")
    change(scene, booking, slots=scene.slots("MonA2"))
    older = scene.journal()[-1]
    change(scene, booking, slots=scene.slots("MonA3"))
    before = scene.marks()

    with pytest.raises(Stale, match="changed again since"):
        operations.undo(scene.event, older, booking, actor=LEAD, at=LATER)
    db.session.rollback()

    assert scene.marks() == before
    assert cells(scene, booking) == {("bexar", "MonA3")}


def test_an_undo_whose_place_is_gone_is_refused(scene):
    booking = scene.book("nova", "bexar", "MonA1")
    change(scene, booking, slots=scene.slots("MonA2"))
    moved = scene.journal()[-1]
    scene.book("cinder", "bexar", "MonA1")

    with pytest.raises(RoomTaken):
        operations.undo(scene.event, moved, booking, actor=LEAD, at=LATER)


def test_a_guard_looks_under_the_lock(scene):
    """A client that saw sequence 0 learns that somebody was faster."""
    booking = scene.book("nova", "bexar", "MonA1")
    change(scene, booking, title="Cells")

    def unchanged(booking):
        if booking.sequence != 0:
            raise Stale("Reload.")

    for operation in (operations.release, operations.restore, operations.change):
        with pytest.raises(Stale):
            operation(scene.event, booking, actor=LEAD, at=LATER, guard=unchanged)
        db.session.rollback()
    assert scene.marks() == (2, 2, 2)


def test_an_organizers_reason_bends_rules_and_is_journaled(scene):
    scene.phase(opens=timedelta(days=1), per_day=4)
    with pytest.raises(RulesBroken):
        scene.book("nova", "bexar", "MonA1", actor=ORGANIZER)
    db.session.rollback()

    booking = scene.book("nova", "bexar", "MonA1", actor=ORGANIZER, override=" Keynote \n day ")

    assert booking.is_confirmed
    assert scene.journal()[-1].reason == "Keynote day"


@pytest.mark.parametrize("codes", [("MonA1",), ("MonA2", "MonA4")], ids=["taken", "torn"])
def test_no_reason_bends_a_taken_room_or_a_torn_stretch(scene, codes):
    scene.book("cinder", "bexar", "MonA1")
    before = scene.marks()

    with pytest.raises(BookingRefused):
        scene.book("nova", "bexar", *codes, actor=ORGANIZER, override="I insist")
    db.session.rollback()

    assert scene.marks() == before


@pytest.mark.parametrize("reason", ["", "  \n\x00"])
def test_a_blank_reason_bends_nothing(scene, reason):
    scene.phase(opens=timedelta(days=1))

    with pytest.raises(RulesBroken):
        scene.book("nova", "bexar", "MonA1", actor=ORGANIZER, override=reason)


def test_a_reason_has_a_length(scene):
    with pytest.raises(Invalid) as refusal:
        scene.book("nova", "bexar", "MonA1", override="x" * (texts.REASON_LENGTH + 1))

    assert list(refusal.value.fields) == ["override"]


def test_a_session_may_move_by_an_organizers_reason_too(scene):
    booking = scene.book("nova", "bexar", "MonA1")
    scene.set(status=EventStatus.ARCHIVED)

    with pytest.raises(RulesBroken):
        change(scene, booking, slots=scene.slots("MonA2"), actor=ORGANIZER)
    db.session.rollback()
    change(scene, booking, slots=scene.slots("MonA2"), actor=ORGANIZER, override="As it was")
    operations.release(scene.event, booking, actor=ORGANIZER, at=LATER, reason="Never met")
    db.session.commit()

    assert [line.reason for line in scene.journal()] == [None, "As it was", "Never met"]


def test_several_lines_of_one_door_are_one_revision(scene):
    """An import writes a line for each booking; readers' caches turn over once."""
    with door(scene.event, actor=ORGANIZER, at=SIGN_UP) as journal:
        for code in ("MonA1", "MonA2", "MonA3"):
            proposal = operations.propose(
                scene.team("nova"), scene.room("bexar"), scene.slots(code)
            )
            operations.create(journal, proposal, action="booking.imported")
    db.session.commit()

    assert scene.marks() == (1, 3, 3)
    assert [line.cursor for line in scene.journal()] == [1, 2, 3]
    assert {line.revision for line in scene.journal()} == {1}


def test_an_open_door_that_nobody_goes_through_changes_nothing(scene):
    with door(scene.event, actor=LEAD, at=LATER):
        pass
    db.session.commit()

    assert scene.marks() == (0, 0, 0)


def test_the_database_itself_refuses_a_second_holder(scene):
    held = scene.book("cinder", "bexar", "MonA1")
    other = scene.book("nova", "austin", "MonA1")
    begin_write()
    db.session.add(
        BookingSlot(booking_id=other.id, room_id=held.room_id, slot_id=scene.slots("MonA1")[0].id)
    )

    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_a_clash_that_the_rules_did_not_see_is_a_conflict_not_a_crash(scene):
    """Somebody writes cells behind the door's back: the answer is still one line."""
    scene.book("cinder", "bexar", "MonA1")
    proposal = operations.propose(scene.team("nova"), scene.room("bexar"), scene.slots("MonA1"))

    with (
        pytest.raises(Conflict, match="try again"),
        door(scene.event, actor=LEAD, at=LATER) as journal,
    ):
        operations.create(journal, proposal)
    db.session.rollback()

    assert scene.marks() == (1, 1, 1)


def test_two_events_have_journals_of_their_own(scene):
    spring = type(scene).begin(scene.app, slug="spring")

    scene.book("nova", "bexar", "MonA1")
    spring.book("nova", "bexar", "MonA1")
    scene.book("nova", "bexar", "MonA2")

    assert [line.cursor for line in scene.journal()] == [1, 2]
    assert [line.cursor for line in spring.journal()] == [1]
    assert (scene.event.schedule_revision, spring.event.schedule_revision) == (2, 1)


def test_an_archived_event_stays_as_it_was(scene):
    booking = scene.book("nova", "bexar", "MonA1", title="Placement")
    scene.set(status=EventStatus.ARCHIVED)
    marks = scene.marks()
    with pytest.raises(RulesBroken, match="archived"):
        operations.change(scene.event, booking, title="Other", actor=LEAD, at=SIGN_UP)
    db.session.rollback()
    with pytest.raises(RulesBroken, match="archived"):
        operations.release(scene.event, booking, actor=LEAD, at=SIGN_UP)
    db.session.rollback()
    assert scene.marks() == marks


def test_what_took_place_stays_in_the_record(scene):
    """Else a team could meet for four hours, give them back, and meet for four more."""
    booking = scene.book("nova", "bexar", "MonA1", "MonA2")
    slot = scene.slots("MonA1")[0]
    during, after = slot.ends_at, slot.ends_at + timedelta(hours=1)

    with pytest.raises(RulesBroken, match="stays in the record"):
        operations.change(scene.event, booking, slots=scene.slots("MonA2"), actor=LEAD, at=during)
    db.session.rollback()
    with pytest.raises(RulesBroken, match="stays in the record"):
        operations.change(scene.event, booking, room=scene.room("austin"), actor=LEAD, at=during)
    db.session.rollback()
    operations.change(scene.event, booking, slots=scene.slots("MonA1"), actor=LEAD, at=during)
    db.session.commit()
    with pytest.raises(RulesBroken, match="stays in the record"):
        operations.release(scene.event, booking, actor=LEAD, at=after)
    db.session.rollback()
    operations.change(scene.event, booking, title="As it went", actor=LEAD, at=after)
    operations.release(scene.event, booking, actor=ORGANIZER, at=after, reason="Nobody came")
    db.session.commit()

    assert scene.booking(booking.uid).status == BookingStatus.CANCELLED
