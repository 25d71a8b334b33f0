"""The service with a clock that a test moves while it serves; for `running_server`.

How many seconds it is ahead stands in the file that CLOCK_FILE names.
"""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from ptgsched import clock
from wsgi import app

__all__ = ["app"]


class Moved(datetime):
    """What the only reader of the system clock asks."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        """The instant, moved."""
        ahead = float(Path(os.environ["CLOCK_FILE"]).read_text() or 0)
        return datetime.now(tz) + timedelta(seconds=ahead)


clock.datetime = Moved
