"""Fetch the first page and every stylesheet and script it names: `smoke.py BASE_URL`.

Waits up to 30 seconds for the service to be ready; exit status 1 and one line when something
is missing. Uses the standard library only, for it runs where nothing but the wheel is installed.
"""

import http.client
import re
import sys
import time
from urllib.parse import urljoin, urlsplit


def fetch(url: str) -> tuple[int, str]:
    """The status and the text that `url` answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def wait_until_ready(base: str) -> None:
    """Return once /readyz answers 200; give up after 30 seconds."""
    deadline = time.monotonic() + 30
    status: object = None
    while time.monotonic() < deadline:
        try:
            status, _ = fetch(base + "/readyz")
        except OSError as error:
            status = error
        if status == 200:
            return
        time.sleep(0.1)
    sys.exit(f"smoke: /readyz never answered 200, last: {status}")


def main(base: str) -> None:
    """Fetch the page and what it needs."""
    wait_until_ready(base)
    status, page = fetch(base + "/")
    if status != 200 or "</html>" not in page:
        sys.exit(f"smoke: / answered {status} with {len(page)} characters and no whole page")
    assets = re.findall(r'<(?:link|script)[^>]*?(?:href|src)="([^"]*/static/[^"]+)"', page)
    if not assets:
        sys.exit("smoke: the page names no static file")
    for asset in assets:
        status, body = fetch(urljoin(base + "/", asset))
        if status != 200 or not body:
            sys.exit(f"smoke: {asset} answered {status}")
    print(f"smoke: the page and {len(assets)} static files are served from the wheel")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
