"""The forms of inviting and of accepting."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from ptgsched.accounts.passwords import MIN_LENGTH
from ptgsched.invitations.models import Invited
from ptgsched.web.forms import BaseForm, line

ROLES = {Invited.LEAD.value: "Lead", Invited.DEPUTY.value: "Deputy: may book, too"}


class InviteForm(BaseForm):
    """Whom to invite."""

    email = EmailField(
        "E-mail",
        filters=[line],
        validators=[InputRequired("Enter an e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "off", "maxlength": 254},
    )


class TeamInviteForm(InviteForm):
    """Whom to invite to a team, and as what."""

    role = RadioField("As", choices=ROLES, default=Invited.DEPUTY.value)


class NewcomerForm(BaseForm):
    """Who accepts without having an account."""

    name = StringField(
        "Your name",
        filters=[line],
        validators=[InputRequired("Enter your name."), Length(max=120)],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    password = PasswordField(
        "Choose a password",
        validators=[InputRequired("Choose a password.")],
        description=f"At least {MIN_LENGTH} characters.",
        render_kw={"autocomplete": "new-password", "minlength": MIN_LENGTH},
    )
