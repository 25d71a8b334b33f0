"""The command line: `ptgsched COMMAND`; every command is described in docs/commands.md."""

from __future__ import annotations

from ptgsched.commands import (
    archive,
    chat,
    database,
    demonstration,
    exchange,
    people,
    serving,
    setup,
    tokens,
    working,
)
from ptgsched.commands.base import main

for command in (serving.serve, demonstration.demo, database.db_group, chat.bot, working.worker):
    main.add_command(command)
for command in (setup.user, setup.event, tokens.token, exchange.import_group):
    main.add_command(command)
for command in (exchange.export_command, archive.backup, archive.restore):
    main.add_command(command)

__all__ = ["main", "people"]
