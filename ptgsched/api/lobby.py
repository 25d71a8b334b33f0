"""Long polls that wait are let in without the application: most of them come to wait again.

What a waiting poll is told at once (its headers) is the same for all of an event's, so it is
learned from the first one, which the application answers.  Whoever shows credentials or a cookie,
asks for something else, or could be answered at once is the application's.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sqlalchemy import Engine

from ptgsched.api.followers import Followers
from ptgsched.events.models import EventStatus
from ptgsched.feeds.stamps import PlainReader
from ptgsched.metrics.counting import ENDPOINT
from ptgsched.web.handover import WISH, Headers, Wish

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LONGEST_WAIT = 60.0  # seconds
MOST_LEARNED = 200  # events
FAR_BEHIND = 200  # changes; who is further behind reads page after page
_PATH = re.compile(r"/api/v1/events/([a-z0-9-]{1,64})/changes\Z")
_CURSOR = re.compile(r"\d{1,15}\Z", re.ASCII)
_SECONDS = re.compile(r"\d{1,2}(\.\d{1,3})?\Z", re.ASCII)
Key = tuple[str, str, str]  # slug, and how the client came: over TLS more is told
_JUDGED = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_EXPECT")


class Lobby:
    """WSGI middleware around the application, inside the handover."""

    def __init__(self, app: WSGIApplication, followers: Followers, engine: Engine) -> None:
        self._app = app
        self._followers = followers
        self.reader = PlainReader(engine, "id, status, cursor")
        self._learned: dict[Key, tuple[str, Headers]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = _asked(environ)
        if asked is None:
            return self._app(environ, start_response)
        slug, since, wait = asked
        key = (slug, environ["wsgi.url_scheme"], environ.get("HTTP_X_FORWARDED_PROTO", ""))
        known = self._learned.get(key)
        if known is None:
            return self._app(environ, self._learning(key, environ, start_response))
        event_id = self._may_wait(slug, since)
        if event_id is None:
            return self._app(environ, start_response)
        carry = partial(self._followers.poll, event_id=event_id, cursor=since, wait=wait)
        environ[WISH] = Wish(carry)
        environ[ENDPOINT] = "api.changes"
        start_response(*known)
        return []

    def _may_wait(self, slug: str, since: int) -> int | None:
        """The event's id, if all that this poll can do now is wait."""
        row = self.reader.row(slug)
        if row is None or self._followers.is_full:
            return None
        event_id, status, cursor = row
        if status == EventStatus.DRAFT or not cursor - FAR_BEHIND <= since <= cursor:
            return None
        return None if since < cursor and self._followers.are_few else int(event_id)

    def _learning(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Callable[..., Callable[[bytes], object]]:
        def start(status: str, headers: Headers, *error: Any) -> Callable[[bytes], object]:
            waits = WISH in environ and status.startswith("200 ")
            if waits and not any(name.lower() == "set-cookie" for name, _ in headers):
                if len(self._learned) >= MOST_LEARNED:
                    self._learned.clear()
                self._learned[key] = status, headers
            return start_response(status, headers, *error)

        return start


def _asked(environ: WSGIEnvironment) -> tuple[str, int, float] | None:
    """Event, cursor and seconds of a long poll that is like all others."""
    found = _PATH.match(environ["PATH_INFO"])
    if found is None or environ["REQUEST_METHOD"] != "GET":
        return None
    if type(environ.get("gunicorn.socket")) is not socket.socket:
        return None
    if any(name in environ for name in _JUDGED):
        return None
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    if query.keys() != {"since", "wait"}:
        return None
    since, wait = query["since"], query["wait"]
    if not _CURSOR.match(since) or not _SECONDS.match(wait):
        return None
    return (found[1], int(since), float(wait)) if 0 < float(wait) <= LONGEST_WAIT else None
