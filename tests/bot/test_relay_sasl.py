"""SASL, which ngircd does not have: the relay against the words of a server that does."""

import base64
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from ptgsched.bot.relay.connection import Connection, Server
from ptgsched.bot.relay.courier import Courier
from ptgsched.bot.relay.sending import SendingQueue
from ptgsched.bot.relay.service import Service
from ptgsched.bot.relay.talk import Talk

PASSWORD = "s3cret"


class Offering(threading.Thread):
    """A server's side of one sign-in; `heard` is what the client said."""

    def __init__(self, *, knows: str) -> None:
        super().__init__(daemon=True)
        self.heard: list[str] = []
        self._knows = knows
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def run(self) -> None:
        """Until the client hangs up."""
        connection, _ = self._listener.accept()
        with self._listener, connection, connection.makefile("rb") as lines:
            for line in lines:
                said = line.decode().strip()
                self.heard.append(said)
                for answer in self._answers(said):
                    connection.sendall(f":irc.example {answer}\r\n".encode())

    def _answers(self, said: str) -> list[str]:
        login = base64.b64encode(f"\0ptgbot\0{self._knows}".encode()).decode()
        verdict = "903 ptgbot :Authenticated" if said.endswith(login) else "904 ptgbot :No"
        scripted = {
            "CAP LS": ["CAP * LS :multi-prefix sasl"],
            "CAP REQ sasl": ["CAP ptgbot ACK :sasl"],
            "AUTHENTICATE PLAIN": ["AUTHENTICATE +"],
            "CAP END": ["001 ptgbot :Welcome"],
        }
        if said not in scripted and said.startswith("AUTHENTICATE "):
            return [verdict]
        return scripted.get(said, [])


@pytest.fixture
def offering(request: pytest.FixtureRequest) -> Iterator[Offering]:
    """A server that knows a password."""
    server = Offering(knows=request.param)
    server.start()
    yield server
    server.join(10)


def signed_in(server: Offering) -> list[str]:
    """What the relay has told its operators when it asks to join."""
    said: list[str] = []
    place = Server(host="127.0.0.1", port=server.port, nick="ptgbot", password=PASSWORD)
    connection = Connection(place)
    sending = SendingQueue(lambda: 0.0, lambda: None)
    courier = Courier(Service("http://127.0.0.1:1", "oct", ""), sending, said.append)
    talk = Talk(connection, place, ["#ptg"], courier, said.append)
    moments = iter(range(1000))
    while not any("JOIN" in line for line in server.heard):
        assert connection.readable is not None
        for event in connection.read():
            talk.hear(event)
        talk.tick(time.monotonic() + next(moments))
        time.sleep(0.02)
    connection.close("done")
    return said


@pytest.mark.parametrize("offering", [PASSWORD], indirect=True)
def test_it_signs_in_while_it_connects(offering: Offering):
    """And then needs no NickServ."""
    signed_in(offering)
    assert "AUTHENTICATE PLAIN" in offering.heard
    assert not any(line.startswith("PRIVMSG") for line in offering.heard)


@pytest.mark.parametrize("offering", ["another"], indirect=True)
def test_a_refused_password_is_told_and_offered_to_nickserv(offering: Offering):
    """It comes in without an account where it may."""
    said = signed_in(offering)
    assert any("refuses the password" in line for line in said)
    assert any(line.startswith("PRIVMSG NickServ :IDENTIFY ") for line in offering.heard)
    assert not any(PASSWORD in line for line in said)
