"""`ptgsched bot`: the IRC relay.  It opens no database; the service does the work over HTTP."""

from __future__ import annotations

import signal
import ssl
from pathlib import Path
from types import FrameType

import click

from ptgsched.bot.relay.connection import CannotConnect, Connection, Server
from ptgsched.bot.relay.keeping import Keeping, place_of
from ptgsched.bot.relay.relay import Relay
from ptgsched.bot.relay.service import Service
from ptgsched.commands.base import Failure
from ptgsched.config import BadSetting, Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--event", required=True, metavar="SLUG", help="The event that people talk about.")
@click.option("--server", required=True, metavar="H", help="The IRC server.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 6667, with --tls 6697.")
@click.option(
    "--channel", "channels", required=True, multiple=True, metavar="C", help="May come repeatedly."
)
@click.option("--nick", required=True, metavar="N", help="The bot's own nick.")
@click.option("--tls", is_flag=True, help="Encrypt, and believe a trusted certificate only.")
@click.option("--tls-ca", type=FILE, help="Trust this certificate authority (PEM) only.")
@click.option(
    "--password-file", type=FILE, help="Its first line identifies the nick: by SASL, or NickServ."
)
@click.option(
    "--state-dir",
    type=FOLDER,
    help="Where lines wait while the service is away; default: bot in PTGSCHED_INSTANCE.",
)
@click.option("--no-announce", is_flag=True, help="Don't tell of sessions ten minutes ahead.")
def bot(
    event: str,
    server: str,
    port: int | None,
    channels: tuple[str, ...],
    nick: str,
    tls: bool,
    tls_ca: Path | None,
    password_file: Path | None,
    state_dir: Path | None,
    no_announce: bool,
) -> None:
    """Relay chat between IRC channels and the service at PTGSCHED_BASE_URL.

    The token of PTGSCHED_BOT_TOKEN needs the scope live:write.
    """
    settings = Settings.from_env()
    if not settings.bot_token:
        way_out = f"ptgsched token create irc --scope live:write --event {event}"
        raise BadSetting("bot_token", f"is not set; make one with: {way_out}")
    service = Service(settings.base_url, event, settings.bot_token)
    title = service.require()
    tls = tls or tls_ca is not None
    place = Server(
        host=server,
        port=port or (6697 if tls else 6667),
        nick=nick,
        tls=_trust(tls_ca) if tls else None,
        password=_first_line(password_file) if password_file else None,
    )
    folder = state_dir or Path(settings.instance) / "bot"
    keeping = _keep(place_of(folder, settings.base_url, event, place.address, nick))
    try:
        connection = Connection(place)
    except CannotConnect as error:
        if keeping is not None:
            keeping.close()
        raise Failure(f"The IRC server {place.address} cannot be reached: {error}") from error
    relay = Relay(
        service,
        place,
        [channel if channel[0] in "#&+!" else f"#{channel}" for channel in channels],
        announces=not no_announce,
        say=lambda text: click.echo(text, err=True),
        keeping=keeping,
    )
    click.echo(f"relaying for {title} ({event})", err=True)

    def end(_number: int, _frame: FrameType | None) -> None:
        relay.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    relay.run(connection)


def _keep(path: Path) -> Keeping | None:
    """The file at `path`; a relay that may not write works without, and says so."""
    try:
        return Keeping(path)
    except OSError as error:
        lost = "lines that wait for the service are lost when this relay is killed"
        click.echo(f"warning: {lost}: {path.parent}: {error.strerror}; see --state-dir", err=True)
        return None


def _trust(authority: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authority)
    except ssl.SSLError as error:
        raise Failure(f"{authority} holds no certificate in PEM") from error


def _first_line(path: Path) -> str:
    password = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()
    if not password or " " in password:
        raise Failure(f"{path} must hold a password in its first line")
    return password
