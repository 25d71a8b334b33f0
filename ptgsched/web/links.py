"""Every public address of this service, made from names; pure, so that feeds can use it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from ptgsched.config import Settings


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses below `base`; all names are slugs or uids, all results absolute URLs."""

    base: str
    etherpad_base: str
    meetpad_base: str

    @classmethod
    def of(cls, settings: Settings) -> Links:
        """The addresses of a service set up so."""
        return cls(settings.base_url, settings.etherpad_base, settings.meetpad_base)

    def event(self, event: str) -> str:
        """The schedule page."""
        return f"{self.base}/events/{event}/"

    def page(self, event: str, *parts: str) -> str:
        """A page below the event's: ``page("oct", "now")``."""
        return self.event(event) + "/".join(parts)

    def register(self, event: str) -> str:
        """Where people register."""
        return self.page(event, "register")

    def registration(self, token: str) -> str:
        """A registered person's own page; who knows the address is that person."""
        return f"{self.base}/registrations/{token}"

    def personal_calendar(self, token: str) -> str:
        """A registered person's own calendar, likewise."""
        return f"{self.base}/calendar/{token}.ics"

    def booking(self, event: str, uid: str) -> str:
        """A session's own page."""
        return self.page(event, "bookings", uid)

    def team(self, event: str, team: str) -> str:
        """A team's page."""
        return self.page(event, "teams", team)

    def room(self, event: str, room: str) -> str:
        """A room's page."""
        return self.page(event, "rooms", room)

    def room_join(self, event: str, room: str) -> str:
        """The short address of a room; knows who may be sent on to a link that is not public."""
        return self.page(event, "rooms", room, "join")

    def team_join(self, event: str, team: str) -> str:
        """The same for a team whose own link holds a passcode."""
        return self.page(event, "teams", team, "join")

    def etherpad(self, eventid: str, team: str) -> str:
        """A team's pad at an event, by the rule of DOMAIN.md."""
        return f"{self.etherpad_base}/{quote(eventid, safe='')}-{quote(team, safe='')}"

    def meetpad(self, eventid: str, name: str) -> str:
        """A Meetpad call, by the rule of DOMAIN.md."""
        return f"{self.meetpad_base}/{quote(eventid, safe='')}-{quote(name, safe='')}"

    def invitation(self, secret: str) -> str:
        """Where somebody accepts an invitation to a role."""
        return f"{self.base}/invitations/{secret}"

    def chat_language(self) -> str:
        """The page that chat's `help` names."""
        return f"{self.base}/docs/chat"

    def api(self, event: str, *parts: str) -> str:
        """A resource of the JSON API."""
        return "/".join((f"{self.base}/api/v1/events/{event}", *parts))
