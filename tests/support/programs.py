"""Installed programs that tests start: where they are, and what happens when they are not."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.warm import Warm


def find_program(*names: str) -> str | None:
    """The path of the first installed program of `names`, Debian's hidden folders included."""
    hidden = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    path = os.pathsep.join([*hidden, os.environ.get("PATH", os.defpath), "/usr/sbin"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def require_program(*names: str) -> str:
    """Likewise, but without it the test is skipped by name; with CI=true it fails."""
    if found := find_program(*names):
        return found
    reason = f"{names[0]} is not installed (scripts/system-packages.sh installs it where it may)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def stop(process: subprocess.Popen[bytes] | Warm, *, seconds: float = 10) -> None:
    """End `process` politely, then firmly; nothing else is touched."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: Sequence[str], **options: object) -> None:
    """Run `command` to its end; on a failure the test shows what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
