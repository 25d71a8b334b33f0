"""The schedule grid and the agenda; the modules named below add their pages beside it."""

from __future__ import annotations

from ptgsched.schedule import booking_views, room_views, team_views
from ptgsched.schedule.blueprint import blueprint

__all__ = ["blueprint", "booking_views", "room_views", "team_views"]
