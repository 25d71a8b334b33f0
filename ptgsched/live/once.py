"""A form that is posted twice posts once: a reload, a second press, an answer lost on the way.

Each form is shown with a key of its own; what was posted under it is kept for a day.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete

from ptgsched.db import db
from ptgsched.events.models import Event
from ptgsched.live.models import PostedForm
from ptgsched.schedule.journal import lock

KEPT = timedelta(hours=24)


def is_repeat(event: Event, key: str, *content: object, at: datetime) -> bool:
    """Whether the form with this `key` posted this very `content` before; from now on it has.

    Takes the event's lock, so of two at once the second waits.  Another content under the key is
    another post: browsers show an old form when one goes back.  Commits nothing.
    """
    lock(event)
    digest = hashlib.sha256(repr((event.id, key, *content)).encode()).hexdigest()
    db.session.execute(delete(PostedForm).where(PostedForm.at <= at - KEPT))
    if db.session.get(PostedForm, digest) is not None:
        return True
    db.session.add(PostedForm(digest=digest, event_id=event.id, at=at))
    return False
