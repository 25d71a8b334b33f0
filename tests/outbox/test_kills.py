"""Workers killed (-9) wherever they are: each mail arrives, at most one twice for each kill.

Starting Python takes longer than sending 100 mails, so a process that has loaded everything forks
the workers and kills them; it and they are processes of their own, as `ptgsched worker` is.
"""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.outbox.models import MailState, OutgoingMail
from ptgsched.outbox.operations import post
from tests.support.database import child_environment

ROOT = Path(__file__).parents[2]

PROGRAM = """
import os, random, signal, sys, threading, time
from ptgsched.app import create_app
from ptgsched.config import Settings
from ptgsched.notify.duties import all_duties
from ptgsched.outbox.worker import work_side_by_side

app = create_app(Settings.from_env())  # opens no connection yet, so that it can be forked

def worker():
    lanes = all_duties(app.extensions["ptgsched"])
    work_side_by_side(lanes, app.app_context, threading.Event())

def fork():
    child = os.fork()
    if not child:
        worker()
        os._exit(0)
    return child

kills, mails, log = int(sys.argv[1]), int(sys.argv[2]), open(sys.argv[3], "rb")
chance = random.Random(7)
arrived = 0
children = [fork(), fork()]
for number, point in enumerate(sorted(chance.sample(range(mails - 50), kills))):
    while arrived < point:
        time.sleep(0.002)
        arrived += log.read().count(b"\\n")
    time.sleep(chance.uniform(0, 0.02))  # anywhere in a mail
    victim = children.pop(0)
    os.kill(victim, signal.SIGKILL)
    os.waitpid(victim, 0)
    if number < kills - 2:
        children.append(fork())
print("killed", flush=True)
sys.stdin.readline()
last = fork()
sys.stdin.read()
os.kill(last, signal.SIGKILL)
os.waitpid(last, 0)
"""


def still_waiting():
    db.session.rollback()
    waiting = OutgoingMail.state == MailState.WAITING
    return db.session.scalar(select(func.count()).select_from(OutgoingMail).where(waiting))


def wait_while_there_is_progress():
    """Until none waits; a busy machine may take its time, but not stand still."""
    waiting, moved = still_waiting(), time.monotonic()
    while waiting:
        assert time.monotonic() < moved + 30, f"{waiting} mails still wait"
        time.sleep(0.1)
        before, waiting = waiting, still_waiting()
        moved = time.monotonic() if waiting < before else moved


@pytest.mark.usefixtures("templates")
@pytest.mark.parametrize(
    ("kind", "mails", "kills"), [("sqlite", 1000, 20), ("postgres", 300, 6)], ids=str
)
def test_nothing_is_lost_and_a_kill_doubles_at_most_one(
    kind, mails, kills, request, make_app, smtp, tmp_path
):
    url = request.getfixturevalue(f"{kind}_url")
    app = make_app(url)
    with app.app_context():
        begin_write()
        for number in range(mails):
            facts = {"name": "all", "start": utcnow()}
            to = f"reader{number}@example.org"
            post(template="hello", to=to, key=f"hello:{number}", facts=facts)
        db.session.commit()
    smtp.start()
    workers = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, str(kills), str(mails), str(smtp.log)],
        env=child_environment(url, tmp_path / "instance", mail_url=smtp.url),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert workers.stdout.readline() == "killed\n"
        with app.app_context():
            assert still_waiting() > 0  # the kills came while there was work
            begin_write()  # the leases of the dead end, as they do after three minutes
            waiting = OutgoingMail.state == MailState.WAITING
            db.session.execute(update(OutgoingMail).where(waiting).values(due_at=utcnow()))
            db.session.commit()
            workers.stdin.write("go on\n")
            workers.stdin.flush()
            wait_while_there_is_progress()
    finally:
        workers.communicate()
    arrived = Counter(row["to"][0] for row in smtp.mails)
    assert set(arrived) == {f"reader{number}@example.org" for number in range(mails)}
    assert arrived.total() - mails <= kills
    copies = Counter(row["id"] for row in smtp.mails)
    assert len(copies) == mails  # the second copy of a mail has its Message-ID
