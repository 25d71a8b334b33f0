"""Ten thousand people: taken in from a table, and looked at in numbers."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select

from benchmarks.data import DESK, Data
from benchmarks.report import Line
from ptgsched.accounts.actor import OPERATOR
from ptgsched.accounts.models import User
from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.registrations.columns import columns_of
from ptgsched.registrations.imports import import_rows, read_rows
from ptgsched.registrations.tables import read_table
from ptgsched.timezones import countries

PEOPLE = 10_000
SIZE = f"{PEOPLE:,} people"
IMPORT_LIMIT = 60_000.0  # milliseconds
PAGE_LIMIT = 200.0
LOOKS = 7


def measure(data: Data) -> Iterator[Line]:
    """The import first, since the page shows what it brought."""
    content = _orders()
    with data.app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == DESK)).one()
        wall, cpu = time.perf_counter(), time.process_time()
        table = read_table(content)
        rows = read_rows(table, columns_of(table.headings), event, at=utcnow())
        report = import_rows(event, rows, actor=OPERATOR, at=utcnow())
        db.session.commit()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        assert report.figures()["created"] == PEOPLE
        admin = db.session.scalars(select(User).where(User.is_admin)).first()
        assert admin is not None
        user_id = admin.get_id()
        db.session.remove()
    limit = {"p50": IMPORT_LIMIT}
    yield Line(
        "import of registrations",
        SIZE,
        data.kind,
        per_second=PEOPLE / wall,
        p50=wall * 1000,
        cpu=cpu * 1_000_000,
        limits=limit,
    )
    client = data.app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user_id, True
    path = f"/events/{DESK}/manage/statistics"
    walls, cpus = [], []
    for _ in range(LOOKS):
        began, used = time.perf_counter(), time.process_time()
        answer = client.get(path)
        walls.append((time.perf_counter() - began) * 1000)
        cpus.append((time.process_time() - used) * 1_000_000)
        assert answer.status_code == 200
    yield Line(
        "statistics of registration",
        SIZE,
        data.kind,
        p50=statistics.median(walls),
        cpu=statistics.median(cpus),
        limits={"p50": PAGE_LIMIT},
    )


def _orders() -> bytes:
    """An order export as Eventbrite writes it, of people from everywhere over 90 days."""
    dice = random.Random(2020)
    names = [country.name for country in countries()]
    now = utcnow()
    lines = ["Order no.,Order date,First Name,Last Name,Email,Company,Home Country,Projects"]
    for number in range(PEOPLE):
        at = now - timedelta(minutes=dice.randrange(90 * 24 * 60))
        company = f"Company {int(dice.paretovariate(0.6)) % 900}"
        lines.append(
            f"{number},{at:%Y-%m-%dT%H:%M:%SZ},Person,{number},person{number}@example.org,"
            f'{company},"{dice.choice(names)}",openstack'
        )
    return "\n".join(lines).encode("utf-16")
