"""Who may give which powers to a program: never more than they have themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ptgsched.accounts.models import SCOPES, User
from ptgsched.errors import Forbidden, Invalid
from ptgsched.events.models import Event
from ptgsched.teams.models import Team
from ptgsched.teams.permissions import is_organizer, led_team_ids, teams_of

LEADS_SCOPES = ("booking:write", "live:write")
WHOLE_EVENT = frozenset({"registrations:read", "manage"})  # mean nothing for single teams


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may give to a token of an event; `event` None: of every event."""

    event: Event | None
    scopes: Sequence[str]
    teams: Sequence[Team]  # to choose from
    needs_teams: bool  # it may not be for all teams


def grant_for(user: User, event: Event | None) -> Grant:
    """What `user` may give: leads what their teams need, organizers all of their event.

    Raises Forbidden for whoever is nobody there.
    """
    if event is None:
        if not user.is_admin:
            raise Forbidden("Only an administrator's token may be for every event.")
        return Grant(None, SCOPES, (), needs_teams=False)
    teams = teams_of(event)
    if is_organizer(user, event):
        return Grant(event, SCOPES, teams, needs_teams=False)
    led = led_team_ids(user, event)
    if not led:
        raise Forbidden("Only leads and organizers may have tokens for this event.")
    own = [team for team in teams if team.id in led]
    return Grant(event, LEADS_SCOPES, own, needs_teams=True)


def bound_teams(grant: Grant, scopes: Sequence[str], chosen: Sequence[str]) -> list[str] | None:
    """The teams of a token by slug, None for all.

    Raises Invalid for scopes and teams that are not to be given, and for scopes that are about
    the whole event together with single teams.
    """
    wrong: dict[str, list[str]] = {}
    strange = [scope for scope in scopes if scope not in grant.scopes]
    if strange:
        wrong["scopes"] = [f"Not yours to give: {', '.join(strange)}."]
    offered = {team.slug for team in grant.teams}
    unknown = [slug for slug in chosen if slug not in offered]
    if unknown:
        wrong["teams"] = [f"Not yours to choose: {', '.join(unknown)}."]
    whole = sorted(WHOLE_EVENT.intersection(scopes))
    if chosen and whole and not strange:
        wrong["teams"] = [f"{' and '.join(whole)}: for the whole event only, so choose no team."]
    if wrong:
        raise Invalid(" ".join(said for all_ in wrong.values() for said in all_), fields=wrong)
    if chosen:
        return list(chosen)
    return sorted(offered) if grant.needs_teams else None
