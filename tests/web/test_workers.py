"""The processes that answer requests; tests/commands/test_serving.py sees them from outside."""

import contextlib
import os
import signal
import threading

from gunicorn.config import Config

from ptgsched.web.workers import Worker


def test_a_signal_that_comes_amid_handing_over_a_request_ends_the_worker():
    """The main thread holds the pool's lock then; whoever waits for it there waits for ever."""
    worker = Worker(1, os.getpid(), [], None, 30, Config(), None)
    worker.tpool = worker.get_thread_pool()

    def interrupted() -> None:
        with worker.tpool._shutdown_lock, contextlib.suppress(SystemExit):
            worker.handle_quit(signal.SIGQUIT, None)

    main = threading.Thread(target=interrupted, daemon=True)
    main.start()
    main.join(5)

    assert not main.is_alive()
    assert not worker.alive
    worker.tmp.close()
