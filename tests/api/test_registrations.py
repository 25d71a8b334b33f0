"""Who comes: programs that may know read it all, everybody else reads numbers that name nobody."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from ptgsched.accounts.models import AuditEntry
from ptgsched.db import db
from ptgsched.registrations.details import details
from ptgsched.registrations.operations import cancel, register
from tests.api.conftest import Program, Tokens
from tests.support.story import SIGN_UP, Story

COUNTRIES = ("JP",) * 6 + ("DE",) * 2 + ("BR",)


def enrol(story: Story) -> None:
    """Nine people in eight places; six are from Japan, and one more has cancelled."""
    with story.app.app_context():
        story.set(registration_capacity=8)
        for n, country in enumerate(COUNTRIES):
            said = {
                "name": f"P{n}",
                "country": country,
                "affiliation": "NEC" if n % 2 else "nec",
                "teams": [story.team("nova")],
            }
            at = SIGN_UP - timedelta(days=n // 5)
            register(story.event, f"p{n}@example.org", details(said), at=at, letters=None)
        gone, _ = register(
            story.event, "gone@example.org", details({"name": "Gone"}), at=SIGN_UP, letters=None
        )
        cancel(gone, at=SIGN_UP, letters=None)
        db.session.commit()


def test_the_numbers_are_for_everybody_and_point_at_nobody(story: Story, visitor: Program):
    enrol(story)
    answer = visitor.get("/registrations/stats")
    assert answer.json == {
        "registered": 9,
        "confirmed": 8,
        "waitlisted": 1,
        "cancelled": 1,
        "by_country": {"JP": 6, "other": 2},
        "by_project": {},
        "by_team": {"nova": 8},
        "by_day": {"2026-10-01": 5, "other": 3},
        "countries": 2,
        "affiliations": 1,
    }
    again = visitor.get("/registrations/stats", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_they_are_exact_for_those_who_may_read_registrations(
    story: Story, program: Callable[..., Program], token: Tokens
):
    enrol(story)
    exact = program(token("registrations:read")).get("/registrations/stats")
    assert exact.json["by_country"] == {"JP": 6, "DE": 2}
    assert exact.json["by_day"] == {"2026-09-30": 3, "2026-10-01": 5}
    assert exact.headers["Cache-Control"] == "private, no-store"
    Story.begin(story.app, slug="nov")
    for other in (
        token("booking:write"),
        token("registrations:read", teams=["nova"]),
        token("registrations:read", user="lena"),
        token("registrations:read", event="nov"),
        "ptg_wrong",
    ):
        assert "other" in program(other).get("/registrations/stats").json["by_country"]
    olga = story.client("olga").get("/api/v1/events/oct/registrations/stats")
    assert olga.json["by_country"] == {"JP": 6, "DE": 2}


def test_a_program_of_the_organizers_reads_all_in_pages(
    story: Story, program: Callable[..., Program], token: Tokens
):
    enrol(story)
    reader = program(token("registrations:read"))
    page = reader.get("/registrations?limit=4")
    assert [item["email"] for item in page.json["items"]] == [f"p{n}@example.org" for n in range(4)]
    assert page.headers["Cache-Control"] == "no-store"
    path = page.json["next"].partition("/api/v1/events/oct")[2]
    following = reader.get(path)
    assert following.json["items"][0]["email"] == "p4@example.org"
    waiting = reader.get("/registrations?status=waitlisted").json
    assert [(item["name"], item["status"]) for item in waiting["items"]] == [("P8", "waitlisted")]
    assert waiting["next"] is None
    assert reader.get("/registrations?status=sleeping").status_code == 422
    with story.app.app_context():
        read = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "registrations.read")
        ).all()
        assert [(line.actor, line.facts) for line in read] == [
            ("token:bot", {"rows": 4, "from": 0}),
            ("token:bot", {"rows": 4, "from": 4}),
            ("token:bot", {"rows": 1, "from": 0}),
        ]


def test_nobody_else_reads_them(story: Story, program: Callable[..., Program], token: Tokens):
    enrol(story)
    Story.begin(story.app, slug="nov")
    assert program().get("/registrations?limit=0").status_code == 401
    for secret in (
        token("booking:write", "live:write"),
        token("registrations:read", teams=["nova"]),
        token("registrations:read", user="lena"),
        token("registrations:read", event="nov"),
    ):
        refused = program(secret).get("/registrations")
        assert refused.status_code == 403
        assert "example.org" not in refused.text
    assert (
        program(token("registrations:read", user="olga")).get("/registrations").status_code == 200
    )
