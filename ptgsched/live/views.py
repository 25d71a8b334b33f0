"""The page of the chat language, which `help` names."""

from __future__ import annotations

from flask import Blueprint, render_template

from ptgsched.web.access import access

blueprint = Blueprint("live", __name__)


@blueprint.get("/docs/chat")
@access("public")
def chat_language() -> str:
    """What can be typed in chat."""
    return render_template("live/chat.html")
