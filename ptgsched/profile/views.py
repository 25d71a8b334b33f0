"""The account page: who one is here, what one leads, and one's password."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from ptgsched.accounts.actor import Actor
from ptgsched.accounts.audit import record
from ptgsched.accounts.blueprint import blueprint
from ptgsched.accounts.forms import PasswordForm, ProfileForm
from ptgsched.accounts.passwords import authenticate, set_password
from ptgsched.accounts.sign_in import person, sign_in
from ptgsched.db import begin_write, db
from ptgsched.errors import Forbidden, Invalid
from ptgsched.profile import queries
from ptgsched.web.access import access
from ptgsched.web.context import now, settings
from ptgsched.web.limits import limiter, signins, writes
from ptgsched.web.zones import COOKIE, reader_zone


@blueprint.get("/account")
@access("signed_in")
def account() -> str:
    """One's own name, zone, password, roles and tokens."""
    return _account_page(ProfileForm(obj=person()), PasswordForm(formdata=None))


@blueprint.post("/account")
@access("signed_in")
@limiter.limit(writes)
def save_account() -> Response:
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
def change_password() -> Response:
    """Set a new password; every other session of this account ends."""
    if not settings().takes_passwords:
        raise Forbidden("Passwords are switched off here.")
    form = PasswordForm()
    if not form.validate_on_submit() or not _set_new_password(form):
        profile = ProfileForm(formdata=None, obj=person())
        return make_response(_account_page(profile, form), 422)
    record(None, Actor("person", "web", user_id=person().id), "password.changed", {}, now())
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


def _account_page(profile: ProfileForm, password: PasswordForm) -> str:
    user = person()
    return render_template(
        "accounts/account.html",
        profile=profile,
        password=password,
        roles=queries.roles_of(user),
        tokens=queries.tokens_of(user, now()),
        may_have_tokens=bool(queries.reaches_of(user)),
        zone=reader_zone(user.timezone or "UTC"),
        now=now(),
        takes_passwords=settings().takes_passwords,
        provider=settings().oidc_label,
        identities=queries.identities_of(user),
    )
