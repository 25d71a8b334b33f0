"""The application, put together: settings, database, security, features."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_talisman import Talisman
from werkzeug.middleware.proxy_fix import ProxyFix

from ptgsched.accounts import oidc, sign_in
from ptgsched.api import blueprints as api
from ptgsched.attendance import views as attendance
from ptgsched.config import Settings, shipped
from ptgsched.db import db, engine_options, migrate
from ptgsched.events.views import blueprint as events_pages
from ptgsched.feeds import views as feeds
from ptgsched.invitations.views import blueprint as invitation_pages
from ptgsched.live.views import blueprint as live_pages
from ptgsched.manage.views import blueprint as manage_pages
from ptgsched.metrics.counting import Counts
from ptgsched.metrics.views import blueprint as metrics
from ptgsched.now.views import blueprint as now_pages
from ptgsched.outbox.views import blueprint as outbox_pages
from ptgsched.pings import views as pings
from ptgsched.profile.pages import blueprint as accounts_pages
from ptgsched.registrations import views as registrations
from ptgsched.schedule.views import blueprint as schedule_pages
from ptgsched.setup import views as setup
from ptgsched.survey.views import blueprint as survey_pages
from ptgsched.web import access, delivery, errors, filters, limits, personal
from ptgsched.web.context import EXTENSION
from ptgsched.web.csrf import protection
from ptgsched.web.framing import CONTENT_SECURITY_POLICY
from ptgsched.web.health import blueprint as health
from ptgsched.web.sessions import Sessions
from ptgsched.webhooks.views import blueprint as webhook_pages

MAX_BODY = 1_000_000  # bytes
SESSION_LASTS = timedelta(days=14)


def create_app(settings: Settings | None = None) -> Flask:
    """The service set up by `settings`, default: the environment's.  Raises BadSetting."""
    settings = settings or Settings.from_env()
    app = Flask(
        "ptgsched",
        template_folder=str(shipped("templates")),
        static_folder=str(shipped("static")),
    )
    _configure(app, settings)
    _setup_database(app, settings)
    _setup_security(app, settings)
    _setup_features(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions[EXTENSION] = settings
    app.config.update(
        # Without a key nothing survives a restart; `serve` and wsgi insist on a real one.
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        MAX_CONTENT_LENGTH=MAX_BODY,
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.https,
        REMEMBER_COOKIE_SECURE=settings.https,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a form left open over lunch works
        WTF_CSRF_SSL_STRICT=settings.https,
        BOOTSTRAP_SERVE_LOCAL=True,
        TEMPLATES_AUTO_RELOAD=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _setup_database(app: Flask, settings: Settings) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(shipped("migrations")))


def _setup_security(app: Flask, settings: Settings) -> None:
    app.session_interface = Sessions()
    personal.init_app(app)  # first: what it sets, nothing sets over
    Talisman(
        app,
        force_https=False,  # the proxy's business; with an http BASE_URL nothing redirects
        strict_transport_security=settings.https,
        session_cookie_secure=settings.https,
        content_security_policy=CONTENT_SECURITY_POLICY,
        referrer_policy="strict-origin-when-cross-origin",
    )
    sign_in.init_app(app)
    oidc.init_app(app, settings)
    limits.init_app(app, settings)
    access.init_app(app)  # first: who has been signed out is asked in, not told of a token
    protection.init_app(app)
    protection.exempt(api.CSRF_EXEMPT)
    errors.init_app(app)
    delivery.init_app(app)


def _setup_features(app: Flask) -> None:
    Bootstrap5(app)
    filters.init_app(app)
    for pages in (
        health,
        metrics,
        accounts_pages,
        outbox_pages,
        webhook_pages,
        events_pages,
        schedule_pages,
        live_pages,
        now_pages,
        invitation_pages,
        survey_pages,
        manage_pages,
    ):
        app.register_blueprint(pages)
    setup.init_app(app)
    attendance.init_app(app)
    registrations.init_app(app)
    pings.init_app(app)
    feeds.init_app(app)
    api.init_app(app)
    Counts().init_app(app)
