"""Whatever stands in an address, the answer is a page or a refusal, on both kinds of database."""

import re

import pytest

from tests.support.story import Story

ODD = ("%00", "a%00b", "%F0%9F%90%A7", "%D9%85%D8%B1", "%E2%80%AE", "%ff%fe", "%0a", "x" * 3000)
PLACES = (
    "/events/{}/",
    "/events/{}/calendar.ics",
    "/events/{}/ptg.json",
    "/events/oct/teams/{}",
    "/events/oct/teams/{}.ics",
    "/events/oct/rooms/{}",
    "/events/oct/rooms/{}/join",
    "/events/oct/projects/{}.ics",
    "/events/oct/bookings/{}",
    "/api/v1/events/{}",
    "/api/v1/events/oct/bookings/{}",
    "/{}.ics",
)
ASKED = ("tz", "day", "team", "project", "window", "mine", "free")


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:8])
def test_odd_names_are_not_found_and_odd_questions_are_answered(story: Story, odd: str):
    visitor = story.client()

    found = {place: visitor.get(place.format(odd)).status_code for place in PLACES}
    asked = {name: visitor.get(f"/events/oct/?{name}={odd}").status_code for name in ASKED}

    assert set(found.values()) == {404}, found
    assert set(asked.values()) <= {200, 422}, asked


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:8])
def test_a_booking_form_takes_odd_values_as_typing_errors(story: Story, odd: str):
    lena = story.client("lena")

    for name in ("room", "first", "slots", "with_teams", "title"):
        page = lena.get(f"/events/oct/book?{name}={odd}")
        assert page.status_code == 200, name


@pytest.mark.parametrize("odd", ["a\0b", "\0", "🐧\0@example.org"])
def test_nobody_signs_in_under_an_odd_name(story: Story, odd: str):
    story.app.config["WTF_CSRF_ENABLED"] = False

    answer = story.client().post("/login", data={"email": odd, "password": "a\0b", "next": odd})

    assert answer.status_code == 422


@pytest.mark.parametrize("odd", [2**31, 10**30, "9" * 5000], ids=range(3))
def test_a_number_that_no_row_can_have_is_not_found(story: Story, odd: int | str):
    story.app.config["WTF_CSRF_ENABLED"] = False
    ada = story.client("ada")
    asked = {}
    for rule in story.app.url_map.iter_rules():
        if "<int:" in rule.rule:
            place = re.sub(r"<int:\w+>", str(odd), rule.rule).replace("<event>", "oct")
            for method in rule.methods - {"OPTIONS", "HEAD"}:
                asked[method, rule.rule] = ada.open(place, method=method).status_code

    assert len(asked) > 10
    assert set(asked.values()) <= {404, 405}, asked
