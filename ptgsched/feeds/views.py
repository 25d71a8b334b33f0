"""Feeds over HTTP: each address of the contract, and the page that offers them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.feeds import calendars, queries, renderings, serving, stamps
from ptgsched.feeds.documents import Rendering
from ptgsched.feeds.sessions import Party, Place
from ptgsched.feeds.subscriptions import Subscription, subscription
from ptgsched.teams.models import Project
from ptgsched.teams.permissions import visible_event
from ptgsched.timezones import current_name
from ptgsched.web.access import access
from ptgsched.web.context import links, settings
from ptgsched.web.links import Links

blueprint = Blueprint("feeds", __name__)

ROBOTS = "User-agent: *\nDisallow: /login\nDisallow: /account\n"
"""Feeds stay allowed: Google Calendar obeys this file and then says "could not fetch"."""


def init_app(app: Flask) -> None:
    """Serve the feeds."""
    serving.init_app(app)
    app.register_blueprint(blueprint)


@blueprint.get("/events/<event>/calendar.ics")
@access("public")
def calendar(event: str) -> Response:
    """All sessions."""
    return _calendar(event, "event")


@blueprint.get("/events/<event>/teams/<team>.ics")
@access("public")
def team(event: str, team: str) -> Response:
    """A team's sessions, those it joins included."""
    return _calendar(event, "team", team)


@blueprint.get("/events/<event>/rooms/<room>.ics")
@access("public")
def room(event: str, room: str) -> Response:
    """A room's sessions."""
    return _calendar(event, "room", room)


@blueprint.get("/events/<event>/projects/<project>.ics")
@access("public")
def project(event: str, project: str) -> Response:
    """The sessions of a project's teams."""
    return _calendar(event, "project", project)


@blueprint.get("/events/<event>/schedule.json")
@access("public")
def schedule_json(event: str) -> Response:
    """frab's schedule in JSON."""
    return serving.serve(event, renderings.schedule_json)


@blueprint.get("/events/<event>/schedule.xml")
@access("public")
def schedule_xml(event: str) -> Response:
    """frab's schedule in XML."""
    return serving.serve(event, renderings.schedule_xml)


@blueprint.get("/events/<event>/schedule.txt")
@access("public")
def schedule_text(event: str) -> Response:
    """The schedule for a terminal, in the zone ``?tz=``, default the event's."""
    asked = request.args.get("tz", "")
    zone = current_name(asked) if asked else ""

    def render(event: Event, links: Links, at: datetime) -> Rendering:
        return renderings.schedule_text(event, links, at, zone or event.timezone)

    return serving.serve(event, render, query=urlencode({"tz": zone}) if zone else "")


@blueprint.get("/events/<event>/rooms.csv")
@access("public")
def rooms_csv(event: str) -> Response:
    """The room assignments for a spreadsheet."""
    return serving.serve(event, renderings.rooms_csv)


@blueprint.get("/events/<event>/rooms.json")
@access("public")
def rooms_json(event: str) -> Response:
    """The room assignments for a program."""
    return serving.serve(event, renderings.rooms_json)


@blueprint.get("/events/<event>/ptg.json")
@access("public")
def ptg_json(event: str) -> Response:
    """ptgbot's database, whole."""
    return serving.serve(event, renderings.ptg_json, live=True)


@blueprint.get("/events/<event>/subscribe")
@access("public")
def subscribe(event: str) -> str:
    """Every calendar of the event, with the ways into the usual programs."""
    found = visible_event(current_user, event)
    return render_template(
        "feeds/subscribe.html",
        event=found,
        whole=subscription(found, links(), "event", "", "All sessions"),
        teams=_subscriptions(found, "team", queries.parties(found, links())),
        projects=_subscriptions(found, "project", queries.projects(found)),
        rooms=_subscriptions(found, "room", queries.places(found)),
    )


# Where ptgbot had them, for DEFAULT_EVENT ------------------------------------------------------


@blueprint.get("/ptg.ics")
@access("public")
def root_calendar() -> Response:
    """All sessions."""
    return _calendar(_default_event(), "event")


@blueprint.get("/<team>.ics")
@access("public")
def root_team(team: str) -> Response:
    """A team's sessions."""
    return _calendar(_default_event(), "team", team)


@blueprint.get("/ptg.json")
@access("public")
def root_ptg_json() -> Response:
    """ptgbot's database, as its own programs can read it."""
    return serving.serve(_default_event(), renderings.plain_ptg_json, live=True)


@blueprint.get("/ptg.html")
@access("public")
def root_page() -> AnyResponse:
    """What is on now."""
    return redirect(url_for("now.page", event=_default_event()))


@blueprint.get("/etherpads.html")
@access("public")
def root_etherpads() -> AnyResponse:
    """The pads."""
    return redirect(url_for("schedule.etherpads", event=_default_event()))


@blueprint.get("/robots.txt")
@access("public")
def robots() -> Response:
    """What crawlers may fetch: everything that is public."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")


def _calendar(event: str, kind: calendars.Kind, name: str = "") -> Response:
    cancelled = request.args.get("cancelled") != "0"

    def render(event: Event, links: Links, at: datetime) -> Rendering:
        return calendars.calendar(event, links, at, kind, name, cancelled=cancelled)

    return serving.serve(event, render, query="" if cancelled else calendars.WITHOUT_CANCELLED)


def _subscriptions(
    event: Event, kind: calendars.Kind, subjects: Iterable[Party | Place | Project]
) -> list[Subscription]:
    found = [subscription(event, links(), kind, each.slug, each.name) for each in subjects]
    # Rooms keep the order that their organizers gave them; the rest is looked up by name.
    return found if kind == "room" else sorted(found, key=lambda each: each.label.casefold())


def _default_event() -> str:
    """The slug of DEFAULT_EVENT; raises NotFound while there is no such public event."""
    slug = settings().default_event
    stamp = stamps.read(slug) if slug else None
    if stamp is None or not stamp.is_public:
        raise NotFound("There is nothing at this address.")
    return slug
