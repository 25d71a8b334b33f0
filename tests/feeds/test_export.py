"""The shell's exports are the bytes of the addresses."""

import pytest

from ptgsched.clock import utcnow
from ptgsched.errors import Invalid
from ptgsched.feeds.export import KINDS, export
from ptgsched.web.links import Links
from tests.feeds.conftest import book, release

ADDRESSES = {
    "ical": "/events/oct/calendar.ics",
    "rooms": "/events/oct/rooms.csv",
    "frab-json": "/events/oct/schedule.json",
    "frab-xml": "/events/oct/schedule.xml",
    "ptgbot": "/events/oct/ptg.json",
}
LINKS = Links("http://localhost", "https://etherpad.opendev.org/p", "https://meetpad.opendev.org")


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_what_its_address_serves(story, reader, kind):
    book(story, "nova", "austin", "MonA1", title="Placement", with_teams=["cinder"])
    release(story, book(story, "nova", "bexar", "TueA1"))
    with story.app.app_context():
        exported = export(kind, story.event, LINKS, utcnow())
    assert exported == reader.get(ADDRESSES[kind]).data


def test_an_unknown_kind_is_refused_with_the_known_ones(story):
    with story.app.app_context(), pytest.raises(Invalid, match="ical, rooms, frab-json"):
        export("pdf", story.event, LINKS, utcnow())
