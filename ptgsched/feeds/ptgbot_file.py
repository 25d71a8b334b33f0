"""Reading a ptgbot database: what it says, cleaned, with a remark on all that is not taken.

A remark names what it is about.  Only what leaves no event to speak of is refused as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ptgsched.errors import Invalid
from ptgsched.feeds.ptgbot_merge import in_short
from ptgsched.feeds.ptgbot_plans import PtgbotFile, RoomPlan, TrackPlan
from ptgsched.feeds.ptgbot_times import read_slots
from ptgsched.live.models import Level
from ptgsched.live.operations import LONGEST_TEXT as LONGEST_TOPIC
from ptgsched.live.operations import MOST_NEXT
from ptgsched.text import clean_line, clean_text, holds_passcode, is_web_address
from ptgsched.web.colors import parse_color

LONGEST_TEXT = 1000
LONGEST_URL = 500
LONGEST_NAME = 120

_KNOWN = {
    "colors",
    "etherpads",
    "eventid",
    "last_check_in",
    "links",
    "location",
    "motd",
    "next",
    "now",
    "schedule",
    "slots",
    "subscriptions",
    "timestamp",
    "tracks",
    "urls",
    "voice",
}


def read_file(content: bytes, *, start: date, zone: str) -> PtgbotFile:
    """What a ptgbot database holds; `start` is the date of its first listed day.

    Raises Invalid when it is no such database, or its slots cannot be placed in time.
    """
    remarks: list[str] = []
    data = _parse(content, remarks)
    windows = read_slots(data.get("slots"), start=start, zone=zone, notes=remarks)
    codes = [slot.code for window in windows for slot in window.slots]
    reader = _Reader(data, remarks)
    tracks = reader.tracks()
    taken = PtgbotFile(
        eventid=reader.text("eventid", data.get("eventid", ""), LONGEST_NAME),
        voice=1 if data.get("voice") == 1 else 0,
        links=reader.links(),
        motd=reader.motd(),
        windows=windows,
        tracks={track.name: track for track in tracks.values()},
        rooms=reader.rooms(codes, tracks),
        remarks=remarks,
    )
    reader.report_private()
    return taken


def _parse(content: bytes, remarks: list[str]) -> dict[str, Any]:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            twice = sorted({name for name in names if names.count(name) > 1})
            remarks.append(clean_line(f"written twice, the last one counts: {', '.join(twice)}"))
        return found

    try:
        data = json.loads(content.decode("utf-8-sig"), object_pairs_hook=once)
    except UnicodeDecodeError as error:
        raise Invalid("The file is not JSON in UTF-8.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Invalid(f"The file is not JSON: {error.msg} at {where}.") from error
    except (RecursionError, ValueError) as error:
        raise Invalid("The file is not JSON of a ptgbot database.") from error
    if not isinstance(data, dict):
        raise Invalid("The file is JSON, but not a ptgbot database: it is not an object.")
    return data


class _Reader:
    """Takes the file's parts one by one and remarks on what it leaves."""

    def __init__(self, data: Mapping[str, Any], remarks: list[str]) -> None:
        self.data = data
        self.remarks = remarks

    def leave(self, what: str, why: str) -> None:
        """Remark that `what` is not taken, in one line of bearable length."""
        self.remarks.append(f"not taken: {in_short(what)}: {in_short(why)}")

    def table(self, key: str) -> dict[str, Any]:
        """The object under `key`; empty, with a remark, when it is something else."""
        value = self.data.get(key, {})
        if isinstance(value, dict):
            return value
        self.leave(key, "it is not an object")
        return {}

    def text(self, what: str, value: object, longest: int = LONGEST_TEXT) -> str:
        """One line; empty, with a remark, when it is no text or too long."""
        if not isinstance(value, str):
            self.leave(what, "it is not text")
            return ""
        line = clean_line(value)
        if len(line) > longest:
            self.leave(what, f"it is longer than {longest} characters")
            return ""
        return line

    def lines(self, what: str, value: object) -> str:
        """Likewise, but of several lines."""
        text = clean_text(value) if isinstance(value, str) else None
        if text is None or len(text) > LONGEST_TEXT:
            self.leave(what, f"it is not text of at most {LONGEST_TEXT} characters")
        return text if text is not None and len(text) <= LONGEST_TEXT else ""

    def address(self, what: str, value: object, *, secret: bool = False) -> str | None:
        """An http(s) address; one with a passcode only where we can hide it (`secret`)."""
        if value is None or value == "":
            return None
        if not isinstance(value, str) or not is_web_address(value):
            self.leave(f"{what} {value!r}", "it is not an http(s) address")
        elif len(value) > LONGEST_URL:
            self.leave(what, f"it is longer than {LONGEST_URL} characters")
        elif holds_passcode(value) and not secret:
            self.leave(what, "it holds a passcode, and would be public")
        else:
            return value
        return None

    def links(self) -> dict[str, str]:
        """The useful links of the event's page."""
        found = {}
        for name, value in self.table("links").items():
            label = self.text(f"link {name!r}", name, LONGEST_NAME)
            url = self.address(f"link {name!r}", value)
            if label and url:
                found[label] = url
        return found

    def motd(self) -> list[dict[str, str]]:
        """Messages of the day; old databases have a single one."""
        value = self.data.get("motd") or []
        found = []
        for message in value if isinstance(value, list) else [value]:
            facts = message if isinstance(message, dict) else {"message": message}
            level = facts.get("level") or "info"
            text = self.text("motd", facts.get("message", ""), LONGEST_TOPIC)
            if text and level not in list(Level):
                self.leave(f"motd {text!r}", f"its level is {level!r}")
            elif text:
                found.append({"level": level, "message": text})
        return found

    def tracks(self) -> dict[str, TrackPlan]:
        """The tracks by the names that cells use, which may be spelt in several ways."""
        found: dict[str, TrackPlan] = {}
        cleaned: dict[str, TrackPlan] = {}
        names = self.data.get("tracks", [])
        if not isinstance(names, list):
            self.leave("tracks", "it is not a list")
            names = []
        for name in names:
            label = self.text(f"track {name!r}", name, LONGEST_NAME)
            if label:
                found[name] = cleaned.setdefault(label, TrackPlan(label))
            elif isinstance(name, str) and not clean_line(name):
                self.leave(f"track {name!r}", "it has no name")
        for key in ("colors", "urls", "etherpads", "location", "now", "next"):
            for name, value in self.table(key).items():
                if name in found:
                    self.fill(found[name], key, value)
                else:
                    self.leave(f"{key} of {name!r}", "there is no such track")
        return found

    def fill(self, track: TrackPlan, key: str, value: object) -> None:
        """Give a track what the table `key` says of it."""
        what = f"{key} of {track.name}"
        if key == "colors":
            track.color = value.strip() if isinstance(value, str) and parse_color(value) else None
            if track.color is None:
                self.leave(f"{what} {value!r}", "it is not a CSS name, #rgb or #rrggbb")
        elif key == "urls":
            track.url = self.address(what, value, secret=True)
        elif key == "etherpads":
            track.etherpad = self.address(what, value)
        elif key == "next":
            entries = value if isinstance(value, list) else [value]
            texts = [self.text(what, entry, LONGEST_TOPIC) for entry in entries]
            track.next = [text for text in texts if text]
            if len(track.next) > MOST_NEXT:
                self.leave(what, f"all but the first {MOST_NEXT}")
                del track.next[MOST_NEXT:]
        else:
            setattr(track, key, self.text(what, value, LONGEST_TOPIC))

    def rooms(self, codes: Sequence[str], tracks: Mapping[str, TrackPlan]) -> list[RoomPlan]:
        """The rooms in the order of the file."""
        found: dict[str, RoomPlan] = {}
        for key, facts in self.table("schedule").items():
            name = self.text(f"room {key!r}", key, LONGEST_NAME)
            if not name or not isinstance(facts, dict):
                self.leave(f"room {key!r}", "it has no name" if not name else "it is not an object")
            elif name in found:
                self.leave(f"room {key!r}", f"there is another {name!r}")
            else:
                found[name] = self.room(name, facts, set(codes), tracks)
        return list(found.values())

    def room(
        self,
        name: str,
        facts: Mapping[str, Any],
        codes: set[str],
        tracks: Mapping[str, TrackPlan],
    ) -> RoomPlan:
        """A room with its cells."""
        room = RoomPlan(name)
        for key, value in facts.items():
            if key in codes:
                room.cells[key] = self.cell(f"{name}-{key}", value, tracks)
            elif key == "url":
                room.url = self.address(f"url of {name}", value, secret=True)
            elif key == "desc":
                room.description = self.lines(f"desc of {name}", value)
            elif key.startswith("cap_"):
                if text := self.text(f"{key} of {name}", value):
                    room.caps[key] = text
            else:
                self.leave(f"cell {name}-{key} {value!r}", "there is no such slot")
        return room

    def cell(self, what: str, value: object, tracks: Mapping[str, TrackPlan]) -> str:
        """The track that holds a cell; empty when nobody does, or nobody we know."""
        if value is None or value == "":
            return ""
        if isinstance(value, str) and value in tracks:
            return tracks[value].name
        self.leave(f"cell {what} {value!r}", "there is no such track")
        return ""

    def report_private(self) -> None:
        """Remark on people's own data, which nobody agreed to move, and on unknown keys."""
        for key in ("last_check_in", "subscriptions"):
            if self.data.get(key):
                self.leave(key, "it is people's own; they check in and subscribe anew")
        for key in self.data:
            if key not in _KNOWN:
                self.leave(key, "it is not known")
