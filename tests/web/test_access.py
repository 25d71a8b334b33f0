"""Every address says who may call it, and the server holds it to that."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from ptgsched.web.access import declared_access
from ptgsched.web.delivery import is_static
from ptgsched.web.navigation import own_path
from tests.support.story import Story

VALUES = {"event": "oct", "team": "nova", "room": "bexar", "project": "openstack"}
NEED_SOMEBODY = {"signed_in", "lead", "organizer", "admin"}
LEVELS = NEED_SOMEBODY | {"public", "token"}


def routes(app: Flask) -> Iterator[tuple[Rule, str, str | None]]:
    """Each route that is not a file, with each of its methods and the level it declares."""
    for rule in app.url_map.iter_rules():
        if is_static(rule.endpoint):
            continue
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield rule, method, declared_access(view, method)


def address(app: Flask, rule: Rule) -> str:
    """An address that this rule matches."""
    values = {
        name: VALUES.get(name, 7 if isinstance(converter, IntegerConverter) else "x")
        for name, converter in rule._converters.items()
    }
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, rule_method(rule))


def rule_method(rule: Rule) -> str:
    return min((rule.methods or {"GET"}) - {"OPTIONS", "HEAD"})


def test_every_route_and_method_declares_who_may_call_it(sqlite_app):
    silent = [
        f"{method} {rule.rule}" for rule, method, level in routes(sqlite_app) if level not in LEVELS
    ]

    assert silent == []


def test_a_visitor_is_asked_to_sign_in_wherever_somebody_is_needed(sqlite_app):
    Story.begin(sqlite_app)
    sqlite_app.config["WTF_CSRF_ENABLED"] = False
    guarded = [
        (rule, method) for rule, method, level in routes(sqlite_app) if level in NEED_SOMEBODY
    ]
    visitor = sqlite_app.test_client()

    assert guarded
    for rule, method in guarded:
        answer = visitor.open(address(sqlite_app, rule), method=method)
        assert answer.status_code == 303, (method, rule.rule)
        assert answer.location.startswith("/login"), (method, rule.rule)


def test_administrators_pages_refuse_a_lead(sqlite_app):
    lena = Story.begin(sqlite_app).client("lena")
    sqlite_app.config["WTF_CSRF_ENABLED"] = False

    for rule, method, level in routes(sqlite_app):
        if level == "admin":
            assert lena.open(address(sqlite_app, rule), method=method).status_code == 403


def test_a_route_that_declares_nothing_has_no_readers(sqlite_app):
    sqlite_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")

    answer = sqlite_app.test_client().get("/forgotten")

    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_after_signing_in_one_comes_back_to_where_one_was(sqlite_app):
    visitor = sqlite_app.test_client()

    asked = visitor.get("/account?tab=a%26b")
    posted = visitor.post("/account", headers={"Referer": "http://localhost/account?tab=2"})

    assert asked.location == "/login?next=/account?tab%3Da%2526b"
    assert posted.location == "/login?next=/account?tab%3D2"
    assert "You were signed out, so nothing was changed." in visitor.get(posted.location).text


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/events/oct/", "/events/oct/"),
        ("/events/oct/?tz=Asia/Tokyo&team=nova", "/events/oct/?tz=Asia/Tokyo&team=nova"),
        ("http://localhost/account#top", "/account"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("///evil.example/", None),
        ("http://localhost//evil.example/", None),
        ("/\\evil.example", None),
        ("/\tevil", None),
        ("javascript:alert(1)", None),
        ("ftp://localhost/x", None),
        ("http://[bad", None),
        ("account", None),
        ("", None),
        (None, None),
    ],
)
def test_a_way_back_never_leads_to_another_site(sqlite_app, address, path):
    with sqlite_app.test_request_context(base_url="http://localhost"):
        assert own_path(address) == path


def test_an_address_that_no_name_has_is_not_found_on_either_database(story: Story):
    lena = story.client("lena")

    for path in ("/events/%00/", "/events/oct/teams/a%00.ics", "/events/oct/bookings/%00/edit"):
        assert lena.get(path).status_code == 404
