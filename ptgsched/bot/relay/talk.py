"""What the server and people say on one connection, and what we make of it."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ptgsched.bot.grammar import parse
from ptgsched.bot.relay.connection import Connection, Server
from ptgsched.bot.relay.courier import Courier
from ptgsched.bot.relay.members import Members, fold
from ptgsched.bot.relay.sending import Message
from ptgsched.bot.relay.service import Spoken

if TYPE_CHECKING:
    from irc.client import Event

NICKSERV = "NickServ"
IDENTIFIED_SECONDS = 3.0  # to wait for NickServ's word before we join anyway
JOINED_SECONDS = 5.0  # to wait for the channels before we speak to those there are
AGAIN_SECONDS = 10.0  # until a channel that would not have us, or a nick, is tried again
ASKED_SECONDS = 2.0  # to wait for what the server knows of somebody
KNOWN_SECONDS = 600.0  # for which that is believed
_HEARD = re.compile(
    r"identified|accepted|recogni[sz]ed|logged in|invalid|incorrect|fail", re.IGNORECASE
)


class Talk:
    """From the first word of the server to the last."""

    def __init__(
        self,
        connection: Connection,
        server: Server,
        channels: Sequence[str],
        courier: Courier,
        say: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._server = server
        self._channels = {fold(channel): channel for channel in channels}
        self._courier = courier
        self._tell = say
        self._members = Members()
        self._joined: set[str] = set()
        self._has_sasl = False
        self._join_at: float | None = None
        self._speak_at = float("inf")
        self._again_at = float("inf")
        self._suffix = ""
        self._refusals: set[str] = set()
        self._asked: dict[str, tuple[float, list[Spoken]]] = {}
        self._known: dict[str, tuple[float, bool]] = {}  # until when, and whether it is a bot

    @property
    def is_ready(self) -> bool:
        """Whether what is said now reaches the channels that can be reached."""
        return bool(self._channels.keys() <= self._joined) or time.monotonic() >= self._speak_at

    def say(self, message: Message) -> None:
        """One line."""
        how = "NOTICE" if message.notice and message.target[0] not in "#&+!" else "PRIVMSG"
        self._connection.send(how, message.target, f":{message.text}")

    def hear(self, event: Event) -> None:
        """React to what the server says."""
        handler = getattr(self, f"_on_{event.type}", None)
        if handler is not None:
            handler(event)

    def tick(self, now: float) -> None:
        """What has to be done in time."""
        if self._join_at is not None and now >= self._join_at:
            self._join()
        if now >= self._again_at:
            self._again_at = now + AGAIN_SECONDS
            self._join_missing()
            self._regain_nick()
        for nick, (until, _) in list(self._asked.items()):
            if now >= until:
                self._is_known(nick, is_bot=False)

    # Coming in ------------------------------------------------------------------------------

    def _on_nicknameinuse(self, _event: Event) -> None:
        if self._again_at == float("inf"):  # not registered yet
            self._suffix += "_"
            self._connection.send("NICK", f"{self._server.nick}{self._suffix}")

    _on_unavailresource = _on_nicknameinuse

    def _on_erroneusnickname(self, event: Event) -> None:
        if self._again_at == float("inf"):
            self._tell(f"{self._server.address} does not take the nick {event.arguments[0]}")
            self._connection.close("no nick")

    def _on_saslsuccess(self, _event: Event) -> None:
        self._has_sasl = True

    def _on_saslfail(self, _event: Event) -> None:
        self._tell(f"{self._server.address} refuses the password (SASL)")

    def _on_welcome(self, _event: Event) -> None:
        self._again_at = time.monotonic() + AGAIN_SECONDS
        nick = self._connection.nick
        self._tell(f"connected to {self._server.address} as {nick}")
        self._connection.send("MODE", nick, "+B")
        self._connection.send("CAP", "REQ", ":multi-prefix")
        if self._server.password is None or self._has_sasl:
            self._join()
            return
        whose = "" if fold(nick) == fold(self._server.nick) else f"{self._server.nick} "
        self._connection.send("PRIVMSG", NICKSERV, f":IDENTIFY {whose}{self._server.password}")
        self._join_at = time.monotonic() + IDENTIFIED_SECONDS

    def _on_privnotice(self, event: Event) -> None:
        if self._join_at is not None and fold(_nick(event)) == fold(NICKSERV):
            text = event.arguments[0]
            if _HEARD.search(text):
                self._tell(f"{NICKSERV}: {text}")
                self._join()

    def _on_nosuchnick(self, event: Event) -> None:
        who = event.arguments[0] if event.arguments else ""
        if self._join_at is not None and fold(who) == fold(NICKSERV):
            self._tell(f"{self._server.address} has no {NICKSERV}")
            self._join()
        self._is_known(fold(who), is_bot=False)

    def _join(self) -> None:
        self._join_at = None
        self._speak_at = time.monotonic() + JOINED_SECONDS
        self._join_missing()

    def _join_missing(self) -> None:
        if self._join_at is None:
            for folded in self._channels.keys() - self._joined:
                self._connection.send("JOIN", self._channels[folded])

    def _regain_nick(self) -> None:
        if fold(self._connection.nick) != fold(self._server.nick):
            self._connection.send("NICK", self._server.nick)

    def _refuses_us(self, event: Event) -> None:
        channel, *why = event.arguments
        said = f"{channel} cannot be joined: {' '.join(why)}"
        if fold(channel) in self._channels and said not in self._refusals:
            self._refusals.add(said)
            self._tell(said)

    _on_channelisfull = _on_inviteonlychan = _on_bannedfromchan = _refuses_us
    _on_badchannelkey = _on_needreggednick = _on_nosuchchannel = _refuses_us

    # Who is there ---------------------------------------------------------------------------

    def _on_namreply(self, event: Event) -> None:
        _, channel, names = event.arguments[:3]
        self._members.list_names(channel, names.split(), self._connection.prefixes)

    def _on_endofnames(self, event: Event) -> None:
        self._members.end_names(event.arguments[0])

    def _on_join(self, event: Event) -> None:
        nick = _nick(event)
        self._members.join(event.target, nick)
        if fold(nick) == fold(self._connection.nick):
            self._joined.add(fold(event.target))
            self._tell(f"joined {event.target}")

    def _on_part(self, event: Event) -> None:
        self._leaves(event.target, _nick(event))

    def _on_kick(self, event: Event) -> None:
        self._leaves(event.target, event.arguments[0])

    def _leaves(self, channel: str, nick: str) -> None:
        self._members.leave(channel, nick)
        if fold(nick) == fold(self._connection.nick):
            self._joined.discard(fold(channel))
            self._tell(f"out of {channel}; trying again")

    def _on_quit(self, event: Event) -> None:
        self._members.leave_all(_nick(event))
        self._forget(_nick(event))

    def _on_nick(self, event: Event) -> None:
        self._members.rename(_nick(event), event.target)
        self._forget(_nick(event))

    def _forget(self, nick: str) -> None:
        self._known.pop(fold(nick), None)
        if fold(nick) == fold(self._server.nick):
            self._regain_nick()

    def _on_mode(self, event: Event) -> None:
        has_lost = self._members.set_modes(
            event.target, event.arguments, self._connection.prefixes, self._connection.mode_kinds
        )
        if has_lost:  # a server may show the highest mark only, so there may be another one
            self._connection.send("NAMES", event.target)

    # What people say ------------------------------------------------------------------------

    def _on_pubmsg(self, event: Event) -> None:
        if fold(event.target) in self._channels:
            self._take(event)

    def _on_privmsg(self, event: Event) -> None:
        self._take(event)

    def _take(self, event: Event) -> None:
        """Pass a command on, once we know that no bot says it; talk stays in the channel."""
        nick = _nick(event)
        is_ours = fold(nick) == fold(self._connection.nick) or "!" not in (event.source or "")
        if is_ours or parse(event.arguments[0], private=event.type == "privmsg") is None:
            return
        channel = event.target if event.type == "pubmsg" else None
        line = Spoken(
            nick=nick,
            text=event.arguments[0],
            channel=channel,
            voiced=channel is not None and self._members.is_voiced(channel, nick),
            operator=channel is not None and self._members.is_operator(channel, nick),
            key=str(uuid.uuid4()),
        )
        now = time.monotonic()
        until, is_bot = self._known.get(fold(nick), (0.0, False))
        if now < until:
            if not is_bot:
                self._courier.pass_on(line)
            return
        self._courier.write_down(line)
        if fold(nick) in self._asked:
            self._asked[fold(nick)][1].append(line)
        else:
            self._asked[fold(nick)] = (now + ASKED_SECONDS, [line])
            self._connection.send("WHOIS", nick)

    def end(self) -> None:
        """The connection is lost: what waits for the server's word waits no more."""
        for nick in list(self._asked):
            self._is_known(nick, is_bot=False)

    def _on_335(self, event: Event) -> None:
        """RPL_WHOISBOT (IRCv3, bot mode)."""
        self._is_known(fold(event.arguments[0]), is_bot=True)

    def _on_endofwhois(self, event: Event) -> None:
        self._is_known(fold(event.arguments[0]), is_bot=False)

    def _is_known(self, nick: str, *, is_bot: bool) -> None:
        if nick not in self._asked:
            return
        _, lines = self._asked.pop(nick)
        self._known[nick] = (time.monotonic() + KNOWN_SECONDS, is_bot)
        for line in lines:
            if is_bot:
                self._courier.drop(line)
            else:
                self._courier.pass_on(line)


def _nick(event: Event) -> str:
    return str(event.source or "").partition("!")[0]
