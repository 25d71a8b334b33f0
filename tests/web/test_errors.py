"""A person gets a page that says what to do, a program gets problem+json, nobody a traceback."""

import json
import logging
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError

from ptgsched.db import db
from ptgsched.errors import Conflict, Forbidden, Invalid, NotFound, PtgschedError, Stale
from ptgsched.web.access import access
from ptgsched.web.errors import status_of

PLACES = ("/broken", "/api/broken")


def breaks(app, error: Exception) -> None:
    """Let `error` be raised at an address for people and at one for programs."""

    @access("public")
    def view():
        raise error

    for place in PLACES:
        app.add_url_rule(place, place, view, methods=["GET", "POST"])


class TestOurOwnErrors:
    @pytest.mark.parametrize(
        ("family", "status"),
        [
            (NotFound, 404),
            (Forbidden, 403),
            (Conflict, 409),
            (Invalid, 422),
            (Stale, 412),
            (PtgschedError, 400),
        ],
    )
    def test_each_family_has_its_status(self, family, status):
        assert status_of(family("no")) == status

    def test_a_program_gets_the_facts(self, sqlite_app):
        at = datetime(2026, 10, 26, 13, tzinfo=UTC)
        breaks(
            sqlite_app, Invalid("Not then.", code="too_early", fields={"at": ["Later."]}, opens=at)
        )

        answer = sqlite_app.test_client().get("/api/broken")

        assert answer.status_code == 422
        assert answer.content_type == "application/problem+json"
        assert json.loads(answer.data) == {
            "type": "about:blank",
            "title": "Unprocessable Entity",
            "status": 422,
            "code": "too_early",
            "detail": "Not then.",
            "opens": "2026-10-26T13:00:00Z",
            "fields": {"at": ["Later."]},
        }

    def test_a_person_gets_the_sentence_with_markup_made_harmless(self, sqlite_app):
        breaks(sqlite_app, Conflict("<b>Bexar</b> is taken."))

        answer = sqlite_app.test_client().get("/broken")

        assert answer.status_code == 409
        assert "&lt;b&gt;Bexar&lt;/b&gt; is taken." in answer.text
        assert 'id="main"' in answer.text


class TestHttpErrors:
    def test_an_unknown_address(self, sqlite_client):
        page = sqlite_client.get("/nothing/here")
        problem = sqlite_client.get("/api/v1/nothing")

        assert page.status_code == problem.status_code == 404
        assert "There is nothing at this address." in page.text
        assert problem.json["code"] == "not_found"

    def test_a_method_that_an_address_does_not_take(self, sqlite_client):
        answer = sqlite_client.delete("/login")

        assert answer.status_code == 405
        assert "POST" in answer.headers["Allow"]

    def test_a_form_that_is_too_large(self, sqlite_client):
        answer = sqlite_client.post("/login", data={"email": "a" * 1_000_001})

        assert answer.status_code == 413
        assert "at most 1 MB" in answer.text

    def test_a_form_without_its_token_says_what_to_do(self, sqlite_client):
        answer = sqlite_client.post("/login", data={"email": "lena@example.org"})

        assert answer.status_code == 400
        assert "reload the page and send it again" in answer.text


class TestOurFaults:
    """No template may need the database here: it may be what failed."""

    @pytest.mark.parametrize("place", PLACES)
    def test_an_unforeseen_error_is_logged_and_not_shown(self, sqlite_app, caplog, place):
        breaks(sqlite_app, RuntimeError("the secret of the vault"))

        with caplog.at_level(logging.ERROR):
            answer = sqlite_app.test_client().get(place)

        assert answer.status_code == 500
        assert "It is noted in the log." in answer.text
        assert "vault" not in answer.text
        assert "Traceback" not in answer.text
        assert "the secret of the vault" in caplog.text

    @pytest.mark.parametrize("place", PLACES)
    def test_a_database_that_is_busy_asks_to_come_back(self, sqlite_app, place):
        breaks(sqlite_app, OperationalError("SELECT secret", {}, Exception("database is locked")))

        answer = sqlite_app.test_client().get(place)

        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "SELECT" not in answer.text

    def test_a_signed_in_reader_is_told_too_when_the_database_is_away(self, make_app, tmp_path):
        app = make_app(f"sqlite:///{tmp_path / 'gone' / 'x.sqlite'}")
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = "1"
        with app.app_context():
            db.engine.dispose()
        (tmp_path / "gone").rmdir()

        answer = client.get("/")

        assert answer.status_code == 503
        assert "The database is busy or away" in answer.text


def test_too_many_requests_say_when_to_come_back(make_app, sqlite_url):
    app = make_app(sqlite_url, rate_signins="1")
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    form = {"email": "lena@example.org", "password": "not it"}
    client.post("/login", data=form)

    answer = client.post("/login", data=form)

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 61


def test_a_missing_slash_is_added_on_whatever_host_was_asked(sqlite_story):
    answer = sqlite_story.client().get("/events/oct?team=nova", headers={"Host": "evil.example"})
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/events/oct/?team=nova"
