"""The page that `help` names, and the one in docs/, know every command."""

from html import unescape
from pathlib import Path

from flask.testing import FlaskClient

from ptgsched.bot import admin_commands, messages, team_commands, user_commands

PAGE = (Path(__file__).parents[2] / "docs" / "bot-language.md").read_text()
NOT_HERE = {"fetchdb", "emptydb"}


def commands(team: str) -> list[str]:
    """Every command as it is typed, for a page that names a team like this."""
    return [
        *(f"#{verb}" for verb in user_commands.COMMANDS),
        *(f"{team} {verb}" for verb in team_commands.COMMANDS.keys() - {"clear"}),
        *(f"~{verb}" for verb in admin_commands.COMMANDS.keys() - NOT_HERE),
        *(f"~motd {verb}" for verb in messages.SUBCOMMANDS.keys() - {"clear"}),
    ]


def test_the_page_of_help_knows_every_command(sqlite_client: FlaskClient):
    answer = sqlite_client.get("/docs/chat")
    assert answer.status_code == 200
    text = unescape(answer.text)
    assert [command for command in commands("#TEAM") if command not in text] == []


def test_the_documentation_knows_every_command():
    assert [command for command in commands("#nova") if command not in PAGE] == []
