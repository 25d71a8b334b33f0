"""Whether a posted form is this session's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

protection = CSRFProtect()
View = TypeVar("View", bound=Callable[..., Any])


def asks_for_itself(view: View) -> View:
    """Mark a view that asks `is_ours` itself, so that it can keep what was typed."""
    protection.exempt(view)
    return view


def is_ours() -> bool:
    """Whether the request carries the token of its session.

    Every POST is asked this before its view runs and refused with a page, save where the view
    asks for itself.
    """
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return True
    try:
        protection.protect()
    except CSRFError:
        return False
    return True
