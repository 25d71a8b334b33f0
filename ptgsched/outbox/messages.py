"""A mail as bytes of RFC 5322: the same row gives the same message, sent once or twice."""

from __future__ import annotations

import base64
import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email
from markupsafe import Markup

from ptgsched.config import Settings
from ptgsched.outbox.leaving import leave_url
from ptgsched.outbox.models import OutgoingMail

FOOTER = Markup('<p class="quiet"><a href="{0}">Get no more mails like this</a></p>\n')


def message_of(mail: OutgoingMail, settings: Settings) -> EmailMessage:
    """The message, with one-click leaving (RFC 8058) where its reader may."""
    # Headers in ASCII, unless the address itself is not (RFC 6531).
    address = in_ascii(mail.to)
    message = EmailMessage(SMTP if address.isascii() else SMTPUTF8)
    message["From"] = settings.mail_sender
    message["To"] = receiver(address)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = message_id(mail.key, settings)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices, please
    text, html = mail.text, mail.html
    leave = mail.unsubscribe or leave_url(mail.to, mail.mailing, settings)
    if leave is not None:
        message["List-Unsubscribe"] = f"<{leave}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text += f"\n-- \nGet no more mails like this: {leave}\n"
        html = html and html.replace("</main>", f"{FOOTER.format(leave)}</main>")
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for file in mail.attachments:
        maintype, _, subtype = file["type"].partition("/")
        message.add_attachment(
            base64.b64decode(file["data"]),
            maintype=maintype,
            subtype=subtype,
            filename=file["name"],
        )
    return message


def in_ascii(address: str) -> str:
    """The address with its domain as all mail servers know it (RFC 5890), if that is enough."""
    if address.isascii():
        return address
    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return address
    return checked.ascii_email or address


def receiver(address: str) -> Address:
    """The address for a header.  Raises ValueError if it is none."""
    name, at, domain = address.rpartition("@")
    if not (name and at and domain):
        raise ValueError(f"{address!r} is no address")
    # Not by addr_spec, which allows ASCII alone.
    return Address(username=name, domain=domain)


def message_id(key: str, settings: Settings) -> str:
    """Made of the key, so that a reader's mail program knows a second copy for what it is."""
    domain = Address(addr_spec=settings.mail_address).domain
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
