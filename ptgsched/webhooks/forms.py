"""The form of a webhook."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length

from ptgsched.web.forms import BaseForm, line
from ptgsched.webhooks.operations import ABOUT, LONGEST_URL


class WebhookForm(BaseForm):
    """Where to, and what of."""

    url = StringField(
        "Address",
        filters=[line],
        validators=[
            DataRequired("Give the address that deliveries are sent to."),
            Length(max=LONGEST_URL, message=f"At most {LONGEST_URL} characters."),
        ],
        description="https://…, of a program that answers a POST with 2xx within five seconds.",
        render_kw={"maxlength": LONGEST_URL, "autocomplete": "off", "inputmode": "url"},
    )
    about = SelectMultipleField(
        "Tell it of changes to", choices=ABOUT, description="None ticked: everything."
    )

    @property
    def given(self) -> tuple[str, list[str]]:
        """The address, and what it is told of."""
        return self.url.data or "", self.about.data or []
