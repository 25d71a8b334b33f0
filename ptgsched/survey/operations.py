"""Send a survey, remind of one: through the door, so that followers learn who has signed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.db import db
from ptgsched.errors import Conflict
from ptgsched.events.models import Event, EventStatus
from ptgsched.outbox import operations as outbox
from ptgsched.schedule.journal import door
from ptgsched.schedule.queries import teams_by_slug
from ptgsched.setup.fields import refuse, text
from ptgsched.setup.shapes import team_facts
from ptgsched.setup.teams import change_team
from ptgsched.survey.queries import TeamState, others_of, survey_of
from ptgsched.teams.models import DeclaredConflict, Team, TeamWish, Wish, declare
from ptgsched.web.links import Links

NOTES_LENGTH = 2000
ON_THE_TEAM = ("expected_attendance", "hours_wanted", "etherpad_url", "chat_channel", "join_url")
REMIND_AGAIN_AFTER = timedelta(hours=20)


def send_survey(
    event: Event, team: Team, given: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Team:
    """Keep what a team tells of itself; from the first time on its survey counts as complete.

    `given` holds the fields `ON_THE_TEAM`, `windows` (codes), `apart` and `joint` (slugs) and
    `notes`.  Raises Invalid with all wrong fields, Conflict when the event is over.
    """
    with door(event, actor=actor, at=at) as journal:
        if event.status == EventStatus.ARCHIVED:
            raise Conflict("This event takes no changes any more; its surveys are kept as sent.")
        _require_whole(event, given)
        apart = set(teams_by_slug(event, given["apart"])) - {team}
        joint = set(teams_by_slug(event, given["joint"])) - {team}
        before = survey_facts(team) if team.survey_completed_at else None
        change_team(event, team, {name: given[name] for name in ON_THE_TEAM}, actor=actor, at=at)
        survey = survey_of(team)
        survey.windows = list(given["windows"])
        survey.notes = text(NOTES_LENGTH)(given["notes"])
        db.session.add(survey)
        _keep_apart(team, apart)
        _wish(team, Wish.JOINT, joint)
        if team.survey_completed_at is None:
            team.survey_completed_at = at
        db.session.flush()
        after = survey_facts(team)
        if after != before:
            survey.updated_at = at
            journal.append("team.surveyed", before=before, after=after, subject=team.slug)
    return team


def survey_facts(team: Team) -> dict[str, Any]:
    """The team with its survey, for the public journal: notes are for organizers alone."""
    others = others_of(team)
    names = {
        other.id: other.slug
        for other in db.session.scalars(select(Team).where(Team.event_id == team.event_id))
    }
    return {
        **team_facts(team),
        "survey_complete": team.survey_completed_at is not None,
        "windows": list(survey_of(team).windows),
        "apart": sorted(names[other] for other in others.apart),
        "joint": sorted(names[other] for other in others.joint),
    }


def remind(
    event: Event,
    states: Sequence[TeamState],
    *,
    actor: Actor,
    links: Links,
    at: datetime,
) -> list[Team]:
    """Mail the leads and deputies of each team what is missing; the teams that were written to.

    Passed over are teams that miss nothing, that nobody leads, or that were reminded within a day.
    Raises Conflict unless the event is published.
    """
    if event.status != EventStatus.PUBLISHED:
        raise Conflict(
            "This event is not published, so leads cannot do what they would be reminded of."
        )
    reminded = []
    for state in states:
        if not may_remind(state, at):
            continue
        team = state.team
        for membership in state.leading:
            user = membership.user
            outbox.post(
                template="signup_reminder",
                to=user.email,
                key=f"signup:{team.id}:{user.id}:{at:%Y%m%d%H%M}",
                zone=user.timezone or event.timezone,
                mailing="leads",
                facts={
                    "event": event.title,
                    "team": team.name,
                    "name": user.name,
                    "missing": list(state.missing),
                    "survey": links.page(event.slug, "teams", team.slug, "survey"),
                    "book": f"{links.event(event.slug)}?team={team.slug}",
                    "page": links.team(event.slug, team.slug),
                },
                at=at,
            )
        survey = survey_of(team)
        survey.reminded_at = at
        db.session.add(survey)
        facts = {"missing": list(state.missing), "people": len(state.leading)}
        record(event, actor, "team.reminded", facts, at, subject=team.slug)
        reminded.append(team)
    db.session.flush()
    return reminded


def may_remind(state: TeamState, at: datetime) -> bool:
    """Whether the team lacks something, has leads, and was not reminded just before."""
    rested = state.reminded_at is None or state.reminded_at + REMIND_AGAIN_AFTER <= at
    return bool(state.missing and state.leading and rested)


def _require_whole(event: Event, given: Mapping[str, Any]) -> None:
    wrong: dict[str, list[str]] = {}
    if not given["expected_attendance"]:
        wrong["expected_attendance"] = ["How many people do you expect? A guess will do."]
    if not given["hours_wanted"]:
        wrong["hours_wanted"] = ["How many hours would you like in all?"]
    codes = {window.code for window in event.windows}
    unknown = [code for code in given["windows"] if code not in codes]
    if unknown:
        wrong["windows"] = [f"There is no window {', '.join(unknown)} at this event."]
    elif codes and not given["windows"]:
        wrong["windows"] = ["Tick at least one window that suits your people."]
    if wrong:
        refuse(wrong)


def _keep_apart(team: Team, chosen: Iterable[Team]) -> None:
    """Own wishes as chosen; a pair stays declared as long as one of the two asks for it."""
    wanted = {other.id: other for other in chosen}
    others = others_of(team)
    declared = set(others.apart | others.asked_by)
    _wish(team, Wish.APART, chosen)
    for other_id, other in wanted.items():
        low, high = sorted((team.id, other_id))
        if db.session.get(DeclaredConflict, (low, high)) is None:
            db.session.add(declare(team, other))
    for other_id in declared - wanted.keys() - others.asked_by:
        low, high = sorted((team.id, other_id))
        row = db.session.get(DeclaredConflict, (low, high))
        if row is not None:
            db.session.delete(row)
    db.session.flush()


def _wish(team: Team, kind: Wish, chosen: Iterable[Team]) -> None:
    mine = (TeamWish.team_id == team.id, TeamWish.kind == kind)
    db.session.execute(delete(TeamWish).where(*mine))
    db.session.add_all(TeamWish(team_id=team.id, other_id=o.id, kind=kind) for o in chosen)
    db.session.flush()
