"""Leaving a kind of mail: one click from the mail program (RFC 8058), or a page with a button."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from ptgsched.db import db
from ptgsched.outbox import leaving
from ptgsched.outbox.operations import EVERY_MAILING, has_left_digest, leave, rejoin
from ptgsched.web.access import access
from ptgsched.web.context import now, settings
from ptgsched.web.csrf import protection
from ptgsched.web.limits import limiter, writes
from ptgsched.web.personal import personal

blueprint = Blueprint("outbox", __name__)
protection.exempt(blueprint)  # a mail program has no session; the signature says who may

MAILINGS = {
    "schedule": "changes of the schedule",
    "reminders": "reminders before an event",
    "now": "topics that become now",
    "leads": "reminders to team leads",
    EVERY_MAILING: "all mails that are not answers to something you did",
}


@blueprint.get("/mail/<mailing>/<digest>/<signature>")
@access("public")
@personal
def choice(mailing: str, digest: str, signature: str) -> str:
    """What the mail's link opens: nothing is changed yet, since mail scanners follow links."""
    leaving.check(digest, mailing, signature, settings())
    return _page(mailing, digest)


@blueprint.post("/mail/<mailing>/<digest>/<signature>")
@access("public")
@personal
@limiter.limit(writes)
def leave_or_rejoin(mailing: str, digest: str, signature: str) -> str:
    """Leave, as the mail program asks; or what the page's buttons say."""
    leaving.check(digest, mailing, signature, settings())
    wish = request.form.get("wish", "leave")
    if wish == "rejoin":
        rejoin(digest, mailing)
        rejoin(digest, EVERY_MAILING)
    else:
        leave(digest, EVERY_MAILING if wish == "leave-all" else mailing, at=now())
    db.session.commit()
    return _page(mailing, digest)


def _page(mailing: str, digest: str) -> str:
    return render_template(
        "outbox/leave.html",
        what=MAILINGS.get(mailing, "this kind of mail"),
        left=has_left_digest(digest, mailing),
        left_all=has_left_digest(digest, EVERY_MAILING),
    )
