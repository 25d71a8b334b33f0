"""What comes in: one JSON object, or the query string, told apart by what is wrong with it.

Malformed JSON is 400, another media type 415, more than the limit 413 (Werkzeug's), wrong fields
422 with all of them named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar, cast

import orjson
from flask import Request
from marshmallow import ValidationError, fields, validate
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from ptgsched.errors import Invalid, NotFound, PtgschedError
from ptgsched.events.layout import SLUG
from ptgsched.events.models import Event
from ptgsched.setup.fields import refuse

Asked = TypeVar("Asked")
Found = TypeVar("Found")

WHOLE = "body"  # the name of what is wrong with the body as a whole
# RFC 3339, section 5.6.  In a query string an unescaped "+" arrives as a space.
_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+\- ]\d\d:\d\d)", re.ASCII
)


class Malformed(PtgschedError):
    """The body is not JSON."""

    code = "malformed"


class Instant(fields.DateTime):
    """An RFC 3339 date-time with its offset, as aware UTC; a naive one is refused."""

    default_error_messages = {
        "invalid": "Give an RFC 3339 instant with its offset, such as 2026-10-26T13:00:00Z."
    }

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise self.make_error("invalid")
        date, time = value[:10], value[11:].replace(" ", "+").upper()
        whole, _, rest = time.partition(".")
        # Python keeps microseconds; RFC 3339 allows more digits than that.
        digits = re.match(r"\d*", rest)
        fraction = digits.group() if digits else ""
        if fraction:
            time = f"{whole}.{fraction[:6].ljust(6, '0')}{rest[len(fraction) :]}"
        try:
            return datetime.fromisoformat(f"{date}T{time}").astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.make_error("invalid") from error


def _printable(text: str) -> None:
    if not text.isprintable():
        raise ValidationError("Give a name without control characters.")


class Name(fields.String):
    """The slug of a team, room or project, or a slot's code; whether it exists is asked later."""

    def __init__(self, *, most: int = 64, **options: Any) -> None:
        super().__init__(validate=[validate.Length(1, most), _printable], **options)


def raw_body(request: Request) -> bytes:
    """The bytes of the body; raises Werkzeug's 413 when they are too many."""
    body = request.get_data()
    limit = request.max_content_length
    # A body sent in chunks says no length, and Werkzeug stops reading it at the limit.
    if request.content_length is None and limit is not None and len(body) >= limit:
        raise RequestEntityTooLarge
    return body


def read_object(request: Request) -> dict[str, Any]:
    """The request's JSON object.

    Raises Malformed, Invalid for JSON that is no object, and Werkzeug's 413 and 415.
    """
    if request.mimetype and not is_json(request.mimetype):
        raise UnsupportedMediaType
    try:
        value = orjson.loads(raw_body(request))
    except orjson.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        said = "Send one JSON object."
        raise Invalid(said, fields={WHOLE: [said]})
    return value


class Parser(FlaskParser):
    """Reads bodies and query strings, and says what is wrong in this service's own way."""

    def load_json(self, req: Request, _schema: object) -> dict[str, Any]:
        """The body, for `location="json"`."""
        return read_object(req)

    def handle_error(self, error: ValidationError, *_args: Any, **_options: Any) -> NoReturn:
        """Raises Invalid with every field that is wrong."""
        by_location = cast("Mapping[str, Mapping[str, Any]]", error.messages)
        told = {
            WHOLE if name == "_schema" else str(name): _sentences(messages)
            for messages in by_location.values()
            for name, messages in messages.items()
        }
        refuse(told)


def _sentences(messages: Any) -> list[str]:
    """Marshmallow's messages of one field; those of a list are by index, within it by name."""
    if isinstance(messages, Mapping):
        return [
            f"{f'Item {where + 1}' if isinstance(where, int) else where}: "
            f"{' '.join(_sentences(said))}"
            for where, said in messages.items()
        ]
    return [str(said) for said in messages]


def require_slug(slug: str) -> str:
    """The name in a path; raises NotFound for one that nothing can have.

    Such a name need not reach the database, which may choke on it (PostgreSQL on NUL).
    """
    if not SLUG.fullmatch(slug):
        raise NotFound("There is nothing of this name here.", name=slug)
    return slug


class Names:
    """Finds what a request names at an event, and gathers what there is not."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._wrong: dict[str, list[str]] = {}

    def find(self, field: str, look: Callable[[Event, Asked], Found], asked: Asked) -> Found | None:
        """What `look` finds; None when it raises, and `require` will say so."""
        try:
            return look(self._event, asked)
        except NotFound as error:
            self._wrong[field] = [error.message]
        except Invalid as error:
            self._wrong.update(error.fields)
        return None

    def require(self) -> None:
        """Raises Invalid with every name that there is not."""
        if self._wrong:
            refuse(self._wrong)
