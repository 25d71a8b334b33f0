"""Sign in, sign out, the account page."""

from __future__ import annotations

from flask import (
    Blueprint,
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

from ptgsched.accounts.forms import PasswordForm, ProfileForm, SignInForm
from ptgsched.accounts.passwords import authenticate, set_password
from ptgsched.accounts.sign_in import person, sign_in, sign_out
from ptgsched.db import begin_write, db
from ptgsched.errors import Invalid
from ptgsched.web.access import access
from ptgsched.web.limits import address, limiter, retry_after, signins
from ptgsched.web.navigation import own_path
from ptgsched.web.zones import COOKIE

blueprint = Blueprint("accounts", __name__)

WRONG = "This e-mail address and password do not belong together. Check both and try again."


def _too_many(_limit: RequestLimit) -> Response:
    wait = retry_after()
    form = SignInForm()
    said = f"Too many attempts from your address. Wait {wait} seconds and try again."
    response = _sign_in_page(form, [said], 429)
    response.headers["Retry-After"] = str(wait)
    return response


@blueprint.get("/login")
@access("public")
def login() -> AnyResponse:
    """The form; who is signed in already is sent on."""
    if current_user.is_authenticated:
        return redirect(_next(), 303)
    return _sign_in_page(SignInForm(), [], 200)


@blueprint.post("/login")
@access("public")
@limiter.limit(signins, key_func=address, on_breach=_too_many)
def log_in() -> AnyResponse:
    """Sign in and go on to `next`; wrong address and wrong password are told alike."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, [], 422)
    user = authenticate(form.email.data or "", form.password.data or "")
    if user is None:
        return _sign_in_page(form, [WRONG], 422)
    sign_in(user)
    return redirect(_next(), 303)


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


@blueprint.get("/account")
@access("signed_in")
def account() -> str:
    """One's own name, zone and password."""
    return _account_page(ProfileForm(obj=person()), PasswordForm(formdata=None))


@blueprint.post("/account")
@access("signed_in")
def save_account() -> AnyResponse:
    """Keep name and zone; a newly chosen zone holds at once, whatever was chosen on a page."""
    begin_write()
    user = person()
    form = ProfileForm(obj=user)
    if not form.validate_on_submit():
        return make_response(_account_page(form, PasswordForm(formdata=None)), 422)
    moved = (form.timezone.data or None) != user.timezone
    user.name = form.name.data or ""
    user.timezone = form.timezone.data or None
    db.session.commit()
    flash("Your account is saved.", "success")
    response = redirect(url_for("accounts.account"), 303)
    if moved:
        response.delete_cookie(COOKIE)
    return response


@blueprint.post("/account/password")
@access("signed_in")
@limiter.limit(signins)
def change_password() -> AnyResponse:
    """Set a new password; every other session of this account ends."""
    form = PasswordForm()
    if not form.validate_on_submit() or not _set_new_password(form):
        profile = ProfileForm(formdata=None, obj=person())
        return make_response(_account_page(profile, form), 422)
    db.session.commit()
    sign_in(person())
    flash("Your password is changed. Other browsers have to sign in again.", "success")
    return redirect(url_for("accounts.account"), 303)


def _set_new_password(form: PasswordForm) -> bool:
    if authenticate(person().email, form.old.data or "") is None:
        form.old.errors = ["This is not your current password."]
        return False
    begin_write()
    try:
        set_password(person(), form.password.data or "")
    except Invalid as error:
        db.session.rollback()
        form.take(error)
        return False
    return True


def _next() -> str:
    return own_path(request.values.get("next")) or url_for("events.index")


def _sign_in_page(form: SignInForm, problems: list[str], status: int) -> Response:
    page = render_template("accounts/login.html", form=form, problems=problems, next=_next())
    return make_response(page, status)


def _account_page(profile: ProfileForm, password: PasswordForm) -> str:
    return render_template("accounts/account.html", profile=profile, password=password)
