"""The forms of registering and of one's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs of 3.2
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from ptgsched.accounts.passwords import clean_email
from ptgsched.errors import Invalid
from ptgsched.registrations.details import Details, details
from ptgsched.registrations.models import ROLES, Registration
from ptgsched.teams.models import Project, Team
from ptgsched.timezones import (
    UnknownZone,
    canonical,
    common_zones,
    countries,
    country_of,
    zones_of,
)
from ptgsched.web.forms import BaseForm, ZoneField, line, lines

NO_ZONE = "That of the event"
_COUNTRIES = tuple(
    SelectChoice(value=c.code, label=c.name, render_kw={"data-zones": " ".join(c.zones)})
    for c in countries()
)


def _at_most(number: int) -> Length:
    return Length(max=number, message=f"At most {number} characters.")


class PersonForm(BaseForm):
    """What a person says of themselves."""

    name = StringField(
        "Name",
        filters=[line],
        validators=[DataRequired("Enter your name."), _at_most(120)],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )
    affiliation = StringField(
        "Affiliation",
        filters=[line],
        validators=[_at_most(120)],
        render_kw={"autocomplete": "organization", "maxlength": 120},
    )
    country = SelectField("Country", default="", render_kw={"autocomplete": "country"})
    timezone = ZoneField("Time zone", nothing=NO_ZONE, default="")
    role = SelectField("You come as", default="", validate_choice=False)
    chat_nick = StringField(
        "Chat nick",
        filters=[line],
        validators=[_at_most(64)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "maxlength": 64},
    )
    projects = SelectMultipleField("Projects")
    teams = SelectMultipleField("Teams")
    access_needs = TextAreaField(
        "What you need to take part",
        filters=[lines],
        validators=[_at_most(1000)],
        render_kw={"rows": 2, "maxlength": 1000},
    )
    listed = BooleanField("List me by name among the people who come")
    newsletter = BooleanField("Send me the newsletter")

    def offer(self, teams: Sequence[Team], projects: Sequence[Project]) -> None:
        """Fill the choices; zones of the chosen country come first."""
        nothing = SelectChoice(value="", label="Choose")
        self.country.choices = [nothing, *_COUNTRIES]
        self.teams.choices = [SelectChoice(value=t.slug, label=t.name) for t in teams]
        self.projects.choices = [SelectChoice(value=p.slug, label=p.name) for p in projects]
        roles = list(dict.fromkeys([*ROLES, *([self.role.data] if self.role.data else [])]))
        self.role.choices = [nothing, *(SelectChoice(value=r, label=r) for r in roles)]
        self.timezone.choices = self._zones()

    def said(self, teams: Sequence[Team], projects: Sequence[Project]) -> Details:
        """The form as details; raises Invalid."""
        chosen: dict[str, Any] = {
            "teams": [team for team in teams if team.slug in set(self.teams.data or ())],
            "projects": [each for each in projects if each.slug in set(self.projects.data or ())],
        }
        plain = ("name", "affiliation", "country", "timezone", "role", "chat_nick")
        for name in (*plain, "access_needs", "listed", "newsletter"):
            chosen[name] = self[name].data
        return details(chosen)

    def _zones(self) -> list[SelectChoice]:
        near: tuple[str, ...] = ()
        if self.country.data in {country.code for country in countries()}:
            near = zones_of(str(self.country.data))
        group = next((c.name for c in countries() if c.code == self.country.data), "")
        chosen = self.timezone.data
        names = list(common_zones())
        if chosen and chosen not in names and _is_zone(chosen):
            names.append(chosen)
        return [
            SelectChoice(value="", label=NO_ZONE, optgroup="" if not near else " "),
            *(_zone(name, f"In {group}") for name in near),
            *(_zone(name, "All" if near else "") for name in names if name not in near),
        ]


def _is_zone(name: str) -> bool:
    try:
        canonical(name)
    except UnknownZone:
        return False
    return True


def _zone(name: str, group: str) -> SelectChoice:
    country = country_of(name)
    return SelectChoice(
        value=name,
        label=name.replace("_", " "),
        optgroup=group or None,
        render_kw={"data-country": country} if country else None,
    )


class RegisterForm(PersonForm):
    """The same with the address, and a trap for programs that fill in every field."""

    email = EmailField(
        "E-mail",
        filters=[line],
        validators=[InputRequired("Enter your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "email", "maxlength": 254, "inputmode": "email"},
    )
    website = StringField("Leave this empty", render_kw={"autocomplete": "off", "tabindex": -1})

    def validate_email(self, field: EmailField) -> None:
        """Raises ValidationError for what is no address, beside all else that is wrong."""
        try:
            clean_email(field.data or "")
        except Invalid as error:
            raise ValidationError(" ".join(error.fields["email"])) from error

    @property
    def is_trapped(self) -> bool:
        """Whether a program has filled in what people do not see."""
        return bool(self.website.data)


def person_form(registration: Registration) -> PersonForm:
    """The form of a registration as it stands, or as it was just sent."""
    return PersonForm(
        data={
            "name": registration.name,
            "affiliation": registration.affiliation,
            "country": registration.country or "",
            "timezone": registration.timezone or "",
            "role": registration.role,
            "chat_nick": registration.chat_nick,
            "access_needs": registration.access_needs,
            "listed": registration.listed,
            "newsletter": registration.newsletter,
            "teams": [team.slug for team in registration.teams],
            "projects": [project.slug for project in registration.projects],
        }
    )
