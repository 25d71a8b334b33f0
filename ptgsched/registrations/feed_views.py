"""One's own calendar over HTTP: never in a cache that others share, not even ours."""

from __future__ import annotations

from flask import Response, request

from ptgsched.db import begin_snapshot
from ptgsched.errors import NotFound
from ptgsched.feeds import stamps
from ptgsched.feeds.documents import Document
from ptgsched.feeds.serving import hand_over
from ptgsched.registrations import tokens
from ptgsched.registrations.blueprint import blueprint
from ptgsched.registrations.calendar import personal_calendar
from ptgsched.web.access import access
from ptgsched.web.context import links, now
from ptgsched.web.personal import personal


@blueprint.get("/calendar/<token>.ics")
@personal
@access("public")
def calendar(token: str) -> Response:
    """The sessions of whoever knows the address; 404 once it was rotated or cancelled."""
    begin_snapshot()
    registration = tokens.find(token, "feed")
    if registration is None or registration.is_cancelled:
        raise NotFound("There is no calendar at this address; its owner may have a new one.")
    stamp = stamps.read(registration.event.slug)
    if stamp is None or not stamp.is_public:
        raise NotFound("There is no calendar at this address.")
    cancelled = request.args.get("cancelled") != "0"
    rendering = personal_calendar(registration, links(), now(), token, cancelled=cancelled)
    return hand_over(Document(rendering=rendering, event=registration.event.slug, stamp=stamp))
