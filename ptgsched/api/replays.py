"""One transaction for each changing request, and one answer for each Idempotency-Key.

A key is looked up under the event's lock (the token's, where there is no event yet), so of two
requests at once the second waits and finds the first's answer.  The change itself runs in a
savepoint: a refusal takes only the change back and is kept as the key's answer too.  What ends in
401, 403 for the token, 413, 415, 429 or 5xx keeps no answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from flask import Response, request
from sqlalchemy import select

from ptgsched.api import auth
from ptgsched.api.parsing import raw_body
from ptgsched.db import db
from ptgsched.errors import Invalid, PtgschedError
from ptgsched.schedule.models import Replay
from ptgsched.schedule.replays import forget_old
from ptgsched.web import errors
from ptgsched.web.context import now

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
LONGEST_PATH = 300
REPLAYED_HEADERS = ("Content-Type", "ETag", "Location")

Work = Callable[[], Response]


class Mismatch(Invalid):
    """A key came again with another body."""

    code = "idempotency_mismatch"

    def __init__(self, key: str) -> None:
        super().__init__(
            "This Idempotency-Key was used with another body; take a new key for a new request.",
            key=key,
        )


def transact(work: Work, *, dry_run: bool, replayable: bool) -> Response:
    """The answer of `work`, committed; rolled back for a dry run; the first one for a known key.

    Called under that lock.  Raises what `work` raises, Mismatch, and Invalid for a key that
    is none.
    """
    if dry_run:
        try:
            response = work()
            response.headers.pop("ETag", None)  # of a state that never is
            return response
        finally:
            db.session.rollback()
    # A longer path names nothing, so there is nothing to do twice.
    replayable = replayable and len(request.path) <= LONGEST_PATH
    key = request.headers.get(HEADER) if replayable else None
    if key is not None:
        return _once(_checked(key), work)
    response = work()
    db.session.commit()
    return response


def _checked(key: str) -> str:
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        said = f"A key has 1 to {LONGEST_KEY} printable characters."
        raise Invalid(f"{HEADER}: {said}", fields={HEADER: [said]})
    return key


def _once(key: str, work: Work) -> Response:
    at = now()
    digest = hashlib.sha256(raw_body(request)).hexdigest()
    kept = _kept(key, at)
    if kept is not None:
        if kept.request_hash != digest:
            raise Mismatch(key)
        response = Response(kept.body, kept.status, kept.headers)
        db.session.rollback()
        return response
    try:
        with db.session.begin_nested():
            response = work()
    except PtgschedError as error:
        response = errors.in_form(error)
    db.session.add(
        Replay(
            token_id=auth.caller().token_id,
            path=request.path,
            key=key,
            request_hash=digest,
            status=response.status_code,
            headers={
                name: response.headers[name]
                for name in REPLAYED_HEADERS
                if name in response.headers
            },
            body=response.get_data(as_text=True),
            created_at=at,
        )
    )
    db.session.commit()
    return response


def _kept(key: str, at: datetime) -> Replay | None:
    """The key's answer; all that are too old are forgotten."""
    forget_old(at)
    return db.session.scalar(
        select(Replay).where(
            Replay.token_id == auth.caller().token_id,
            Replay.path == request.path,
            Replay.key == key,
        )
    )
