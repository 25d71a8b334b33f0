"""Sign in, sign out."""

from __future__ import annotations

from flask import (
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_limiter import RequestLimit
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ptgsched.accounts import attempts
from ptgsched.accounts.blueprint import blueprint
from ptgsched.accounts.forms import SignInForm
from ptgsched.accounts.passwords import authenticate
from ptgsched.accounts.sign_in import sign_in, sign_out
from ptgsched.errors import Forbidden, PtgschedError
from ptgsched.web.access import access
from ptgsched.web.context import settings
from ptgsched.web.limits import address, limiter, retry_after, signins
from ptgsched.web.navigation import own_path

WRONG = "This e-mail address and password do not belong together. Check both and try again."


def too_many(_limit: RequestLimit) -> Response:
    """The sign-in page, for whoever has to wait."""
    return _wait("from your address")


def _too_many_wrong(_limit: RequestLimit) -> Response:
    return _wait("with this e-mail address")


def _wait(how: str) -> Response:
    wait = retry_after()
    form = SignInForm()
    said = f"Too many attempts {how}. Wait {wait} seconds and try again."
    response = _sign_in_page(form, [said], 429)
    response.headers["Retry-After"] = str(wait)
    return response


@blueprint.get("/login")
@access("public")
def login() -> AnyResponse:
    """The form; who is signed in already is sent on."""
    if current_user.is_authenticated:
        return redirect(wanted_path(), 303)
    return _sign_in_page(SignInForm(), [], 200)


@blueprint.post("/login")
@access("public")
@limiter.limit(signins, key_func=address, on_breach=too_many)
@limiter.limit(
    attempts.wrong_attempts,
    key_func=attempts.meant,
    deduct_when=attempts.is_wrong,
    on_breach=_too_many_wrong,
)
def log_in() -> AnyResponse:
    """Sign in and go on to `next`; wrong address and wrong password are told alike."""
    if not settings().takes_passwords:
        raise Forbidden(f"Passwords are switched off here. Continue with {settings().oidc_label}.")
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, [], 422)
    user = authenticate(form.email.data or "", form.password.data or "")
    if user is None:
        return _sign_in_page(form, [WRONG], 422)
    sign_in(user)
    onward = redirect(wanted_path(), 303)
    attempts.know(onward, user.email)
    return onward


@blueprint.get("/logout")
@access("public")
def logout() -> str:
    """Ask before signing out: a link or an image must not do it."""
    return render_template("accounts/logout.html")


@blueprint.post("/logout")
@access("public")
def log_out() -> AnyResponse:
    """Sign out and forget the session."""
    sign_out()
    flash("You are signed out.", "info")
    return redirect(url_for("events.index"), 303)


def wanted_path() -> str:
    """Where somebody wanted to go before they were asked to sign in; always on this site."""
    return own_path(request.values.get("next")) or url_for("events.index")


def refused_page(error: PtgschedError, status: int) -> Response:
    """The sign-in page with what went wrong elsewhere."""
    return _sign_in_page(SignInForm(formdata=None), [error.message], status)


def _sign_in_page(form: SignInForm, problems: list[str], status: int) -> Response:
    page = render_template(
        "accounts/login.html",
        form=form,
        problems=problems,
        next=wanted_path(),
        provider=settings().oidc_label,
        takes_passwords=settings().takes_passwords,
    )
    return make_response(page, status)
