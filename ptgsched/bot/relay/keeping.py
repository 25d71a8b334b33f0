"""Lines that wait for the service, in a file: a relay that is killed loses none of them.

A line is written down before it waits, its answer when the service gave one, and it is crossed
off when all of that was said.  What is left the next relay passes on, under the same keys, or
says: nothing is done twice.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import threading
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from ptgsched.bot.relay.service import Notice, Said, Spoken
from ptgsched.errors import PtgschedError

OLDEST = timedelta(hours=12)  # of a line that is worth it; the service knows a key for 24
OLDEST_ANSWER = timedelta(hours=1)  # likewise: nobody waits for it any more


class InUse(PtgschedError):
    """Another relay keeps its lines there."""

    code = "in_use"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another relay for this event, server and nick is running (it holds {path}). "
            "End it first, or give this one a folder of its own: --state-dir DIR."
        )


class Left(NamedTuple):
    """A line of a relay before us, and its answer if only that is to be said."""

    line: Spoken
    said: Said | None


class Keeping:
    """The file of one relay, held until the process ends.  Raises OSError, InUse.

    Each record begins on a new line, so that one torn by a kill or a full disk spoils no other.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self._lock = threading.Lock()
        # What people say to the bot alone is in there, too.
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._file)
            raise InUse(path) from error
        self._found = _read(path)
        self._waiting = {record["line"]["key"] for record in self._found}

    def take(self, at: datetime) -> tuple[list[Left], int]:
        """What a relay before us left, in order, and how much was too old at `at`."""
        found, self._found = self._found, []
        fresh, old = [], 0
        for record in found:
            left = _left(record)
            oldest = OLDEST if left.said is None else OLDEST_ANSWER
            if at - datetime.fromisoformat(record["at"]) < oldest:
                fresh.append(left)
            else:
                old += 1
                self.cross_off(left.line.key)
        return fresh, old

    def add(self, line: Spoken, at: datetime) -> None:
        """Write it down, once; it is on the disk when this returns.  Raises OSError."""
        with self._lock:
            if line.key not in self._waiting:
                self._waiting.add(line.key)
                self._write({"at": at.isoformat(), "line": asdict(line)})
                os.fsync(self._file)

    def answer(self, key: str, said: Said) -> None:
        """Write down what a line is answered with.  Raises OSError."""
        with self._lock:
            self._write({"key": key, "said": asdict(said)})

    def cross_off(self, key: str) -> None:
        """It is done with.  Raises OSError; at worst it is asked again, and answered the same."""
        with self._lock:
            if key not in self._waiting:
                return
            self._waiting.discard(key)
            if self._waiting:
                self._write({"done": key})
            else:
                os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Let the next relay have it; only while no line is on its way."""
        os.close(self._file)

    def _write(self, record: dict[str, Any]) -> None:
        data = b"\n" + json.dumps(record).encode()
        if os.write(self._file, data) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def place_of(folder: Path, *facts: str) -> Path:
    """The file of the relay that `facts` tell from all others."""
    name = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]
    return folder / f"{name}.jsonl"


def _read(path: Path) -> list[dict[str, Any]]:
    waiting: dict[str, dict[str, Any]] = {}
    for text in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            record = json.loads(text)
            if "done" in record:
                waiting.pop(record["done"], None)
            elif "said" in record:
                waiting[record["key"]]["said"] = record["said"]
            else:
                _left(record)
                datetime.fromisoformat(record["at"])
                waiting[record["line"]["key"]] = record
        except (ValueError, TypeError, KeyError):
            continue  # torn, or nothing
    return list(waiting.values())


def _left(record: dict[str, Any]) -> Left:
    said = record.get("said")
    notices = tuple(Notice(**told) for told in said["notices"]) if said else ()
    return Left(Spoken(**record["line"]), Said(said["reply"], notices) if said else None)
