"""What a ptgbot database says of the moment: topics, places, messages, voice.

It goes onto the live board as if people had posted it, one change each; what the board has
already stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ptgsched.accounts.actor import IMPORTER
from ptgsched.events.models import Event
from ptgsched.feeds.ptgbot_merge import Merge
from ptgsched.feeds.ptgbot_plans import PtgbotFile, TrackPlan
from ptgsched.live import operations, queries
from ptgsched.live.models import Level
from ptgsched.live.queries import Live
from ptgsched.teams.models import Team


def take_live(
    event: Event, file: PtgbotFile, teams: Mapping[str, Team], merge: Merge, at: datetime
) -> None:
    """Post what the file has and the board lacks; `teams` by the names of their tracks."""
    board = queries.live(event, at)
    if file.voice and not board.voice_required:
        operations.require_voice(event, True, actor=IMPORTER, at=at)
        merge.changed = True
    here = [{"level": level, "message": text} for level, text in board.messages]
    if merge.lacks("motd of the event", here, file.motd):
        for message in file.motd:
            level = Level(message["level"])
            operations.add_message(event, level, message["message"], actor=IMPORTER, at=at)
    for track in file.tracks.values():
        _take_track(event, teams[track.name], track, board, merge, at)


def _take_track(
    event: Event, team: Team, track: TrackPlan, board: Live, merge: Merge, at: datetime
) -> None:
    now = board.now.get(team.slug)
    following = [said.text for said in board.next.get(team.slug, ())]
    place = board.places.get(team.slug)
    if merge.lacks(f"location of {track.name}", place, track.location):
        operations.set_place(event, team, track.location, actor=IMPORTER, at=at)
    if merge.lacks(f"now of {track.name}", now and now.text, track.now):
        # Not as `set_now`, which would drop what comes next and place the team.
        operations.put_topics(
            event, team, now=track.now, following=following, actor=IMPORTER, at=at
        )
    if merge.lacks(f"next of {track.name}", following, track.next):
        for text in track.next:
            operations.add_next(event, team, text, actor=IMPORTER, at=at)
