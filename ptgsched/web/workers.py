"""The processes that answer requests: set up to answer evenly, and never outliving their master."""

from __future__ import annotations

import gc
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterable
from types import FrameType

from gunicorn.workers.base import Worker as BaseWorker
from gunicorn.workers.gthread import ThreadWorker

LOOK_SECONDS = 1.0
ALONE_SECONDS = 5.0  # for what is being answered when the master is gone

SILENCE_SECONDS = 30  # of a client amid a request, or amid taking its answer
SWITCH_SECONDS = 0.001


def settle() -> None:
    """Make the pauses of this process short; called once its application is made.

    What is there by now stays, and looking through it again at each full collection of garbage
    would stop all threads for a tenth of a second.  And a thread that comes back from the
    database waits for a busy one a millisecond rather than five, each of some thirty times in a
    booking.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_SECONDS)


def limit_silence(listeners: Iterable[socket.socket]) -> None:
    """Hang up on clients that send half a request and no more: each would keep a thread for good.

    The connections of a listener have its options.  A read or write that takes too long then
    fails, in gunicorn or in the view, as one of a connection that is lost.
    """
    for listener in listeners:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", SILENCE_SECONDS, 0))


def _is_no_silence(record: logging.LogRecord) -> bool:
    """Whether a line of gunicorn's log tells of more than a client that fell silent."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Ends with its master, however that ended and whatever a client keeps a thread waiting for.

    Gunicorn's own notices that the master is gone, but then waits for all its threads; only the
    master would have cut that short.
    """

    def init_process(self) -> None:
        """Begin to work."""
        watch = threading.Thread(target=self._end_with_master, name="master", daemon=True)
        watch.start()
        limit_silence(self.sockets)
        self.log.error_log.addFilter(_is_no_silence)
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
