"""Programs that call the API in October 2026, and an eye on what comes back.

Every answer is held against the document that the service itself serves.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.test import TestResponse

from ptgsched.accounts.tokens import create_token
from ptgsched.app import create_app
from ptgsched.db import begin_write, db
from tests.support.database import forget, settings_for
from tests.support.story import SIGN_UP, Story

ROOT = "/api/v1"
STRICT = {"Problem", "Violation"}  # whose further members are facts


class Document:
    """The OpenAPI document, as a judge of answers; undocumented members are refused too."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        for name, schema in spec["components"]["schemas"].items():
            if schema["type"] == "object" and name not in STRICT:
                schema.setdefault("additionalProperties", False)
        self._paths = [
            (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), operations)
            for path, operations in spec["paths"].items()
        ]
        self._schemas: dict[int, Draft202012Validator] = {}

    def judge(self, response: TestResponse) -> None:
        """Fails when status, media type or body are not as documented."""
        request = response.request
        operation = self._operation(request.path, request.method)
        if operation is None:
            return
        assert str(response.status_code) in operation["responses"], response.text
        documented = self._resolved(operation["responses"][str(response.status_code)])
        content = documented.get("content", {})
        if not content:
            assert response.data == b""
            return
        assert response.mimetype in content
        for name in documented.get("headers", {}):
            assert name in response.headers or response.status_code in {200, 201}, name
        if request.method == "HEAD":
            return
        schema = content[response.mimetype]["schema"]
        assert list(self._validator(schema).iter_errors(response.json)) == [], response.text

    def _validator(self, schema: dict[str, Any]) -> Draft202012Validator:
        if id(schema) not in self._schemas:
            whole = {**schema, "components": self.spec["components"]}
            validator = Draft202012Validator(whole, format_checker=FormatChecker())
            self._schemas[id(schema)] = validator
        return self._schemas[id(schema)]

    def _operation(self, path: str, method: str) -> dict[str, Any] | None:
        for pattern, operations in self._paths:
            if pattern.fullmatch(path):
                return operations.get({"HEAD": "get"}.get(method, method.lower()))
        return None

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            *_, kind, name = node["$ref"].split("/")
            node = self.spec["components"][kind][name]
        return node


class Program:
    """A client of the API; `secret` is its token."""

    def __init__(self, client: FlaskClient, document: Document, secret: str | None = None) -> None:
        self.client = client
        self.document = document
        self.secret = secret

    def __call__(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Send a request below /api/v1 and hold the answer against the document."""
        headers = dict(options.pop("headers", {}))
        if self.secret is not None:
            headers.setdefault("Authorization", f"Bearer {self.secret}")
        if body is not None:
            options["json"] = body
        response = self.client.open(ROOT + path, method=method, headers=headers, **options)
        self.document.judge(response)
        return response

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET below the event."""
        return self("GET", f"/events/oct{path}", **options)

    def book(
        self, room: str = "bexar", *slots: str, team: str = "nova", **more: Any
    ) -> TestResponse:
        """Book for nova."""
        options = {name: more.pop(name) for name in ("headers", "query_string") if name in more}
        body = {"team": team, "room": room, "slots": list(slots) or ["MonA1"], **more}
        return self("POST", "/events/oct/bookings", body, **options)

    def patch(self, uid: str, body: Any, **options: Any) -> TestResponse:
        """Change a booking."""
        return self("PATCH", f"/events/oct/bookings/{uid}", body, **options)

    def delete(self, uid: str, **options: Any) -> TestResponse:
        """Release a booking."""
        return self("DELETE", f"/events/oct/bookings/{uid}", **options)


Tokens = Callable[..., str]


@pytest.fixture(autouse=True)
def in_october() -> Iterator[time_machine.Traveller]:
    """It is 1 October 2026 in these tests, and time goes on."""
    with time_machine.travel(SIGN_UP) as traveller:
        yield traveller


@pytest.fixture
def token(story: Story) -> Tokens:
    """`token(*scopes, teams=…, days=…)`: the secret of a new token of the event."""

    def make(
        *scopes: str,
        teams: Sequence[str] | None = None,
        event: str | None = "oct",
        days: int | None = None,
        user: str | None = None,
        at: datetime = SIGN_UP,
    ) -> str:
        with story.app.app_context():
            begin_write()
            event_id = Story(story.app, event).event.id if event else None
            _, secret = create_token(
                "bot",
                scopes or ("booking:write",),
                at=at,
                event_id=event_id,
                team_slugs=teams,
                days=days,
                user_id=story.user(user).id if user else None,
            )
            db.session.commit()
        return secret

    return make


@pytest.fixture(scope="session")
def document(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The document; it is the same whatever is in the database."""
    folder = tmp_path_factory.mktemp("document")
    app = create_app(settings_for(f"sqlite:///{sqlite_template}", folder))
    described = app.test_client().get(f"{ROOT}/openapi.json").get_json()
    forget(app)
    return Document(described)


@pytest.fixture
def program(story: Story, document: Document) -> Callable[..., Program]:
    """`program(secret=None)`: a client of the API, with or without a token."""

    def make(secret: str | None = None) -> Program:
        return Program(story.app.test_client(), document, secret)

    return make


@pytest.fixture
def visitor(program: Callable[..., Program]) -> Program:
    """Somebody without a token."""
    return program()


@pytest.fixture
def lead(program: Callable[..., Program], token: Tokens) -> Program:
    """The program of nova's lead: its token is bound to nova."""
    return program(token(teams=["nova"]))


@pytest.fixture
def rival(program: Callable[..., Program], token: Tokens) -> Program:
    """The program of cinder's lead."""
    return program(token(teams=["cinder"]))


@pytest.fixture
def organizer(program: Callable[..., Program], token: Tokens) -> Program:
    """A program with the scope manage."""
    return program(token("manage"))
