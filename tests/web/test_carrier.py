"""Connections that outlive their request: nobody waits for a slow reader, nobody is forgotten."""

import socket
import threading
import time

import pytest

from ptgsched.web import carrier, handover
from ptgsched.web.carrier import BEAT, Carrier, Line
from ptgsched.web.handover import own_socket


@pytest.fixture
def pair():
    """`pair()`: our end of a connection and its reader's; both are closed at the end."""
    made = []

    def make() -> tuple[socket.socket, socket.socket]:
        ours, theirs = socket.socketpair()
        made.extend((ours, theirs))
        theirs.settimeout(20)
        return ours, theirs

    yield make
    for sock in made:
        sock.close()


def read_all(sock: socket.socket) -> bytes:
    """Everything until the other side ends."""
    parts = []
    while data := sock.recv(65536):
        parts.append(data)
    return b"".join(parts)


def wait_until_gone(*lines: Line) -> None:
    deadline = time.monotonic() + 20
    while not all(line.is_gone for line in lines):
        assert time.monotonic() < deadline, "a line stayed"
        time.sleep(0.02)


def test_what_is_given_arrives_in_order_and_then_it_ends(pair):
    ours, theirs = pair()
    everybody = Carrier()
    line = everybody.attach(ours, beats=False)
    for number in range(200):
        everybody.send(line, b"%d " % number, b"| ")
    everybody.end(line, b"end")
    everybody.send(line, b"too late")
    assert read_all(theirs) == b"".join(b"%d | " % number for number in range(200)) + b"end"
    everybody.join(20)
    assert not any(thread.name == "carrier" for thread in threading.enumerate())


def test_a_slow_reader_keeps_nobody_waiting_and_is_dropped(pair, monkeypatch):
    monkeypatch.setattr(carrier, "STALLED_SECONDS", 1.0)
    everybody = Carrier()
    (slow_end, _slow), (quick_end, quick) = pair(), pair()
    slow = everybody.attach(slow_end, beats=True)
    quick_line = everybody.attach(quick_end, beats=False)
    much = b"x" * 4_000_000
    everybody.send(slow, much)
    everybody.send(quick_line, b"news")
    assert quick.recv(100) == b"news"
    assert slow.backlog > 1_000_000
    wait_until_gone(slow)
    assert not quick_line.is_gone
    everybody.end(quick_line)


def test_a_reader_that_reads_on_gets_all_of_much(pair):
    ours, theirs = pair()
    everybody = Carrier()
    line = everybody.attach(ours, beats=False)
    much = bytes(range(256)) * 20_000
    everybody.send(line, much)
    everybody.end(line)
    assert read_all(theirs) == much
    wait_until_gone(line)
    assert line.backlog == 0


def test_who_hangs_up_or_talks_without_end_is_forgotten(pair):
    everybody = Carrier()
    (one, leaver), (two, talker) = pair(), pair()
    left, told = everybody.attach(one, beats=True), everybody.attach(two, beats=True)
    leaver.close()
    try:
        for _ in range(1000):
            talker.sendall(b"bla " * 1000)
    except OSError:
        pass  # nobody listens any more
    wait_until_gone(left, told)
    assert told.heard <= carrier.MOST_HEARD + 4096


def test_only_quiet_lines_that_want_it_beat(pair, monkeypatch):
    monkeypatch.setattr(carrier, "BEAT_SECONDS", 1.0)
    everybody = Carrier()
    (one, stream), (two, poll) = pair(), pair()
    beats, quiet = everybody.attach(one, beats=True), everybody.attach(two, beats=False)
    assert stream.recv(100) == BEAT
    deadline = time.monotonic() + 5
    while beats.backlog:  # the sender notes what it sent a moment after it was heard
        assert time.monotonic() < deadline
        time.sleep(0.001)
    for line in (beats, quiet):
        everybody.end(line)
    assert read_all(poll) == b""


def test_a_connection_is_taken_and_the_server_writes_into_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=20)
        servers, _ = listener.accept()
    environ = {"gunicorn.socket": servers, "SERVER_PROTOCOL": "HTTP/1.1"}
    with client, servers:
        ours = own_socket(environ)
        assert ours is not None
        with pytest.raises(OSError, match=r"Broken pipe|not connected"):
            servers.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        servers.close()
        with ours:
            ours.sendall(b"ours")
        assert read_all(client) == b"ours"


@pytest.mark.parametrize("protocol", ["HTTP/2", "HTTP/2.0", "HTTP/0.9"])
def test_other_protocols_keep_their_socket(pair, protocol: str):
    ours, _ = pair()
    assert own_socket({"gunicorn.socket": ours, "SERVER_PROTOCOL": protocol}) is None


def test_servers_that_show_no_plain_socket_keep_it(pair):
    class Wrapped(socket.socket):
        """As TLS and green threads have it."""

    ours, _ = pair()
    with Wrapped(fileno=ours.detach()) as wrapped:
        environ = {"gunicorn.socket": wrapped, "SERVER_PROTOCOL": "HTTP/1.1"}
        assert own_socket(environ) is None
    assert own_socket({"SERVER_PROTOCOL": "HTTP/1.1"}) is None
    assert handover.LENT_SECONDS < 30  # gunicorn's grace for requests that are under way
