"""Answers kept for those who ask again under the same Idempotency-Key."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from ptgsched.db import db
from ptgsched.schedule.models import Replay

KEPT = timedelta(hours=24)


def forget_old(at: datetime) -> None:
    """Forget what was answered longer ago: it may hold a secret that was shown once."""
    db.session.execute(delete(Replay).where(Replay.created_at <= at - KEPT))
