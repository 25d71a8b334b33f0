"""A provider of OpenID Connect in a process of its own, which insists on PKCE.

`python -m tests.support.provider` serves oidc-provider-mock and prints its address.  That one
does not look at code challenges, so they are held against verifiers here (RFC 7636, 4.6).
"""

import base64
import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import requests
from werkzeug.datastructures import Headers
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from tests.support.programs import stop


class Provider:
    """A running provider, and the people who have an account there."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def enrol(self, subject: str, **claims: object) -> None:
        """Give somebody an account, or change what the provider says of them."""
        requests.put(f"{self.issuer}/users/{subject}", json=claims, timeout=10).raise_for_status()

    def consent(self, address: str, subject: str) -> str:
        """Sign in there as `subject`; where the browser is sent back to."""
        return self._decide(address, {"sub": subject})

    def deny(self, address: str) -> str:
        """Refuse there; where the browser is sent back to."""
        return self._decide(address, {"action": "deny"})

    def _decide(self, address: str, form: dict[str, str]) -> str:
        answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


@contextlib.contextmanager
def running_provider() -> Iterator[Provider]:
    """A provider on a free port of this machine."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.support.provider"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Provider(process.stdout.readline().strip())
    finally:
        stop(process)
        if process.stdout is not None:
            process.stdout.close()


class Pkce:
    """Lets a code be exchanged only by whoever knows the verifier of its challenge."""

    def __init__(self, provider) -> None:
        self.provider = provider
        self.challenges: dict[str, str] = {}

    def __call__(self, environ, start_response):
        request = Request(environ)
        if request.path == "/oauth2/token" and request.method == "POST":
            verifier = request.form.get("code_verifier", "").encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
            if self.challenges.get(request.form["code"]) != digest.decode():
                refusal = Response('{"error": "invalid_grant"}', 400, mimetype="application/json")
                return refusal(environ, start_response)
            # The form has been read; hand the same bytes on.
            again = Request.from_values(
                "/oauth2/token",
                method="POST",
                base_url=request.host_url,
                headers=Headers([("Authorization", request.headers.get("Authorization", ""))]),
                data=request.form.to_dict(),
            )
            return self.provider(again.environ, start_response)

        def noting(status, headers, error=None):
            code = parse_qs(urlsplit(dict(headers).get("Location", "")).query).get("code")
            if code and request.args.get("code_challenge_method") == "S256":
                self.challenges[code[0]] = request.args["code_challenge"]
            return start_response(status, headers, error)

        return self.provider(environ, noting)


if __name__ == "__main__":
    import oidc_provider_mock  # warns; the process of the tests would fail at it

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    app = oidc_provider_mock.app(require_nonce=True)
    server = make_server("127.0.0.1", 0, Pkce(app), threaded=True)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()
