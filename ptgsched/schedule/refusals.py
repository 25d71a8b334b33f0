"""A booking that the sign-up rules forbid, as one error with all the reasons."""

from __future__ import annotations

from ptgsched.errors import Conflict, Invalid, PtgschedError
from ptgsched.schedule.policy import Verdict
from ptgsched.schedule.wording import in_words, told


class BookingRefused(PtgschedError):
    """One or more sign-up rules forbid it; `verdict` holds all of them.

    Its facts are ``violations`` and ``warnings``, each with rule, message and its own facts.
    """

    code = "refused"

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(
            " ".join(in_words(violation) for violation in verdict.violations),
            violations=[told(violation) for violation in verdict.violations],
            warnings=[told(violation) for violation in verdict.warnings],
        )
        self.verdict = verdict


class RulesBroken(BookingRefused, Invalid):
    """Refused, and no other team is in the way."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict)
        self.fields = {}


class RoomTaken(BookingRefused, Conflict):
    """Refused, because among other reasons the room is taken."""

    code = "room_taken"
