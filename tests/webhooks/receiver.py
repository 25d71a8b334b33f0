"""A program elsewhere: a real HTTP server that checks and keeps what it is told."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """`answers` says what to answer next; the last of them from then on."""

    port: int
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, "thanks")])
    slow: float = 0.0
    stalls: float = 0.0  # after the beginning of the answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?k=1"

    @property
    def bodies(self) -> list[dict]:
        return [json.loads(body) for _, _, body in self.got]

    @property
    def actions(self) -> list[str]:
        return [headers["Ptgsched-Action"] for _, headers, _ in self.got]


class Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.got.append((self.path, dict(self.headers), body))
        answers = self.receiver.answers
        status, text = answers.pop(0) if len(answers) > 1 else answers[0]
        time.sleep(self.receiver.slow)
        with contextlib.suppress(OSError):
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"http://127.0.0.1:{self.receiver.port}/elsewhere")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode()[:1])
            time.sleep(self.receiver.stalls)
            self.wfile.write(text.encode()[1:])

    def log_message(self, *_words):
        pass


@contextlib.contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    handler = type("OwnHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    handler.receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield handler.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
