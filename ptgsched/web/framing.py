"""What browsers may do with our pages, and who may put them into a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def embeddable(view: View) -> View:
    """Let pages of any site show this view in a frame.

    It must know nobody and change nothing: whoever frames it can lay other things over it.
    """
    view.talisman_view_options = {  # type: ignore[attr-defined]
        "frame_options": None,
        "content_security_policy": {**CONTENT_SECURITY_POLICY, "frame-ancestors": "*"},
    }
    return view
