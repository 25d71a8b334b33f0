"""The least a WSGI server can do for an answer: `bare:app` returns bytes that it has ready.

Started by gunicorn like the service itself.  `BENCH_ANSWERS` is a pickle of
``{path: (headers, body)}``; a request with If-None-Match gets 304 and no body.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Headers = list[tuple[str, str]]
ANSWERS: dict[str, tuple[Headers, bytes]] = pickle.loads(  # noqa: S301 -- our own file
    Path(os.environ["BENCH_ANSWERS"]).read_bytes()
)
UNCHANGED: dict[str, Headers] = {
    path: [header for header in headers if header[0].lower() != "content-length"]
    for path, (headers, _) in ANSWERS.items()
}


def app(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer with what was recorded for the path."""
    path = environ["PATH_INFO"]
    if path == "/healthz":
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
    if "HTTP_IF_NONE_MATCH" in environ:
        start_response("304 NOT MODIFIED", UNCHANGED[path])
        return []
    headers, body = ANSWERS[path]
    start_response("200 OK", headers)
    return [body]
