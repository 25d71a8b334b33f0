"""Lines of the audit in words: what was done, and what is different now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ptgsched.accounts.audit import SECRET
from ptgsched.manage.audit import Line
from ptgsched.timewords import moment, stretch

NOTHING = "nothing"
CHANGED = "changed"  # how set-up says that a link or passcode is another one now
LONG = 12  # of two such lists only what is different is told
# Told by others of the same line, or of no use to people.
_SILENT = SECRET | {"uid", "sequence", "created", "updated", "start", "end", "status", "slug"}
_ACTIONS = {
    "booking.created": "booked",
    "booking.moved": "moved a session",
    "booking.edited": "edited a session",
    "booking.released": "released a session",
    "booking.restored": "took a release back",
    "booking.imported": "imported a session",
    "live.now": "said what is on now",
    "live.next": "said what is next",
    "live.cleaned": "cleaned the board",
    "live.message": "changed the messages of the day",
    "live.checkin": "checked in or out",
    "live.voice": "chose who may speak to the bot",
    "token.created": "made a token",
    "token.revoked": "revoked a token",
    "token.restored": "took the revocation of a token back",
    "account.created": "signed in for the first time: a new account",
    "account.linked": "signed in for the first time: linked to the account",
    "password.changed": "changed the password",
    "role.given": "took up a role",
    "role.taken": "took a role away",
    "role.handed_over": "handed a role over",
    "invitation.sent": "sent an invitation",
    "invitation.sent_again": "sent an invitation again",
    "registrations.retention": "changed how long personal data is kept",
    "registrations.anonymised": "anonymised registrations",
    "registrations.erased": "erased what was known of a person",
    "attendance.counted": "counted who was there",
    "team.reminded": "reminded the leads",
    "webhook.secret_renewed": "renewed the secret of a webhook",
    "webhook.switched_off": "switched a webhook off",
    "webhook.switched_on": "switched a webhook on",
}
_VERBS = {
    "created": "added",
    "updated": "changed",
    "deleted": "removed",
    "viewed": "looked at",
    "exported": "exported",
    "imported": "imported",
    "counted": "counted",
    "added": "added",
    "removed": "removed",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was so and is so now, in words; `is_plain`: there is no before to tell."""

    name: str
    before: str
    after: str
    is_plain: bool = False


def action_in_words(action: str) -> str:
    """``moved a session``, ``changed the room``, ``exported registrations``."""
    if action in _ACTIONS:
        return _ACTIONS[action]
    thing, _, what = action.partition(".")
    verb = _VERBS.get(what, what.replace("_", " "))
    return f"{verb} {thing}" if thing.endswith("s") else f"{verb} the {thing}"


def session_in_words(line: Line, zone: str) -> str:
    """Which session a line is about: when and where it was before, and its title."""
    facts = line.before or line.after
    if line.booking is None or facts is None:
        return ""
    told = (facts.get("title"), facts.get("room"), _when(facts, zone))
    return ", ".join(str(one) for one in told if one)


def differences(line: Line, zone: str) -> list[Difference]:
    """What a line changed; of something new all that it is, of something gone all it was."""
    if line.facts:
        return [_plain(key, said, zone) for key, said in _told(line.facts)]
    before, after = line.before or {}, line.after or {}
    found = []
    when_before, when_after = _when(before, zone), _when(after, zone)
    if when_before != when_after:
        found.append(Difference("when", when_before, when_after, is_plain=line.before is None))
    for key in dict.fromkeys([*before, *after]):
        if key in _SILENT:
            continue
        old, new = before.get(key), after.get(key)
        if key == CHANGED and new:
            found.append(_plain("other now", new, zone))
        elif old != new and line.before is None:
            found.append(_plain(key, new, zone))
        elif old != new:
            found.append(_difference(key, old, new, zone))
    return [one for one in found if one.before or one.after]


def in_one_line(line: Line, zone: str) -> str:
    """All differences in a sentence, for a table in a file."""
    return "; ".join(
        f"{one.name}: {one.after}"
        if one.is_plain
        else f"{one.name}: {one.before or NOTHING} -> {one.after or NOTHING}"
        for one in differences(line, zone)
    )


def _plain(key: str, said: Any, zone: str) -> Difference:
    return Difference(_name(key), "", _value(said, zone), is_plain=True)


def _difference(key: str, old: Any, new: Any, zone: str) -> Difference:
    """Of two long things only what is different between them."""
    if isinstance(old, list) and isinstance(new, list) and len(old) + len(new) > LONG:
        gone = [item for item in old if item not in new]
        come = [item for item in new if item not in old]
        if gone or come:
            old, new = gone, come
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
        old = {name: old[name] for name in keys if name in old}
        new = {name: new[name] for name in keys if name in new}
    return Difference(_name(key), _value(old, zone), _value(new, zone))


def _told(facts: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(key, said) for key, said in facts.items() if key not in SECRET and said is not None]


def _name(key: str) -> str:
    return key.replace("_", " ")


def _when(facts: Mapping[str, Any], zone: str) -> str:
    start, end = _instant(facts.get("start")), _instant(facts.get("end"))
    return stretch(start, end, zone) if start and end else ""


def _value(said: Any, zone: str) -> str:
    if said is None or said in ("", [], {}):
        return ""
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, Mapping):
        if "code" in said and len(said) <= 3:  # a slot
            return str(said["code"])
        told = [(_name(key), _value(value, zone)) for key, value in _told(said)]
        return ", ".join(f"{name} {value}" for name, value in told if value)
    if isinstance(said, list):
        parts = "; " if any(isinstance(one, Mapping) and len(one) > 3 for one in said) else ", "
        return parts.join(_value(one, zone) for one in said)
    instant = _instant(said)
    return moment(instant, zone) if instant else str(said)


def _instant(said: Any) -> datetime | None:
    if not isinstance(said, str) or len(said) < 20 or said[10:11] != "T":
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo else None
