"""Load the demo into a database without events."""

from __future__ import annotations

from datetime import datetime, timedelta

from ptgsched.db import transaction
from ptgsched.demo.history import History
from ptgsched.demo.moment import post_the_moment
from ptgsched.demo.others import create_others
from ptgsched.demo.people import CAST, DemoAccount, create_cast, give_organizer, give_roles
from ptgsched.demo.ptg import SLUG, create_ptg
from ptgsched.demo.registered import count_sessions, register_earlier, register_people
from ptgsched.demo.sign_up import sign_up
from ptgsched.events.models import EventStatus

DEMO_EVENT = SLUG
"""The event to show first, and to serve under the root aliases."""


def load_demo(at: datetime) -> list[DemoAccount]:
    """Events around the instant `at`, committed in one transaction; returns who can sign in.

    At `at` a session is running, whatever the hour and the day.  The same `at` gives the same
    demo, but for the bookings' uids.  Raises Conflict when it is there already.
    """
    with transaction():
        cast = create_cast(at - timedelta(days=70))
        event, teams = create_ptg(at)
        give_roles(cast, event, teams)
        board, booked = sign_up(event)
        History(event, board, booked, at=at).happen(at)
        post_the_moment(event, at)
        register_people(event, cast, at)
        count_sessions(event, at)
        for other in create_others(at):
            give_organizer(cast, other)
            if other.status == EventStatus.ARCHIVED:
                register_earlier(other, at)
    return [person.account for person in CAST]
