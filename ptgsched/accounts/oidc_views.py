"""There and back: signing in with the provider of OpenID Connect."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from ptgsched.accounts import oidc
from ptgsched.accounts.blueprint import blueprint
from ptgsched.accounts.identities import person_of
from ptgsched.accounts.sign_in import sign_in
from ptgsched.accounts.views import refused_page, too_many, wanted_path
from ptgsched.db import begin_write, db
from ptgsched.errors import PtgschedError
from ptgsched.web.access import access
from ptgsched.web.context import now, settings
from ptgsched.web.errors import status_of
from ptgsched.web.limits import address, limiter, signins
from ptgsched.web.navigation import own_path


@blueprint.get("/login/oidc")
@access("public")
@limiter.limit(signins, key_func=address, on_breach=too_many)
def begin_oidc() -> Response:
    """Send somebody to the provider; who is signed in already is sent on."""
    if current_user.is_authenticated:
        return redirect(wanted_path(), 303)
    back = settings().base_url + url_for("accounts.finish_oidc")
    try:
        return redirect(oidc.begin(settings(), back, wanted_path()), 303)
    except oidc.Unreachable as error:
        return refused_page(error, 503)


@blueprint.get("/login/oidc/return")
@access("public")
@limiter.limit(signins, key_func=address, on_breach=too_many)
def finish_oidc() -> Response:
    """Sign in whom the provider vouches for, and go on to where they wanted."""
    try:
        answer = oidc.finish(settings(), request.args.get("state", ""))
        begin_write()
        user = person_of(answer.claims, at=now())
        db.session.commit()
    except oidc.Unreachable as error:
        return refused_page(error, 503)
    except PtgschedError as error:
        if not oidc.is_set():
            raise
        db.session.rollback()
        return refused_page(error, status_of(error))
    sign_in(user)
    return redirect(own_path(answer.next) or url_for("events.index"), 303)
