"""The processes that answer requests; tests/commands/test_serving.py sees them from outside."""

import contextlib
import gc
import logging
import os
import signal
import socket
import sys
import threading

import pytest
from gunicorn.config import Config

from ptgsched.web import workers
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


def test_a_client_that_falls_silent_amid_a_request_is_hung_up_on(monkeypatch, caplog):
    """Half a request in each thread would else be the end of the service."""
    monkeypatch.setattr(workers, "SILENCE_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        workers.limit_silence([listener])
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"GET / HTTP/1.1\r\n")
            server, _ = listener.accept()
            with server:
                assert server.recv(100)
                with pytest.raises(BlockingIOError):
                    server.recv(100)
                log = logging.getLogger("of a worker")
                log.addFilter(workers._is_no_silence)
                for error in (BlockingIOError("silence"), OSError("a full disk")):
                    log.error("failed", exc_info=error)
    assert [str(record.exc_info[1]) for record in caplog.records] == ["a full disk"]


def test_what_is_there_when_serving_begins_is_never_looked_through_again():
    before = sys.getswitchinterval()
    gc.unfreeze()  # the tests themselves do likewise
    try:
        settle()
        assert gc.get_freeze_count() > 100_000
        assert sys.getswitchinterval() < before
    finally:
        sys.setswitchinterval(before)
