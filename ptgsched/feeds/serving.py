"""Between a view and the gate: one cached document for each address of an event."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, current_app, request
from sqlalchemy import event as listen

from ptgsched.db import begin_snapshot, db
from ptgsched.errors import NotFound
from ptgsched.events.models import Event
from ptgsched.feeds import stamps
from ptgsched.feeds.documents import Document, Documents, Renderer
from ptgsched.feeds.gate import HANDED_OVER, Gate
from ptgsched.feeds.stamps import PlainReader
from ptgsched.web.context import EXTENSION, links, now, settings

CACHE = f"{EXTENSION}.documents"


def init_app(app: Flask) -> None:
    """Put the gate in front of `app`."""
    documents = app.extensions[CACHE] = Documents()
    with app.app_context():
        engine, https = db.engine, settings().https
    reader = PlainReader(engine)
    listen.listen(engine, "engine_disposed", lambda _engine: reader.close())
    app.wsgi_app = Gate(app.wsgi_app, documents, reader, https=https)  # type: ignore[method-assign]


def serve(
    slug: str, render: Renderer, *, query: str = "", live: bool = False, keep: bool = True
) -> Response:
    """Answer this request with a document of the event `slug`, rendered only if it changed.

    `query` is the part of the query string that the document depends on, spelt one way: what
    else a client sends makes no further copies.  `live`: it shows the live board as well.  `keep`
    False renders each time: for queries that have no end of spellings.
    Raises NotFound when the event is not public, and what `render` raises.
    """
    documents = cast("Documents", current_app.extensions[CACHE])
    key = (request.environ["PATH_INFO"], query)
    begin_snapshot()
    stamp = stamps.read(slug)
    if stamp is None or not stamp.is_public:
        raise NotFound("There is no such event.", event=slug)
    document = documents.get(key)
    if document is None or not document.is_current(stamp, now()):
        event = db.session.get_one(Event, stamp.event_id)
        rendering = render(event, links(), now())
        document = Document(rendering=rendering, event=slug, stamp=stamp, live=live)
        if keep:
            documents.put(key, document)
    return hand_over(document)


def hand_over(document: Document) -> Response:
    """An empty response in whose place the gate sends the document, or 304."""
    request.environ[HANDED_OVER] = document
    return Response(status=204)
