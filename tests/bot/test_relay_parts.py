"""What the relay is made of, each part by itself: lines, pace, members, announcements."""

import socket
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptgsched.bot.relay.announcements import Announcements, Session
from ptgsched.bot.relay.courier import Courier
from ptgsched.bot.relay.keeping import InUse, Keeping
from ptgsched.bot.relay.members import USUAL_MODES, Members
from ptgsched.bot.relay.sending import MOST_REPLIES, SendingQueue
from ptgsched.bot.relay.service import (
    NotAllowed,
    Notice,
    Refused,
    Said,
    Service,
    Spoken,
    Unreachable,
)
from ptgsched.bot.relay.wrapping import MOST_BYTES, wrap
from ptgsched.clock import utcnow
from ptgsched.commands import chat

PREFIXES = {"~": "q", "@": "o", "%": "h", "+": "v"}
NOON = datetime(2026, 10, 26, 12, tzinfo=UTC)


# Lines -----------------------------------------------------------------------------------------


@given(st.text(max_size=1500))
def test_pieces_hold_all_that_was_said_and_fit(text):
    pieces = wrap(text)
    assert all(0 < len(piece.encode("utf-8")) <= MOST_BYTES for piece in pieces)
    assert not any(char in piece for piece in pieces for char in "\r\n\x00\x01")
    assert "".join("".join(pieces).split()) == "".join("".join(wrap(text, 10**6)).split())


def test_lines_are_cut_at_spaces_and_never_inside_a_character():
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("žžž ž", 6) == ["žžž", "ž"]
    assert wrap("x" + "ž" * 5, 4) == ["xž", "žž", "žž"]
    # Four bytes each; a mark stays with its letter, a family together.
    assert wrap("😀" * 3, 9) == ["😀😀", "😀"]
    assert wrap("abcdef\u0323\u0301gh", 8) == ["abcde", "f\u0323\u0301gh"]
    assert wrap("one\r\nPRIVMSG #ptg :#nova now x") == ["one PRIVMSG #ptg :#nova now x"]
    assert wrap(" \n ") == []


# Pace ------------------------------------------------------------------------------------------


class Clock:
    """Time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def drain(queue: SendingQueue) -> list[str]:
    """All that may go now."""
    return [message.text for message in iter(queue.take, None)]


def test_five_lines_at_once_then_one_every_two_seconds():
    clock = Clock()
    queue = SendingQueue(clock, lambda: None)
    for number in range(8):
        queue.reply("#ptg", f"{number}")
    assert drain(queue) == list("01234")
    assert queue.seconds() == pytest.approx(2)
    clock.now += 1.9
    assert drain(queue) == []
    clock.now += 0.1
    assert drain(queue) == ["5"]
    clock.now += 60
    assert drain(queue) == ["6", "7"]
    assert queue.seconds() is None


def test_the_oldest_replies_of_channels_are_dropped_and_no_notice():
    clock = Clock()
    queue = SendingQueue(clock, lambda: None)
    queue.reply("lena", "in private")
    for number in range(MOST_REPLIES + 10):
        queue.reply("#ptg", f"{number}")
        queue.notice("omar", f"notice {number}")
    said = []
    while queue.seconds() is not None:
        clock.now += 2
        said += drain(queue)
    assert [text for text in said if text.startswith("notice")] == [
        f"notice {number}" for number in range(MOST_REPLIES + 10)
    ]
    replies = [text for text in said if not text.startswith("notice")]
    assert replies == ["in private", *(f"{number}" for number in range(11, MOST_REPLIES + 10))]
    assert said[3] == "notice 0"  # they have their turn among many replies


# Members ---------------------------------------------------------------------------------------


def test_marks_follow_what_the_server_tells():
    members = Members()
    members.list_names("#PTG", ["@lena", "+omar", "@+olga", "vic[1]"], PREFIXES)
    assert not members.is_operator("#ptg", "lena")  # the answer is not complete yet
    members.end_names("#ptg")
    assert members.is_operator("#ptg", "LENA")
    assert members.is_voiced("#ptg", "lena")
    assert members.is_voiced("#ptg", "omar")
    assert not members.is_operator("#ptg", "omar")
    assert not members.is_voiced("#ptg", "Vic{1}")

    # Bans, limits and keys carry words of their own before the nick that is meant.
    words = ["+blo-k", "*!*@spam", "20", "vic[1]", "key"]
    assert not members.set_modes("#ptg", words, PREFIXES, USUAL_MODES)
    assert members.is_operator("#ptg", "vic[1]")
    assert members.set_modes("#ptg", ["-lo", "olga"], PREFIXES, USUAL_MODES)
    assert not members.is_operator("#ptg", "olga")
    assert members.is_voiced("#ptg", "olga")

    members.rename("omar", "olaf")
    assert members.is_voiced("#ptg", "olaf")
    assert not members.is_voiced("#other", "olaf")
    members.leave_all("olaf")
    members.join("#ptg", "olaf")
    assert not members.is_voiced("#ptg", "olaf")
    members.leave("#ptg", "lena")
    assert not members.is_operator("#ptg", "lena")


# Announcements ---------------------------------------------------------------------------------


def session(team: str, minutes: float, *others: str, title: str = "") -> Session:
    """A session so many minutes after noon."""
    start = NOON + timedelta(minutes=minutes)
    return Session(f"{team}-{minutes}", start, (team, *others), "Bexar", title, f"http://x/{team}")


def test_each_session_is_told_once_where_it_concerns():
    planned = [
        session("cinder", 10),
        session("nova", 10, "cinder", title="Volumes"),
        session("management", 11),
    ]
    teams = ["nova", "cinder", "management", "release-management", "neutron"]
    channels = ["#ptg", "#openstack-nova", "#cinder", "#openstack-release-management"]
    told = Announcements()

    def due(at):
        return told.due(planned, channels=channels, teams=teams, at=at)

    assert due(NOON - timedelta(seconds=1)) == []
    both = "cinder in Bexar; nova with cinder in Bexar (Volumes)"
    assert due(NOON) == [
        ("#ptg", f"In 10 minutes, at 12:10 UTC: {both}"),
        (
            "#openstack-nova",
            "In 10 minutes, at 12:10 UTC: nova with cinder in Bexar (Volumes) | http://x/nova",
        ),
        ("#cinder", f"In 10 minutes, at 12:10 UTC: {both}"),
    ]
    assert due(NOON + timedelta(seconds=30)) == []
    # Its own channel is that of the longest name that fits.
    assert due(NOON + timedelta(minutes=1)) == [
        ("#ptg", "In 10 minutes, at 12:11 UTC: management in Bexar | http://x/management")
    ]
    planned[0] = session("cinder", 14)  # moved
    assert [channel for channel, _ in due(NOON + timedelta(minutes=13, seconds=5))] == [
        "#ptg",
        "#cinder",
    ]
    planned.append(session("neutron", 12))  # written down too late
    assert due(NOON + timedelta(minutes=13, seconds=6)) == []


# What waits ------------------------------------------------------------------------------------


def test_what_waits_is_read_again_in_order_whatever_tore_the_file(tmp_path):
    path = tmp_path / "bot" / "lines.jsonl"
    lines = [
        Spoken(nick="lena", text=text, channel=channel, voiced=True, operator=False, key=text)
        for text, channel in (("one\u2028", "#ptg"), ("two", None), ("three", "#ptg"))
    ]
    keeping = Keeping(path)
    for line in lines:
        keeping.add(line, NOON)
    keeping.cross_off("two")
    with pytest.raises(InUse, match="--state-dir"):
        Keeping(path)
    keeping.close()
    with path.open("ab") as file:
        file.write(b'\n{"at": "2026-10-26T12:0')  # as far as a full disk let it

    again = Keeping(path)
    left = [(lines[0], None), (lines[2], None)]
    assert again.take(NOON + timedelta(hours=11)) == (left, 0)
    again.add(lines[1], NOON + timedelta(hours=11))
    again.close()
    late = Keeping(path)
    assert late.take(NOON + timedelta(hours=12)) == ([(lines[1], None)], 2)
    late.cross_off("two")
    late.close()
    assert path.read_bytes() == b""


def test_an_answer_that_was_not_said_is_said_by_the_next_relay(tmp_path):
    """The service is not asked again; the line is done with when all of it was said."""
    path, now = tmp_path / "lines.jsonl", utcnow()
    lines = [
        Spoken(nick="lena", text=text, channel="#ptg", voiced=False, operator=False, key=text)
        for text in ("answered", "old news")
    ]
    keeping = Keeping(path)
    for line, at in zip(lines, (now, now - timedelta(hours=1)), strict=True):
        keeping.add(line, at)
        keeping.add(line, at)  # once more is once
        keeping.answer(line.key, Said("yes", (Notice("omar", "now in #nova: x"),)))
    keeping.close()

    queue = SendingQueue(Clock(), lambda: None)
    told: list[str] = []
    nobody = Service("http://127.0.0.1:1", "oct", "secret")
    courier = Courier(nobody, queue, told.append, Keeping(path))
    courier.start()
    said = list(iter(queue.take, None))
    assert [(message.target, message.text) for message in said] == [
        ("#ptg", "lena: yes"),
        ("omar", "now in #nova: x"),
    ]
    for message in said:
        assert path.stat().st_size > 0
        message.on_said()
    assert path.stat().st_size == 0
    # Nor is a line that may be a bot's lost while the server is asked who said it.
    courier.write_down(lines[0])
    assert path.stat().st_size > 0
    courier.drop(lines[0])
    assert path.stat().st_size == 0
    courier.stop(5)
    assert told == ["1 lines that waited are passed on; 1 more were too old"]


def test_an_answer_that_is_dropped_is_done_with():
    queue, done = SendingQueue(Clock(), lambda: None), []
    for number in range(MOST_REPLIES + 2):
        queue.reply("#ptg", f"{number} " + "x" * 400, lambda number=number: done.append(number))
    # Each is two lines; a line is done with when its last one is gone.
    assert done == list(range(MOST_REPLIES // 2 + 2))


def test_a_relay_that_may_not_write_says_so_and_works_without(tmp_path, capsys):
    (tmp_path / "file").touch()

    assert chat._keep(tmp_path / "file" / "lines.jsonl") is None
    assert capsys.readouterr().err == (
        "warning: lines that wait for the service are lost when this relay is killed: "
        f"{tmp_path / 'file'}: File exists; see --state-dir\n"
    )


# The service ------------------------------------------------------------------------------------


def test_who_refuses_says_what_becomes_of_a_line():
    """A token can be mended and a service comes back; what refuses this line will do so again."""
    answers = [
        (401, b'{"detail": "This token is revoked."}', NotAllowed),
        (422, b'{"detail": "Too long."}', Refused),
        (404, b'{"detail": "There is no such event."}', Refused),
        (404, b"<h1>Nothing is deployed here</h1>", Unreachable),
        (403, b"<h1>The firewall does not like this line</h1>", Refused),
        (503, b"", Unreachable),
        (200, b"<h1>Maintenance</h1>", Unreachable),
    ]
    line = Spoken(nick="lena", text="x", channel=None, voiced=False, operator=False, key="1")
    with socket.create_server(("127.0.0.1", 0)) as door:
        service = Service(f"http://127.0.0.1:{door.getsockname()[1]}", "oct", "secret")
        for status, body, kind in answers:
            answer = b"HTTP/1.1 %d x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            told = threading.Thread(
                target=answer_once, args=[door, answer % (status, len(body), body)]
            )
            told.start()
            with pytest.raises((Refused, Unreachable)) as refusal:
                service.say(line)
            told.join()
            assert refusal.type is kind, (status, body)
        service.close()


def answer_once(door: socket.socket, answer: bytes) -> None:
    """Take a request and answer it."""
    client, _ = door.accept()
    with client:
        while (data := client.recv(65_536)) and not data.endswith(b"}"):  # its body's end
            pass
        client.sendall(answer)
