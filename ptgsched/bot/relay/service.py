"""The service over HTTP: the call of chat lines, notices, the schedule, the stream of changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from urllib3.exceptions import HTTPError

from ptgsched.bot.relay.announcements import Session, sessions
from ptgsched.errors import PtgschedError

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 20.0
SILENCE_SECONDS = 40.0  # of a stream, which says something every 15
NOT_OURS = "what answers there is not ptgsched"
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class Unreachable(PtgschedError):
    """No answer, or one that says: later.  The same request may be sent again."""

    code = "unreachable"

    def __init__(self, address: str, why: str, status: int | None = None) -> None:
        super().__init__(f"{address} cannot be reached: {why}", address=address, why=why)
        self.status = status


class Refused(PtgschedError):
    """The service answered, and will answer the same again."""

    code = "refused"

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message, status=status)


class NotAllowed(Refused):
    """The token is not good for this, or is not any more; another one may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line of chat, where it was typed (None: to us alone), and what its author may do there.

    `key` names it to the service: sent again after a lost answer, it is done once.
    """

    nick: str
    text: str
    channel: str | None
    voiced: bool
    operator: bool
    key: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for one person."""

    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a line is answered with."""

    reply: str | None
    notices: tuple[Notice, ...]


class Service:
    """One event at one address; each thread has its own, since each has its own connection."""

    def __init__(self, base_url: str, event: str, token: str) -> None:
        self.base_url = base_url
        self.event = event
        self._token = token
        self._root = f"{base_url}/api/v1/events/{quote(event, safe='')}"
        self._followed: requests.Response | None = None
        self._session = requests.Session()
        self._session.auth = self._sign  # or a .netrc would put its own in place
        self._session.headers["User-Agent"] = "ptgsched-bot"

    def another(self) -> Service:
        """The same for another thread."""
        return Service(self.base_url, self.event, self._token)

    def close(self) -> None:
        """Hang up, also on a stream that another thread reads: it ends."""
        if self._followed is not None:
            self._followed.raw.shutdown()
        self._session.close()

    def require(self) -> str:
        """The event's title, if it is there and our token may speak for people in chat.

        Raises Unreachable or Refused, each with a message for who starts the relay.
        """
        try:
            event = self._ask("GET", "")
        except Refused as error:
            if error.facts["status"] == 404:
                there = f"There is no event {self.event!r} at {self.base_url}."
                raise Refused(there, 404) from error
            raise
        # A blank line is talk: nothing happens, but who may not pass lines on is told.
        self._ask("POST", "/live/lines", {"nick": "ptgsched", "line": ""})
        with self._expecting_ptgsched():
            return str(event["title"])

    def say(self, line: Spoken) -> Said:
        """Pass a line on.  Raises Unreachable, Refused."""
        body = {
            "nick": line.nick,
            "line": line.text,
            "private": line.channel is None,
            "voiced": line.voiced,
            "operator": line.operator,
        }
        said = self._ask("POST", "/live/lines", body, key=line.key)
        with self._expecting_ptgsched():
            notices = tuple(Notice(told["to"], told["text"]) for told in said["notices"])
            return Said(said["reply"], notices)

    def notices(self, after: int) -> list[tuple[int, Notice]]:
        """What subscribers are to be told, by number; up to `after` they were.  Raises likewise."""
        waiting = self._ask("POST", "/live/notices", {"after": after})
        with self._expecting_ptgsched():
            return [(one["id"], Notice(one["to"], one["text"])) for one in waiting["notices"]]

    def schedule(self) -> tuple[list[Session], list[str]]:
        """The sessions that are booked, and the teams.  Raises likewise."""
        schedule = self._ask("GET", "/schedule")
        with self._expecting_ptgsched():
            return sessions(schedule), [team["slug"] for team in schedule["teams"]]

    def follow(self) -> Iterator[str]:
        """The actions of changes from now on; first ``hello``.  Raises likewise."""
        answer = self._send(
            "GET", "/stream", stream=True, timeout=(CONNECT_SECONDS, SILENCE_SECONDS)
        )
        rest = b""
        self._followed = answer
        with answer:
            try:
                # What requests itself offers waits for a full buffer, or reads byte by byte.
                while data := answer.raw.read1(65_536):
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        name, _, value = line.partition(b": ")
                        if name == b"event":
                            yield value.decode()
            except (HTTPError, ValueError, OSError) as error:
                raise Unreachable(self.base_url, _reason(error)) from error
            finally:
                self._followed = None

    def _ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> Any:
        headers = {"Idempotency-Key": key} if key is not None else {}
        answer = self._send(method, path, json=body, headers=headers)
        with self._expecting_ptgsched():
            return answer.json()

    @contextmanager
    def _expecting_ptgsched(self) -> Iterator[None]:
        """Something in between may answer in place of the service, with 200, for a while."""
        try:
            yield
        except (ValueError, KeyError, TypeError) as error:
            raise Unreachable(self.base_url, NOT_OURS) from error

    def _send(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", (CONNECT_SECONDS, ANSWER_SECONDS))
        try:
            answer = self._session.request(
                method, self._root + path, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            raise Unreachable(self.base_url, _reason(error)) from error
        if answer.status_code == 200:
            return answer
        with answer:
            if answer.status_code in _LATER:
                said = f"it answers {answer.status_code}"
                raise Unreachable(self.base_url, said, answer.status_code)
            raise self._refusal(answer)

    def _refusal(self, answer: requests.Response) -> Refused | Unreachable:
        status = answer.status_code
        if 300 <= status < 400:
            to = answer.headers.get("Location", "elsewhere")
            return Refused(f"{self.base_url} sends on to {to}: correct PTGSCHED_BASE_URL.", status)
        try:
            said = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):  # not ours
            if status == 404:
                return Unreachable(self.base_url, NOT_OURS, status)
            return Refused(f"{self.base_url} answers {status}", status)
        if status in {401, 403}:
            said = f"The token in PTGSCHED_BOT_TOKEN is refused: {said}"
            return NotAllowed(said, status)
        return Refused(said, status)

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _reason(error: Exception) -> str:
    """In few words: requests tells whole stories about retries and pools."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted"
    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    return str(error) or type(error).__name__
