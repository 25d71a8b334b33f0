"""Every address, with every method, in every role: what it declares is what it does.

The addresses come from the URL map, so that a new one is asked without a line here.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from werkzeug.routing import Rule

from ptgsched.accounts.models import SCOPES, AuditEntry, User
from ptgsched.accounts.tokens import create_token
from ptgsched.db import db
from ptgsched.events.models import EventStatus
from ptgsched.schedule.models import Booking, Change
from ptgsched.teams.models import Membership, Organizer, Role
from ptgsched.teams.permissions import teams_of
from ptgsched.web.access import declared_access
from ptgsched.web.delivery import is_static
from tests.support.story import PASSCODE, SIGN_UP, Story

PEOPLE = ("vic", "omar", "otto", "lena", "dora", "olga", "ada")
RUN_IT = {"olga", "ada"}  # olga organizes October, ada administers
LEAD_NOVA = {"lena", "dora"} | RUN_IT  # dora is lena's deputy
LEAD_ANY = LEAD_NOVA | {"omar"}  # omar leads cinder
# otto organizes spring, vic has an account; both are nobody in October.

NAMED = {
    "event": "oct",
    "team": "nova",
    "room": "bexar",
    "project": "openstack",
    "window": "MonA",
    "status": "draft",
    "number": "1",
}
HIDDEN = "Winter of our discontent"  # the title of a draft
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_PART = re.compile(r"<(?:(?P<kind>\w+)(?:\((?P<one>\w*)[^)]*\))?:)?(?P<name>\w+)>")


@dataclass(frozen=True)
class Route:
    """An address with a method, and who may call it."""

    rule: Rule
    method: str
    level: str

    @property
    def names(self) -> set[str]:
        """What its address names."""
        return {found["name"] for found in _PART.finditer(self.rule.rule)}

    def address(self, names: dict[str, str]) -> str:
        """It, with things that are there."""

        def value(found: re.Match[str]) -> str:
            if found["kind"] == "any":
                return found["one"]
            return names.get(found["name"], "1" if found["kind"] == "int" else "x")

        return _PART.sub(value, self.rule.rule)

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule} ({self.level})"


class Document:
    """What the API says of its addresses: the scopes they need, and a body that is fine."""

    def __init__(self, app: Flask) -> None:
        self._paths = app.test_client().get("/api/v1/openapi.json").get_json()["paths"]

    def scopes(self, route: Route) -> set[str]:
        """Any of them is enough."""
        return {scope for one in self._operation(route)["security"] for scope in one["token"]}

    def body(self, route: Route) -> Any:
        """The example of the document, so that nothing but the caller can be wrong."""
        content = self._operation(route).get("requestBody", {}).get("content", {})
        return content.get("application/json", {}).get("example", {})

    def _operation(self, route: Route) -> dict[str, Any]:
        path = _PART.sub(lambda found: f"{{{found['name']}}}", route.rule.rule)
        return self._paths[path][route.method.lower()]


@dataclass
class Stage:
    """The service, its routes, and people and programs before it."""

    app: Flask
    story: Story
    names: dict[str, str]
    routes: list[Route]
    tokens: dict[str, str]
    document: "Document"
    file: Path
    kept: Path
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    def client(self, who: str) -> FlaskClient:
        """Somebody's browser."""
        if who not in self.clients:
            self.clients[who] = self.story.client(None if who == "visitor" else who)
        return self.clients[who]

    def ask(self, who: str, route: Route, **names: str) -> Any:
        """The answer to a person, or to a program with a token of that name."""
        # A stream would go on; its head says all.
        method = "HEAD" if route.rule.rule.endswith("/stream") else route.method
        headers = {}
        if who in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        asker = self.app.test_client() if who in self.tokens else self.client(who)
        address = route.address(self.names | names)
        body = {}
        if address.startswith("/api/") and method in UNSAFE:
            body = {"json": self.document.body(route)}
        answer = asker.open(address, method=method, headers=headers, buffered=True, **body)
        assert answer.status_code < 500, f"{who}: {route}: {answer.status_code}"
        return answer

    def renew(self) -> None:
        """Everything as it was at the beginning; sessions too: some addresses end them."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.copy(self.kept, self.file)
        self.clients.clear()


@pytest.fixture
def stage(make_app: Callable[..., Flask], sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    """October, spring and a draft; everybody whom there can be; forms need no CSRF token."""
    app = make_app(sqlite_url)
    app.config["WTF_CSRF_ENABLED"] = False
    story = Story.begin(app)
    spring, winter = (Story.begin(app, slug=slug) for slug in ("spring", "winter"))
    with app.app_context():
        names = NAMED | {"uid": story.book("nova", "bexar", "MonA1").uid}
        winter.set(status=EventStatus.DRAFT, title=HIDDEN)
        hire(story, spring, winter)
        make = partial(create_token, at=SIGN_UP)
        oct_id, spring_id = story.event.id, spring.event.id
        tokens = {scope: make(scope, [scope], event_id=oct_id)[1] for scope in SCOPES}
        tokens["of nova"] = make("n", SCOPES, event_id=oct_id, team_slugs=["nova"])[1]
        tokens["of cinder"] = make("c", SCOPES, event_id=oct_id, team_slugs=["cinder"])[1]
        tokens["for all events"] = make("a", SCOPES)[1]
        tokens["of spring"] = make("s", SCOPES, event_id=spring_id)[1]
        olga = story.user("olga").id
        tokens["of olga"] = make("o", SCOPES, event_id=oct_id, user_id=olga)[1]
        omar = story.user("omar").id
        tokens["of omar"] = make("m", SCOPES, event_id=oct_id, user_id=omar)[1]
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    kept = Path(shutil.copy(file, tmp_path / "kept.sqlite"))
    with time_machine.travel(SIGN_UP):
        yield Stage(app, story, names, list(routes_of(app)), tokens, Document(app), file, kept)


def hire(october: Story, spring: Story, winter: Story) -> None:
    """Dora deputises for Lena; Otto organizes spring and nothing else; winter is Ada's own."""
    for name in ("dora", "otto"):
        db.session.add(User(email=f"{name}@example.org", created_at=SIGN_UP))
    db.session.flush()
    dora, otto = october.user("dora"), october.user("otto")
    db.session.add(Membership(team=october.team("nova"), user=dora, role=Role.DEPUTY))
    db.session.execute(
        delete(Organizer).where(Organizer.event_id.in_([spring.event.id, winter.event.id]))
    )
    db.session.execute(
        delete(Membership).where(Membership.team_id.not_in([t.id for t in teams_of(october.event)]))
    )
    db.session.add(Organizer(event_id=spring.event.id, user_id=otto.id))
    db.session.commit()


def routes_of(app: Flask) -> Iterator[Route]:
    """Each route that is not a file, with each of its methods."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if is_static(rule.endpoint):
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield Route(rule, method, declared_access(view, method) or "nobody")


def about_one_team(route: Route) -> bool:
    """Whether it is nova's: by its address, or by the body that the document proposes."""
    return bool({"team", "uid"} & route.names) or route.rule.rule.endswith("/bookings")


def may(who: str, route: Route) -> bool:
    """Whether a person may call a route, by what it declares and whose the things are."""
    match route.level:
        case "public":
            return True
        case "signed_in":
            return who != "visitor"
        case "lead":
            return who in (LEAD_NOVA if about_one_team(route) else LEAD_ANY)
        case "organizer":
            return who in RUN_IT
        case "admin":
            return who == "ada"
    return False


def test_nobody_gets_in_whom_the_address_does_not_name(stage: Stage):
    for route in stage.routes:
        for who in ("visitor", *PEOPLE):
            if route.level == "token" or may(who, route):
                continue
            answer = stage.ask(who, route)
            if who == "visitor":
                assert answer.status_code == 303, route
                assert answer.location.startswith("/login"), route
            else:
                assert answer.status_code in {403, 404}, (who, str(route))
                assert PASSCODE not in answer.text, route
    assert untouched(stage)


def test_everybody_gets_in_whom_the_address_names(stage: Stage):
    for route in stage.routes:
        if route.method in UNSAFE:
            stage.renew()
        for who in ("visitor", *PEOPLE):
            if not may(who, route):
                continue
            answer = stage.ask(who, route)
            if route.level in {"lead", "organizer", "admin"}:
                assert answer.status_code not in {401, 403}, (who, str(route))
                assert "/login" not in (answer.location or ""), (who, str(route))
            if who not in LEAD_NOVA:
                assert PASSCODE not in answer.text, (who, str(route))


def test_programs_do_what_their_tokens_are_for(stage: Stage):
    for route in stage.routes:
        if route.level != "token":
            continue
        scopes = stage.document.scopes(route)
        for who in ("visitor", *PEOPLE):  # a browser's session is no token
            assert stage.ask(who, route).status_code == 401, (who, str(route))
        for other in set(SCOPES) - scopes - {"manage"}:
            assert stage.ask(other, route).status_code == 403, (other, str(route))
        assert stage.ask("of spring", route).status_code == 403, str(route)
        refused = {"of cinder", "of omar"}
        refused |= {"of nova"} if scopes & {"manage", "registrations:read"} else set()
        if about_one_team(route) or "of nova" in refused:
            for who in refused:
                assert stage.ask(who, route).status_code == 403, (who, str(route))
        assert untouched(stage), str(route)

        begins = route.rule.rule.endswith(("/events", "/copy"))  # an event that no token is for yet
        for who in {"for all events"} if begins else scopes | {"manage", "of olga"}:
            stage.renew()
            assert stage.ask(who, route).status_code not in {401, 403}, (who, str(route))
        stage.renew()


def test_a_token_opens_no_page(stage: Stage):
    for route in stage.routes:
        if route.level in {"signed_in", "lead", "organizer", "admin"}:
            answer = stage.ask("manage", route)
            assert answer.status_code == 303, str(route)
            assert answer.location.startswith("/login"), str(route)


def test_a_draft_is_told_apart_from_nothing_by_nobody_else(stage: Stage):
    """Winter answers like an event that there is not: in status, place and words."""
    strangers = ("visitor", "lena", "olga", "manage")
    for route in stage.routes:
        if "event" not in route.names:
            continue
        for who in strangers:
            hidden = stage.ask(who, route, event="winter")
            nothing = stage.ask(who, route, event="nowhere")
            assert shown(hidden, "winter") == shown(nothing, "nowhere"), (who, str(route))
            assert HIDDEN not in hidden.text, (who, str(route))
    assert untouched(stage)


def test_a_draft_is_left_out_wherever_nobody_asked_for_it(stage: Stage):
    for route in stage.routes:
        if "event" not in route.names and route.method == "GET":
            for who in ("visitor", "vic", "lena", "olga", "otto"):
                assert HIDDEN not in stage.ask(who, route).text, (who, str(route))


def shown(answer: Any, slug: str) -> tuple[int, str]:
    return answer.status_code, (answer.location or "").replace(slug, "")


def untouched(stage: Stage) -> bool:
    """Whether whatever was asked so far changed nothing that the record would tell."""
    with stage.app.app_context():
        lines = db.session.query(Change).count(), db.session.query(AuditEntry).count()
    with stage.app.app_context():
        bookings = [booking.status for booking in db.session.query(Booking)]
    return lines == (1, len(stage.tokens)) and bookings == ["confirmed"]
