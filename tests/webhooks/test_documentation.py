"""The example in docs/webhooks.md, run as it stands."""

import re
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.web.context import links
from ptgsched.webhooks import delivering, operations
from tests.support.server import free_port
from tests.support.story import ORGANIZER
from tests.webhooks.test_delivering import HERE, deliveries

PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"


def test_the_example_takes_what_is_signed_and_nothing_else(sqlite_story, tmp_path):
    [program] = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    port = free_port()
    with sqlite_story.app.app_context():
        hooks = [
            operations.add(
                sqlite_story.event,
                f"http://127.0.0.1:{port}/",
                [],
                actor=ORGANIZER,
                at=utcnow() - timedelta(seconds=1),
            )
            for _ in range(2)
        ]
        secret = hooks[0].secret
        db.session.commit()
        sqlite_story.book("nova", "bexar", "MonA1")
        with (tmp_path / "said").open("w") as said:
            example = subprocess.Popen(
                [sys.executable, "-c", program],
                env={"HOOK_SECRET": secret, "PORT": str(port)},
                stdout=said,
                stderr=subprocess.DEVNULL,
            )
            try:
                time.sleep(0.5)
                while delivering.collect(links()):
                    pass
                while delivering.carry_out(HERE, lambda *_: None):
                    pass
            finally:
                example.kill()
                example.wait()
        assert [row.status for row in deliveries()] == [204, 403]
    assert (tmp_path / "said").read_text() == "booking.created nova\n"
