"""A ptgbot database becomes an event, or adds to one what is missing there.

Nothing is removed or moved: what is different here stays as it is and is named as a clash.  An
import that finds everything in place changes nothing at all, the revision included.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ptgsched.accounts.actor import IMPORTER
from ptgsched.db import begin_write, db
from ptgsched.errors import Invalid
from ptgsched.events.layout import YEARS, add_window, create_event
from ptgsched.events.models import Event, EventStatus, Room, Slot
from ptgsched.feeds import ptgbot_board
from ptgsched.feeds.ptgbot_file import read_file
from ptgsched.feeds.ptgbot_live import take_live
from ptgsched.feeds.ptgbot_merge import Merge, free_slug, same_team, unused
from ptgsched.feeds.ptgbot_plans import PtgbotFile, RoomPlan
from ptgsched.feeds.ptgbot_windows import SlotPlan, WindowPlan
from ptgsched.intervals import Interval, runs
from ptgsched.schedule import queries
from ptgsched.schedule.joining import etherpad_link, room_link, team_link
from ptgsched.schedule.journal import Journal, door
from ptgsched.schedule.operations import create, propose
from ptgsched.schedule.policy import are_contiguous
from ptgsched.setup.consequences import announced
from ptgsched.teams.models import Team
from ptgsched.timezones import canonical
from ptgsched.web.links import Links

Cell = tuple[Slot, Team]

ANY_HOST = Links("", "", "")
"""Our addresses without their hosts: a file may come from where they have others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How much of the file stands in the event now, and what does not, by name."""

    tracks: int
    rooms: int
    slots: int
    cells: int
    changed: bool
    remarks: tuple[str, ...]


def import_ptgbot(
    content: bytes,
    *,
    slug: str,
    start: date,
    title: str | None = None,
    timezone: str | None = None,
    at: datetime,
) -> Taken:
    """Take a ptgbot database into the event `slug`, made when there is none; flushes.

    `start` is the date of the file's first listed day; `timezone` that of the hours in it
    (default: the event's, UTC for a new one).  A new event is published and has no phases.
    Raises Invalid, UnknownZone or Conflict before anything is written.
    """
    if start.year not in YEARS:
        raise Invalid(f"The year {start.year} is out of range.")
    begin_write()
    event = db.session.scalar(select(Event).where(Event.slug == slug))
    zone = canonical(timezone or (event.timezone if event else "UTC"))
    file = read_file(content, start=start, zone=zone)
    merge = Merge(file.remarks, changed=event is None)
    if event is None:
        event = create_event(
            slug,
            title=title or file.eventid or slug,
            kind="ptg",
            starts_on=start,
            ends_on=max(window.day for window in file.windows),
            timezone=zone,
            status=EventStatus.PUBLISHED,
            laid_out=False,
            at=at,
        )
        event.eventid = file.eventid or slug
    with door(event, actor=IMPORTER, at=at) as journal:
        merge.fill(event, "title", title, "title")
        return _Import(event, file, journal, merge).take()


class _Import:
    """One import under the event's lock, in the order in which one part needs the other."""

    def __init__(self, event: Event, file: PtgbotFile, journal: Journal, merge: Merge) -> None:
        self.event = event
        self.file = file
        self.journal = journal
        self.merge = merge
        self.board = ptgbot_board.read(event)
        self.slots: dict[str, Slot] = {}  # by the code in the file; those that stand here
        self.teams: dict[str, Team] = {}  # by the track's name
        self.rooms: list[tuple[RoomPlan, Room]] = []

    def take(self) -> Taken:
        """Everything; a journal line for each booking, or a single one, and for what is on."""
        self.take_texts()
        self.take_slots()
        with announced(self.journal, queries.bookings(self.event) if self.board.held else ()):
            self.take_tracks()
            self.take_rooms()
        free, standing = self.free_cells()
        for room, cells in free:
            for run in runs(cells, _goes_on):
                proposal = propose(run[0][1], room, [slot for slot, _ in run])
                create(self.journal, proposal, action="booking.imported")
        if self.merge.changed and not free:
            self.journal.append("event.updated")
        take_live(self.event, self.file, self.teams, self.merge, self.journal.at)
        return Taken(
            tracks=len(self.teams),
            rooms=len(self.rooms),
            slots=len(self.slots),
            cells=standing + sum(len(cells) for _, cells in free),
            changed=self.merge.changed or bool(free),
            remarks=tuple(self.merge.remarks),
        )

    def take_texts(self) -> None:
        """What belongs to the event as a whole."""
        self.merge.fill(self.event, "eventid", self.file.eventid, "eventid")
        self.merge.fill_table(self.event, "links", self.file.links, "links")

    def take_slots(self) -> None:
        """Slots by their codes; new ones in windows of their own."""
        here = {slot.code.casefold(): slot for slot in self.board.slots}
        for window in self.file.windows:
            fresh: list[SlotPlan] = []
            for plan in window.slots:
                known = here.get(plan.code.casefold())
                if known is None:
                    fresh.append(plan)
                elif known.interval == plan.interval:
                    self.slots[plan.code] = known
                else:
                    self.merge.clash(f"slot {plan.code}", known.interval, plan.interval)
            for run in runs(fresh, lambda one, other: one.interval.touches(other.interval)):
                self.add_window(WindowPlan(window.day, window.code, tuple(run)))
        db.session.flush()

    def add_window(self, plan: WindowPlan) -> None:
        """A new window, unless it lies off the event's days or across slots that it has."""
        codes = ", ".join(slot.code for slot in plan.slots)
        if not self.event.starts_on <= plan.day <= self.event.ends_on:
            days = f"{self.event.starts_on} to {self.event.ends_on}"
            self.merge.clash(f"day of {codes}", days, plan.day)
            return
        whole = Interval(plan.slots[0].interval.start, plan.slots[-1].interval.end)
        across = [slot for slot in self.board.slots if slot.interval.overlaps(whole)]
        if across:
            self.merge.clash(codes, f"{across[0].code} at {across[0].interval}", whole)
            return
        window = add_window(
            self.event,
            unused(plan.code, {w.code for w in self.event.windows if w.day == plan.day}),
            "",
            [slot.interval for slot in plan.slots],
            day=plan.day,
            slot_codes=[slot.code for slot in plan.slots],
        )
        self.slots |= {slot.code: slot for slot in window.slots}
        self.merge.changed = True

    def take_tracks(self) -> None:
        """Teams; the name in the file is kept where the slug differs."""
        left = list(self.board.teams)
        slugs = {team.slug for team in left}
        for track in self.file.tracks.values():
            team = same_team(left, track.name)
            if team is not None:
                left.remove(team)
            else:
                slug = free_slug(track.name, slugs, "team")
                spelt = {} if slug == track.name else {"track": track.name}
                team = Team(event_id=self.event.id, slug=slug, name=track.name, ptgbot=spelt)
                db.session.add(team)
                slugs.add(slug)
                self.merge.changed = True
            self.merge.fill(team, "color", track.color, f"color of {track.name}")
            call, pad = self.published(team)
            if not _ends(track.url, call):
                self.merge.fill(team, "join_url", track.url, f"url of {track.name}")
            if not _ends(track.etherpad, pad):
                self.merge.fill(team, "etherpad_url", track.etherpad, f"etherpad of {track.name}")
            self.teams[track.name] = team

    def published(self, team: Team) -> tuple[str | None, str | None]:
        """What we publish as the call and the pad of a team that is here, own ones or not.

        Taken for its own, they would stay behind when the names that they are made of change.
        """
        if team not in self.board.teams:
            return None, None
        named = ANY_HOST.meetpad(self.event.eventid, team.slug)
        call = team_link(ANY_HOST, self.event, team) or named
        return call, etherpad_link(ANY_HOST, self.event, team)

    def take_rooms(self) -> None:
        """Rooms by their names, new ones behind those that are here."""
        here = {room.name: room for room in self.board.rooms}
        slugs = {room.slug for room in here.values()}
        for plan in self.file.rooms:
            room = here.get(plan.name)
            published = None
            if room is None:
                room = self.add_room(plan, free_slug(plan.name, slugs, "room"))
                slugs.add(room.slug)
            else:
                self.offer_new_slots(plan, room)
                published = room_link(ANY_HOST, self.event, room)
            if not _ends(plan.url, published):
                self.merge.fill(room, "join_url", plan.url, f"url of {plan.name}")
            self.merge.fill(room, "description", plan.description, f"desc of {plan.name}")
            self.merge.fill_table(room, "ptgbot", plan.caps, plan.name)
            self.rooms.append((plan, room))
        db.session.flush()

    def add_room(self, plan: RoomPlan, slug: str) -> Room:
        """A new room; it offers the slots that the file has cells for."""
        offered = [self.slots[code] for code in plan.cells if code in self.slots]
        every = {slot.id for slot in (*self.board.slots, *self.slots.values())}
        always = {slot.id for slot in offered} == every
        room = Room(
            event_id=self.event.id,
            slug=slug,
            name=plan.name,
            kind=plan.kind,
            capacity=plan.capacity,
            description="",
            position=max([room.position for room in self.board.rooms], default=0)
            + len(self.rooms)
            + 1,
            offered_always=always,
            offered_slots=[] if always else offered,
            ptgbot={},
        )
        db.session.add(room)
        self.merge.changed = True
        return room

    def offer_new_slots(self, plan: RoomPlan, room: Room) -> None:
        """Slots that came with this file; what organizers offer elsewhere is theirs to say."""
        known = {slot.id for slot in self.board.slots}
        offered = [self.slots[code] for code in plan.cells if code in self.slots]
        if not room.offered_always:
            room.offered_slots.extend(slot for slot in offered if slot.id not in known)

    def free_cells(self) -> tuple[list[tuple[Room, list[Cell]]], int]:
        """The cells to book, room by room in time order, and how many stand already."""
        free, standing = [], 0
        for plan, room in self.rooms:
            cells = []
            for code, track in plan.cells.items():
                if not track:
                    continue
                team, slot = self.teams[track], self.slots.get(code)
                what = f"cell {plan.name}-{code}"
                if slot is None:
                    self.merge.remarks.append(f"not taken: {what} {track}: its slot clashes")
                    continue
                holder = self.board.held.get((room.id, slot.id))
                if holder is None:
                    cells.append((slot, team))
                elif holder == team.slug:
                    standing += 1
                else:
                    self.merge.clash(what, holder, team.slug)
            if cells:
                free.append((room, sorted(cells, key=_in_time)))
        return free, standing


def _ends(url: str | None, ours: str | None) -> bool:
    """Whether the file's address is one of ours, by whatever host."""
    return bool(url and ours and url.endswith(ours))


def _in_time(cell: Cell) -> datetime:
    return cell[0].starts_at


def _goes_on(one: Cell, other: Cell) -> bool:
    return one[1] is other[1] and are_contiguous((one[0], other[0]))
