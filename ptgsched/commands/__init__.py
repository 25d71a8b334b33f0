"""The command line: `ptgsched COMMAND`; every command is described in docs/commands.md."""

from __future__ import annotations

from ptgsched.commands import database, serving, setup
from ptgsched.commands.base import main

for command in (serving.serve, database.db_group, setup.user, setup.event, setup.token):
    main.add_command(command)

__all__ = ["main"]
