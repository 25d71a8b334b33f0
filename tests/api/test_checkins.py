"""Checking in by program: a number in public, a name only of those who share it."""

from datetime import UTC, datetime

import pytest
import time_machine

from ptgsched.db import db
from tests.api.conftest import Program, Tokens
from tests.support.story import Story

CHECKINS = "/events/oct/checkins"


@pytest.fixture(autouse=True)
def on_monday(in_october: time_machine.Traveller) -> time_machine.Traveller:
    """It is the first day of the PTG."""
    in_october.move_to(datetime(2026, 10, 26, 13, 4, 10, tzinfo=UTC), tick=False)
    return in_october


def shared(visitor: Program) -> dict:
    """Those whom ptg.json names, with where they are, or were."""
    people = visitor.client.get("/events/oct/ptg.json").get_json()["last_check_in"]
    return {key: (person["location"], person["out"] is None) for key, person in people.items()}


def test_in_out_and_shared(story: Story, program, token: Tokens, visitor: Program):
    relay = program(token("live:write"))

    def tell(**body) -> dict:
        answer = relay("POST", CHECKINS, body)
        assert answer.status_code == 200, answer.text
        assert answer.get_json() == visitor.get("/live").get_json()
        return answer.get_json()["checkins"]

    assert tell(nick="Lena", team="nova") == {"nova": 1}
    assert tell(nick="omar", team="nova") == {"nova": 2}
    assert shared(visitor) == {}
    tell(nick="LENA", share=True)
    assert shared(visitor) == {"lena": ("#nova", True)}
    assert tell(nick="lena", place="the coffee  bar", share=True) == {"nova": 1}
    assert shared(visitor) == {"lena": ("the coffee bar", True)}
    tell(nick="lena", out=True)
    assert shared(visitor) == {"lena": ("the coffee bar", False)}
    tell(nick="lena", share=False)
    assert shared(visitor) == {}
    journal = visitor.get("/changes").get_json()["changes"]
    assert {line["action"] for line in journal} == {"live.checkin"}
    assert "lena" not in str(journal).lower()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"nick": "lena"}, "team"),
        ({"nick": "lena", "team": "nova", "out": True}, "out"),
        ({"nick": "lena", "team": "nova", "place": "bar"}, "place"),
        ({"nick": "lena", "team": "zun"}, "team"),
        ({"nick": "lena", "team": "no\0va"}, "team"),
        ({"nick": "lena", "place": "#nova"}, "place"),
        ({"nick": "lena", "place": " "}, "place"),
        ({"nick": "le na", "team": "nova"}, "nick"),
        ({"nick": "lena", "team": "nova", "out": "no"}, "out"),
        ({"team": "nova"}, "nick"),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(
    story: Story, program, token: Tokens, body: dict, field: str
):
    answer = program(token("live:write"))("POST", CHECKINS, body)

    assert answer.status_code == 422
    assert field in answer.get_json()["fields"]
    with story.app.app_context():
        assert story.event.cursor == 0
        db.session.remove()


def test_nobody_leaves_where_they_never_were(story: Story, program, token: Tokens):
    answer = program(token("live:write"))("POST", CHECKINS, {"nick": "lena", "out": True})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "never_in")


def test_only_a_program_that_speaks_for_everybody(
    story: Story, program, token: Tokens, visitor: Program
):
    body = {"nick": "lena", "team": "nova"}
    assert visitor("POST", CHECKINS, body).status_code == 401
    assert program(token("booking:write"))("POST", CHECKINS, body).status_code == 403
    bound = program(token("live:write", teams=["nova"]))
    assert bound("POST", CHECKINS, body).status_code == 403
