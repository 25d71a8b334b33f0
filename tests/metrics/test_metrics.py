"""`/metrics`: counts over all processes, for the operators' machines alone, about nobody."""

import pytest
import requests
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from ptgsched.config import BadSetting, Settings
from tests.conftest import Serve
from tests.support.story import Story

FAR = {"REMOTE_ADDR": "203.0.113.9"}
TOKEN = {"Authorization": "Bearer s3cret"}


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Values by name and labels: endpoint, event, method, state, status."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figures(client: FlaskClient, **options) -> dict[tuple[str, ...], float]:
    """What a client may read."""
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return samples(answer.text)


def test_requests_and_the_schedule_are_counted(story: Story):
    """By endpoint and status, whatever the address; what is there, by event."""
    client = story.client()
    for path in ("/events/oct/", "/events/oct/", "/events/nowhere/", "/no/such/page"):
        client.get(path)
    client.open("/", method="BREW")
    with story.app.app_context():
        story.book("nova", "bexar", "MonA1")
        story.book("cinder", "austin", "MonA1")
    found = figures(client)
    assert found["ptgsched_requests_total", "schedule.grid", "GET", "200"] == 2
    assert found["ptgsched_requests_total", "schedule.grid", "GET", "404"] == 1
    assert found["ptgsched_requests_total", "none", "GET", "404"] == 1
    assert (
        sum(v for k, v in found.items() if k[0] == "ptgsched_requests_total" and "other" in k) == 1
    )
    assert found["ptgsched_request_seconds_count", "schedule.grid"] == 3
    assert found["ptgsched_bookings", "oct", "confirmed"] == 2
    assert found["ptgsched_event_cursor", "oct"] == 2
    assert found["ptgsched_event_live_revision", "oct"] == 0
    assert found["ptgsched_mails", "waiting"] == 0


def test_strangers_are_refused(make_app, sqlite_url):
    """Also behind a proxy that nobody told us of, where all come from this machine."""
    app = make_app(sqlite_url, metrics_allow="127.0.0.1, 10.1.0.0/16", metrics_token="s3cret")
    client = app.test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "10.1.2.3"}).status_code == 200
    for options in (
        {"environ_base": FAR},
        {"environ_base": {"REMOTE_ADDR": "10.2.0.1"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"environ_base": FAR, "headers": {"X-Forwarded-For": "127.0.0.1"}},
        {"environ_base": FAR, "headers": {"Authorization": "Bearer s3cre"}},
    ):
        answer = client.get("/metrics", **options)
        assert answer.status_code == 403
        assert "ptgsched_" not in answer.text
    assert client.get("/metrics", environ_base=FAR, headers=TOKEN).status_code == 200


def test_without_a_token_none_is_good(make_app, sqlite_url):
    client = make_app(sqlite_url, metrics_allow=",").test_client()
    for headers in ({}, {"Authorization": "Bearer "}, TOKEN):
        assert client.get("/metrics", headers=headers).status_code == 403


def test_a_proxy_that_we_know_tells_the_address(make_app, sqlite_url):
    client = make_app(sqlite_url, trusted_proxies="1").test_client()
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


def test_a_network_that_is_none_stops_the_start():
    with pytest.raises(BadSetting, match=r"^PTGSCHED_METRICS_ALLOW: must "):
        Settings.from_env({"PTGSCHED_METRICS_ALLOW": "10.0.0.0/99"})


def test_nobody_is_in_it(sqlite_story: Story):
    """No name, address, mail or token of a person, whoever asked for what."""
    client = sqlite_story.client("lena")
    client.get("/events/oct/", headers={"User-Agent": "Lenas Browser"})
    client.get("/account?token=t0ken")
    text = client.get("/metrics").text
    for word in ("lena", "Lenas", "example.org", "t0ken", "127.0.0.1"):
        assert word not in text


def test_all_processes_are_in_it(serve: Serve, sqlite_app, sqlite_url):
    """Whichever answers."""
    Story.begin(sqlite_app)
    base_url = serve(sqlite_url, workers=3)
    for _ in range(30):  # each on a connection of its own, which any process takes
        requests.get(f"{base_url}/events/oct/calendar.ics", timeout=10).raise_for_status()
    for _ in range(5):
        found = samples(requests.get(f"{base_url}/metrics", timeout=10).text)
        # The first one in each process is the view's, the others come from its cache.
        ways = ("feeds.calendar", "cache")
        assert sum(found["ptgsched_requests_total", way, "GET", "200"] for way in ways) == 30
        assert sum(found["ptgsched_request_seconds_bucket", way, "+Inf"] for way in ways) == 30
