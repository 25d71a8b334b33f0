"""The JSON API, put together."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import event as listen

from ptgsched.api import (
    answers,
    attendance,
    availability,
    bookings,
    changes,
    checkins,
    events,
    followers,
    live,
    manage,
    manage_days,
    manage_events,
    manage_rooms,
    manage_teams,
    manage_windows,
    openapi,
    registrations,
    schedule,
    webhooks,
)
from ptgsched.api.base import PREFIX, blueprint
from ptgsched.api.describing import Api
from ptgsched.api.lobby import Lobby
from ptgsched.db import db
from ptgsched.web.handover import Handover

# Bearer tokens are never sent by a browser on its own, so no form can be forged.
CSRF_EXEMPT = blueprint
SET_UP = (manage, manage_days, manage_events, manage_rooms, manage_teams, manage_windows)
RESOURCES = (
    events,
    schedule,
    availability,
    bookings,
    changes,
    live,
    checkins,
    attendance,
    registrations,
    *SET_UP,
    webhooks,
)


def init_app(app: Flask) -> None:
    """Serve the API below /api/v1."""
    api = Api(
        app,
        spec_kwargs={
            "title": "ptgsched",
            "version": "v1",
            "openapi_version": "3.1.0",
            "info": {"description": openapi.ABOUT},
        },
    )
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.register_blueprint(blueprint)
    openapi.serve(app, api, blueprint, PREFIX)
    answers.init_app(app, PREFIX)
    followers.init_app(app)
    with app.app_context():
        engine = db.engine
    lobby = Lobby(app.wsgi_app, app.extensions[followers.EXTENSION], engine)
    listen.listen(engine, "engine_disposed", lambda _engine: lobby.reader.close())
    app.wsgi_app = Handover(lobby)  # type: ignore[method-assign]
