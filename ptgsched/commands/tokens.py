"""Tokens of programs, from the shell."""

from __future__ import annotations

import click
from sqlalchemy import select

from ptgsched.accounts.actor import OPERATOR
from ptgsched.accounts.models import SCOPES, ApiToken, User
from ptgsched.accounts.tokens import create_token, revoke_token
from ptgsched.clock import utcnow
from ptgsched.commands.base import application, the_event
from ptgsched.db import db, transaction
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.profile.queries import state_of
from ptgsched.schedule.queries import teams_by_slug
from ptgsched.timewords import moment


@click.group()
def token() -> None:
    """Secrets with which programs call the API."""


@token.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    help=f"What it may do, several with commas: {', '.join(SCOPES)}.",
)
@click.option("--event", "event_slug", help="Only at this event.")
@click.option("--team", "teams", multiple=True, help="Only for these teams, several with commas.")
@click.option("--expires", type=click.IntRange(1, 3650), help="Days until it ends.")
def create_secret(
    name: str,
    *,
    scopes: tuple[str, ...],
    event_slug: str | None,
    teams: tuple[str, ...],
    expires: int | None,
) -> None:
    """Make a token called NAME and print it, alone, once: only its hash is kept."""
    team_slugs = _listed(teams)
    if team_slugs and event_slug is None:
        raise click.UsageError("--team needs --event, since each event has teams of its own.")
    with application(), transaction():
        bound = the_event(event_slug) if event_slug is not None else None
        if bound is not None and team_slugs:
            teams_by_slug(bound, team_slugs)
        _, secret = create_token(
            name,
            _listed(scopes),
            at=utcnow(),
            event_id=bound.id if bound else None,
            team_slugs=team_slugs or None,
            days=expires,
        )
    click.echo(secret)


@token.command("list")
@click.option("--event", "event_slug", help="Only those bound to this event.")
@click.option("--all", "everything", is_flag=True, help="Also revoked and expired ones.")
def list_tokens(*, event_slug: str | None, everything: bool) -> None:
    """Name every token that works: its number, name, powers, reach, owner, end and last use."""
    with application():
        at = utcnow()
        query = (
            select(ApiToken, Event.slug, User.email)
            .outerjoin(Event, Event.id == ApiToken.event_id)
            .outerjoin(User, User.id == ApiToken.user_id)
            .order_by(ApiToken.id)
        )
        if event_slug is not None:
            query = query.where(ApiToken.event_id == the_event(event_slug).id)
        found = [(row, state_of(row[0], at)) for row in db.session.execute(query)]
        for (made, slug, owner), state in found:
            if state == "active" or everything:
                click.echo("\t".join(_told(made, slug, owner, state)))


@token.command("revoke")
@click.argument("number", type=int)
def revoke(number: int) -> None:
    """Refuse the token NUMBER, as `ptgsched token list` names it, from now on."""
    with application(), transaction():
        made = db.session.get(ApiToken, number)
        if made is None:
            raise NotFound(f"There is no token {number}; see: ptgsched token list --all")
        was_revoked = made.revoked_at is not None
        revoke_token(made, actor=OPERATOR, at=utcnow())
        name = made.name
    click.echo(f"{name} was revoked before" if was_revoked else f"revoked {name}")


def _told(made: ApiToken, slug: str | None, owner: str | None, state: str) -> list[str]:
    until = moment(made.expires_at, "UTC") if made.expires_at else "for good"
    used = moment(made.last_used_at, "UTC") if made.last_used_at else "never"
    return [
        str(made.id),
        made.name,
        ",".join(made.scopes),
        f"{slug or 'every event'}{': ' + ','.join(made.team_slugs) if made.team_slugs else ''}",
        owner or "nobody's",
        f"until {until}" if state == "active" else state,
        f"last used {used}",
    ]


def _listed(values: tuple[str, ...]) -> list[str]:
    """The words of options that take several, by commas or by repetition, each once."""
    words = (word.strip() for value in values for word in value.split(","))
    return list(dict.fromkeys(word for word in words if word))
