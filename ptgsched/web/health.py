"""Is the process up, is the service ready: for supervisors and load balancers."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from ptgsched.schema import schema_is_current
from ptgsched.web.access import access

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access("public")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/readyz")
@access("public")
def readyz() -> Response:
    """The database is reachable and its schema current; 503 with the reason if not."""
    try:
        problem = "" if schema_is_current() else "the schema is behind; run: ptgsched db upgrade"
    except SQLAlchemyError:
        problem = "the database is not reachable"
    body = f"{problem or 'ok'}\n"
    return Response(body, 503 if problem else 200, content_type="text/plain; charset=utf-8")
