"""`ptgsched bot` between the service and a real IRC server, as people in channels see it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from ptgsched.accounts.tokens import find_token
from ptgsched.app import create_app
from ptgsched.bot.relay.connection import Server
from ptgsched.bot.relay.service import Service
from ptgsched.clock import utcnow
from ptgsched.db import begin_write, db
from ptgsched.events.layout import add_window
from ptgsched.intervals import Interval
from tests.support.database import settings_for
from tests.support.ircd import Ircd, Person, running_ircd
from tests.support.relay import Command, bot_token, relay_here, running_relay
from tests.support.server import free_port, running_server
from tests.support.shell import Shell
from tests.support.story import Story
from tests.support.way import Way

TIMEOUT = 10


@dataclass
class Place:
    """A served event, an IRC server, and a way to bring the relay and people there."""

    app: Flask
    base_url: str
    token: str
    ircd: Ircd
    folder: Path
    stack: ExitStack

    def relay(self, *channels: str, nick: str = "ptgbot", token: str | None = None) -> list[str]:
        """The relay is in these channels, for the rest of the test; what it tells operators."""
        service = Service(self.base_url, "oct", token or self.token)
        server = Server(host="127.0.0.1", port=self.ircd.port, nick=nick)
        return self.stack.enter_context(relay_here(service, server, *(channels or ("#ptg",))))

    def command(self, *words: str, port: int | None = None, **options: Any) -> Command:
        """Likewise, as a command of its own."""
        folder = self.folder / f"relay-{time.monotonic_ns()}"
        return self.stack.enter_context(
            running_relay(
                folder, self.base_url, self.token, *words, port=port or self.ircd.port, **options
            )
        )

    def person(self, nick: str, *channels: str) -> Person:
        """Somebody comes into the channel."""
        person = Person(self.ircd.port, nick, *(channels or ("#ptg",)))
        self.stack.callback(person.close)
        return person

    def api(self, path: str) -> dict[str, Any]:
        """What the API answers."""
        return requests.get(f"{self.base_url}/api/v1/events/oct/{path}", timeout=TIMEOUT).json()

    def wait_for_topic(self, team: str, text: str) -> None:
        """Until it is on the board; within two seconds."""
        deadline = time.monotonic() + 2
        while (self.api("live")["now"].get(team) or {}).get("text") != text:
            assert time.monotonic() < deadline, self.api("live")
            time.sleep(0.02)

    def post(self, team: str, text: str) -> None:
        """Somebody sets a topic elsewhere than in chat."""
        answer = requests.put(
            f"{self.base_url}/api/v1/events/oct/live/{team}/now",
            json={"text": text},
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=TIMEOUT,
        )
        assert answer.status_code == 200, answer.text


def wait_until(happened: Callable[[], bool], seconds: float = 15) -> None:
    """Fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(scope="module")
def venue(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, str, str, Ircd]]:
    """An event that begins on the Monday after next, served; and an IRC server, with TLS too."""
    folder = tmp_path_factory.mktemp("venue")
    url = f"sqlite:///{folder / 'venue.sqlite'}"
    (folder / "venue.sqlite").write_bytes(sqlite_template.read_bytes())
    app = create_app(settings_for(url, folder / "instance"))
    today = utcnow().date()
    Story.begin(app, monday=today + timedelta(days=14 - today.weekday()))
    token = bot_token(app)
    with (
        running_ircd(folder / "ircd", tls=True) as ircd,
        running_server(url, folder / "served") as base_url,
    ):
        yield app, base_url, token, ircd
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def place(venue: tuple[Flask, str, str, Ircd], tmp_path: Path) -> Iterator[Place]:
    """The venue; at the end all leave, and the next ones find an empty board."""
    with ExitStack() as stack:
        made = Place(*venue, tmp_path, stack)
        yield made
    for line in ("~newday", "~alloweveryone"):
        body = {"nick": "test", "line": line, "operator": True}
        address = f"{made.base_url}/api/v1/events/oct/live/lines"
        headers = {"Authorization": f"Bearer {made.token}"}
        requests.post(address, json=body, headers=headers, timeout=TIMEOUT).raise_for_status()


def test_a_morning_in_the_channel(place: Place):
    """Known answers, in the channel and in private, within a second; talk is nobody's business."""
    lena = place.person("lena")  # first in the channel, so its operator
    relay = place.command()
    omar = place.person("omar")

    omar.say("good morning, #nova now is my favourite")
    began = time.monotonic()
    omar.ask("#nova book Bexar-MonA1", "Room Bexar is now booked on MonA1 for nova | Mon ")
    assert time.monotonic() - began < 1
    omar.say("#nova now Attaching volumes – ďalší")
    place.wait_for_topic("nova", "Attaching volumes – ďalší")
    omar.ask("#nova dance", "Unknown command 'dance'. Did you mean: nova now dance... ?")
    omar.ask("~list", "Need op for admin commands")
    lena.ask("~list", "Available tracks: cinder neutron nova tc")
    omar.whisper("in #nova", "OK, checked into #nova - thanks for the update!")
    omar.whisper("#nova now x", "Unknown user command. Should be: in, out, seen, or subscribe")
    lena.ask("#seen omar", "omar was last seen in #nova at ")
    assert omar.ask("?help", "See PTGbot documentation at: ").endswith("/docs/chat")
    assert place.api("live")["now"]["nova"]["by"] == "chat:omar"
    omar.ask("#nova unbook Bexar-MonA1", "Room Bexar (previously booked for nova) is now free")
    assert relay.end() == 0
    lena.wait_for(lambda line: line.startswith(":ptgbot!") and " QUIT " in line)


def test_voice_and_operators_are_those_of_the_channel(place: Place):
    """Marks that come, go, are handed on with a nick, and end with a part."""
    lena = place.person("lena")
    place.relay()
    omar = place.person("omar")

    lena.say("~requirevoice")
    lena.ask("~list", "Available tracks")
    omar.ask("#nova now x", "Need voice to issue commands")
    lena.type("MODE #ptg +v omar")
    omar.wait_for(lambda line: " MODE " in line)
    omar.say("#nova now with voice")
    place.wait_for_topic("nova", "with voice")
    omar.type("NICK olaf")
    omar.nick = "olaf"
    omar.say("#nova now still with voice")
    place.wait_for_topic("nova", "still with voice")
    lena.type("MODE #ptg +o olaf")
    omar.wait_for(lambda line: " MODE " in line)
    omar.ask("~list", "Available tracks: ")
    lena.type("MODE #ptg -o olaf")
    omar.wait_for(lambda line: " MODE " in line)
    omar.ask("~list", "Need op for admin commands")
    omar.say("#nova now voice remains")
    place.wait_for_topic("nova", "voice remains")
    omar.type("PART #ptg", "JOIN #ptg")
    omar.ask("#nova now x", "Need voice to issue commands")


def test_nobody_but_people_is_obeyed(place: Place):
    """No notice, no action, no bot, no channel that is not ours; any bytes are some text."""
    lena = place.person("lena", "#ptg", "#other")
    place.relay()
    robot = place.person("robot")
    robot.type("MODE robot +B")
    robot.wait_for(lambda line: " MODE " in line)

    lena.type("NOTICE #ptg :#nova now a notice", "PRIVMSG #ptg :\x01ACTION #nova now\x01")
    lena.say("#nova now elsewhere", to="#other")
    robot.say("#nova now a robot")
    robot.say("help", to="ptgbot")
    lena.type(b"PRIVMSG #ptg :#cinder now Caf\xe9 \xff")
    place.wait_for_topic("cinder", "Café ÿ")
    assert set(place.api("live")["now"]) == {"cinder"}
    robot.listen(0.3)
    assert not [line for line in robot.heard if "PRIVMSG robot" in line]


def test_several_channels_and_those_who_subscribed(place: Place):
    """Each is answered where it asked; subscribers hear of topics from chat and elsewhere.

    Of all of them also from a second relay, as on another network.
    """
    lena = place.person("lena", "#ptg", "#openstack-nova")
    place.relay("#ptg", "#openstack-nova")
    place.relay("#summit", nick="second", token=bot_token(place.app))
    omar = place.person("omar", "#openstack-nova")

    omar.ask("#nova dance", "Unknown command", to="#openstack-nova")
    lena.whisper("subscribe #nova.*cells", "Subscription set to #nova.*cells")
    omar.say("#nova now Cells v2", to="#openstack-nova")
    assert lena.whispered("now in #nova") == "now in #nova: Cells v2"
    assert lena.whispered("now in #nova", by="second") == "now in #nova: Cells v2"
    place.post("nova", "more cells")
    told = [lena.wait_for(lambda line: "more cells" in line) for _ in range(2)]
    assert {line.partition("!")[0] for line in told} == {":ptgbot", ":second"}
    assert told[0].split()[1:3] == ["NOTICE", "lena"]
    # It was passed on, so the service forgets it.
    place.post("nova", "cells at last")
    assert lena.whispered("now in") == "now in #nova: cells at last"
    lena.whisper("unsubscribe", "Cancelled subscription")
    assert not [line for line in lena.heard if "more cells" in line or "Cells v2" in line]


def test_a_long_answer_comes_in_pieces_of_whole_characters(place: Place):
    """At most 400 bytes each."""
    lena = place.person("lena")
    place.relay()
    first, second = "ý" * 180, "ž" * 180
    lena.ask(f"#subscribe {first}", f"Subscription set to {first}")
    lena.say(f"#subscribe {second}")
    lines = []
    while not "".join(lines).endswith(")"):
        lines.append(lena.told())
    assert " ".join(lines) == f"lena: Subscription set to {second} (was {first})"
    assert max(len(line.encode()) for line in lines) <= 400
    lena.ask("#unsubscribe", "Cancelled subscription ")


def test_a_flood_is_answered_at_a_pace_and_notices_arrive(place: Place):
    """Five lines at once, then one every two seconds; topics are set meanwhile."""
    lena = place.person("lena")
    place.relay()
    omar = place.person("omar")
    lena.whisper("subscribe nova", "Subscription set to nova")
    for number in range(12):
        omar.say(f"#nova dance{number}")
    omar.say("#nova now the end of the flood")
    began = time.monotonic()
    place.wait_for_topic("nova", "the end of the flood")
    lena.whispered("now in #nova: the end of the flood")
    omar.told("omar: Unknown command 'dance5'")
    assert time.monotonic() - began > 2
    lena.listen()
    assert len([line for line in lena.heard if ":omar: Unknown" in line]) < 12
    lena.say("unsubscribe", to="ptgbot")


def test_a_taken_nick_is_ours_again_when_it_is_free(place: Place):
    """Until then it has a longer one."""
    thief = place.person("ptgbot")
    place.relay()
    omar = place.person("omar")
    omar.ask("#nova dance", "Unknown command", by="ptgbot_")
    thief.type("QUIT")
    omar.wait_for(lambda line: line.startswith(":ptgbot_!") and " NICK :ptgbot" in line)
    omar.ask("#nova dance", "Unknown command")


def test_the_server_is_killed_and_comes_back(place: Place):
    """The relay tries again, joins again, and says what it could not say meanwhile."""
    lena = place.person("lena")
    said = place.relay()
    lena.whisper("subscribe nova", "Subscription set to nova")
    place.ircd.kill()
    with pytest.raises(ConnectionError):
        lena.listen(5)
    place.post("nova", "while nobody could hear")
    place.ircd.start()
    omar = place.person("omar")
    lena = place.person("lena")
    wait_until(lambda: said.count("joined #ptg") == 2)
    omar.ask("#nova dance", "Unknown command")
    place.post("nova", "when all are back")
    lena.whispered("now in #nova: when all are back")
    lena.whisper("unsubscribe", "Cancelled subscription")


def test_the_service_is_down_for_a_while(place: Place):
    """The channel is told once; what was typed is passed on when it is back, or counted."""
    port = free_port()
    lena = place.person("lena")
    service = Service(f"http://127.0.0.1:{port}", "oct", place.token)
    server = Server(host="127.0.0.1", port=place.ircd.port, nick="ptgbot")
    with relay_here(service, server, "#ptg") as said:
        for number in range(3):
            lena.say(f"#nova now {number}")
        lena.told("lena: The schedule cannot be reached. What you type is kept")
        lena.listen(1)
        assert not [line for line in lena.heard if "PRIVMSG #ptg" in line]
    assert [line for line in said if "reached" in line] == [
        f"http://127.0.0.1:{port} cannot be reached: no connection"
    ]
    assert said[-1] == "3 lines were not passed on: the service did not answer"


def test_a_relay_that_is_killed_passes_on_what_waited(place: Place, tmp_path: Path):
    """Nothing is lost, nor done twice that the service had taken when its answer was lost."""
    way = Way(place.base_url)
    place.stack.callback(way.close)
    place = replace(place, base_url=way.base_url)
    lena = place.person("lena")
    kept = ("--state-dir", str(tmp_path / "state"))
    relay = place.command(*kept)
    lena.ask("#nova dance", "Unknown command")
    with pytest.raises(AssertionError, match=r"^Error: Another relay .* is running .*--state-dir"):
        place.command(*kept)
    way.loses_answers = True  # the first it takes; then it is away
    lena.say("#nova next first")
    lena.told("lena: The schedule cannot be reached. What you type is kept")
    for text in ("second", "third ďalší"):
        lena.say(f"#nova next {text}")
    lena.whisper("in #nova", "The schedule cannot be reached.")
    relay.process.kill()
    relay.process.wait()

    way.mend()
    relay = place.command(*kept, until="are passed on")
    assert "4 lines that waited are passed on\n" in relay.said
    lena.whispered("OK, checked into #nova")
    texts = [topic["text"] for topic in place.api("live")["next"]["nova"]]
    assert texts == ["first", "second", "third ďalší"]
    assert relay.end() == 0
    (file,) = (tmp_path / "state").iterdir()
    assert (file.stat().st_size, file.stat().st_mode & 0o777) == (0, 0o600)


def test_what_is_typed_is_kept_while_the_token_is_refused(place: Place):
    """The channel and the operators are told once; it goes on when the token is good again."""
    secret = bot_token(place.app)
    lena = place.person("lena")
    said = place.relay(token=secret)
    lena.ask("#nova dance", "Unknown command")
    with place.app.app_context():
        begin_write()
        token = find_token(secret, utcnow())
        token.scopes = ["booking:write"]
        db.session.commit()

        for text in ("first", "second"):
            lena.say(f"#nova next {text}")
        lena.told("lena: I am not allowed to pass that on any more. What you type is kept")
        begin_write()
        token.scopes = ["live:write"]
        db.session.commit()
    lena.told("lena: Message added")
    lena.told("lena: Message added")
    texts = [topic["text"] for topic in place.api("live")["next"]["nova"]]
    assert texts == ["first", "second"]
    lena.listen()
    assert not [line for line in lena.heard if "not allowed" in line]
    refusals = [line for line in said if line.startswith("The token in PTGSCHED_BOT_TOKEN")]
    assert len(refusals) <= 2  # at a line, and where notices are fetched
    assert "lacks the scope live:write" in refusals[0]
    assert said[-1] == f"{place.base_url} takes lines again"


def test_tls_believes_a_trusted_certificate_only(place: Place):
    """A stranger's is refused in one line; with --tls-ca ours is good."""
    lena = place.person("lena")
    with pytest.raises(AssertionError, match=r"^Error: .*certificate is not trusted.*\n"):
        place.command("--tls", port=place.ircd.tls_port)
    place.command("--tls-ca", str(place.ircd.certificate), port=place.ircd.tls_port)
    lena.ask("#nova dance", "Unknown command")
    time.sleep(1.5)  # longer than a tick: to read must not have been to wait
    lena.ask("#nova dance", "Unknown command")


def test_it_identifies_before_it_joins(place: Place, tmp_path: Path):
    """NickServ's word is waited for; the password is told to nobody else."""
    services = place.person("NickServ")
    (tmp_path / "password").write_text("s3cret\n")
    relay = place.command("--password-file", str(tmp_path / "password"), until="connected")
    services.wait_for(lambda line: line.endswith("PRIVMSG NickServ :IDENTIFY s3cret"))
    services.listen(0.5)
    assert not [line for line in services.heard if " JOIN " in line]
    services.type("NOTICE ptgbot :You are now identified for ptgbot.")
    services.wait_for(lambda line: line.startswith(":ptgbot!") and " JOIN " in line)
    assert "s3cret" not in relay.said


def test_a_session_is_announced_where_it_concerns(place: Place):
    """Booked for the next minutes: told in nova's channel and in everybody's, not in cinder's."""
    channels = ("#ptg", "#cinder", "#openstack-nova")
    reader = place.person("reader", *channels)
    place.relay(*channels)
    start = utcnow().replace(second=0, microsecond=0) + timedelta(minutes=6)
    with place.app.app_context():
        story = Story(place.app)
        begin_write()
        hour = Interval(start, start + timedelta(hours=1))
        add_window(story.event, "Z", "Soon", [hour], slot_codes=["Soon1"])
        db.session.commit()
        story.book("nova", "bexar", "Soon1", title="Cells", at=utcnow())
    said = reader.told("In ")
    # Six minutes to the full minute, of which some seconds have gone by.
    assert re.match(
        rf"In [56] minutes, at {start:%H:%M} UTC: nova in Bexar \(Cells\) \| http", said
    )
    assert reader.told("In ", to="#openstack-nova") == said
    reader.listen(0.5)
    assert not [line for line in reader.heard if "PRIVMSG #cinder" in line]


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        ({"--event": "nowhere"}, {}, r"There is no event 'nowhere' at http://\S+"),
        ({}, {"bot_token": "ptg_wrong"}, r"The token in PTGSCHED_BOT_TOKEN is refused: .+"),
        ({}, {"bot_token": ""}, r"PTGSCHED_BOT_TOKEN: is not set; make one with: ptgsched .+"),
        ({}, {"base_url": "http://127.0.0.1:1"}, r"http://127.0.0.1:1 cannot be reached: .+"),
        ({"--port": "1"}, {}, r"The IRC server 127.0.0.1:1 cannot be reached: Connection refused"),
        ({"--server": "irc.invalid"}, {}, r"The IRC server irc.invalid:\d+ cannot be reached: .+"),
    ],
)
def test_what_is_wrong_at_the_start_is_told_in_one_line(
    venue: tuple[Flask, str, str, Ircd],
    tmp_path: Path,
    words: dict[str, str],
    settings: dict[str, str],
    said: str,
):
    _, base_url, token, ircd = venue
    shell = Shell("sqlite:////nowhere/none.sqlite", tmp_path)
    options = {"--event": "oct", "--server": "127.0.0.1", "--port": str(ircd.port)}
    options |= {"--nick": "ptgbot", "--channel": "#ptg"} | words
    asked = [word for pair in options.items() for word in pair]
    line = shell.refused("bot", *asked, **({"base_url": base_url, "bot_token": token} | settings))
    assert re.fullmatch(said, line), line


def test_a_token_for_other_things_is_refused(venue: tuple[Flask, str, str, Ircd], tmp_path: Path):
    app, base_url, _, ircd = venue
    shell = Shell("sqlite:////nowhere/none.sqlite", tmp_path)
    words = ["bot", "--event", "oct", "--server", "127.0.0.1", "--port", str(ircd.port)]
    words += ["--nick", "ptgbot", "--channel", "#ptg"]
    token = bot_token(app, "booking:write")
    assert "lacks the scope live:write" in shell.refused(*words, base_url=base_url, bot_token=token)
