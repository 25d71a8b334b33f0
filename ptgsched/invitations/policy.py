"""Who may change who leads: organizers all, a lead the deputies and the hand-over, nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from ptgsched.accounts.models import User
from ptgsched.errors import Conflict, Forbidden
from ptgsched.invitations.models import Invited
from ptgsched.teams.models import Membership, Role, Team


def require_invite(team: Team, role: str, *, organizes: bool, leads: bool) -> None:
    """Raises Forbidden unless an organizer or lead invites somebody to a role that teams have.

    A lead who invites another lead hands over, and steps down when it is accepted.
    """
    if not organizes and not leads:
        raise Forbidden(f"Only the lead of {team.name} and the organizers may invite to it.")
    if role not in {Invited.LEAD, Invited.DEPUTY}:
        raise Forbidden("A team has leads and deputies.")


def require_removal(
    user: User, membership: Membership, leading: Sequence[Membership], *, organizes: bool
) -> None:
    """Raises Forbidden unless `user` may take the role away, Conflict for the last lead's own.

    Everybody may step back themselves, a lead may take away deputies, organizers everybody.
    """
    if organizes:
        return
    if membership.user_id == user.id:
        others = [each for each in leading if each.role == Role.LEAD and each is not membership]
        if membership.role == Role.LEAD and not others:
            raise Conflict("Hand the lead over first, so that the team has one.", code="last_lead")
        return
    if not leads(user, leading) or membership.role == Role.LEAD:
        raise Forbidden("Only the organizers may take a lead away.")


def require_hand_over(user: User, leading: Sequence[Membership], *, organizes: bool) -> None:
    """Raises Forbidden unless `user` may make a deputy the lead."""
    if not (organizes or leads(user, leading)):
        raise Forbidden("Only the lead and the organizers may hand the lead over.")


def leads(user: User, leading: Sequence[Membership]) -> bool:
    """Whether `user` is among the leads, not just a deputy."""
    return any(each.user_id == user.id and each.role == Role.LEAD for each in leading)
