"""The mails of registration, each with the person's own link; posted into the outbox.

Keys name what is told, for which time that the person registered: nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, vText, vUri
from icalendar import Event as VEvent

from ptgsched.accounts.models import User
from ptgsched.events.models import Event
from ptgsched.feeds.ical import PRODID
from ptgsched.outbox.operations import Attachment, post
from ptgsched.registrations import passcodes, tokens
from ptgsched.registrations.models import Registration
from ptgsched.registrations.policy import event_end
from ptgsched.text import clean_line
from ptgsched.web.links import Links

MAILINGS = {
    "reminders": "A reminder before the event begins",
    "schedule": "Changes of sessions that I follow",
}
"""What is sent beside the mails that tell of one's own place; one can leave each."""


class Letters:
    """Writes mails for a service with these addresses; `key` makes secret links."""

    def __init__(self, links: Links, key: str, host: str) -> None:
        self.links = links
        self._key = key
        self._host = host
        self._files: dict[int, Attachment] = {}  # made once for many

    def registered(self, registration: Registration) -> None:
        """You have a place."""
        self._post(registration, "registration_confirmed", "registered", with_event=True)

    def waitlisted(self, registration: Registration) -> None:
        """You are on the waitlist."""
        self._post(registration, "registration_waitlisted", "waitlisted")

    def promoted(self, registration: Registration) -> None:
        """You have a place after all."""
        self._post(registration, "registration_promoted", "promoted", with_event=True)

    def cancelled(self, registration: Registration) -> None:
        """You are off the list."""
        self._post(registration, "registration_cancelled", "cancelled")

    def again(self, registration: Registration, at: datetime) -> None:
        """You, or somebody, registered under your address again; told once an hour at most."""
        self._post(registration, "registration_again", f"again:{at:%Y%m%d%H}")

    def reminder(self, registration: Registration) -> None:
        """It begins in a week."""
        self._post(registration, "registration_reminder", "reminder", mailing="reminders")

    def passcodes(
        self, registration: Registration, at: datetime, *, changed: int | None = None
    ) -> None:
        """The ways into the rooms; only in their time, which the caller has asked about.

        `changed` is where the journal says that one of them is another one now.
        """
        event = registration.event
        self._post(
            registration,
            "registration_passcodes",
            "passcodes" if changed is None else f"passcodes:{changed}",
            {"ways": passcodes.ways(event, self.links), "changed": changed is not None},
            expires_at=event_end(event),
            at=at,
        )

    def changed(self, registration: Registration, lines: Sequence[Any], mark: int) -> None:
        """Sessions that the person follows have moved."""
        facts = {"lines": lines}
        self._post(registration, "schedule_changed", f"change:{mark}", facts, mailing="schedule")

    def changed_for_lead(self, user: User, event: Event, lines: Sequence[Any], mark: int) -> None:
        """Others have booked, moved or released sessions of teams that this person leads."""
        post(
            template="schedule_changed",
            to=user.email,
            key=f"change:{event.id}:{mark}:{user.id}",
            zone=user.timezone or event.timezone,
            facts={"title": event.title, "name": user.name, "lines": lines, "own": None},
            mailing="schedule",
        )

    def _post(
        self,
        registration: Registration,
        template: str,
        what: str,
        more: dict[str, Any] | None = None,
        *,
        with_event: bool = False,
        mailing: str | None = None,
        expires_at: datetime | None = None,
        at: datetime | None = None,
    ) -> None:
        if registration.email is None:
            return
        event = registration.event
        attachments = [self._file(event)] if with_event else []
        post(
            template=template,
            to=registration.email,
            key=mail_key(registration, what),
            zone=registration.timezone or event.timezone,
            facts={**self._facts(registration, event), **(more or {})},
            attachments=attachments,
            mailing=mailing,
            expires_at=expires_at,
            at=at,
        )

    def _file(self, event: Event) -> Attachment:
        if event.id not in self._files:
            self._files[event.id] = event_file(event, self.links, self._host)
        return self._files[event.id]

    def _facts(self, registration: Registration, event: Event) -> dict[str, Any]:
        page = self.links.page
        slots = event.slots
        token = tokens.ensured(registration, "link", self._key)
        return {
            "title": event.title,
            "name": registration.name,
            "own": self.links.registration(token),
            "schedule": self.links.event(event.slug),
            "teams": page(event.slug, "teams", ""),
            "pads": page(event.slug, "etherpads"),
            "register": self.links.register(event.slug),
            "codes": page(event.slug, "passcodes"),
            "begins": slots[0].starts_at if slots else None,
            "ends": event_end(event),
            "days": f"{event.starts_on:%a %-d %b} to {event.ends_on:%a %-d %b %Y}",
        }


def mail_key(registration: Registration, what: str) -> str:
    """How the outbox knows a mail: once for each time that the person registered."""
    return f"registration:{registration.id}:{registration.times_registered}:{what}"


def registration_of(key: str) -> int | None:
    """The number of the registration whose mail has this key; None for any other mail's."""
    kind, _, rest = key.partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "registration" and number.isdecimal() else None


def event_file(event: Event, links: Links, host: str) -> Attachment:
    """The event's days for a calendar: one entry, which keeps the hours free."""
    entry = VEvent()
    entry.add("uid", f"event-{event.slug}@{host}")
    entry.add("dtstamp", event.created_at.replace(microsecond=0))
    entry.add("dtstart", event.starts_on)
    entry.add("dtend", event.ends_on + timedelta(days=1))
    entry.add("summary", vText(clean_line(event.title)))
    entry.add("description", vText(f"Schedule: {links.event(event.slug)}"))
    entry.add("url", vUri(links.event(event.slug)))
    entry.add("transp", "TRANSPARENT")
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return Attachment(f"{event.slug}.ics", "text/calendar", calendar.to_ical())
