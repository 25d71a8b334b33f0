"""A file to take away: kept by no cache, since not everybody may have it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response

CSV = "text/csv; charset=utf-8"


def download(content: bytes | Iterable[bytes], name: str, content_type: str = CSV) -> Response:
    """The file as an attachment of this name; sent piece by piece, if it comes so."""
    response = Response(content, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
