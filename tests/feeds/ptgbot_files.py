"""ptgbot databases for the tests: the real ones where they lie, and small ones of our making."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ptgsched.db import db, transaction
from ptgsched.events.models import Event
from ptgsched.feeds.ptgbot import render
from ptgsched.feeds.ptgbot_import import Taken, import_ptgbot
from ptgsched.schedule.queries import bookings
from ptgsched.web.links import Links

REAL = Path(__file__).parents[3] / "shared" / "data"
MONDAY = date(2026, 10, 26)
AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
LINKS = Links("https://ptg.example", "https://etherpad.opendev.org/p", "https://meet.example")

Cells = dict[tuple[str, str], str]


def real(name: str) -> bytes:
    """A real database; the test is skipped where there is none."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path.read_bytes()


def database(**changes: Any) -> dict[str, Any]:
    """A small database: two days, two rooms, three tracks; `changes` replace its keys."""
    return {
        "eventid": "oct2026",
        "voice": 0,
        "slots": {
            "Monday": [
                {"name": "MonA1", "desc": "09:00-10:00"},
                {"name": "MonA2", "desc": "10:00-11:00"},
                {"name": "MonP1", "desc": "13:00-14:00"},
            ],
            "Tuesday": [{"name": "TueA1", "desc": "09:00-10:00"}],
        },
        "tracks": ["nova", "cinder", "kolla"],
        "schedule": {
            "Bexar": {"MonA1": "nova", "MonA2": "nova", "MonP1": "nova", "TueA1": ""},
            "Austin": {"MonA1": "cinder", "MonA2": "kolla"},
        },
    } | changes


def with_room(**cells: Any) -> dict[str, Any]:
    """The small database with one room alone, which holds `cells`."""
    return database(schedule={"Bexar": cells})


def take(app: Flask, data: Mapping[str, Any] | bytes, slug: str = "oct", **options: Any) -> Taken:
    """Import and commit, in a context of its own."""
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    options = {"start": MONDAY, "at": AT} | options
    with app.app_context(), transaction():
        return import_ptgbot(content, slug=slug, **options)


def event_of(slug: str = "oct") -> Event:
    """The event; needs a context."""
    return db.session.query(Event).filter_by(slug=slug).one()


def exported(app: Flask, slug: str = "oct", **options: Any) -> dict[str, Any]:
    """ptg.json of the event."""
    with app.app_context():
        return json.loads(render(event_of(slug), LINKS, AT, **options))


def booked(app: Flask, slug: str = "oct") -> list[tuple[str, str, list[str]]]:
    """Each booking's team, room and slots."""
    with app.app_context():
        return [(b.team.slug, b.room.name, b.slot_codes) for b in bookings(event_of(slug))]


def cells(data: Mapping[str, Any]) -> Cells:
    """What each cell holds, "" for a free one."""
    codes = {slot["name"] for day in data["slots"].values() for slot in day}
    return {
        (room, code): track
        for room, facts in data["schedule"].items()
        for code, track in facts.items()
        if code in codes
    }
