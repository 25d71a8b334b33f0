"""A calendar program from the package index, subscribed to a team over HTTP."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from ptgsched.clock import utcnow
from ptgsched.db import db
from ptgsched.schedule import operations
from tests.support.story import LEAD, Story

BIN = Path(sys.executable).parent
NEXT_YEAR = date(2027, 10, 25)  # a Monday; the programs look at the real clock


class Program:
    """vdirsyncer fetches the calendar into a folder, khal shows the folder in a zone."""

    def __init__(self, folder: Path, url: str, zone: str) -> None:
        self.home = folder
        (folder / "vdirsyncer").write_text(
            f"""
[general]
status_path = "{folder}/status"
[pair ptg]
a = "here"
b = "there"
collections = null
conflict_resolution = "b wins"
[storage here]
type = "filesystem"
path = "{folder}/calendar"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
        )
        (folder / "khal").write_text(
            f"""
[calendars]
[[ptg]]
path = {folder}/calendar
type = calendar
[locale]
local_timezone = {zone}
default_timezone = {zone}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
[sqlite]
path = {folder}/khal.db
"""
        )
        self._run("vdirsyncer", "-c", str(folder / "vdirsyncer"), "discover")

    def sync(self) -> None:
        """Fetch what there is now."""
        self._run("vdirsyncer", "-c", str(self.home / "vdirsyncer"), "sync")

    def shown(self) -> list[dict[str, str]]:
        """The events of ten days, as khal shows them."""
        fields = ["title", "start", "end", "location", "status"]
        options = [word for field in fields for word in ("--json", field)]
        out = self._run(
            "khal", "-c", str(self.home / "khal"), "list", *options, "--", str(NEXT_YEAR), "10d"
        )
        return [event for line in out.splitlines() if line for event in json.loads(line)]

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def test_vdirsyncer_and_khal_show_one_session_at_its_local_time(
    make_app, serve, database_url, tmp_path
):
    """Nova's session of Monday 13:00-15:00 UTC, in Kolkata, before and after it moves."""
    story = Story.begin(make_app(database_url), monday=NEXT_YEAR)
    with story.app.app_context():
        uid = story.book("nova", "bexar", "MonA1", "MonA2", title="Placement", at=utcnow()).uid
        story.book("cinder", "austin", "MonA1", title="Not ours", at=utcnow())
    url = serve(database_url, workers=2)
    home = tmp_path / "home"
    home.mkdir()
    program = Program(home, f"{url}/events/oct/teams/nova.ics", "Asia/Kolkata")

    program.sync()
    (event,) = program.shown()
    assert event["title"] == "Nova: Placement"
    assert event["start"] == "2027-10-25 18:30"
    assert event["end"] == "2027-10-25 20:30"
    assert event["location"] == "Bexar"

    with story.app.app_context():
        operations.change(
            story.event,
            story.booking(uid),
            slots=story.slots("TueC4"),
            room=story.room("austin"),
            actor=LEAD,
            at=utcnow() + timedelta(seconds=1),
        )
        db.session.commit()
    program.sync()
    (event,) = program.shown()  # one event, not two
    assert event["start"] == "2027-10-27 05:30"
    assert event["end"] == "2027-10-27 06:30"
    assert event["location"] == "Austin"

    with story.app.app_context():
        operations.release(story.event, story.booking(uid), actor=LEAD, at=utcnow())
        db.session.commit()
    program.sync()
    (event,) = program.shown()
    assert event["status"].strip() == "CANCELLED"
