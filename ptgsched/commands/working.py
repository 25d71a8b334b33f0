"""`ptgsched worker`: what is to be done without anybody waiting for it."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from ptgsched.commands.base import application
from ptgsched.config import PREFIX, Settings
from ptgsched.notify.duties import all_duties
from ptgsched.outbox.worker import work_side_by_side

BESIDE = "from ptgsched.commands.working import work_beside; work_beside()"


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


@contextmanager
def worker_beside(settings: Settings) -> Iterator[None]:
    """A worker of this process's own, which ends with it however that ends."""
    environment = os.environ | {
        f"{PREFIX}{name.upper()}": str(getattr(settings, name))
        for name in ("instance", "database_url", "secret_key", "base_url", "default_event")
    }
    with subprocess.Popen(
        [sys.executable, "-c", BESIDE],
        stdin=subprocess.PIPE,  # it closes with this process
        env=environment,
        start_new_session=True,  # Ctrl-C is ours to hear
    ):
        yield


def work_beside() -> None:
    """Work until standard input ends, which it does with the process that started this one."""
    stop = threading.Event()
    threading.Thread(target=_stop_with_input, args=(stop,), daemon=True).start()
    settings = Settings.from_env()
    with application(settings) as app:
        _work(app, settings, stop)


def _work(app: Flask, settings: Settings, stop: threading.Event, *, once: bool = False) -> None:
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.INFO)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work_side_by_side(all_duties(settings), app.app_context, stop, until_done=once)


def _stop_with_input(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()
