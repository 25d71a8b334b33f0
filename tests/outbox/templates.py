"""A mail of the tests' own."""

import shutil
from pathlib import Path

from ptgsched.config import shipped

TEXT = """Subject: Hello {{ name }}

Dear {{ name }},
it begins {{ when(start) }}.
"""
HTML = """{% extends "mail/layout.html" %}
{% block content %}<p>Dear {{ name }}, it begins {{ when(start) }}.</p>{% endblock %}
"""


def folder_of_templates(folder: Path) -> Path:
    """`folder` with the mails that ship and one more, `hello`."""
    mail = folder / "mail"
    if not mail.exists():
        shutil.copytree(shipped("templates") / "mail", mail)
        (mail / "hello.txt").write_text(TEXT)
        (mail / "hello.html").write_text(HTML)
    return folder
