"""The processes that answer requests; tests/commands/test_serving.py sees them from outside."""

import contextlib
import gc
import os
import signal
import sys
import threading

from gunicorn.config import Config

from ptgsched.web.workers import Worker, settle


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


def test_what_is_there_when_serving_begins_is_never_looked_through_again():
    before = sys.getswitchinterval()
    try:
        settle()
        assert gc.get_freeze_count() > 100_000
        assert sys.getswitchinterval() < before
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)
