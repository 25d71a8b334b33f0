"""Invite, send again, take back, accept; hand a lead over, take a role away.

Who has which role is no business of the public journal: all this is kept in the audit.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.accounts.models import User
from ptgsched.accounts.passwords import clean_email, create_user, find_user
from ptgsched.accounts.tokens import hash_of
from ptgsched.db import begin_write, db
from ptgsched.errors import Conflict, Invalid
from ptgsched.events.models import Event, Organizer
from ptgsched.invitations import queries
from ptgsched.invitations.models import Invitation, Invited
from ptgsched.outbox import operations as outbox
from ptgsched.teams.models import Membership, Role, Team
from ptgsched.text import clean_line
from ptgsched.web.links import Links

LASTS = timedelta(days=14)
KEPT_AFTER = timedelta(days=30)
MOST_PENDING = 50  # to one team, or to run one event: nobody's mailbox is filled from here
AGAIN_AFTER = timedelta(minutes=5)
NAME_LENGTH = 120
KNOWN = (
    "There is an account for this address already. Sign in with it, then open this page again "
    "from the mail."
)


def hold(event: Event) -> None:
    """Take the event's lock until commit or rollback; what was read before is forgotten.

    Whoever changes roles holds it, so that no two take the last lead away at once.
    """
    begin_write()
    db.session.flush()
    db.session.expire_all()
    db.session.refresh(event, with_for_update={"of": Event, "key_share": True})


def invite(
    event: Event,
    *,
    email: str,
    role: Invited,
    team: Team | None = None,
    by: User,
    actor: Actor,
    links: Links,
    at: datetime,
    steps_down: bool = False,
) -> Invitation:
    """Mail somebody an invitation; whoever is invited already gets it anew.

    Nothing here depends on whether the address has an account.  Raises Invalid (field
    ``email``), Conflict for somebody who has the role, or for too many open invitations.
    The caller holds the event, here and below.
    """
    email = clean_email(email)
    require_new(event, team, role, email)
    opened = queries.pending(event, team)
    known = next((each for each in opened if (each.email, each.role) == (email, role)), None)
    if known is not None:
        known.steps_down, known.invited_by_id = steps_down, by.id
        return send_again(known, by=by, actor=actor, links=links, at=at)
    if len(opened) >= MOST_PENDING:
        raise Conflict(f"There are {MOST_PENDING} open invitations; take some back first.")
    invitation = Invitation(
        event=event,
        team=team,
        role=role,
        email=email,
        token_hash="",
        invited_by_id=by.id,
        steps_down=steps_down,
        mails=0,
        created_at=at,
        sent_at=at,
        expires_at=at,
    )
    with db.session.no_autoflush:
        _mail(invitation, by, links, at)
    _record(invitation, actor, "invitation.sent", at)
    return invitation


def send_again(
    invitation: Invitation, *, by: User, actor: Actor, links: Links, at: datetime
) -> Invitation:
    """Mail it once more with a new secret; the one before holds no longer.

    Raises Conflict when that was done a moment ago.
    """
    if at < invitation.sent_at + AGAIN_AFTER:
        raise Conflict("This was sent within the last five minutes; wait until it has arrived.")
    outbox.cancel(f"invitation:{invitation.id}:")
    _mail(invitation, by, links, at)
    _record(invitation, actor, "invitation.sent_again", at)
    return invitation


def take_back(invitation: Invitation, *, actor: Actor, at: datetime) -> None:
    """Its secret holds no longer; a mail that waits is not sent."""
    invitation.revoked_at = at
    outbox.cancel(f"invitation:{invitation.id}:")
    _record(invitation, actor, "invitation.revoked", at)
    invitation.email = ""  # nobody needs it any more
    db.session.flush()


def forget_expired(at: datetime) -> None:
    """Delete invitations that nobody took and that expired a month before `at`."""
    begin_write()
    old = (Invitation.expires_at < at - KEPT_AFTER, Invitation.accepted_at.is_(None))
    db.session.execute(delete(Invitation).where(*old))


def accept(secret: str, user: User, *, actor: Actor, at: datetime) -> Invitation:
    """Give `user` the role; the invitation is used up.  Raises NotFound when it does not hold."""
    invitation = _held(secret, at)
    invitation.accepted_at = at
    invitation.email = ""  # the account has one
    invitation.accepted_by_id = user.id
    if invitation.team is None:
        if db.session.get(Organizer, (invitation.event_id, user.id)) is None:
            db.session.add(Organizer(event_id=invitation.event_id, user_id=user.id))
    else:
        _join(invitation.team, user, Role(invitation.role))
        if invitation.steps_down and invitation.invited_by_id not in {None, user.id}:
            _step_down(invitation.team, invitation.invited_by_id)
    record(
        invitation.event,
        actor,
        "role.given",
        {"role": invitation.role, "user": user.id, "invitation": invitation.id},
        at,
        subject=_subject(invitation),
    )
    db.session.flush()
    return invitation


def accept_as_new(
    secret: str, *, name: str, password: str, at: datetime
) -> tuple[Invitation, User]:
    """Make an account for the invited address, which the secret proves, and give it the role.

    Raises Invalid (fields ``name``, ``password``), Conflict when the address has an account.
    """
    invitation = _held(secret, at)
    name = clean_line(name)
    if not 1 <= len(name) <= NAME_LENGTH:
        said = f"A name has 1 to {NAME_LENGTH} characters."
        raise Invalid(said, fields={"name": [said]})
    if find_user(invitation.email) is not None:
        raise Conflict(KNOWN, code="known_email")
    user = create_user(invitation.email, password, at=at, name=name)
    return accept(secret, user, actor=Actor("person", "web", user_id=user.id), at=at), user


def hand_over(team: Team, to: Membership, *, by: User, actor: Actor, at: datetime) -> None:
    """Make a deputy the lead; `by`, if a lead, becomes a deputy.

    Raises Conflict for somebody who leads already.
    """
    if to.role == Role.LEAD:
        raise Conflict(f"{to.user.name or to.user.email} leads {team.name} already.")
    to.role = Role.LEAD
    _step_down(team, by.id)
    facts = {"role": Role.LEAD.value, "user": to.user_id, "from": by.id}
    record(team.event, actor, "role.handed_over", facts, at, subject=team.slug)
    db.session.flush()


def take_role(team: Team, membership: Membership, *, actor: Actor, at: datetime) -> None:
    """Take a lead or deputy out of the team."""
    facts = {"role": membership.role, "user": membership.user_id}
    record(team.event, actor, "role.taken", facts, at, subject=team.slug)
    db.session.delete(membership)
    db.session.flush()


def take_organizer(event: Event, user: User, *, by: User, actor: Actor, at: datetime) -> None:
    """Take an organizer's role away.  Raises Conflict for the last one, unless by an admin."""
    count = db.session.scalar(
        select(func.count()).select_from(Organizer).where(Organizer.event_id == event.id)
    )
    if (count or 0) <= 1 and not by.is_admin:
        raise Conflict("Invite another organizer first, so that the event has one.")
    row = db.session.get(Organizer, (event.id, user.id))
    if row is None:
        raise Conflict("They are no organizer of this event any more.")
    record(event, actor, "role.taken", {"role": "organizer", "user": user.id}, at)
    db.session.delete(row)
    db.session.flush()


def _held(secret: str, at: datetime) -> Invitation:
    """The invitation, read anew while its event is held."""
    hold(queries.by_secret(secret, at).event)
    return queries.by_secret(secret, at)


def require_new(event: Event, team: Team | None, role: Invited, email: str) -> None:
    """Raises Conflict for somebody whose role is shown to the asker anyway."""
    if team is None:
        has_it = email in {user.email for user in queries.organizers(event)}
        what = "runs this event"
    else:
        ranks = {Invited.LEAD: {Role.LEAD}, Invited.DEPUTY: {Role.LEAD, Role.DEPUTY}}[role]
        has_it = any(
            each.user.email == email for each in queries.leading(team) if each.role in ranks
        )
        what = f"leads {team.name}" if role == Invited.LEAD else f"may act for {team.name}"
    if has_it:
        said = f"{email} {what} already."
        raise Conflict(said, code="has_role")


def _mail(invitation: Invitation, by: User, links: Links, at: datetime) -> None:
    secret = secrets.token_urlsafe(32)
    invitation.token_hash = hash_of(secret)
    invitation.mails += 1
    invitation.sent_at = at
    invitation.expires_at = at + LASTS
    db.session.add(invitation)
    db.session.flush()
    event, team = invitation.event, invitation.team
    outbox.post(
        template="invitation",
        to=invitation.email,
        # With its hash: an id may be another's again, and a key is never posted twice.
        key=f"invitation:{invitation.id}:{invitation.token_hash}",
        zone=event.timezone,
        facts={
            "event": event.title,
            "team": team.name if team else None,
            "role": invitation.role,
            "by": by.name or "An organizer",
            "link": links.invitation(secret),
            "expires_at": invitation.expires_at,
            "page": links.team(event.slug, team.slug) if team else links.event(event.slug),
        },
        expires_at=invitation.expires_at,
        at=at,
    )


def _join(team: Team, user: User, role: Role) -> None:
    known = db.session.scalar(
        select(Membership).where(Membership.team_id == team.id, Membership.user_id == user.id)
    )
    if known is None:
        db.session.add(Membership(team_id=team.id, user_id=user.id, role=role))
    elif known.role != Role.LEAD:
        known.role = role


def _step_down(team: Team, user_id: int | None) -> None:
    for membership in queries.leading(team):
        if membership.user_id == user_id and membership.role == Role.LEAD:
            membership.role = Role.DEPUTY


def _record(invitation: Invitation, actor: Actor, action: str, at: datetime) -> None:
    facts = {"role": invitation.role, "invitation": invitation.id}
    record(invitation.event, actor, action, facts, at, subject=_subject(invitation))


def _subject(invitation: Invitation) -> str | None:
    return invitation.team.slug if invitation.team else None
