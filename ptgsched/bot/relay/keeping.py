"""Lines that wait for the service, in a file: a relay that is killed loses none of them.

A line is written down before it waits and crossed off when it was answered.  What is left is
passed on by the next relay, under the same keys, so that nothing is done twice.
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
from typing import Any

from ptgsched.bot.relay.service import Spoken
from ptgsched.errors import PtgschedError

OLDEST = timedelta(hours=12)  # of a line that is worth it; the service knows a key for 24


class InUse(PtgschedError):
    """Another relay keeps its lines there."""

    code = "in_use"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Another relay for this event, server and nick is running (it holds {path}). "
            "End it first, or give this one a folder of its own: --state-dir DIR."
        )


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

    def take(self, at: datetime) -> tuple[list[Spoken], int]:
        """What a relay before us left, in order, and how many lines were too old at `at`."""
        found, self._found = self._found, []
        fresh, old = [], 0
        for record in found:
            line = Spoken(**record["line"])
            if at - datetime.fromisoformat(record["at"]) < OLDEST:
                fresh.append(line)
            else:
                old += 1
                self.cross_off(line.key)
        return fresh, old

    def add(self, line: Spoken, at: datetime) -> None:
        """Write it down; it is on the disk when this returns.  Raises OSError."""
        with self._lock:
            self._waiting.add(line.key)
            self._write({"at": at.isoformat(), "line": asdict(line)})
            os.fsync(self._file)

    def cross_off(self, key: str) -> None:
        """It was answered.  Raises OSError; at worst it is asked again, and answered the same."""
        with self._lock:
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
            else:
                Spoken(**record["line"])
                datetime.fromisoformat(record["at"])
                waiting[record["line"]["key"]] = record
        except (ValueError, TypeError, KeyError):
            continue  # torn, or nothing
    return list(waiting.values())
