"""Rate limits are one count for all processes of a machine."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import time_machine

from ptgsched.clock import utcnow
from ptgsched.web.counters import Counters

CHILD = """
import sys
from ptgsched.web.counters import Counters
counters = Counters(sys.argv[1])
for _ in range(50):
    counters.incr("address:192.0.2.1", 60)
"""


def test_processes_and_threads_share_a_count(tmp_path):
    uri = f"counters://{tmp_path / 'new folder' / 'limits.sqlite'}"
    children = [subprocess.Popen([sys.executable, "-c", CHILD, uri]) for _ in range(2)]
    counters = Counters(uri)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: counters.incr("address:192.0.2.1", 60), range(100)))
    assert [child.wait(timeout=60) for child in children] == [0, 0]
    assert counters.get("address:192.0.2.1") == 200
    assert counters.get("address:192.0.2.2") == 0


def test_a_count_runs_out_and_begins_anew(tmp_path):
    counters = Counters(f"counters://{tmp_path / 'limits.sqlite'}")
    start = utcnow()
    with time_machine.travel(start, tick=False) as clock:
        assert [counters.incr("user:1", 60) for _ in range(3)] == [1, 2, 3]
        assert counters.get_expiry("user:1") == (start + timedelta(seconds=60)).timestamp()
        clock.shift(59)
        assert counters.incr("user:1", 60) == 4  # the minute began with the first
        clock.shift(1)
        assert counters.get("user:1") == 0
        assert counters.incr("user:1", 60) == 1


def test_counts_can_be_forgotten(tmp_path):
    counters = Counters(f"counters://{tmp_path / 'limits.sqlite'}")
    counters.incr("user:1", 60)
    counters.incr("user:2", 60)
    counters.clear("user:1")
    assert (counters.get("user:1"), counters.get("user:2")) == (0, 1)
    assert counters.reset() == 1
    assert counters.check()
