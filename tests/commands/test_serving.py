"""What serves: it starts, says where, and stops; what it cannot start with is one line."""

import http.client
import re
import socket
import time
from urllib.parse import urlsplit

import pytest

from ptgsched.accounts.passwords import authenticate
from ptgsched.db import db
from tests.support.shell import Shell


def get(url: str, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield str(listener.getsockname()[1])


def test_it_serves_until_it_is_told_to_stop(sqlite_shell):
    words = ("serve", "--port", "0", "--workers", "1")

    with sqlite_shell.running(*words, until="serves on", default_event="oct") as server:
        url = re.findall(r"http://\S+", server.said)[0]
        assert get(url, "/readyz") == (200, "ok\n")
        assert server.end() == 0
    assert "warning: PTGSCHED_DEFAULT_EVENT: there is no event 'oct' yet" in server.said
    assert "Traceback" not in server.said


def test_its_workers_do_not_outlive_it(sqlite_shell):
    """Killed while somebody has sent half a request, and somebody else takes all that comes."""
    words = ("serve", "--port", "0", "--workers", "1")

    with sqlite_shell.running(*words, until="serves on", secret_key="short") as server:
        assert "warning: PTGSCHED_SECRET_KEY: has fewer than 16 characters" in server.said
        place = urlsplit(re.findall(r"http://\S+", server.said)[0])
        with (
            socket.create_connection((place.hostname, place.port), timeout=20) as slow,
            socket.create_connection((place.hostname, place.port), timeout=20) as waiting,
        ):
            slow.sendall(b"GET / HTTP/1.1\r\nHost: ")
            waiting.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert waiting.recv(12) == b"HTTP/1.1 200"
            server.process.kill()
            began = time.monotonic()
            assert slow.recv(1) == b""
            assert time.monotonic() - began < 15


def test_it_needs_a_key_a_port_and_current_tables(new_shell, taken):
    assert "PTGSCHED_SECRET_KEY: is not set" in new_shell.refused("serve", secret_key="")
    assert new_shell.refused("serve", "--port", taken).startswith(
        f"Port {taken} on 127.0.0.1 is taken; choose another: --port N"
    )
    assert "Cannot listen on 192.0.2.1" in new_shell.refused("serve", "--host", "192.0.2.1")
    if new_shell.database_url.startswith("postgresql"):
        said = new_shell.refused("serve", "--port", "0")
        assert said == "The database is empty; run: ptgsched db upgrade"


@pytest.mark.parametrize("wrong", [["--port", "70000"], ["--workers", "0"], ["--port", "http"]])
def test_a_wrong_port_or_number_of_workers_is_bad_usage(sqlite_shell, wrong):
    assert sqlite_shell("serve", *wrong).exit_code == 2


def test_the_demo_sets_itself_up_and_starts_again(tmp_path, make_app):
    shell = Shell(f"sqlite:///{tmp_path}/demo.sqlite", tmp_path)
    own = {"secret_key": "", "base_url": "", "default_event": ""}

    with shell.running("demo", "--port", "0", until="Ctrl-C", **own) as first:
        url = re.findall(r"http://\S+", first.said)[0]
        status, page = get(url, "/")
        assert (status, "</html>" in page) == (200, True)
        assert get(url, "/ptg.json")[0] == 200
        assert first.end() == 0
    with shell.running("demo", "--port", "0", until="Ctrl-C", **own) as again:
        url = re.findall(r"http://\S+", again.said)[0]
        assert get(url, "/healthz")[0] == 200

    accounts = re.findall(r"^  (\S+@\S+) +(\S+)  \w+", again.said, re.MULTILINE)
    assert accounts == re.findall(r"^  (\S+@\S+) +(\S+)  \w+", first.said, re.MULTILINE)
    assert len(accounts) >= 4
    app = make_app(shell.database_url)
    with app.app_context():
        assert all(authenticate(email, password) for email, password in accounts)
        db.session.remove()
    key = tmp_path / "instance" / "secret_key"
    assert (len(key.read_text()), key.stat().st_mode & 0o077) == (64, 0)


def test_the_demo_looks_at_the_port_before_anything_else(tmp_path, taken):
    shell = Shell(f"sqlite:///{tmp_path}/demo.sqlite", tmp_path)

    said = shell.refused("demo", "--port", taken)

    assert said.startswith(f"Port {taken} on 127.0.0.1 is taken")
    assert list(tmp_path.iterdir()) == []


def test_the_demo_migrates_no_server(new_shell):
    if new_shell.database_url.startswith("postgresql"):
        said = new_shell.refused("demo", "--port", "0")
        assert said == "The database is empty; run: ptgsched db upgrade"
