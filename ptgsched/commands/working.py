"""`ptgsched worker`: what is to be done without anybody waiting for it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading

import click
from flask import Flask

from ptgsched.commands.base import application
from ptgsched.config import Settings
from ptgsched.notify.duties import all_duties
from ptgsched.outbox.worker import work_side_by_side

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds between two looks whether the master is still there


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, then end: for cron.")
def worker(once: bool) -> None:
    """Send mails and webhooks, and remind people; as many of these as you like."""
    settings = Settings.from_env().for_serving()
    with application(settings) as app:
        if not once:
            where = "a mail server" if settings.mail_url else f"{settings.instance}/outbox"
            click.echo(f"ptgsched worker: mails go to {where}", err=True)
        _work(app, settings, threading.Event(), once=once)


def fork_worker(settings: Settings, listener: socket.socket) -> None:
    """Start a worker that ends with this process, however that ends.

    Forked, it need not import everything again, for seconds and while the server starts.  It
    keeps no hold of the `listener`.  Called before there are threads or connections.
    """
    master = os.getpid()
    if os.fork():
        return
    status = 1
    try:
        os.setsid()  # Ctrl-C is the master's to hear
        listener.close()
        stop = threading.Event()
        threading.Thread(target=_stop_without, args=(master, stop), daemon=True).start()
        with application(settings) as app:
            _work(app, settings, stop)
        status = 0
    except Exception:
        log.exception("the worker beside ended")
    finally:
        os._exit(status)  # nothing that this process is in the midst of is the worker's


def _work(app: Flask, settings: Settings, stop: threading.Event, *, once: bool = False) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work_side_by_side(all_duties(settings), app.app_context, stop, until_done=once)


def _stop_without(master: int, stop: threading.Event) -> None:
    while os.getppid() == master and not stop.wait(LOOK_EVERY):
        pass
    stop.set()
