"""Begin an event: from a template, or as a copy of an earlier one moved to other days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.models import User
from ptgsched.accounts.passwords import find_user
from ptgsched.db import begin_write, db
from ptgsched.errors import Forbidden, Invalid
from ptgsched.events.layout import create_event, wrong_days
from ptgsched.events.models import Event, Organizer, Phase, Room, Slot
from ptgsched.invitations.models import Invited
from ptgsched.invitations.operations import invite
from ptgsched.schedule.journal import door
from ptgsched.setup.fields import refuse
from ptgsched.setup.rooms import rooms_of
from ptgsched.setup.shapes import event_facts
from ptgsched.setup.shifting import moved, moved_slots
from ptgsched.setup.windows import lay_window, windows_of
from ptgsched.teams.models import (
    DeclaredConflict,
    Membership,
    Project,
    Team,
    TeamWish,
    declare,
)
from ptgsched.teams.permissions import LEADING, is_organizer, teams_of
from ptgsched.web.links import Links


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What of an earlier event comes along; settings, description and links always do."""

    windows: bool = True
    phases: bool = True
    rooms: bool = True
    join_links: bool = False  # of rooms and teams, with the passcodes of rooms
    teams: bool = True  # with their projects, and whom they asked to meet or never in parallel
    leads: bool = False


def require_creator(user: User, copied: Event | None) -> None:
    """Raises Forbidden unless `user` may begin this event.

    Administrators begin any; who runs an event may begin another as its copy.
    """
    if user.is_admin or (copied is not None and is_organizer(user, copied)):
        return
    raise Forbidden(
        "Only administrators begin an event from a template; you can copy one that you run."
    )


def told_apart(emails: Iterable[str], by: User) -> tuple[list[User], list[str]]:
    """Who becomes organizer at once, and the addresses to invite.

    Only administrators may learn by this who has an account.
    """
    found = {email: find_user(email) if by.is_admin else None for email in emails}
    known = [user for user in found.values() if user is not None]
    return known, [email for email, user in found.items() if user is None and email != by.email]


def invite_organizers(
    event: Event, emails: Iterable[str], *, by: User, actor: Actor, links: Links, at: datetime
) -> None:
    """Mail them an invitation.  Raises Invalid (field ``organizers``) for what is no address."""
    begin_write()
    for email in emails:
        try:
            invite(
                event,
                email=email,
                role=Invited.ORGANIZER,
                by=by,
                actor=actor,
                links=links,
                at=at,
            )
        except Invalid as error:
            said = f"{email[:80]}: {error.message}"
            raise Invalid(said, fields={"organizers": [said]}) from error


def begin_event(
    slug: str,
    *,
    title: str,
    kind: str,
    starts_on: date,
    ends_on: date,
    timezone: str,
    template: str | None = None,
    organizers: Sequence[User] = (),
    actor: Actor,
    at: datetime,
) -> Event:
    """A new draft laid out from `template`, run by `organizers`.  Raises as `create_event`."""
    begin_write()
    event = create_event(
        slug,
        title=title,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        timezone=timezone,
        template=template,
        at=at,
    )
    _name_organizers(event, organizers)
    with door(event, actor=actor, at=at) as journal:
        journal.append("event.created", after=event_facts(event))
    return event


def copy_event(
    source: Event,
    slug: str,
    *,
    title: str,
    starts_on: date,
    timezone: str | None = None,
    parts: Parts = Parts(),
    organizers: Sequence[User] = (),
    actor: Actor,
    at: datetime,
) -> Event:
    """A new draft like `source`, all its days moved so that the first is `starts_on`.

    Windows and phases keep the hours that clocks show in the event's zone, whatever clocks do
    in between.  Bookings, surveys and what happened live stay with `source`.
    """
    wrong = wrong_days(starts_on, starts_on)
    if wrong:
        refuse(wrong)
    begin_write()
    days = (starts_on - source.starts_on).days
    event = create_event(
        slug,
        title=title,
        kind=source.kind,
        starts_on=starts_on,
        ends_on=starts_on + (source.ends_on - source.starts_on),
        timezone=timezone or source.timezone,
        laid_out=False,
        at=at,
    )
    event.description = source.description
    event.links = dict(source.links)
    event.quota_day = source.quota_day
    event.overlap_policy = source.overlap_policy
    event.allow_parallel = source.allow_parallel
    _name_organizers(event, [*_organizers(source), *organizers])
    slots = _copy_windows(source, event, days) if parts.windows else {}
    if parts.phases:
        _copy_phases(source, event, days)
    if parts.rooms:
        _copy_rooms(source, event, slots, join_links=parts.join_links)
    if parts.teams:
        _copy_teams(source, event, join_links=parts.join_links, leads=parts.leads)
    db.session.flush()
    db.session.expire(event, ["windows", "slots", "rooms", "phases"])
    with door(event, actor=actor, at=at) as journal:
        journal.append("event.created", after={**event_facts(event), "copied_from": source.slug})
    return event


def _name_organizers(event: Event, people: Iterable[User]) -> None:
    for user in {user.id: user for user in people}.values():
        db.session.add(Organizer(event_id=event.id, user_id=user.id))
    db.session.flush()


def _organizers(event: Event) -> list[User]:
    mine = select(Organizer.user_id).where(Organizer.event_id == event.id)
    return list(db.session.scalars(select(User).where(User.id.in_(mine)).order_by(User.id)))


def _copy_windows(source: Event, event: Event, days: int) -> dict[int, Slot]:
    """The windows moved; each old slot's id with the slot that took its place."""
    slots: dict[int, Slot] = {}
    for window in windows_of(source):
        if not window.slots:
            continue
        copied = lay_window(
            event,
            window.code,
            window.name,
            moved_slots(window.slots, days, source.timezone, event.timezone),
            day=event.starts_on + (window.day - source.starts_on),
        )
        slots |= {old.id: new for old, new in zip(window.slots, copied.slots, strict=True)}
    db.session.flush()
    return slots


def _copy_phases(source: Event, event: Event, days: int) -> None:
    def at_same_hour(instant: datetime) -> datetime:
        return moved(instant, days, source.timezone, event.timezone)

    event.phases.extend(
        Phase(
            name=phase.name,
            opens_at=at_same_hour(phase.opens_at),
            closes_at=at_same_hour(phase.closes_at) if phase.closes_at else None,
            team_kinds=list(phase.team_kinds),
            max_hours_per_day=phase.max_hours_per_day,
            max_hours_total=phase.max_hours_total,
        )
        for phase in source.phases
    )


def _copy_rooms(
    source: Event, event: Event, slots: Mapping[int, Slot], *, join_links: bool
) -> None:
    for room in rooms_of(source):
        offered = [slots[slot.id] for slot in room.offered_slots if slot.id in slots]
        event.rooms.append(
            Room(
                slug=room.slug,
                name=room.name,
                kind=room.kind,
                join_url=room.join_url if join_links else None,
                join_public=room.join_public,
                passcode=room.passcode if join_links else None,
                capacity=room.capacity,
                description=room.description,
                features=list(room.features),
                position=room.position,
                # Without the windows it was offered in, it would be offered in none.
                offered_always=room.offered_always or not offered,
                offered_slots=offered,
                ptgbot=dict(room.ptgbot),
            )
        )


def _copy_teams(source: Event, event: Event, *, join_links: bool, leads: bool) -> None:
    projects = {}
    for project in db.session.scalars(select(Project).where(Project.event_id == source.id)):
        projects[project.id] = Project(event_id=event.id, slug=project.slug, name=project.name)
        db.session.add(projects[project.id])
    teams = {}
    for team in teams_of(source):
        teams[team.id] = Team(
            event_id=event.id,
            project=projects[team.project_id] if team.project_id is not None else None,
            slug=team.slug,
            name=team.name,
            kind=team.kind,
            description=team.description,
            color=team.color,
            join_url=team.join_url if join_links else None,
            chat_channel=team.chat_channel,
            expected_attendance=team.expected_attendance,
            hours_wanted=team.hours_wanted,
        )
        db.session.add(teams[team.id])
    db.session.flush()
    pairs = select(DeclaredConflict).where(DeclaredConflict.team_id.in_(teams))
    for pair in db.session.scalars(pairs):
        db.session.add(declare(teams[pair.team_id], teams[pair.other_id]))
    wishes = select(TeamWish).where(TeamWish.team_id.in_(teams))
    for wish in db.session.scalars(wishes):
        one, other = teams[wish.team_id], teams[wish.other_id]
        db.session.add(TeamWish(team_id=one.id, other_id=other.id, kind=wish.kind))
    if leads:
        places = select(Membership).where(
            Membership.team_id.in_(teams), Membership.role.in_(LEADING)
        )
        for place in db.session.scalars(places):
            db.session.add(
                Membership(team=teams[place.team_id], user_id=place.user_id, role=place.role)
            )
