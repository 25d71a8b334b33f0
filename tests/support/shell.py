"""The command line, called in this process, or as people call it when the process matters."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner, Result

from ptgsched.commands import main
from tests.support.database import child_environment, environment
from tests.support.programs import stop


class Shell:
    """`shell("db", "check")` runs a command with the settings of a test's database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url = database_url
        self.folder = folder

    def __call__(self, *words: str, typed: str | bytes | None = None, **settings: str) -> Result:
        """Run in this process; an exception that is not the command's own fails the test."""
        env: dict[str, str | None] = {
            name: None for name in os.environ if name.startswith("PTGSCHED_")
        }
        env |= environment(self.database_url, self.folder / "instance", **settings)
        result = CliRunner().invoke(main, words, input=typed, env=env, prog_name="ptgsched")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def refused(self, *words: str, typed: str | None = None, **settings: str) -> str:
        """Run what must fail with status 1 and one line on stderr; that line."""
        result = self(*words, typed=typed, **settings)
        assert (result.exit_code, result.stdout) == (1, ""), result.output
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        return result.stderr.removeprefix("Error: ").rstrip("\n")

    def process(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run as a process of its own, to its end."""
        return subprocess.run(
            self._command(words),
            capture_output=True,
            text=True,
            check=False,
            env=child_environment(self.database_url, self.folder / "instance", **settings),
            cwd=self.folder,
            timeout=60,
        )

    @contextlib.contextmanager
    def running(self, *words: str, until: str, **settings: str) -> Iterator["Running"]:
        """A command that serves, once its output holds `until`; stopped at the end."""
        log = self.folder / "output"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._command(words),
                stdout=output,
                stderr=subprocess.STDOUT,
                env=child_environment(self.database_url, self.folder / "instance", **settings),
                cwd=self.folder,
            )
        try:
            deadline = time.monotonic() + 60
            while until not in log.read_text():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"it never said {until!r}:\n{log.read_text()}")
                time.sleep(0.05)
            yield Running(process, log)
        finally:
            stop(process)

    def _command(self, words: tuple[str, ...]) -> list[str]:
        code = "from ptgsched.commands import main; main(prog_name='ptgsched')"
        return [sys.executable, "-c", code, *words]


class Running:
    """A served command: its process and what it has printed."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def said(self) -> str:
        """All output so far."""
        return self._log.read_text()

    def end(self) -> int:
        """Ask it to stop as a supervisor does; its exit status."""
        self.process.terminate()
        return self.process.wait(30)
