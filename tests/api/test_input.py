"""Bad input: a clear problem each time, never a 500, and nothing changed."""

import json
from io import BytesIO

from tests.api.conftest import Program
from tests.support.story import Story

GOOD = {"team": "nova", "room": "bexar", "slots": ["MonA1"]}
START, END = "2026-10-26T13:00:00Z", "2026-10-26T14:00:00Z"


def without(*names: str) -> dict[str, object]:
    return {name: value for name, value in GOOD.items() if name not in names}


WRONG_FIELDS = {
    # body -> the fields that are wrong
    "nothing": ({}, {"team", "room", "slots"}),
    "no team": (without("team"), {"team"}),
    "no time": (without("slots"), {"slots"}),
    "both": (GOOD | {"start": START, "end": END}, {"slots", "start", "end"}),
    "slots and start": (GOOD | {"start": START}, {"slots", "start"}),
    "start only": (without("slots") | {"start": START}, {"start"}),
    "end only": (without("slots") | {"end": END}, {"end"}),
    "unknown field": (GOOD | {"colour": "red", "uid": "x"}, {"colour", "uid"}),
    "numbers": ({"team": 1, "room": 2.5, "slots": [3]}, {"team", "room", "slots"}),
    "booleans": (GOOD | {"title": True, "with_teams": False}, {"title", "with_teams"}),
    "nulls": ({"team": None, "room": None, "slots": None}, {"team", "room", "slots"}),
    "null text": (GOOD | {"title": None, "override": None}, {"title", "override"}),
    "objects": (GOOD | {"team": {"slug": "nova"}, "slots": {"0": "MonA1"}}, {"team", "slots"}),
    "a string of slots": (GOOD | {"slots": "MonA1"}, {"slots"}),
    "no slot": (GOOD | {"slots": []}, {"slots"}),
    "an empty slot": (GOOD | {"slots": [""]}, {"slots"}),
    "a null slot": (GOOD | {"slots": [None, "MonA1"]}, {"slots"}),
    "too many slots": (GOOD | {"slots": ["MonA1"] * 101}, {"slots"}),
    "unknown names": (
        {"team": "nope", "room": "nope", "slots": ["MonA1", "Zed9"], "with_teams": ["tc", "who"]},
        {"team", "room", "slots", "with_teams"},
    ),
    "empty names": (GOOD | {"team": "", "room": ""}, {"team", "room"}),
    "long names": (GOOD | {"team": "n" * 65}, {"team"}),
    "NUL": ({"team": "no\0va", "room": "\0", "slots": ["\0"]}, {"team", "room", "slots"}),
    "NUL in a slot": (GOOD | {"slots": ["Mon\0"]}, {"slots"}),
    "NUL in a joint team": (GOOD | {"with_teams": ["\0"]}, {"with_teams"}),
    "a huge title": (GOOD | {"title": "x" * 201}, {"title"}),
    "a huger title": (GOOD | {"title": "x" * 900_000}, {"title"}),
    "a huge description": (GOOD | {"description": "x" * 4001}, {"description"}),
    "a naive start": (without("slots") | {"start": START[:-1], "end": END}, {"start"}),
    "a date": (without("slots") | {"start": "2026-10-26", "end": END}, {"start"}),
    "a week date": (without("slots") | {"start": "2026-W44-1T13:00:00Z", "end": END}, {"start"}),
    "no day": (without("slots") | {"start": "2026-02-30T13:00:00Z", "end": END}, {"start"}),
    "a leap second": (without("slots") | {"start": "2026-10-26T13:00:60Z", "end": END}, {"start"}),
    "a number": (without("slots") | {"start": 1793019600, "end": END}, {"start"}),
    "the beginning of time": (
        without("slots")
        | {"start": "0001-01-01T00:00:00+23:59", "end": "9999-12-31T23:59:59-23:59"},
        {"start", "end"},
    ),
    "off the edges": (
        without("slots") | {"start": "2026-10-26T13:30:00Z", "end": "2026-10-26T14:30:00Z"},
        {"start", "end"},
    ),
    "backwards": (without("slots") | {"start": END, "end": START}, {"end"}),
}


def test_wrong_fields_are_named_all_at_once(story: Story, lead: Program):
    for name, (body, fields) in WRONG_FIELDS.items():
        refused = lead("POST", "/events/oct/bookings", body)
        assert refused.status_code == 422, name
        problem = refused.get_json()
        assert set(problem["fields"]) == fields, (name, problem["fields"])
        assert all(said and all(said) for said in problem["fields"].values()), name
        assert refused.mimetype == "application/problem+json"
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)


MALFORMED = {
    "nothing": b"",
    "half": b'{"team": "nova"',
    "NaN": b'{"team": NaN}',
    "Infinity": b'{"team": "nova", "room": -Infinity}',
    "a comment": b'{"team": "nova"} // bot',
    "single quotes": b"{'team': 'nova'}",
    "another encoding": '{"team": "nova"}'.encode("utf-16"),
    "broken UTF-8": b'{"team": "n\xffva"}',
    "half a character": b'{"title": "\\ud800"}',
    "a raw control character": b'{"title": "a\x01b"}',
    "a million brackets": b"[" * 900_000,
    "a number beyond all": b"1e999",
    "deep": b'{"slots": ' + b"[" * 2000 + b"]" * 2000 + b"}",
}
NO_OBJECT = {
    "null": b"null",
    "an array": b"[]",
    "a string": b'"nova"',
    "a number": b"12",
    "true": b"true",
}


def test_what_is_no_json_is_400_and_what_is_no_object_422(story: Story, lead: Program):
    for key in (None, "key"):
        for status, bodies in ((400, MALFORMED), (422, NO_OBJECT)):
            for name, data in bodies.items():
                headers = {"Idempotency-Key": f"{key} {name}"} if key else {}
                refused = lead(
                    "POST",
                    "/events/oct/bookings",
                    data=data,
                    content_type="application/json",
                    headers=headers,
                )
                assert refused.status_code == status, (name, refused.text)
                assert refused.get_json()["code"] == {400: "malformed", 422: "invalid"}[status]
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)


def test_depth_that_json_allows_is_a_wrong_field(lead: Program):
    for depth in (200, 1000):
        body = b'{"team": "nova", "room": "bexar", "slots": ' + b"[" * depth + b"]" * depth + b"}"
        for headers in ({}, {"Idempotency-Key": str(depth)}):
            refused = lead(
                "POST",
                "/events/oct/bookings",
                data=body,
                content_type="application/json",
                headers=headers,
            )
            assert refused.status_code == 422
            assert set(refused.get_json()["fields"]) == {"slots"}


def test_the_media_type_is_json_or_left_out(lead: Program):
    body = json.dumps(GOOD)
    for wrong in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        refused = lead("POST", "/events/oct/bookings", data=body, content_type=wrong)
        assert (refused.status_code, refused.get_json()["code"]) == (415, "unsupported_media_type")
    assert lead("POST", "/events/oct/bookings", data=body).status_code == 201
    vendor = json.dumps(GOOD | {"slots": ["MonA2"]})
    sent = lead("POST", "/events/oct/bookings", data=vendor, content_type="application/vnd.x+json")
    assert sent.status_code == 201


def test_a_body_over_a_megabyte_is_413(story: Story, lead: Program):
    body = json.dumps(GOOD | {"description": "x" * 2_000_000})
    for headers in ({}, {"Idempotency-Key": "big"}):
        refused = lead(
            "POST",
            "/events/oct/bookings",
            data=body,
            content_type="application/json",
            headers=headers,
        )
        assert (refused.status_code, refused.get_json()["code"]) == (413, "too_large")
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)


def test_chunks_over_a_megabyte_are_413_too(story: Story, lead: Program):
    whole = json.dumps(GOOD).encode() + b" " * 2_000_000
    for headers in ({}, {"Idempotency-Key": "big"}):
        refused = lead(
            "POST",
            "/events/oct/bookings",
            input_stream=BytesIO(whole),
            content_type="application/json",
            headers=headers | {"Transfer-Encoding": "chunked"},
            environ_overrides={"wsgi.input_terminated": True},
        )
        assert (refused.status_code, refused.get_json()["code"]) == (413, "too_large")
    with story.app.app_context():
        assert story.marks() == (0, 0, 0)


def test_a_change_is_read_as_carefully(story: Story, lead: Program):
    uid = lead.book().get_json()["uid"]
    with story.app.app_context():
        marks = story.marks()
    wrong = {
        "team": {"team": "cinder"},
        "slots": {"slots": []},
        "start": {"start": START},
        "room": {"room": None},
        "title": {"title": 5},
        "with_teams": {"with_teams": ["nobody"]},
        "override": {"override": ""},
        "status": {"status": "cancelled"},
    }
    for field, body in wrong.items():
        refused = lead.patch(uid, body)
        assert (refused.status_code, set(refused.get_json()["fields"])) == (422, {field})
    assert lead.patch(uid, {"room": "nowhere"}).status_code == 422
    path = f"/events/oct/bookings/{uid}"
    assert lead("PATCH", path, data=b"{", content_type="application/json").status_code == 400
    assert lead("PATCH", path, data=b"{}", content_type="text/plain").status_code == 415
    assert lead("DELETE", path, data=b" " * 2_000_000).status_code == 413
    with story.app.app_context():
        assert story.marks() == marks


def test_text_is_cleaned_not_refused(lead: Program):
    made = lead.book(
        title="  Cells\r\nv2\u202e\x00 \x1b[31m<b>",
        description="one\r\ntwo\x00\u2028three  \n\n",
    ).get_json()
    assert made["title"] == "Cells v2 [31m<b>"
    assert made["description"] == "one\ntwo\nthree"


def test_a_slot_named_twice_counts_once_and_case_does_not_matter(lead: Program):
    assert lead.book("bexar", "MonA1", "mona1", "MONA2").get_json()["slots"] == ["MonA1", "MonA2"]


WRONG_QUERIES = [
    "/schedule?team=nobody",
    "/schedule?room=nowhere&project=none&team=nobody",
    "/schedule?team=%00",
    "/schedule?team=%ff",
    "/schedule?team=",
    "/schedule?from=2026-10-26",
    "/schedule?from=2026-10-26T13:00:00",
    "/schedule?to=yesterday",
    "/schedule?from=2026-10-27T00:00:00Z&to=2026-10-26T00:00:00Z",
    "/schedule?cancelled=perhaps",
    "/availability",
    "/availability?team=nobody",
    "/availability?team=%00",
    "/rooms?limit=0",
    "/rooms?limit=501",
    "/rooms?limit=many",
    "/slots?offset=-1",
    "/teams?offset=99999999999999999999",
]


def test_a_wrong_query_is_422_with_its_fields(visitor: Program):
    for path in WRONG_QUERIES:
        refused = visitor.get(path)
        asked = {part.partition("=")[0] for part in path.partition("?")[2].split("&") if part}
        assert refused.status_code == 422, path
        assert refused.get_json()["fields"], path
        assert refused.get_json()["fields"].keys() <= (asked or {"team"}), path


def test_names_that_nothing_can_have_are_404(visitor: Program):
    for slug in ("%00", "a%00b", "no%2Fwhere", "%ff", "x" * 3000, "OCT", "..", "%F0%9F%8E%89"):
        for path in (f"/events/{slug}", f"/events/{slug}/schedule", f"/events/oct/teams/{slug}"):
            response = visitor("GET", path)
            assert response.status_code == 404, path
            assert response.mimetype == "application/problem+json"
