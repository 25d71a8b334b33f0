"""How often somebody may try: counted for all processes together."""

import pytest
import redis
from flask_limiter.util import get_qualified_name

from ptgsched.web.limits import limiter
from tests.support.story import Story

GUESS = {"email": "lena@example.org", "password": "guess"}


@pytest.fixture
def attempt(make_app, sqlite_url):
    """`attempt(redis_url)`: the status of one wrong sign-in at a process of its own."""

    def post(redis_url: str = "") -> int:
        app = make_app(sqlite_url, rate_signins="2", redis_url=redis_url)
        app.config["WTF_CSRF_ENABLED"] = False
        return app.test_client().post("/login", data=GUESS).status_code

    return post


def test_processes_with_a_redis_count_together(attempt, redis_url):
    redis.Redis.from_url(redis_url).flushall()

    assert [attempt(redis_url) for _ in range(3)] == [422, 422, 429]
    redis.Redis.from_url(redis_url).flushall()


def test_without_a_redis_the_processes_of_one_machine_count_together(attempt):
    assert [attempt() for _ in range(3)] == [422, 422, 429]


def test_a_redis_that_is_away_stops_nobody(attempt):
    assert attempt("redis://127.0.0.1:1/0") == 422


def test_a_signed_in_person_is_counted_wherever_they_are(make_app, sqlite_url):
    app = make_app(sqlite_url, rate_signins="1")
    app.config["WTF_CSRF_ENABLED"] = False
    story = Story.begin(app)
    form = {"old": "guess", "password": "a better one for sure"}

    def change(name: str, address: str) -> int:
        here = {"REMOTE_ADDR": address}
        client = story.client(name)
        return client.post("/account/password", data=form, environ_base=here).status_code

    assert change("lena", "198.51.100.7") == 422
    assert change("lena", "203.0.113.9") == 429
    assert change("omar", "198.51.100.7") == 422


def test_every_address_that_writes_has_a_limit(sqlite_app):
    """The API counts each token at its one door; to sign out costs nothing."""
    with sqlite_app.app_context():
        without = {
            rule.endpoint
            for rule in sqlite_app.url_map.iter_rules()
            if rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
            and not rule.rule.startswith("/api/")
            and not list(
                limiter.limit_manager.decorated_limits(
                    get_qualified_name(sqlite_app.view_functions[rule.endpoint])
                )
            )
        }

    assert without == {"accounts.log_out"}
