"""The provider of OpenID Connect, if one is set: authorization code with PKCE, state and nonce."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple, cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, current_app, session
from joserfc.errors import JoseError
from requests import RequestException

from ptgsched.accounts.identities import Claims
from ptgsched.config import Settings
from ptgsched.errors import Forbidden, NotFound, PtgschedError

log = logging.getLogger(__name__)

EXTENSION = "ptgsched.oidc"
NAME = "oidc"
DISCOVERY = "/.well-known/openid-configuration"  # OpenID Connect Discovery, section 4
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
TIMEOUT = 10.0  # seconds
MOST_BEGUN = 3  # sign-ins at once in one browser: their states ride in its cookie
_STATES = f"_state_{NAME}_"  # where Authlib keeps them


class Unreachable(PtgschedError):
    """The provider does not answer, or not as its discovery document has to."""

    code = "provider_unreachable"

    def __init__(self) -> None:
        super().__init__("The sign-in provider does not answer. Try again in a few minutes.")


class Refused(Forbidden):
    """The provider sent somebody back without vouching for them."""

    code = "provider_refused"


class Answer(NamedTuple):
    """What came back: who it is, and where they wanted to go."""

    claims: Claims
    next: str


def init_app(app: Flask, settings: Settings) -> None:
    """Know the provider of the settings; nothing is asked of it before somebody signs in."""
    if not settings.oidc_issuer:
        return
    method = "client_secret_basic" if settings.oidc_client_secret else "none"
    app.extensions[EXTENSION] = OAuth(app).register(
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + DISCOVERY,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": method,
            "default_timeout": TIMEOUT,
        },
    )


def begin(settings: Settings, redirect_uri: str, onward: str) -> str:
    """Where to send the browser; its session remembers what has to come back.

    Raises Unreachable, and NotFound when no provider is set.
    """
    client = _client()
    _discover(client, settings)
    asked = client.create_authorization_url(redirect_uri)
    _forget_all_but(MOST_BEGUN - 1)
    client.save_authorize_data(redirect_uri=redirect_uri, next=onward, **asked)
    return cast("str", asked["url"])


def finish(settings: Settings, state: str) -> Answer:
    """Whom the provider vouches for in the request at hand.

    Raises Unreachable, Refused with what to do, and NotFound when no provider is set.
    """
    client = _client()
    begun = client.framework.get_state_data(session, state)
    if begun is None:
        raise Refused(
            "This sign-in was begun in another browser, or too long ago. Begin it once more."
        )
    issuer = _discover(client, settings)
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    try:
        token = client.authorize_access_token(claims_options=options)
        said = dict(token.get("userinfo") or {})
        if "email" not in said and "userinfo_endpoint" in client.server_metadata:
            said = _merged(said, client.userinfo(token=token))
    except RequestException as error:
        log.warning("sign-in: %s", error)
        raise Unreachable from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        log.warning("sign-in refused: %s", error)
        if getattr(error, "error", "") == "access_denied":
            raise Refused("You did not sign in with the provider. Nothing was changed.") from error
        raise Refused("The answer of the sign-in provider does not fit. Try again.") from error
    return Answer(Claims.of(issuer, said), begun["next"])


def is_set() -> bool:
    """Whether there is a provider."""
    return EXTENSION in current_app.extensions


def _client() -> FlaskOAuth2App:
    if not is_set():
        raise NotFound("There is nothing at this address.")
    return current_app.extensions[EXTENSION]


def _discover(client: FlaskOAuth2App, settings: Settings) -> str:
    """The issuer's name as it says it itself, which has to be the one that is set."""
    try:
        found = client.load_server_metadata()
    except (RequestException, ValueError) as error:
        log.warning("sign-in: %s", error)
        raise Unreachable from error
    issuer = str(found.get("issuer", ""))
    if issuer.rstrip("/") != settings.oidc_issuer.rstrip("/") or any(
        name not in found for name in NEEDED
    ):
        log.error("sign-in: the discovery document of %s is another's", settings.oidc_issuer)
        client.server_metadata.pop("_loaded_at", None)  # asked anew when it is mended
        raise Unreachable
    return issuer


def _merged(token: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """What the userinfo endpoint adds, if it speaks of the same one (Core, section 5.3.2)."""
    return {**asked, **token} if asked.get("sub") == token.get("sub") else token


def _forget_all_but(newest: int) -> None:
    begun = sorted(
        (name for name in session if name.startswith(_STATES)),
        key=lambda name: float(session[name]["exp"]),
    )
    for name in begun[: max(0, len(begun) - newest)]:
        del session[name]
