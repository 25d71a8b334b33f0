"""Somebody who registers, and what comes by mail."""

import re

from sqlalchemy import select

from ptgsched.db import db
from ptgsched.outbox.models import OutgoingMail
from ptgsched.registrations.models import Registration

REGISTER = "/events/oct/register"
YUKI = {
    "name": "Yuki Sato",
    "email": "Yuki@Example.net",
    "country": "JP",
    "timezone": "Asia/Tokyo",
    "teams": ["nova"],
    "projects": ["openstack"],
    "affiliation": "Example K.K.",
    "access_needs": "Captions, please",
}


def mails(story, template=None):
    """What waits in the outbox, in order."""
    with story.app.app_context():
        rows = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        return [mail for mail in rows if template in {None, mail.template}]


def link_in(mail):
    """The path of the personal link."""
    return re.search(r"http://[^/]+(/registrations/[\w-]{43})", mail.text)[1]


def registered(story):
    """The one registration."""
    with story.app.app_context():
        found = db.session.scalars(select(Registration)).one()
        return found.name, found.email, found.status, [team.slug for team in found.teams]
