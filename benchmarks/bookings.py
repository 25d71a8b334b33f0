"""Bookings over the API by 1 and by 16 clients, next to bare INSERTs of the same rows."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import make_url, select

from benchmarks.client import Connection, Load, request, together
from benchmarks.data import DESK, Data
from benchmarks.report import Line
from benchmarks.servers import Server
from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.schedule.models import Booking

LONGEST = 8.0  # seconds for which one count of clients books
Cell = tuple[str, str, str]  # slugs of team and room, code of a slot


def measure(data: Data, server: Server, *, count: int) -> Iterator[Line]:
    """First one client, then sixteen; together they book up to `count` cells."""
    with data.app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == DESK)).one()
        slots = [slot.code for slot in event.slots]
        rooms = [room.slug for room in event.rooms]
        db.session.remove()
    teams = itertools.cycle(f"team-{number:02}" for number in range(1, 47))
    cells = (
        (team, room, slot)
        for team, (slot, room) in zip(teams, itertools.product(slots, rooms), strict=False)
    )
    uid = _book(data, server, next(cells))  # the row that the bare INSERTs repeat; also warms up
    bare = Bare(data, uid)
    for clients in (1, 16):
        inserted = bare.measure(count, clients)
        cpu = server.cpu()
        booked = _measure(data, server, list(itertools.islice(cells, count)), clients)
        yield Line(
            f"booking, {clients} client{'s' if clients > 1 else ''}",
            "40 rooms x 60 slots",
            data.kind,
            per_second=booked.per_second,
            p50=booked.p50,
            p99=booked.p99,
            speed_ratio=inserted.per_second / booked.per_second,
            cpu=server.cpu_since(cpu, booked.requests),
            limits={"p50": 25.0} if clients == 1 else {},
        )


def _request(data: Data, cell: Cell) -> bytes:
    team, room, slot = cell
    return request(
        f"/api/v1/events/{DESK}/bookings",
        method="POST",
        headers={"Authorization": f"Bearer {data.token}"},
        body={"team": team, "room": room, "slots": [slot], "title": "What we do next"},
    )


def _book(data: Data, server: Server, cell: Cell) -> str:
    connection = Connection(server.port)
    status, _, body = connection.send(_request(data, cell))
    connection.close()
    if status != 201:
        raise RuntimeError(f"the first booking: {status} {body.decode()}")
    with data.app.app_context():
        newest = select(Booking.uid).order_by(Booking.id.desc()).limit(1)
        uid = db.session.scalars(newest).one()
        db.session.remove()
    return uid


def _measure(data: Data, server: Server, cells: list[Cell], clients: int) -> Load:
    def booking(own: list[Cell]) -> Callable[[list[float]], None]:
        messages = [_request(data, cell) for cell in own]

        def work(latencies: list[float]) -> None:
            connection = Connection(server.port)
            until = time.perf_counter() + LONGEST
            for message in messages:
                if time.perf_counter() > until:
                    break
                began = time.perf_counter()
                status, _, body = connection.send(message)
                latencies.append(time.perf_counter() - began)
                if status != 201:
                    raise RuntimeError(f"a booking: {status} {body.decode()}")
            connection.close()

        return work

    return together([booking(cells[number::clients]) for number in range(clients)])


class Bare:
    """INSERTs of the rows of one booking, in one transaction each, and nothing else.

    Straight through the driver, into cells from the far end of the grid, where the service
    does not come to in the same run.
    """

    def __init__(self, data: Data, uid: str) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._cursors = itertools.count(1_000_000)
        with contextlib.closing(self._connect()) as connection:
            self._booking = self._row(connection, "booking", f"uid = '{uid}'")
            self._change = self._row(connection, "change", f"booking_uid = '{uid}'")
            slots = self._ids(connection, "slot")
            rooms = self._ids(connection, "room")
            self._cells = itertools.product(slots, rooms)

    def measure(self, count: int, clients: int) -> Load:
        """Insert `count` bookings from so many connections at once."""

        def work(latencies: list[float]) -> None:
            with contextlib.closing(self._connect()) as connection:
                for _ in range(count // clients):
                    with self._lock:
                        cell, cursor = next(self._cells), next(self._cursors)
                    began = time.perf_counter()
                    self._insert(connection, cell, cursor)
                    latencies.append(time.perf_counter() - began)

        return together([work] * clients)

    def _connect(self) -> Any:
        """A connection of the driver's own, set up as the service sets up its own."""
        if self._data.kind == "sqlite":
            path = make_url(self._data.url).database or ""
            connection = sqlite3.connect(path, timeout=30, isolation_level=None)
            for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
                connection.execute(f"PRAGMA {pragma}")
            return connection
        return psycopg.connect(self._data.url.replace("postgresql+psycopg", "postgresql"))

    def _insert(self, connection: Any, cell: tuple[int, int], cursor: int) -> None:
        slot_id, room_id = cell
        uid = str(uuid.uuid4())
        if self._data.kind == "sqlite":
            connection.execute("BEGIN IMMEDIATE")
        booking = {**self._booking, "uid": uid}
        booking_id = self._add(connection, "booking", booking, " RETURNING id").fetchone()[0]
        cells = {"booking_id": booking_id, "slot_id": slot_id, "room_id": room_id}
        self._add(connection, "booking_slot", cells)
        change = {**self._change, "booking_uid": uid, "cursor": cursor}
        self._add(connection, "change", change)
        connection.commit()

    def _add(self, connection: Any, table: str, row: dict[str, Any], more: str = "") -> Any:
        mark = "?" if self._data.kind == "sqlite" else "%s"
        names = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join([mark] * len(row))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks}){more}"  # noqa: S608 -- ours
        return connection.execute(statement, list(row.values()))

    def _row(self, connection: Any, table: str, where: str) -> dict[str, Any]:
        cursor = connection.execute(f"SELECT * FROM {table} WHERE {where}")  # noqa: S608 -- ours
        names = [column[0] for column in cursor.description]
        row = dict(zip(names, cursor.fetchone(), strict=True))
        del row["id"]
        return {k: Json(v) if isinstance(v, dict | list) else v for k, v in row.items()}

    def _ids(self, connection: Any, table: str) -> list[int]:
        event_id = self._booking["event_id"]
        query = f"SELECT id FROM {table} WHERE event_id = {event_id} ORDER BY id DESC"  # noqa: S608 -- ours
        return [row[0] for row in connection.execute(query)]
