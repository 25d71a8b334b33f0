"""A sheet to take away: kept by no cache, since organizers alone may have it."""

from __future__ import annotations

from flask import Response


def sheet_answer(content: bytes, name: str) -> Response:
    """A CSV file to download."""
    response = Response(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
