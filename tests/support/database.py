"""Databases for tests: migrated once for each kind, then copied for each test."""

import os
import secrets
from pathlib import Path

import flask_migrate
from flask import Flask

from ptgsched.app import create_app
from ptgsched.config import Settings
from ptgsched.db import db

Environment = dict[str, str]


def environment(database_url: str, instance: Path, **settings: str) -> Environment:
    """The PTGSCHED_ variables of a service for tests; `settings` (in lower case) win.

    Rate limits are out of the way unless a test asks for one.
    """
    values = {
        "database_url": database_url,
        "instance": str(instance),
        "secret_key": secrets.token_hex(32),
        "base_url": "http://localhost",
        "rate_writes": "1000000",
        "rate_signins": "1000000",
    }
    return {f"PTGSCHED_{name.upper()}": value for name, value in (values | settings).items()}


def settings_for(database_url: str, instance: Path, **settings: str) -> Settings:
    """Settings as a service for tests would read them from its environment."""
    return Settings.from_env(environment(database_url, instance, **settings))


def migrate(database_url: str, instance: Path) -> None:
    """Bring an empty database to the newest schema, leaving no connection open."""
    app = create_app(settings_for(database_url, instance))
    with app.app_context():
        flask_migrate.upgrade()
        db.session.remove()
    forget(app)


def forget(app: Flask) -> None:
    """Close the application's connections, and let go of what Flask-SQLAlchemy keeps for it."""
    with app.app_context():
        db.engine.dispose()
    del db._app_engines[app]


def child_environment(database_url: str, instance: Path, **settings: str) -> Environment:
    """Likewise for a child process: ours without any PTGSCHED_ variable, plus the test's."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PTGSCHED_")}
    return ours | environment(database_url, instance, **settings)
