"""A way to a service that can be cut, as a network is: at once, or only for what comes back."""

import contextlib
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit


class Way:
    """Carries connections to the service at `url`; `base_url` is where it begins."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._end = (place.hostname, place.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.is_cut = self.loses_answers = False
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def cut(self) -> None:
        """Nobody gets through any more, nor do those who did."""
        self.is_cut = True
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """All is as it was."""
        self.is_cut = self.loses_answers = False

    def close(self) -> None:
        """Take it down."""
        self.cut()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for end in (self._listener, *self._open):
            end.close()

    def _begin(self, work: Callable[..., None], *facts: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=facts, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                if self.is_cut:
                    here.close()
                    continue
                there = socket.create_connection(self._end)
                self._open += [here, there]
                for ends in ((here, there), (there, here)):
                    self._begin(self._carry, *ends)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        """One direction, until it ends; then the other ends, too."""
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if self.loses_answers and source.getpeername() == self._end:
                    self.cut()
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
