"""Processes of ours that start warm: forked off one that has imported everything already.

Importing the service takes two seconds of processor time, and tests start it some two hundred
times.  What runs is the same; tests of starting itself start coldly, with `subprocess`.
"""

import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import BinaryIO

from gunicorn.app import wsgiapp

from ptgsched.commands import main

PROGRAMS = {"gunicorn": wsgiapp.run, "ptgsched": lambda: main(prog_name="ptgsched")}
IMPORTED = [__name__, "gunicorn.workers.gthread", "ptgsched.bot.relay.relay"]

_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(IMPORTED)


class Warm:
    """A running process, handled as one of `subprocess.Popen`; ended with the tests at the latest.

    `pass_fd` stays the same number in it.
    """

    def __init__(
        self,
        *words: str,
        env: Mapping[str, str],
        cwd: Path,
        output: BinaryIO,
        pass_fd: int | None = None,
        start_new_session: bool = False,
    ) -> None:
        files = {number: DupFd(output.fileno()) for number in (1, 2)}
        if pass_fd is not None:
            files[pass_fd] = DupFd(pass_fd)
        self._process = _forking.Process(
            target=_run, args=(words, dict(env), cwd, files, start_new_session), daemon=True
        )
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """The exit status, a signal's number below zero; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Likewise, once it has ended; raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def _run(
    words: tuple[str, ...],
    env: dict[str, str],
    cwd: Path,
    files: dict[int, DupFd],
    start_new_session: bool,
) -> None:
    """Become what was asked for."""
    if start_new_session:
        os.setsid()
    for number, file in files.items():
        os.dup2(file.detach(), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = list(words)
    try:
        PROGRAMS[words[0]]()
    finally:  # also in the workers that it forks off; a forked process leaves this out
        atexit._run_exitfuncs()
