"""A file to take away: kept by no cache, since not everybody may have it."""

from __future__ import annotations

from flask import Response

CSV = "text/csv; charset=utf-8"


def download(content: bytes, name: str, content_type: str = CSV) -> Response:
    """The file as an attachment of this name."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
