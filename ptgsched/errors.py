"""What can go wrong, in words a person can act on.

Five families, because callers react in five ways: look elsewhere (`NotFound`), ask somebody
else (`Forbidden`), choose something that is free (`Conflict`), correct the input (`Invalid`),
reload and look again (`Stale`). A rule that needs its own case subclasses one of them, beside
the rule, and is built from its facts. How an error is told belongs to whoever tells it: `web`
alone knows HTTP statuses, the bot turns the same error into one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class PtgschedError(Exception):
    """The root of every refusal this service makes on purpose.

    `message` is one or two sentences for a person, without markup, naming the way out when
    there is one. `code` is for programs: lower case, words joined by underscores, stable from
    release to release. `facts` is what the message was made from: JSON values or aware
    datetimes, never secrets, since the API hands them out.
    """

    code: str = "error"
    facts: dict[str, Any]

    def __init__(self, message: str, /, *, code: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.facts = facts

    @property
    def message(self) -> str:
        """The sentence for a person; the same as `str(error)`."""
        return str(self)

    def __reduce__(self) -> tuple[Callable[..., PtgschedError], tuple[Any, ...]]:
        # By default an exception is rebuilt by calling its class with its message, which fails
        # for a subclass built from facts, and breaks a process pool instead of reporting.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    kind: type[PtgschedError], args: tuple[Any, ...], state: dict[str, Any]
) -> PtgschedError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class NotFound(PtgschedError):
    """What was named does not exist, or the asker may not know that it does."""

    code = "not_found"


class Forbidden(PtgschedError):
    """The asker is known, or nobody, and may not do this."""

    code = "forbidden"


class Conflict(PtgschedError):
    """The request makes sense but collides with what is already there."""

    code = "conflict"


class Invalid(PtgschedError):
    """The input cannot be accepted as it stands, whatever else is there.

    `fields` maps an input's name to the sentences about it, in the order to show them; empty
    when the refusal is about the whole.
    """

    code = "invalid"
    fields: dict[str, list[str]]

    def __init__(
        self,
        message: str,
        /,
        *,
        code: str | None = None,
        fields: Mapping[str, Iterable[str]] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message, code=code, **facts)
        self.fields = {name: list(said) for name, said in (fields or {}).items()}


class Stale(PtgschedError):
    """The asker decided on a state that has since changed; reload, look, and try again."""

    code = "stale"
