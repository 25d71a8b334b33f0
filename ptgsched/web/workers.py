"""The processes that answer requests: gunicorn's threaded workers, which never outlive it."""

from __future__ import annotations

import os
import threading
import time
from types import FrameType

from gunicorn.workers.base import Worker as BaseWorker
from gunicorn.workers.gthread import ThreadWorker

LOOK_SECONDS = 1.0
ALONE_SECONDS = 5.0  # for what is being answered when the master is gone


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Ends with its master, however that ended and whatever a client keeps a thread waiting for.

    Gunicorn's own notices that the master is gone, but then waits for all its threads; only the
    master would have cut that short.
    """

    def init_process(self) -> None:
        """Begin to work."""
        watch = threading.Thread(target=self._end_with_master, name="master", daemon=True)
        watch.start()
        super().init_process()

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """SIGQUIT, SIGINT: end at once.

        Gunicorn's own ends the pool of threads here first.  When the signal comes while the main
        thread hands the pool a request, it holds the very lock that this takes, for ever.
        """
        BaseWorker.handle_quit(self, sig, frame)

    def _end_with_master(self) -> None:
        while os.getppid() == self.ppid:
            time.sleep(LOOK_SECONDS)
        time.sleep(ALONE_SECONDS)
        os._exit(1)
