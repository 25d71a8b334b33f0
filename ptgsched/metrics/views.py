"""`/metrics`: for Prometheus, from addresses that may or with the token."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Blueprint, Response, current_app, request
from prometheus_client.exposition import choose_encoder

from ptgsched.errors import Forbidden
from ptgsched.metrics.counting import EXTENSION
from ptgsched.metrics.figures import Figures
from ptgsched.web.access import access
from ptgsched.web.context import settings

blueprint = Blueprint("metrics", __name__)
_FORWARDED = ("Forwarded", "X-Forwarded-For")


@blueprint.get("/metrics")
@access("public")
def metrics() -> Response:
    """What Prometheus reads; 403 for everybody else."""
    if not (_has_token() or _is_near()):
        raise Forbidden("Figures are for the operators' own machines, or with their token.")
    registry = current_app.extensions[EXTENSION].registry()
    registry.register(Figures())
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    response = Response(encode(registry), content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    return response


def _has_token() -> bool:
    token = settings().metrics_token
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    return bool(
        token
        and scheme.lower() == "bearer"
        and hmac.compare_digest(sent.strip().encode(), token.encode())
    )


def _is_near() -> bool:
    """Whether the client's address may; a proxy that nobody told us of hides all of them."""
    if not settings().trusted_proxies and any(name in request.headers for name in _FORWARDED):
        return False
    try:
        client = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(client in network for network in settings().metrics_networks)
