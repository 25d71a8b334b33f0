"""The forms of signing in and of one's own account."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from ptgsched.accounts.passwords import MIN_LENGTH
from ptgsched.web.forms import BaseForm, ZoneField, line

LONGEST = 256  # of a password, so that hashing one has a bound


class SignInForm(BaseForm):
    """E-mail and password; what they have to look like is not told here."""

    email = EmailField(
        "E-mail",
        filters=[line],
        validators=[InputRequired("Enter your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username", "maxlength": 254},
    )
    password = PasswordField(
        "Password",
        validators=[InputRequired("Enter your password."), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )


class ProfileForm(BaseForm):
    """What the account says of its owner."""

    name = StringField(
        "Name",
        filters=[line],
        validators=[Length(max=120, message="A name has at most 120 characters.")],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    timezone = ZoneField("Time zone", nothing="Each event's own")


class PasswordForm(BaseForm):
    """A new password, for whoever knows the old one."""

    old = PasswordField(
        "Current password",
        validators=[InputRequired("Enter your current password."), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        validators=[InputRequired("Enter a new password.")],
        description=f"At least {MIN_LENGTH} characters.",
        render_kw={"autocomplete": "new-password", "minlength": MIN_LENGTH},
    )
